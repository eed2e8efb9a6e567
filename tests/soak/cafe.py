"""A café with three stores, twelve people behind its counters, and the customers of a year, all from one seed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from domain.account import Account, Locale
from domain.acts import Asked, EarnPoints, LookUp, RedeemPoints, RedeemReward, Stamp, TakeBack
from domain.card import CardRef
from domain.entry import Origin
from domain.expiry import ExpiryKind
from domain.ids import (
    BotId,
    CardId,
    InviteId,
    MerchantId,
    OperationKey,
    StoreId,
    TokenHash,
    UserId,
)
from domain.merchant import PointReward, ProgramKind
from domain.plumbing.people import Meet, meet
from domain.ports import Database
from domain.refusals import Refusal, TakingsDoubted
from domain.staff import Actor, Role
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.earn_points import earn_points
from domain.usecases.enter_takings import EnterTakings, enter_takings
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.posting import Posted
from domain.usecases.redeem_points import redeem_points
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.set_up import (
    CreateMerchant,
    CreateStore,
    InviteStaff,
    create_merchant,
    create_store,
    invite_staff,
)
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act
from tests.support.async_shop import look
from tests.support.clock import Ids, local
from tests.support.commands import opening

BOT = BotId(42)
ZONE = "Europe/Luxembourg"
MERCHANT = MerchantId("café")
STORES = ("Gare", "Belval", "Kirchberg")
TEAM = ("Anna", "Ben", "Carla", "Dan", "Eva", "Finn", "Greta", "Hugo", "Ida", "Jean", "Kim", "Lou")
SUMMARY_HOUR = 20
REWARDS = (PointReward(cost=40, name="An espresso"), PointReward(cost=120, name="A cake"))
KINDS = ("stamp", "earn", "redeem", "redeem points", "void")
WEIGHTS = (58, 30, 6, 3, 3)
SOLD = ("stamp", "earn")
FORGOTTEN = 1 / 30


@dataclass(frozen=True, slots=True)
class Act:
    at: datetime
    kind: str
    actor: Actor
    customer: int
    key: OperationKey
    amount_minor: int
    count: int = 1


@dataclass
class Cafe:
    """What happens is decided by ``chance`` alone; ``refused`` counts the answers that changed nothing."""

    chance: Random
    joins_on: tuple[date, ...]
    stays_days: tuple[int, ...]
    team: list[Actor] = field(default_factory=list)
    joined: int = 0
    asked: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    sales: Counter[tuple[StoreId, date]] = field(default_factory=Counter)
    """To people with a card, in the smallest unit."""
    typed: dict[tuple[StoreId, date], int] = field(default_factory=dict)
    till: Random = field(default_factory=lambda: Random(8))
    """What does not decide what happens."""

    @classmethod
    def with_customers(cls, chance: Random, first_day: date, days: int, customers: int) -> "Cafe":
        """A third come in the first week, the others through the year."""
        early = [first_day + timedelta(days=chance.randrange(7)) for _ in range(customers // 3)]
        later = [first_day + timedelta(days=chance.randrange(days)) for _ in range(customers - len(early))]
        stays = tuple(chance.choice((3, 10, 30, 90, 400)) for _ in range(customers))
        return cls(chance=chance, joins_on=tuple(sorted(early + later)), stays_days=stays)

    async def opens(self, store: Database) -> None:
        await store.write(create_merchant, _terms())
        for name in STORES[1:]:
            command = CreateStore(
                merchant_id=MERCHANT,
                store_id=StoreId(name),
                name=name,
                token_hash=TokenHash(f"poster {name}"),
            )
            await store.write(create_store, command)
        owner = await self._claims(store, TokenHash("owner"), 1, STORES[0])
        self.team.append(owner)
        for number, name in enumerate(TEAM, start=2):
            at, hashed = STORES[number % len(STORES)], TokenHash(f"invite {name}")
            invite = InviteStaff(
                merchant_id=MERCHANT, store_id=StoreId(at), name=name, role=Role.STAFF, token_hash=hashed
            )
            await store.write(invite_staff, invite)
            self.team.append(await self._claims(store, hashed, number, at))

    def day(self, today: date, acts: int) -> Iterator[Act]:
        """The acts of a day, in their order."""
        opens = local(ZONE, today, 7)
        times = sorted(self.chance.randrange(12 * 3600 + 1800) for _ in range(acts))
        for seconds in times:
            yield Act(
                at=opens + timedelta(seconds=seconds),
                kind=self.chance.choices(KINDS, WEIGHTS)[0],
                actor=self.chance.choice(self.team),
                customer=self._who_comes(today),
                key=self.new_key(),
                amount_minor=self.chance.randrange(50, 4000),
            )

    def _who_comes(self, today: date) -> int:
        """Regulars more often; who has moved away hardly ever."""
        for _ in range(20):
            customer = int(self.joined * self.chance.random() ** 1.6)
            if today <= self.joins_on[customer] + timedelta(days=self.stays_days[customer]):
                return customer
        return customer

    async def welcomes(self, store: Database, today: date) -> None:
        """Everybody who joins on this day."""
        while self.joined < len(self.joins_on) and self.joins_on[self.joined] <= today:
            await self.enrols(store, self.joined)
            self.joined += 1

    async def enrols(self, store: Database, number: int) -> None:
        account, name = account_of(number), f"Customer {number}"
        await store.write(meet, Meet(account=account, name=name, telegram_locale=Locale.FR))
        command = JoinStore(
            account=account,
            name=name,
            merchant_id=MERCHANT,
            store_id=StoreId(self.chance.choice(STORES)),
            card_id=_card_id(number),
            card_token_hash=TokenHash(f"code {number}"),
            account_hash="",
        )
        await store.write(join_store, command)

    def new_key(self) -> OperationKey:
        self.asked += 1
        return OperationKey(f"act {self.asked}")

    async def carries_out(self, store: Database, act: Act) -> None:
        """A customer who has come to buy, whatever becomes of the card."""
        if act.kind in SOLD:
            paid = act.amount_minor if act.kind == "earn" else self.till.randrange(250, 1_200)
            self.sales[act.actor.store_id, act.at.astimezone(ZoneInfo(ZONE)).date()] += paid
        try:
            await carry_out(store, act)
        except Refusal as refusal:
            self.refused[refusal.code] += 1

    async def counts_up(self, store: Database, today: date) -> None:
        """The owner types what each store has taken: also from those who have no card, of whom some days have more;
        once a month it is forgotten."""
        for name in STORES:
            with_card = self.sales.pop((StoreId(name), today), 0)
            amount_minor = round(with_card * self.till.uniform(1.8, 2.6))
            if self.till.random() > FORGOTTEN:
                await self._types(store, StoreId(name), today, amount_minor)

    async def _types(self, store: Database, store_id: StoreId, today: date, amount_minor: int) -> None:
        command = EnterTakings(
            account=account_of_owner(),
            merchant_id=MERCHANT,
            store_id=store_id,
            local_date=today,
            amount_minor=amount_minor,
            key=OperationKey(f"takings {store_id} {today}"),
        )
        try:
            await store.write(enter_takings, command)
        except TakingsDoubted:
            await store.write(enter_takings, replace(command, is_sure=True))
        self.typed[store_id, today] = amount_minor

    async def _claims(self, store: Database, hashed: TokenHash, user_id: int, at: str) -> Actor:
        account = Account(bot_id=BOT, user_id=UserId(user_id))
        route = await look(store, lambda tx: tx.route(hashed))
        assert route is not None
        claim = ClaimInvite(account=account, merchant_id=MERCHANT, invite_id=InviteId(route.target_id))
        claimed = await store.write(claim_invite, claim)
        return Actor(merchant_id=MERCHANT, staff_id=claimed.staff_id, store_id=StoreId(at), account=account)


def account_of_owner() -> Account:
    return Account(bot_id=BOT, user_id=UserId(1))


def account_of(customer: int) -> Account:
    return Account(bot_id=BOT, user_id=UserId(100_000 + customer))


def _card_id(customer: int) -> CardId:
    return CardId(f"card {customer:05}")


def asked(act: Act) -> Asked[Any]:
    origin = Origin(account=act.actor.account, chat_id=act.actor.account.user_id, message_id=1)
    return Asked(act=LookUp(card=CardRef("id", _card_id(act.customer))), actor=act.actor, origin=origin)


async def carry_out(store: Database, act: Act) -> Posted:
    """Raises a refusal."""
    look_up = asked(act)
    named: dict[str, Any] = {"card": look_up.act.card, "key": act.key}
    match act.kind:
        case "stamp":
            return await store.write(stamp_card, look_up.instead(Stamp(**named, count=act.count)))
        case "earn":
            return await store.write(
                earn_points, look_up.instead(EarnPoints(**named, amount_minor=act.amount_minor))
            )
        case "redeem":
            return await store.write(redeem_reward, look_up.instead(RedeemReward(**named)))
        case "redeem points":
            position = act.amount_minor % len(REWARDS)
            spending = RedeemPoints(**named, position=position, cost=REWARDS[position].cost)
            return await store.write(redeem_points, look_up.instead(spending))
        case _:
            return await store.write(void_act, look_up.instead(TakeBack(**named, reason="wrong card")))


def _terms() -> CreateMerchant:
    return opening(
        Ids(),
        merchant_id=MERCHANT,
        timezone=ZONE,
        default_locale=Locale.FR,
        summary_hour=SUMMARY_HOUR,
        kind=ProgramKind.HYBRID,
        cooldown_minutes=30,
        max_daily_stamps=3,
        points_per_unit_milli=1000,
        point_rewards=REWARDS,
        carry_over=False,
        welcome_bonus=10,
        expiry_kind=ExpiryKind.INACTIVITY,
        expiry_months=2,
        store_id=StoreId(STORES[0]),
        store_name=STORES[0],
        store_token_hash=TokenHash(f"poster {STORES[0]}"),
        owner_token_hash=TokenHash("owner"),
    )

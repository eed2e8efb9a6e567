"""A shop in a test's own event loop: set up in a few lines, then asked many things at once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from domain.account import Account, Locale
from domain.card import CardById
from domain.entry import Origin
from domain.history import CardHistory
from domain.ids import (
    BotId,
    CardId,
    InviteId,
    MerchantId,
    OperationKey,
    ProgramId,
    StoreId,
    TokenHash,
    UserId,
)
from domain.invariants import Violation, check
from domain.merchant import ProgramKind
from domain.ports import Database, Tx
from domain.refusals import Refusal
from domain.staff import Actor
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.redeem_reward import RedeemReward
from domain.usecases.set_up import create_merchant
from domain.usecases.stamp_card import StampCard, stamp_card
from tests.support.terms import creating

T = TypeVar("T")
BOT = BotId(42)


async def do(store: Database, what: Callable[[Tx], T]) -> T:
    """Any change, without a use case of its own."""

    def usecase(*, tx: Tx, command: None) -> T:
        return what(tx)

    return await store.write(usecase, None)


async def look(store: Database, at: Callable[[Tx], T]) -> T:
    """Whatever is only read."""

    def usecase(*, tx: Tx, query: None) -> T:
        return at(tx)

    return await store.read(usecase, None)


@dataclass(frozen=True)
class Counter:
    """Paul, who owns a shop and stands at its counter, and the cards of his customers."""

    store: Database
    paul: Actor
    cards: tuple[CardById, ...]

    @property
    def lea(self) -> CardById:
        return self.cards[0]

    def stamping(self, key: str, card: CardById | None = None, count: int = 1) -> StampCard:
        return StampCard(
            actor=self.paul,
            card=card or self.lea,
            count=count,
            operation_key=OperationKey(key),
            origin=self.origin,
        )

    def redeeming(self, key: str, card: CardById | None = None) -> RedeemReward:
        return RedeemReward(
            actor=self.paul,
            card=card or self.lea,
            operation_key=OperationKey(key),
            origin=self.origin,
        )

    @property
    def origin(self) -> Origin:
        return Origin(account=self.paul.account, chat_id=1, message_id=1)

    async def stamps(self, count: int, card: CardById | None = None) -> None:
        """As many as are asked for, at most twenty an act."""
        given = 0
        while given < count:
            now = min(20, count - given)
            given += now
            command = self.stamping(f"first {card} {given}", card, now)
            await self.store.write(stamp_card, command)

    async def history(self, card: CardById | None = None) -> CardHistory:
        wanted = (card or self.lea).card_id
        return next(found for found in await histories(self.store) if found.card.card_id == wanted)

    async def stamp_count(self, card: CardById | None = None) -> int:
        return (await self.history(card)).card.stamp_count


async def opens_counter(store: Database, *, cards: int = 1, name: str = "m", **terms: Any) -> Counter:
    """``terms`` replace those of an easy-going program; ``name`` tells two shops apart."""
    merchant_id, store_id = MerchantId(name), StoreId(f"{name} store")
    chosen: dict[str, Any] = {
        "stamps_target": 10,
        "cooldown_minutes": 0,
        "max_daily_stamps": None,
    } | terms
    await store.write(
        create_merchant,
        creating(
            merchant_id=merchant_id,
            name="Café Knätsch",
            colour="#6f4e37",
            timezone="Europe/Luxembourg",
            currency="EUR",
            default_locale=Locale.EN,
            summary_hour=20,
            allow_void=True,
            program_id=ProgramId(f"{name} program"),
            kind=ProgramKind.STAMPS,
            reward="A coffee",
            require_staff_pin=False,
            pin_window_minutes=15,
            store_id=store_id,
            store_name="Gare",
            store_token_hash=TokenHash(f"{name} poster"),
            owner_name="Paul",
            owner_token_hash=TokenHash(f"{name} owner"),
            **chosen,
        ),
    )
    route = await look(store, lambda tx: tx.route(TokenHash(f"{name} owner")))
    assert route is not None
    account = Account(bot_id=BOT, user_id=UserId(1))
    claim = ClaimInvite(account=account, merchant_id=merchant_id, invite_id=InviteId(route.target_id))
    claimed = await store.write(claim_invite, claim)
    paul = Actor(merchant_id=merchant_id, staff_id=claimed.staff_id, store_id=store_id, account=account)
    made = []
    for number in range(cards):
        join = JoinStore(
            account=replace(account, user_id=UserId(1000 + number)),
            name=f"Customer {number}",
            merchant_id=merchant_id,
            store_id=store_id,
            card_id=CardId(f"{name} card {number:04d}"),
            card_token_hash=TokenHash(f"{name} code {number}"),
        )
        await store.write(join_store, join)
        made.append(CardById(join.card_id))
    return Counter(store, paul, tuple(made))


async def histories(store: Database) -> list[CardHistory]:
    return [history async for history in store.histories()]


async def violations(store: Database) -> list[Violation]:
    return [found for history in await histories(store) for found in check(history)]


async def outcomes(asked: Iterable[Coroutine[Any, Any, T]]) -> tuple[list[T], list[Refusal]]:
    """What was carried out and what was refused of all that is asked at once; any other error is raised."""
    done: list[T] = []
    refused: list[Refusal] = []
    for result in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(result, Refusal):
            refused.append(result)
        elif isinstance(result, BaseException):
            raise result
        else:
            done.append(result)
    return done, refused

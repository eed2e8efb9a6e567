"""Two shops in one file, with rows in every table. One shop is damaged; the other must not notice."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.app.database import open_database
from bot.app.process import Surroundings
from bot.jobs.expiry import expire_balances
from bot.jobs.steadily import SomeFailed
from bot.jobs.summaries import summarize
from bot.kit.clock import new_id
from bot.sandbox import Person, Sandbox
from domain.account import Account, Locale
from domain.approval import Approval
from domain.card import CardMove, CardRef
from domain.coming_back import Absence, Birthday, Referral
from domain.expiry import ExpiryKind
from domain.flags import Flag, FlagKind
from domain.ids import (
    AdoptionId,
    ApprovalId,
    BotId,
    CampaignId,
    CardId,
    CardNumber,
    CustomerId,
    FlagId,
    MerchantId,
    MessageId,
    MoveId,
    OperationKey,
    PassId,
    SheetId,
    TokenHash,
    UpdateId,
    UserId,
)
from domain.job_run import PROCESS
from domain.link import ShopInvite
from domain.logo import Logo
from domain.mailbox import Mailbox, MailCode, Ways
from domain.marketing import Offer
from domain.merchant import PointReward, ProgramKind
from domain.messages import MessageKind, RewardReady
from domain.personal import Erasure
from domain.plumbing.inbox import receive_updates
from domain.plumbing.job_runs import record_runs
from domain.ports import Tx
from domain.printed import Adoption, Blank
from domain.rules.days import local_date
from domain.takings import Takings
from domain.update import ReceivedUpdate
from domain.usecases.campaigns import DraftCampaign, draft_campaign
from domain.usecases.change_fields import change_fields
from domain.usecases.manage_cards import WriteNote, write_note
from domain.usecases.marketing import answer
from domain.usecases.sending import send
from domain.wallet import WalletDevice, WalletKind, WalletPass
from domain.wording import Wording
from tests.support.async_shop import do, look
from tests.support.damage import NOBODY, Damage
from tests.support.house import (
    PIN,
    UNHURRIED,
    GoingClock,
    House,
    Shop,
    TestClock,
    has_picture,
    house,
    number_of,
)
from tests.support.job_runs import job_run
from tests.support.terms import editing

BROKEN, HEALTHY = "Kaputt", "Gesond"
REWARD = "Something owed"


@dataclass(frozen=True)
class TwoShops:
    """``people`` has the user ids by name. Alma and Anna know only the broken shop; Bea, Dora and Ben only the
    healthy one; Carla (a customer) and Paul (the owner) both."""

    path: Path
    broken: Shop
    healthy: Shop
    people: dict[str, int]
    now: datetime

    def damaged(self, path: Path, damage: Damage) -> bool:
        """Damages the broken shop in the file at ``path``, a copy made if there is none. Returns whether there was
        something to damage."""
        if not path.exists():
            shutil.copyfile(self.path, path)
        return (
            damage.inflicted_on(path, self.broken.merchant_id, [self.people["Alma"], self.people["Anna"]]) > 0
        )

    @asynccontextmanager
    async def at_work(self, path: Path, **settings: Any) -> AsyncIterator[tuple[House, dict[str, Person]]]:
        """Runs the bot on a copy, with everybody in a chat that has begun. The clock goes on, so that a message that
        was not answered in time, on a busy machine, is sent again. Messages of the weeks before are not in this
        sandbox: edits of them do nothing."""
        around = Surroundings(clock=GoingClock(self.now), limits=UNHURRIED)
        async with Sandbox(messages_before=100) as sandbox:
            people = {name: sandbox.person(name, user_id=number) for name, number in self.people.items()}
            for person in people.values():
                await person.sends("/start")
            operators = (self.people["Paul"],)
            async with house(path, around, sandbox, operator_ids=operators, **settings) as home:
                yield home, people


async def two_shops(path: Path) -> TwoShops:
    """Makes the shops over some weeks, up to an evening on which a summary is due at both and a warning at the
    healthy one. The bot does not run when that evening comes: its timetable follows the real time of day, and would
    sometimes have sent the warning already."""
    clock = TestClock()
    async with house(path, Surroundings(clock=clock, limits=UNHURRIED)) as home:
        broken, healthy = await _opens(home, BROKEN, require_staff_pin=True), await _opens(home, HEALTHY)
        paul = await home.owner(broken)
        await home.claims(paul, healthy.owner_link)
        anna, ben = await home.member(broken, "Anna", pin=PIN), await home.member(healthy, "Ben")
        alma, bea = await home.customer(broken, "Alma"), await home.customer(healthy, "Bea")
        carla, dora = await home.customer(healthy, "Carla"), await home.customer(healthy, "Dora")
        await anna.sends(f"/stamp {number_of(alma)}")
        await alma.taps("Not me")
        await alma.answered()
        await _has_all_else(home, broken)
        clock.passes(days=3)
        for customer in (bea, carla, dora):
            await ben.sends(f"/stamp {number_of(customer)}")
            await customer.sees("+1 stamp", new=True)
        await carla.opens(broken.join_link)
        await carla.sees(BROKEN, new=True)
        clock.passes(days=14)
        await summarize(home.store)
        await expire_balances(home.store)
        await paul.sends("/store")
        await paul.taps(f"{BROKEN} · {BROKEN}")
        await anna.sends("/stamp")
        await anna.sees("card", new=True)
        await home.store.write(record_runs, job_run(PROCESS, "verify", clock()))
        await home.at_rest()
        people = {person.name: person.id for person in home.sandbox.people}
    clock.passes(days=3, hours=10)
    async with open_database(home.settings, Surroundings(clock=clock)) as store:
        await _leaves_undone(replace(home, store=store), [(broken, people["Alma"]), (healthy, people["Bea"])])
    return TwoShops(path, broken, healthy, people, clock())


async def _opens(home: House, name: str, **terms: Any) -> Shop:
    return await home.opens_shop(
        name,
        kind=ProgramKind.HYBRID,
        points_per_unit_milli=1000,
        point_rewards=(PointReward(cost=50, name="An espresso"),),
        expiry_kind=ExpiryKind.INACTIVITY,
        expiry_months=1,
        **terms,
    )


async def _has_all_else(home: House, shop: Shop) -> None:
    """Fills the tables that the scenario does not: a wording, a changed field, a note, a move, a flag and so on."""
    store, merchant_id = home.store, shop.merchant_id
    wording = Wording(
        merchant_id=merchant_id,
        store_id=None,
        kind=MessageKind.REWARD_READY,
        locale=Locale.EN,
        text="{reward}: well!",
    )
    await do(store, lambda tx: tx.save_wording(wording))
    link = ShopInvite(merchant_id=merchant_id, expires_at=home.clock() + timedelta(days=7))
    await do(store, lambda tx: tx.add_shop_invite(link))
    [program] = await look(store, lambda tx: tx.programs_of(merchant_id))
    await store.write(change_fields, editing(program, stamps_target=12))
    [card_id] = await look(store, lambda tx: tx.cards_in(program, None, 1))
    note = WriteNote(merchant_id=merchant_id, account=None, card=CardRef("id", card_id), text="a note")
    await store.write(write_note, note)
    move = CardMove(
        merchant_id=merchant_id,
        move_id=MoveId(new_id()),
        card_id=card_id,
        staff_id=None,
        asked_at=home.clock(),
        expires_at=home.clock(),
    )
    await do(store, lambda tx: tx.add_move(move))
    [owner, *_] = await look(store, lambda tx: tx.staff_of(merchant_id))
    flag = Flag(
        merchant_id=merchant_id,
        flag_id=FlagId(new_id()),
        kind=FlagKind.UNSEEN_CARDS,
        staff_id=owner.staff_id,
        period=home.clock().date(),
        count=4,
        first_at=home.clock(),
        last_at=home.clock(),
        raised_at=home.clock(),
    )
    await do(store, lambda tx: tx.add_flag(flag))
    erasure = Erasure(
        merchant_id=merchant_id,
        customer_id=CustomerId(new_id()),
        erased_at=home.clock(),
        is_everywhere=False,
        wiped_at=home.clock(),
    )
    await do(store, lambda tx: tx.save_erasure(erasure))
    asked = Approval(
        merchant_id=merchant_id,
        approval_id=ApprovalId(new_id()),
        operation_key=OperationKey("asked"),
        card_id=card_id,
        store_id=shop.store_id,
        staff_id=owner.staff_id,
        account=Account(bot_id=BotId(home.settings.bot_id), user_id=UserId(1)),
        stamps=1,
        about=None,
        reason="a rush",
        asked_at=home.clock(),
        lapses_at=home.clock(),
    )
    await do(store, lambda tx: tx.add_approval(asked))
    takings = Takings(
        merchant_id=merchant_id,
        store_id=shop.store_id,
        local_date=home.clock().date(),
        revision=1,
        amount_minor=81_250,
        staff_id=owner.staff_id,
        typed_at=home.clock(),
        operation_key=OperationKey("typed"),
    )
    await do(store, lambda tx: tx.add_takings(takings))
    await do(store, partial(_prints, merchant_id=merchant_id, card_id=card_id))
    logo = Logo(merchant_id=merchant_id, picture=b"a logo", changed_at=home.clock(), staff_id=owner.staff_id)
    await do(store, lambda tx: tx.save_logo(logo))
    campaign = DraftCampaign(
        account=None,
        merchant_id=merchant_id,
        campaign_id=CampaignId(new_id()),
        text="Cake",
        photo=b"a photo",
    )
    await store.write(draft_campaign, campaign)
    await do(store, lambda tx: _hears(tx, merchant_id, card_id))
    await do(store, lambda tx: _has_mail(tx, merchant_id, card_id))
    await do(store, lambda tx: _has_passes(tx, merchant_id, card_id))
    await do(store, lambda tx: _comes_back(tx, merchant_id, card_id))


def _hears(tx: Tx, merchant_id: MerchantId, card_id: CardId) -> None:
    """A customer allows marketing, and was sent some."""
    found = tx.card(merchant_id, CardRef("id", card_id))
    assert found is not None
    customer = found[1]
    answer(tx, customer, is_given=True)
    offer = Offer(
        merchant_id=merchant_id,
        customer_id=customer.customer_id,
        message_id=MessageId(tx.new_id()),
        kind=MessageKind.BROADCAST,
        written_at=tx.now,
    )
    tx.add_offer(offer)


def _prints(tx: Tx, merchant_id: MerchantId, card_id: CardId) -> None:
    """A printed card that nobody has, and a request to adopt a card."""
    found = tx.card(merchant_id, CardRef("id", card_id))
    assert found is not None
    blank = Blank(
        merchant_id=merchant_id,
        card_id=CardId(tx.new_id()),
        program_id=found[2].program_id,
        sheet_id=SheetId(tx.new_id()),
        number=CardNumber("482109375"),
        token_hash=TokenHash("a hash"),
        staff_id=None,
        made_at=tx.now,
    )
    tx.add_blank(blank)
    adoption = Adoption(
        merchant_id=merchant_id,
        card_id=card_id,
        adoption_id=AdoptionId(tx.new_id()),
        account=found[1].account,
        name="Alma",
        asked_at=tx.now,
    )
    tx.save_adoption(adoption)


def _has_mail(tx: Tx, merchant_id: MerchantId, card_id: CardId) -> None:
    found = tx.card(merchant_id, CardRef("id", card_id))
    assert found is not None
    account = found[1].account
    tx.save_mailbox(
        Mailbox(
            account=account,
            address="alma@example.lu",
            ways=Ways.BOTH,
            verified_at=tx.now,
            refused_at=tx.now,
        )
    )
    tx.save_mail_code(
        MailCode(
            account=account,
            key=OperationKey("typed"),
            address_mark="a mark",
            address="alma@example.lu",
            code_hash="a hash",
            tries=0,
            asked_at=tx.now,
        )
    )


def _has_passes(tx: Tx, merchant_id: MerchantId, card_id: CardId) -> None:
    """A pass on a phone, and terms that were changed since."""
    found = tx.card(merchant_id, CardRef("id", card_id))
    merchant = tx.merchant(merchant_id)
    assert found is not None
    assert merchant is not None
    added = WalletPass(
        merchant_id=merchant_id,
        pass_id=PassId(tx.new_id()),
        card_id=card_id,
        wallet=WalletKind.APPLE,
        bot_id=found[1].account.bot_id,
        revision=1,
        changed_at=tx.now,
        created_at=tx.now,
    )
    tx.add_pass(added)
    tx.save_device(
        WalletDevice(
            merchant_id=merchant_id,
            pass_id=added.pass_id,
            device_hash="a hash",
            push_token="a token",
            registered_at=tx.now,
        )
    )
    tx.save_merchant(merchant)


def _comes_back(tx: Tx, merchant_id: MerchantId, card_id: CardId) -> None:
    found = tx.card(merchant_id, CardRef("id", card_id))
    assert found is not None
    card, customer, _ = found
    [entry, *_] = tx.entries_of(card)
    today = local_date(tx.now, "UTC")
    who: dict[str, Any] = {"merchant_id": merchant_id, "customer_id": customer.customer_id}
    tx.save_birthday(
        Birthday(**who, month=2, day=29, said_at=tx.now, changed_at=tx.now, due_on=today, given_for=today)
    )
    tx.save_absence(Absence(**who, look_on=today, told_of=today))
    tx.save_referral(
        Referral(
            merchant_id=merchant_id,
            friend_id=customer.customer_id,
            referrer_id=customer.customer_id,
            invited_at=tx.now,
            act_id=entry.entry_id,
            rewarded_on=today,
            bonus_id=entry.entry_id,
            welcome_id=entry.entry_id,
        )
    )


async def _leaves_undone(home: House, customers: Sequence[tuple[Shop, int]]) -> None:
    """What a crash leaves: for a customer of each shop an unanswered update and an unsent message, and the note how
    far the shop's customers were told of its closing."""
    bot_id = BotId(home.settings.bot_id)
    await do(home.store, lambda tx: tx.forget_updates(home.clock() + timedelta(days=1)))
    for number, (shop, user_id) in enumerate(customers, start=1):
        facts = RewardReady(merchant_name="", card_number=CardNumber("1"), reward=REWARD, rewards_available=1)
        account = Account(bot_id=bot_id, user_id=UserId(user_id))
        owed = partial(_owes, shop=shop, account=account, facts=facts, message_id=MessageId(new_id()))
        await do(home.store, owed)
        await do(home.store, partial(_has_told, shop=shop))
        person = {"id": user_id, "type": "private", "first_name": "?", "is_bot": False}
        said = {"message_id": 1, "date": 1, "chat": person, "from": person, "text": "/balance"}
        said["entities"] = [{"type": "bot_command", "offset": 0, "length": len("/balance")}]
        update = ReceivedUpdate(
            bot_id=bot_id,
            update_id=UpdateId(number),
            person_key=user_id,
            payload=json.dumps({"update_id": number, "message": said}),
        )
        await home.store.write(receive_updates, [update])


def _owes(tx: Tx, *, shop: Shop, account: Account, facts: RewardReady, message_id: MessageId) -> None:
    send(tx, shop.merchant_id, account, MessageKind.REWARD_READY, facts, message_id)


def _has_told(tx: Tx, *, shop: Shop) -> None:
    tx.save_told(shop.merchant_id, CustomerId(NOBODY))


async def is_well(home: House, people: dict[str, Person], shop: Shop) -> None:
    """Everybody who has to do with the healthy shop is served, at once and by the jobs of the evening."""
    await asyncio.gather(
        _is_served_at_the_counter(people["Ben"], people["Bea"], _number(home, shop, people["Bea"])),
        _has_a_card_at_both(people["Carla"]),
        _works_at_both(people["Paul"]),
        _joins(home, shop),
    )
    for job in (expire_balances, summarize):
        with suppress(SomeFailed):
            await job(home.store)
    await people["Dora"].sees("expire")
    await people["Paul"].sees(f"{HEALTHY} · Sunday, 5 July")


async def _is_served_at_the_counter(ben: Person, bea: Person, number: str) -> None:
    """Bea gets the answer to what she asked before the crash, and the message that she was owed."""
    await bea.sees(f"{HEALTHY}")
    await bea.sees(REWARD)
    await ben.sends(f"/stamp {number}")
    await ben.sees("2 of 10", new=True)
    await bea.sees("+1 stamp")
    await ben.sends("/today")
    await ben.sees("Today", new=True)


def _number(home: House, shop: Shop, person: Person) -> str:
    [[number]] = home.rows(
        "SELECT number FROM cards JOIN customers USING (merchant_id, customer_id)"
        " WHERE merchant_id = ? AND user_id = ?",
        shop.merchant_id,
        person.id,
    )
    return str(number)


async def _has_a_card_at_both(carla: Person) -> None:
    for command in ("/balance", "/rewards"):
        await carla.sends(command)
        await carla.sees(HEALTHY, new=True)
    await carla.sends("/card")
    card = await carla.sees(has_picture, new=True)
    if HEALTHY in card.button_texts:
        await carla.taps(HEALTHY, on=card)
    await carla.sees(lambda message: has_picture(message) and HEALTHY in message.html, new=True)


async def _works_at_both(paul: Person) -> None:
    await paul.sends("/store")
    asked = await paul.sees(lambda message: HEALTHY in "".join(message.button_texts), new=True)
    await paul.taps(next(text for text in asked.button_texts if HEALTHY in text))
    await paul.sees(HEALTHY, new=True)
    await paul.sends("/today")
    await paul.sees(HEALTHY, new=True)
    await paul.sends("/help")
    await paul.sees("/stamp", new=True)


async def _joins(home: House, shop: Shop) -> None:
    await home.customer(shop, "Noa")

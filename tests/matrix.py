"""Who gets anything out of what: every role tries every command, button and link of one shop.

``python -m tests.matrix`` prints the table. What each may get is derived from the table of rights and the short
tables here, never from what the bot does: the bot may give less, never more.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum, auto
from itertools import product
from pathlib import Path

import pytest
from PIL import Image

from bot.app.process import Surroundings
from bot.jobs.expiry import expire_balances
from bot.kit.buttons import Verb, parse_press, press, short_id
from bot.kit.clock import new_id
from bot.kit.tokens import invite_token, token_hash
from bot.kit.use_codes import UseCode
from bot.sandbox import Message, Person
from bot.screens.menus import COMMANDS, Audience
from bot.telegram import rate_limit
from bot.views.field_pages import field_code
from domain.account import Account
from domain.acts import AskCustomer, Asked, AskManager, Stamp
from domain.card import CardRef
from domain.fields import Target
from domain.flags import FlagKind
from domain.ids import (
    BotId,
    CampaignId,
    CardId,
    ClosureId,
    CustomerId,
    EntryId,
    MerchantId,
    OperationKey,
    ProgramId,
    SheetId,
    StaffId,
    UserId,
)
from domain.kinds import EntryKind
from domain.link import LinkKind
from domain.merchant import Merchant, PointReward, ProgramKind
from domain.report import DateRange
from domain.rights import OFFERED, Right, may
from domain.staff import Actor, Role
from domain.usecases.adopt_card import AskAdoption, ask_adoption
from domain.usecases.ask_customer import ask_customer
from domain.usecases.ask_manager import ask_manager
from domain.usecases.bring_friend import GiveInvitation, give_invitation
from domain.usecases.campaigns import DraftCampaign, draft_campaign
from domain.usecases.change_fields import change_fields
from domain.usecases.hand_over import offer_shop
from domain.usecases.keep_closures import EnterClosure, enter_closure
from domain.usecases.keep_logo import KeepLogo, keep_logo
from domain.usecases.manage_team import OfMember
from domain.usecases.move_card import BeginMove, begin_move
from domain.usecases.open_shop import InviteShop, invite_shop
from domain.usecases.print_cards import PrintCards, print_cards
from domain.usecases.reset_pin import ResetPinByOperator, reset_pin_by_operator
from domain.usecases.see_staff import WithdrawLink, withdraw_link
from domain.usecases.stamp_card import stamp_card
from storage.tables import metadata
from tests.bot.owner.test_flags import raises
from tests.bot.pictures.test_reader import saved
from tests.bot.test_forged_buttons import Ids, has_a_day_to_tell, ids_of, lives, removes
from tests.support import authority
from tests.support.async_shop import look
from tests.support.house import UNHURRIED, House, Shop, TestClock, house, number_of
from tests.support.ports import unused_port
from tests.support.terms import editing

CAFE, GARE, BAKERY = "Café Knätsch", "Gare", "Bäckerei Schmit"
HOLDER, DOER, NUMBER_SAID = "Annabel", "Samantha", "{number}"


class Level(IntEnum):
    """What somebody gets: each holds those before it. ``NAME`` is what stands on a poster, ``TELLS`` anything of
    people, numbers and balances."""

    NOTHING = 0
    NAME = 1
    TELLS = 2
    CHANGES = 3


MARKS = {Level.NOTHING: "·", Level.NAME: "name", Level.TELLS: "tells", Level.CHANGES: "CHANGES"}


class Whose(Enum):
    """Whose an act is, where no right decides it."""

    HOLDER = auto()
    CUSTOMER = auto()
    DOER = auto()
    INVITED = auto()
    ASKED = auto()
    TEAM = auto()
    TERMINAL = auto()
    JOINER = auto()
    SCANNER = auto()
    THEMSELVES = auto()
    NOBODY = auto()


Needs = Right | Whose
BUTTONS: Mapping[Verb, Needs] = {
    Verb.STAMP: Right.STAMP,
    Verb.PURCHASE: Right.EARN_POINTS,
    Verb.REDEEM: Right.REDEEM,
    Verb.REDEEM_POINTS: Right.REDEEM,
    Verb.REDEEM_INTERIM: Right.REDEEM,
    Verb.REWARD_LIST: Right.REDEEM,
    Verb.UNDO: Whose.DOER,
    Verb.VOID: Right.VOID_ANY,
    Verb.VOID_WHY: Right.VOID_OWN,
    Verb.VOID_LIST: Right.VOID_OWN,
    Verb.PANEL: Right.SEE_CARD,
    Verb.LOCK: Right.SEE_CARD,
    Verb.OPEN_CARD: Right.SEE_CARD,
    **dict.fromkeys((Verb.SETTLE, Verb.SETTLE_LISTED), Right.SETTLE_DISPUTE),
    **dict.fromkeys((Verb.DAY, Verb.REPORT, Verb.REPORT_DATES, Verb.LINES), Right.SEE_SUMMARY),
    **dict.fromkeys((Verb.EXPORTS, Verb.EXPORT), Right.EXPORT),
    **dict.fromkeys((Verb.FLAGS, Verb.FLAG_RIGHT, Verb.DISPUTE), Right.SEE_FLAGS),
    **dict.fromkeys((Verb.TAKINGS, Verb.TAKINGS_AT), Right.ENTER_TAKINGS),
    **dict.fromkeys((Verb.MOVE, Verb.MOVE_MEANT, Verb.MOVE_VOUCH, Verb.MOVE_VOUCHED), Right.MANAGE_CARDS),
    Verb.MOVE_ANSWER: Whose.HOLDER,
    **dict.fromkeys((Verb.MERGE, Verb.MERGE_UNASK), Right.MANAGE_CARDS),
    **dict.fromkeys((Verb.POSTER, Verb.PROGRAM_POSTERS, Verb.PROGRAM_POSTER), Right.PRINT_POSTER),
    Verb.NEW_PROGRAM: Right.CHANGE_FIELDS,
    **dict.fromkeys((Verb.PROGRAM_STEP, Verb.PROGRAM_MEANT), Whose.NOBODY),
    **dict.fromkeys((Verb.RESET_PIN, Verb.OWN_PIN), Right.RESET_PIN),
    **dict.fromkeys((Verb.SETTINGS, Verb.FIELDS, Verb.FIELD, Verb.CHANGES), Right.CHANGE_FIELDS),
    **dict.fromkeys((Verb.CHANGE_BACK, Verb.STORES, Verb.STORE_PAGE), Right.CHANGE_FIELDS),
    **dict.fromkeys((Verb.STORE_NEW, Verb.STORE_NAME, Verb.STORE_CLOSE, Verb.STORE_SET), Right.CHANGE_FIELDS),
    **dict.fromkeys((Verb.WORDINGS, Verb.WORDING, Verb.WORDING_WHOSE), Right.CHANGE_FIELDS),
    **dict.fromkeys((Verb.WORDING_CHANGE, Verb.WORDING_RESET), Right.CHANGE_FIELDS),
    **dict.fromkeys((Verb.HOLIDAYS, Verb.HOLIDAY, Verb.HOLIDAY_NEW, Verb.HOLIDAY_DATES), Right.CHANGE_FIELDS),
    **dict.fromkeys((Verb.HOLIDAY_OFF, Verb.HOLIDAY_OFF_MEANT), Right.CHANGE_FIELDS),
    **dict.fromkeys((Verb.LOGO, Verb.LOGO_NEW, Verb.LOGO_OFF), Right.CHANGE_FIELDS),
    **dict.fromkeys((Verb.TEAM, Verb.MEMBER, Verb.MEMBER_NAME, Verb.MEMBER_ROLE), Right.MANAGE_TEAM),
    **dict.fromkeys((Verb.MEMBER_STORES, Verb.SET_ROLE, Verb.SET_STORE, Verb.WITHDRAW), Right.MANAGE_TEAM),
    **dict.fromkeys((Verb.INVITE, Verb.INVITE_AS, Verb.INVITE_AT), Right.MANAGE_TEAM),
    **dict.fromkeys((Verb.NEW_LINK, Verb.CHOOSE_AGAIN), Right.MANAGE_TEAM),
    **dict.fromkeys((Verb.REMOVE, Verb.REMOVE_MEANT), Right.MANAGE_TEAM),
    **dict.fromkeys((Verb.CARD_PAGE, Verb.CARD_PAST, Verb.NOTE, Verb.BLOCK), Right.MANAGE_CARDS),
    **dict.fromkeys((Verb.BLOCK_MEANT, Verb.UNBLOCK), Right.MANAGE_CARDS),
    **dict.fromkeys((Verb.SHOW_CARD, Verb.HISTORY, Verb.NEW_CODE, Verb.NEW_CODE_MEANT), Whose.HOLDER),
    **dict.fromkeys((Verb.NOT_ME, Verb.DISPUTABLE, Verb.WALLET), Whose.HOLDER),
    **dict.fromkeys((Verb.BALANCE, Verb.REWARDS, Verb.LANGUAGE, Verb.JOIN_PROGRAM), Whose.THEMSELVES),
    **dict.fromkeys((Verb.MAIL, Verb.MAIL_WAYS, Verb.MAIL_NEW), Whose.THEMSELVES),
    **dict.fromkeys((Verb.MAIL_OFF, Verb.MAIL_OFF_MEANT), Whose.THEMSELVES),
    **dict.fromkeys((Verb.STAND_HERE, Verb.LEAVE), Whose.TERMINAL),
    **dict.fromkeys((Verb.HAND_OVER, Verb.HAND_OVER_MEANT), Right.MANAGE_OWNERS),
    Verb.TAKE_OVER: Whose.ASKED,
    **dict.fromkeys((Verb.ASK_MORE, Verb.ASK_MORE_FOR), Right.STAMP),
    **dict.fromkeys((Verb.ASK_BACK, Verb.ASK_BACK_FOR), Right.VOID_OWN),
    Verb.DECIDE: Right.APPROVE,
    **dict.fromkeys((Verb.USE, Verb.USE_ONE, Verb.REDEEM_ANSWER), Whose.HOLDER),
    Verb.UNASK: Whose.DOER,
    Verb.STORE: Whose.TEAM,
    **dict.fromkeys((Verb.UNDO_RESET, Verb.JOIN_TEAM, Verb.NOT_JOINING), Whose.DOER),
    Verb.JOIN: Whose.JOINER,
    **dict.fromkeys((Verb.KEY, Verb.AMOUNT_KEY, Verb.AMOUNT_SURE, Verb.WHICH), Whose.NOBODY),
    Verb.CHOOSE_PERSON: Whose.NOBODY,
    Verb.HOLIDAY_MEANT: Whose.NOBODY,
    **dict.fromkeys((Verb.MERGE_SWAP, Verb.MERGE_MEANT), Whose.NOBODY),
    Verb.TAKINGS_MEANT: Whose.NOBODY,
    **dict.fromkeys((Verb.SET_FIELD, Verb.FOUND, Verb.NEW_SHOP, Verb.NEW_SHOP_MEANT), Whose.NOBODY),
    **dict.fromkeys((Verb.WORDING_SAVE, Verb.WORDING_ANEW), Whose.NOBODY),
    **dict.fromkeys((Verb.PRIVACY, Verb.MY_DATA, Verb.ERASE, Verb.ERASE_MEANT), Whose.THEMSELVES),
    **dict.fromkeys((Verb.SHOP_CLOSE, Verb.SHOP_CLOSE_MEANT, Verb.SHOP_KEEP), Right.CLOSE_SHOP),
    **dict.fromkeys((Verb.CONSENT, Verb.NO_MORE, Verb.CONSENT_SWITCH, Verb.BIRTHDAY_ALLOW), Whose.CUSTOMER),
    Verb.ALLOW_AGAIN: Whose.THEMSELVES,
    **dict.fromkeys(
        (Verb.BROADCASTS, Verb.BROADCAST, Verb.BROADCAST_TEXT, Verb.BROADCAST_WHO), Right.BROADCAST
    ),
    **dict.fromkeys((Verb.BROADCAST_STORES, Verb.BROADCAST_TO, Verb.BROADCAST_TRY), Right.BROADCAST),
    **dict.fromkeys((Verb.BROADCAST_HOURS, Verb.BROADCAST_MEANT, Verb.BROADCAST_SEND), Right.BROADCAST),
    **dict.fromkeys((Verb.BROADCAST_PAUSE, Verb.BROADCAST_END, Verb.BROADCAST_DISCARD), Right.BROADCAST),
    Verb.BROADCAST_ON: Right.BROADCAST,
    Verb.BROADCAST_SAMPLE: Whose.THEMSELVES,
    **dict.fromkeys((Verb.BIRTHDAY, Verb.BIRTHDAY_CHANGE, Verb.BIRTHDAY_MONTH), Whose.THEMSELVES),
    **dict.fromkeys((Verb.BIRTHDAY_DAY, Verb.BIRTHDAY_MEANT, Verb.BIRTHDAY_OFF), Whose.THEMSELVES),
    Verb.BRING_FRIEND: Whose.THEMSELVES,
    **dict.fromkeys((Verb.SHEETS, Verb.SHEET, Verb.SHEET_PRINT), Right.PRINT_POSTER),
    **dict.fromkeys((Verb.SHEET_OFF, Verb.SHEET_OFF_MEANT), Right.PRINT_POSTER),
    Verb.ADOPT: Whose.JOINER,
    Verb.ADOPT_MEANT: Right.SEE_CARD,
    **dict.fromkeys((Verb.PAPER, Verb.PAPER_MEANT), Right.STAMP),
}
"""Buttons of a question bear its nonce; here the question is somebody else's, so they are nobody's."""
OF_AN_OWNER = (Verb.SET_ROLE, Verb.WITHDRAW, Verb.NEW_LINK, Verb.REMOVE_MEANT, Verb.RESET_PIN)
ASKED_AT_A_TERMINAL = OFFERED[Role.TERMINAL] | {Right.ADJUST, Right.VOID_ANY}
"""What a terminal answers by asking who stands there, with their names: it may be a manager."""
AUDIENCES: Mapping[Audience | None, Whose] = {
    None: Whose.THEMSELVES,
    Audience.CARD_HOLDERS: Whose.THEMSELVES,
    Audience.TEAM: Whose.TEAM,
    Audience.OPERATORS: Whose.NOBODY,
}
WORDS = {
    "stamp": f"{NUMBER_SAID} 1",
    "earn": f"{NUMBER_SAID} 12",
    "redeem": NUMBER_SAID,
    "void": NUMBER_SAID,
    "adjust": f"{NUMBER_SAID} +5 gift",
    "find": NUMBER_SAID,
    "takings": "812.50",
}
LINKS: Mapping[str, tuple[LinkKind, Needs]] = {
    "poster": (LinkKind.JOIN, Whose.JOINER),
    "poster of one program": (LinkKind.JOIN, Whose.JOINER),
    "card": (LinkKind.CARD, Whose.SCANNER),
    "code that was replaced": (LinkKind.REPLACED, Whose.NOBODY),
    "new PIN": (LinkKind.INVITE, Whose.INVITED),
    "another's invitation": (LinkKind.INVITE, Whose.TERMINAL),
    "withdrawn invitation": (LinkKind.INVITE, Whose.NOBODY),
    "for a shop of one's own": (LinkKind.NEW_SHOP, Whose.NOBODY),
    "for a card that nobody has let go": (LinkKind.MOVE, Whose.HOLDER),
    "a friend's": (LinkKind.FRIEND, Whose.JOINER),
    "code for a reward": (LinkKind.USE, Right.REDEEM),
}
"""An invitation that is still open is not among them: it is for whoever opens it first (tests/bot/test_links.py). A
shared phone shows a member's link as a code for that member's own phone (docs/decisions/0021)."""
ACTS_ASKED_BY: Mapping[str, Verb | str] = {
    "look": Verb.PANEL,
    "ask_amount": Verb.PURCHASE,
    "stamp": Verb.STAMP,
    "earn": "earn",
    "redeem": Verb.REDEEM,
    "redeem_points": Verb.REDEEM_POINTS,
    "redeem_any": "redeem",
    "adjust": "adjust",
    "take_back": Verb.VOID,
    "merge": Verb.MERGE,
    "settle": Verb.SETTLE,
    "ask_manager": Verb.ASK_MORE_FOR,
    "decide": Verb.DECIDE,
    "redeem_interim": Verb.REDEEM_INTERIM,
    "take_over": Verb.PAPER_MEANT,
    "adopt": Verb.ADOPT_MEANT,
    "ask_customer": Verb.REDEEM,
}
"""The button or command that leads to each act of ``domain/acts.py``."""


@dataclass(frozen=True)
class Who:
    """``role`` at the café, None for those who do not work there; ``at_least`` is what they know of it anyway."""

    name: str
    role: Role | None = None
    at_least: Level = Level.NOTHING

    @property
    def is_at_home(self) -> bool:
        return self.at_least is Level.NAME


WHO = (
    Who("stranger"),
    Who("customer", None, Level.NAME),
    Who("holder", None, Level.NAME),
    Who("staff", Role.STAFF, Level.NAME),
    Who("other store", Role.STAFF, Level.NAME),
    Who("terminal", Role.TERMINAL, Level.NAME),
    Who("manager", Role.MANAGER, Level.NAME),
    Who("owner", Role.OWNER, Level.NAME),
    Who("removed"),
    *(Who(f"{role}'") for role in ("customer", *(role.value for role in Role))),
)
"""A name with ``'`` is of another shop. ``staff`` stamped the card, at another store than ``other store``."""


@dataclass(frozen=True)
class Ask:
    """``sent`` is the data of a button, or what is typed."""

    name: str
    needs: Needs
    sent: str
    is_press: bool = False

    @property
    def owners(self) -> Sequence[Who]:
        """Those whose it is, in the order of WHO."""
        return [who for who in WHO if self.is_theirs(who)]

    def may_give(self, who: Who) -> Level:
        if self.is_theirs(who):
            return Level.CHANGES
        if who.role is Role.TERMINAL and self.needs in ASKED_AT_A_TERMINAL:
            return Level.TELLS
        return max(who.at_least, Level.NAME if self.needs is Whose.SCANNER else Level.NOTHING)

    def is_theirs(self, who: Who) -> bool:
        """Whether they may do it and be told all that it says."""
        if isinstance(self.needs, Right):
            is_own = self.needs is Right.VOID_ANY and who.name == "staff"
            return is_own or (who.role is not None and may(who.role, self.needs))
        return {
            Whose.HOLDER: who.name == "holder",
            Whose.CUSTOMER: who.name in ("holder", "customer"),
            Whose.DOER: who.name == "staff",
            Whose.INVITED: who.name in ("staff", "terminal"),
            Whose.ASKED: who.name == "other store",
            Whose.TEAM: who.role is not None,
            Whose.TERMINAL: who.role is Role.TERMINAL,
            Whose.JOINER: True,
            Whose.SCANNER: who.name == "holder" or (who.role is not None),
            Whose.THEMSELVES: who.is_at_home,
            Whose.NOBODY: False,
        }[self.needs]


@dataclass
class Town:
    home: House
    cafe: Shop
    people: dict[str, Person]
    asks: Sequence[Ask]
    private: tuple[str, ...]
    seen: dict[tuple[str, str], Level] = field(default_factory=dict)
    reacted: set[str] = field(default_factory=set)
    changed: dict[str, list[str]] = field(default_factory=dict)

    def rows(self) -> dict[str, list[str]]:
        """All rows of the café, by table."""
        of_merchants = (each.name for each in metadata.sorted_tables if "merchant_id" in each.c)
        return {
            name: sorted(
                map(
                    repr, self.home.rows(f"SELECT * FROM {name} WHERE merchant_id = ?", self.cafe.merchant_id)
                )
            )
            for name in of_merchants
        }


LAST = (
    ("[set role]", "[store, ", "[remove, meant]", "[remove holidays, meant]", "[close the shop]"),
    ("[take over]",),
    ("[erase, meant]",),
)
REFUSALS = (
    "You may not do this here.",
    "This is for staff.",
    "There is no such",
    "not understood",
    "is over",
)


async def ask_for_what_is_not_theirs(town: Town, everybody: Sequence[Who] = WHO) -> None:
    """For each thing, all whose it is not ask at once, since nothing may happen."""
    before = town.rows()
    for ask in town.asks:
        others = [who for who in everybody if not ask.is_theirs(who)]
        said = await _reactions(town, ask, others)
        after = town.rows()
        changed = [name for name in after if after[name] != before[name]]
        for who, texts in zip(others, said, strict=True):
            town.seen[ask.name, who.name] = Level.CHANGES if changed else _told(town, texts)
        if changed:
            town.changed[ask.name] = changed
        before = after


async def ask_for_what_is_theirs(town: Town, *, of_all: bool) -> None:
    """One asks after the other; what takes something from others comes last. Each thing is asked for by everybody
    whose it is, or, without ``of_all``, by the first of them alone."""
    before = town.rows()
    for turn, who, ask in product(range(1 + len(LAST)), WHO, town.asks):
        if who not in ask.owners[: None if of_all else 1] or turn != _turn_of(ask):
            continue
        [texts] = await _reactions(town, ask, [who])
        await _is_quiet(town.home)
        after = town.rows()
        town.seen[ask.name, who.name] = Level.CHANGES if after != before else _told(town, texts)
        before = after
        if any(text and not any(said in text for said in REFUSALS) for text in texts):
            town.reacted.add(ask.name)


def _turn_of(ask: Ask) -> int:
    return next((turn for turn, names in enumerate(LAST, start=1) if ask.name.startswith(names)), 0)


async def _is_quiet(home: House) -> None:
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])


async def _reactions(town: Town, ask: Ask, asking: Sequence[Who]) -> list[list[str]]:
    """All that each of them is told: alerts, and what is new on the screen."""
    people = [town.people[who.name] for who in asking]
    newest = [max(message.revision for message in person.messages) for person in people]
    for person in people:
        await (person.presses_raw(ask.sent, person.last) if ask.is_press else person.sends(ask.sent))
    await town.home.at_rest()
    alerts = [[(await person.answered()).text] if ask.is_press else [] for person in people]
    return [
        [*alert, *(_all_of(each) for each in person.messages if each.from_bot and each.revision > seen)]
        for person, alert, seen in zip(people, alerts, newest, strict=True)
    ]


def _told(town: Town, texts: Iterable[str]) -> Level:
    said = "\n".join(texts)
    if any(secret in said for secret in town.private):
        return Level.TELLS
    return Level.NAME if CAFE in said or GARE in said else Level.NOTHING


def _all_of(message: Message) -> str:
    data = (
        f"{button.url or ''} {button.copy_text.text if button.copy_text else ''}"
        for button in message.inline_buttons
    )
    return "\n".join([message.text, message.caption, *message.button_texts, *data])


def broken(town: Town, everybody: Sequence[Who] = WHO) -> list[str]:
    """Cells in which somebody got more than is theirs."""
    return [
        f"{ask.name}: {who.name} gets {MARKS[seen]} {' '.join(town.changed.get(ask.name, []))}".rstrip()
        for ask in town.asks
        for who in everybody
        if (seen := town.seen.get((ask.name, who.name), Level.NOTHING)) > ask.may_give(who)
    ]


def untried(town: Town) -> list[str]:
    """What was refused even to those whose it is: that it is refused to others proves nothing."""
    return [ask.name for ask in town.asks if ask.owners and ask.name not in town.reacted]


def printed(town: Town) -> str:
    """A line for each thing that can be asked for, with what each got."""
    width = max(len(ask.name) for ask in town.asks)
    lines = [" ".join([" " * width, *(f"{who.name:>11}" for who in WHO)])]
    for ask in town.asks:
        cells = (_cell(town.seen[ask.name, who.name], is_theirs=who in ask.owners) for who in WHO)
        lines.append(" ".join([f"{ask.name:<{width}}", *(f"{cell:>11}" for cell in cells)]))
    return "\n".join(lines)


def _cell(seen: Level, *, is_theirs: bool) -> str:
    return "shows" if is_theirs and seen is Level.NOTHING else MARKS[seen]


async def build(home: House) -> Town:
    """Two shops with everybody in them, and a card on which something happened."""
    cafe, bakery = await _opens(home, CAFE), await _opens(home, BAKERY)
    gare, _ = await home.adds_store(cafe, GARE)
    anna, samantha = await lives(home, cafe, HOLDER, DOER)
    ids = await ids_of(home, cafe, DOER)
    people = {
        "stranger": home.sandbox.person("Eve"),
        "holder": anna,
        "staff": samantha,
        "customer": await home.customer(cafe, "Carl"),
        "other store": await home.member(cafe, "Tom", store_id=gare),
        "terminal": await home.member(cafe, "Till", Role.TERMINAL),
        "manager": await home.member(cafe, "Mia", Role.MANAGER),
        "owner": await home.owner(cafe),
        "removed": await home.member(cafe, "Fred", pin="2580"),
        "customer'": await home.customer(bakery, "Ben"),
    }
    for name in ("manager", "owner"):
        here = press(Verb.STORE, short_id(cafe.merchant_id), short_id(cafe.store_id))
        await people[name].presses_raw(here, people[name].last)
        await people[name].answered()
    await people["stranger"].sends("/help")
    await people["stranger"].sees("Your card", new=True)
    for role in Role:
        people[f"{role.value}'"] = await home.member(bakery, f"B{role.value}", role)
    await removes(home, cafe, people["removed"])
    await anna.presses_raw(
        press(Verb.NEW_CODE_MEANT, short_id(ids.merchant), short_id(ids.card), 0), anna.last
    )
    await anna.answered()
    await home.member(cafe, "Olga", Role.OWNER)
    await has_a_day_to_tell(home, cafe)
    [program] = await look(home.store, lambda tx: tx.programs_of(cafe.merchant_id))
    await home.store.write(
        change_fields,
        editing(program, stamps_target=9, birthday_bonus=2, referral_bonus=2, paper_stamps_max=5),
    )
    merchant = await look(home.store, lambda tx: tx.merchant(cafe.merchant_id))
    assert merchant is not None
    await home.store.write(change_fields, editing(merchant, marketing_monthly_max=2))
    today = home.clock().date()
    closed = EnterClosure(
        account=None,
        merchant_id=cafe.merchant_id,
        closure_id=ClosureId(new_id()),
        store_id=None,
        dates=DateRange(today, today),
    )
    await home.store.write(enter_closure, closed)
    await expire_balances(home.store)  # which takes note of the change, or the timetable does so in between
    [(tom,)] = home.rows("SELECT staff_id FROM staff WHERE name = 'Tom'")
    owner = Account(bot_id=BotId(home.sandbox.world.bot_id), user_id=UserId(people["owner"].id))
    offer = OfMember(account=owner, merchant_id=cafe.merchant_id, staff_id=StaffId(tom))
    await home.store.write(offer_shop, offer)
    await raises(home, cafe, FlagKind.UNSEEN_CARDS, DOER)
    logo = saved(Image.new("RGB", (30, 20)), "PNG")
    await home.store.write(keep_logo, KeepLogo(account=None, merchant_id=cafe.merchant_id, picture=logo))
    await _asks_managers(home, cafe, ids, samantha)
    await _prints(home, cafe, ids, people)
    await home.store.write(change_fields, editing(await _merchant(home, cafe), marketing_monthly_max=4))
    for turn in range(3):
        draft = DraftCampaign(
            account=owner,
            merchant_id=cafe.merchant_id,
            campaign_id=CampaignId(new_id()),
            text=f"For {HOLDER} {turn}",
            photo=None,
        )
        await home.store.write(draft_campaign, draft)
    number = number_of(anna)
    asks = await _asks(home, cafe, ids, number)
    await home.at_rest()
    await _is_quiet(home)
    return Town(home, cafe, people, asks, (HOLDER, DOER, number, number.replace(" ", "")))


async def _merchant(home: House, cafe: Shop) -> Merchant:
    found = await look(home.store, lambda tx: tx.merchant(cafe.merchant_id))
    assert found is not None
    return found


async def _asks_managers(home: House, cafe: Shop, ids: Ids, staff: Person) -> None:
    """Three requests: one to say yes to, one to say no to, and one to withdraw."""
    actor = Actor(
        merchant_id=cafe.merchant_id,
        staff_id=StaffId(ids.staff),
        store_id=cafe.store_id,
        account=Account(bot_id=BotId(home.sandbox.world.bot_id), user_id=UserId(staff.id)),
    )
    for key, what in (
        ("yes", {"count": 1}),
        ("no", {"entry": EntryId(ids.stamp)}),
        ("withdrawn", {"entry": EntryId(ids.redemption)}),
    ):
        card = CardRef("id", ids.card)
        act = AskManager(card=card, key=OperationKey(key), reason="a rush", **what)
        await home.store.write(ask_manager, Asked(act=act, actor=actor))
    full = Stamp(card=card, count=20, key=OperationKey("full"))
    await home.store.write(stamp_card, Asked(act=full, actor=actor, pin_typed=True))
    yes = AskCustomer(card=card, key=OperationKey("used"), redeems=EntryKind.STAMP_REDEEMED)
    await home.store.write(ask_customer, Asked(act=yes, actor=actor))


async def _prints(home: House, cafe: Shop, ids: Ids, people: Mapping[str, Person]) -> None:
    """A sheet of which two cards are in use; the customer says of one of them that it is theirs."""
    command = PrintCards(
        merchant_id=cafe.merchant_id,
        account=None,
        sheet_id=SheetId(new_id()),
        card_hash=lambda card_id, rotation: token_hash(f"{card_id}{rotation}"),
        count=3,
    )
    blanks = (await home.store.write(print_cards, command)).blanks
    bot_id = BotId(home.sandbox.world.bot_id)
    actor = Actor(
        merchant_id=cafe.merchant_id,
        staff_id=StaffId(ids.staff),
        store_id=cafe.store_id,
        account=Account(bot_id=bot_id, user_id=UserId(people["staff"].id)),
    )
    for blank in blanks[:2]:
        act = Stamp(card=CardRef("id", blank.card_id), count=1, key=OperationKey(f"guest {blank.number}"))
        await home.store.write(stamp_card, Asked(act=act, actor=actor, pin_typed=True))
    asked = AskAdoption(
        account=Account(bot_id=bot_id, user_id=UserId(people["customer"].id)),
        name="Carl",
        merchant_id=cafe.merchant_id,
        card_id=blanks[0].card_id,
    )
    await home.store.write(ask_adoption, asked)


async def _opens(home: House, name: str) -> Shop:
    return await home.opens_shop(
        name,
        kind=ProgramKind.HYBRID,
        points_per_unit_milli=1000,
        point_rewards=(PointReward(cost=50, name="An espresso"),),
    )


async def _asks(home: House, cafe: Shop, ids: Ids, number: str) -> Sequence[Ask]:
    links = await _links(home, cafe, ids)
    [(reset,)] = home.rows("SELECT invite_id FROM invites WHERE purpose = 'reset_pin'")
    [(olga, nonce)] = home.rows(
        "SELECT staff_id, nonce FROM dialogues JOIN staff USING (user_id) WHERE name = 'Olga'"
    )
    presses = {**replace(ids, invite=reset).presses(), **_more_presses(home, ids, nonce)}
    of_olga = replace(ids, staff=olga).presses()
    return [
        *(Ask(f"[{name}]", BUTTONS[verb_of(data)], data, is_press=True) for name, data in presses.items()),
        *(
            Ask(f"[{name}] of an owner", Right.MANAGE_OWNERS, data, is_press=True)
            for name, data in of_olga.items()
            if verb_of(data) in OF_AN_OWNER
        ),
        *(
            Ask(
                f"/{name}",
                _needed_for(name),
                f"/{name} {WORDS.get(name, '').replace(NUMBER_SAID, number)}".strip(),
            )
            for name in COMMANDS
        ),
        *(Ask(f"link: {name}", LINKS[name][1], link) for name, link in links.items()),
    ]


def _more_presses(home: House, ids: Ids, nonce: str) -> Mapping[str, str]:
    """The presses that ``Ids.presses`` does not have, and those of Olga's question, whose ``nonce`` they bear."""
    [(change,)] = home.rows("SELECT change_id FROM changes WHERE field = 'stamps_target'")
    [(closure,)] = home.rows(
        "SELECT json_extract(closures, '$[0].closure_id') FROM merchants WHERE closures IS NOT NULL"
    )
    [(flag,)] = home.rows("SELECT flag_id FROM flags")
    [(move,)] = home.rows("SELECT move_id FROM card_moves")
    [(offer,)] = home.rows("SELECT invite_id FROM invites WHERE purpose = 'hand_over'")
    merchant, card = short_id(ids.merchant), short_id(ids.card)
    approvals = home.rows("SELECT approval_id FROM approvals ORDER BY approval_id")
    yes, no, withdrawn, used = (short_id(approval_id) for (approval_id,) in approvals)
    return {
        "approve": press(Verb.DECIDE, merchant, yes, 1),
        "decline": press(Verb.DECIDE, merchant, no, 0),
        "withdraw what was asked": press(Verb.UNASK, merchant, withdrawn),
        "take over": press(Verb.TAKE_OVER, merchant, short_id(offer)),
        "reasons to void": press(Verb.VOID_WHY, card, short_id(ids.stamp)),
        "settings": press(Verb.SETTINGS, merchant),
        "fields": press(Verb.FIELDS, merchant, Target.MERCHANT, merchant),
        "field": press(Verb.FIELD, merchant, Target.MERCHANT, merchant, field_code("name")),
        "changes": press(Verb.CHANGES, merchant),
        "change back": press(Verb.CHANGE_BACK, merchant, short_id(change)),
        "leave the terminal": press(Verb.LEAVE),
        "balance": press(Verb.BALANCE),
        "rewards": press(Verb.REWARDS),
        "another address": press(Verb.MAIL_NEW),
        "language": press(Verb.LANGUAGE, "en"),
        "into the wallet": press(Verb.WALLET, card),
        "mailbox": press(Verb.MAIL),
        "by mail": press(Verb.MAIL_WAYS, "mail"),
        "remove the address": press(Verb.MAIL_OFF),
        "remove the address, meant": press(Verb.MAIL_OFF_MEANT),
        "join": press(Verb.JOIN, merchant, short_id(ids.store)),
        "another's key": press(Verb.KEY, nonce, 1),
        "another's amount": press(Verb.AMOUNT_KEY, nonce, 1),
        "another's sure amount": press(Verb.AMOUNT_SURE, nonce),
        "another's choice of cards": press(Verb.WHICH, nonce, 0),
        "another's field": press(Verb.SET_FIELD, nonce, 0),
        "another's words": press(Verb.WORDING_SAVE, nonce),
        "another's new words": press(Verb.WORDING_ANEW, nonce),
        "another's merge": press(Verb.MERGE_MEANT, nonce),
        "another's merge, the other way": press(Verb.MERGE_SWAP, nonce),
        "takings": press(Verb.TAKINGS, merchant, home.clock().date().isoformat()),
        "takings of a store": press(Verb.TAKINGS_AT, merchant, short_id(ids.store), f"{home.clock():%y%m%d}"),
        "another's takings": press(Verb.TAKINGS_MEANT, nonce, short_id(ids.store), 1),
        "another's list": press(Verb.FOUND, nonce, 0),
        "another's answer": press(Verb.NEW_SHOP, nonce, "name", 0),
        "another's new shop": press(Verb.NEW_SHOP_MEANT, nonce),
        "another's answer about a program": press(Verb.PROGRAM_STEP, nonce, "kind", 0),
        "another's program": press(Verb.PROGRAM_MEANT, nonce),
        "flag, right": press(Verb.FLAG_RIGHT, merchant, short_id(flag)),
        "privacy": press(Verb.PRIVACY),
        "privacy at a shop": press(Verb.PRIVACY, merchant),
        "my data": press(Verb.MY_DATA),
        "erase": press(Verb.ERASE, merchant),
        "erase, meant": press(Verb.ERASE_MEANT, merchant),
        "logo": press(Verb.LOGO, merchant),
        "another logo": press(Verb.LOGO_NEW, merchant),
        "remove the logo": press(Verb.LOGO_OFF, merchant),
        "holidays": press(Verb.HOLIDAYS, merchant, merchant),
        "one's holidays": press(Verb.HOLIDAY, merchant, short_id(closure)),
        "new holidays": press(Verb.HOLIDAY_NEW, merchant, merchant),
        "other holidays": press(Verb.HOLIDAY_DATES, merchant, short_id(closure)),
        "another's holidays": press(Verb.HOLIDAY_MEANT, nonce),
        "remove holidays": press(Verb.HOLIDAY_OFF, merchant, short_id(closure)),
        "remove holidays, meant": press(Verb.HOLIDAY_OFF_MEANT, merchant, short_id(closure)),
        **_of_campaigns(home, merchant),
        "birthday": press(Verb.BIRTHDAY, merchant),
        "birthday's month": press(Verb.BIRTHDAY_MONTH, merchant, 5),
        "birthday's day": press(Verb.BIRTHDAY_DAY, merchant, 5, 12),
        "another birthday": press(Verb.BIRTHDAY_CHANGE, merchant),
        "birthday, meant": press(Verb.BIRTHDAY_MEANT, merchant, 5, 12),
        "forget the birthday": press(Verb.BIRTHDAY_OFF, merchant),
        "bring a friend": press(Verb.BRING_FRIEND, merchant),
        "answer a move": press(Verb.MOVE_ANSWER, merchant, short_id(move), 1),
        "answer about a reward": press(Verb.REDEEM_ANSWER, merchant, used, 1),
        **_of_printed(home, merchant),
    }


def _of_printed(home: House, merchant: str) -> Mapping[str, str]:
    [(guest, adoption)] = home.rows("SELECT card_id, adoption_id FROM adoptions")
    [(other,)] = home.rows(
        "SELECT card_id FROM blank_cards WHERE used_at IS NOT NULL AND card_id != ?", guest
    )
    [(sheet,)] = home.rows("SELECT DISTINCT sheet_id FROM blank_cards")
    sheet = short_id(sheet)
    return {
        "sheet": press(Verb.SHEET, merchant, sheet),
        "print a sheet": press(Verb.SHEET_PRINT, merchant, sheet),
        "withdraw a sheet?": press(Verb.SHEET_OFF, merchant, sheet),
        "withdraw a sheet": press(Verb.SHEET_OFF_MEANT, merchant, sheet),
        "mine": press(Verb.ADOPT, merchant, short_id(other)),
        "theirs": press(Verb.ADOPT_MEANT, short_id(guest), short_id(adoption)),
    }


def _of_campaigns(home: House, merchant: str) -> Mapping[str, str]:
    found = home.rows("SELECT campaign_id FROM campaigns ORDER BY campaign_id")
    draft, other, sent = (short_id(campaign_id) for (campaign_id,) in found)
    return {
        "answer about offers": press(Verb.CONSENT, merchant, 0),
        "no more offers": press(Verb.NO_MORE, merchant, 0),
        "allow offers for the birthday": press(Verb.BIRTHDAY_ALLOW, merchant),
        "switch offers": press(Verb.CONSENT_SWITCH, merchant, 1),
        "allow again": press(Verb.ALLOW_AGAIN, 1),
        "switch broadcasts on": press(Verb.BROADCAST_ON, merchant),
        "broadcasts": press(Verb.BROADCASTS, merchant),
        "broadcast": press(Verb.BROADCAST, merchant, draft),
        "other words of a broadcast": press(Verb.BROADCAST_TEXT, merchant, draft),
        "to whom": press(Verb.BROADCAST_WHO, merchant, draft),
        "to which store's": press(Verb.BROADCAST_STORES, merchant, draft, 0),
        "to the active": press(Verb.BROADCAST_TO, merchant, draft, "active"),
        "try a broadcast": press(Verb.BROADCAST_TRY, merchant, draft),
        "at an hour": press(Verb.BROADCAST_HOURS, merchant, draft, 0),
        "send it?": press(Verb.BROADCAST_MEANT, merchant, draft, 0),
        "send it": press(Verb.BROADCAST_SEND, merchant, sent, 0),
        "pause a broadcast": press(Verb.BROADCAST_PAUSE, merchant, sent, 1),
        "end a broadcast": press(Verb.BROADCAST_END, merchant, sent),
        "discard a broadcast": press(Verb.BROADCAST_DISCARD, merchant, other),
        "sample": press(Verb.BROADCAST_SAMPLE),
    }


async def _links(home: House, cafe: Shop, ids: Ids) -> Mapping[str, str]:
    """The links in the form in which the bot gets them: ``/start`` with what the link carries."""
    used, withdrawn = await home.invites(cafe, "Zoé"), await home.invites(cafe, "Wim")
    await home.claims(home.sandbox.person("Zoé"), used[1])
    await home.store.write(withdraw_link, WithdrawLink(merchant_id=cafe.merchant_id, staff_id=withdrawn[0]))
    token = invite_token()
    reset = ResetPinByOperator(
        merchant_id=cafe.merchant_id, staff_id=StaffId(ids.staff), token_hash=token_hash(token)
    )
    await home.store.write(reset_pin_by_operator, reset)
    shop_token = invite_token()
    own_shop = InviteShop(merchant_id=MerchantId(new_id()), token_hash=token_hash(shop_token))
    await home.store.write(invite_shop, own_shop)
    move_token = invite_token()
    moving = BeginMove(
        account=None,
        merchant_id=cafe.merchant_id,
        card=CardRef("id", ids.card),
        token_hash=token_hash(move_token),
    )
    await home.store.write(begin_move, moving)
    [(customer, holder)] = home.rows("SELECT customer_id, user_id FROM customers WHERE name = ?", HOLDER)
    link = home.links.friend(CustomerId(customer))
    giving = GiveInvitation(
        account=Account(bot_id=BotId(home.sandbox.world.bot_id), user_id=UserId(holder)),
        merchant_id=cafe.merchant_id,
        customer_id=CustomerId(customer),
        token_hash=token_hash(link.partition("start=f")[2]),
    )
    await home.store.write(give_invitation, giving)
    used_code = UseCode(card_id=CardId(ids.card), made_at=home.clock(), redeems=EntryKind.STAMP_REDEEMED)
    links = {
        "a friend's": link,
        "poster": cafe.join_link,
        "poster of one program": home.links.join(cafe.store_id, ProgramId(ids.program)),
        "card": home.links.card(CardId(ids.card), 1),
        "code that was replaced": home.links.card(CardId(ids.card), 0),
        "new PIN": home.links.invite(token),
        "another's invitation": used[1],
        "withdrawn invitation": withdrawn[1],
        "for a shop of one's own": home.links.new_shop(shop_token),
        "for a card that nobody has let go": home.links.move(move_token),
        "code for a reward": home.links.use(used_code),
    }
    return {name: "/start " + link.partition("start=")[2] for name, link in links.items()}


def verb_of(data: str) -> Verb:
    return parse_press(data).verb


def _needed_for(command: str) -> Needs:
    needs = COMMANDS[command].needs
    return needs if isinstance(needs, Right) else AUDIENCES[needs]


@asynccontextmanager
async def town(path: Path) -> AsyncIterator[Town]:
    """The town; everybody may send as fast as they like."""
    around = Surroundings(clock=TestClock(), limits=UNHURRIED)
    with pytest.MonkeyPatch.context() as patch:
        for audience in ("CUSTOMER", "STAFF"):
            patch.setattr(rate_limit, audience, rate_limit.Allowance(per_second=100_000, burst=100_000))
        listen = f"127.0.0.1:{unused_port()}"
        async with house(
            path,
            around,
            webhook_url=f"http://{listen}/hook",
            webhook_listen=listen,
            smtp_url="smtp://127.0.0.1:1",
            smtp_from="cards@example.lu",
            **authority.settings_in(path.parent),
        ) as home:
            yield await build(home)


async def _main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with town(Path(folder) / "stempel.db") as found:
            await ask_for_what_is_not_theirs(found)
            await ask_for_what_is_theirs(found, of_all=True)
            sys.stdout.write(f"{printed(found)}\n")
            wrong = [*broken(found), *untried(found)]
            sys.stdout.write("".join(f"{cell}\n" for cell in wrong))
            return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))

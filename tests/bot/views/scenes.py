"""Every view with facts to show, under ordinary names or under the longest and strangest that are allowed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.pictures.faces import PosterSize
from bot.routes.entrance import CARDS_ASKED_MAX
from bot.screens.menus import open_to
from bot.texts import Texts
from bot.views import (
    card_pages,
    cards,
    closing,
    counter,
    disputes,
    history,
    joining,
    keypad,
    members,
    merges,
    messages,
    privacy,
    reception,
    set_up,
    stores,
    taking_back,
    team,
)
from bot.views import help as helping
from bot.views import status as operating
from bot.views.below_chat import below_chat
from bot.views.confirmations import confirmation
from bot.views.set_up import Step
from bot.views.view import View
from bot.views.wording_preview import preview
from domain import refusals
from domain.account import Account, Locale
from domain.card import CardMove, NoteKind, Progress
from domain.dispute import Dispute, DisputeOutcome
from domain.entry import Entry
from domain.expiry import ExpiryKind, Unit
from domain.ids import (
    BotId,
    CardId,
    CardNumber,
    EntryId,
    InviteId,
    MerchantId,
    MessageId,
    MoveId,
    OperationKey,
    ProgramId,
    StaffId,
    StoreId,
    UpdateId,
    UserId,
)
from domain.invariants import Violation
from domain.job_run import PROCESS, JobOutcome, JobRun
from domain.kinds import KINDS, EntryKind
from domain.merchant import (
    NAME_LENGTH_MAX,
    PROGRAM_NAME_LENGTH_MAX,
    REWARD_LENGTH_MAX,
    Location,
    ProgramKind,
    Store,
)
from domain.messages import (
    AlertReason,
    BalanceExpired,
    BalanceExpiring,
    CardBlocked,
    CardMoved,
    CardsMerged,
    CodesChanged,
    DisputeAnswered,
    DisputeOpened,
    DisputeSettled,
    Facts,
    Fate,
    HandOver,
    Message,
    MessageKind,
    MoveAnswered,
    MoveAsked,
    NewCode,
    NoticeOver,
    PinReset,
    PinTried,
    Receipt,
    RewardReady,
    ShopClosing,
    ShopEnded,
    StaffAlert,
    WelcomeBonus,
)
from domain.plumbing.dead_letters import DeadLetters
from domain.plumbing.see_status import Status
from domain.refusals import CardInactive
from domain.report import DateRange
from domain.rules.pins import NO_PIN
from domain.rules.wordings import PLACEHOLDERS
from domain.staff import Invite, InvitePurpose, Membership, OfferEnd, Role, Staff, StaffStatus
from domain.summary import Figures
from domain.usecases.card_state import CardState
from domain.usecases.choose_desk import TeamMember
from domain.usecases.claim_invite import Claimed, PinTask
from domain.usecases.close_shop import Closing
from domain.usecases.duties import Duties
from domain.usecases.hand_over import Declined, HandedOver
from domain.usecases.links import JoinOffer
from domain.usecases.look_up_card import CardAtCounter, Voidable
from domain.usecases.manage_cards import CardPage, FoundCard, FoundCards, NoteSeen
from domain.usecases.manage_team import Colleague
from domain.usecases.merge_cards import MergePreview, MergeWaiting
from domain.usecases.my_balances import Balance
from domain.usecases.my_cards import HeldCard, HistoryPage, Offer, OtherCard
from domain.usecases.posting import Posted
from domain.usecases.privacy import Erased, LostBalance, MyPrivacy, ShopKept
from domain.usecases.read_message import Reader, Shown
from domain.usecases.settle_dispute import Settled
from domain.usecases.store_today import Today
from domain.usecases.wordings import WordingSheet
from domain.wallet import WalletCounts
from tests.support.shop import delivery_of
from tests.support.terms import a_merchant, a_program

NOW = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
ZONE = "Europe/Luxembourg"
FIGURES = Figures(
    stamps=9999,
    points=999_999,
    redemptions=99,
    voids=9,
    cards=999,
    stamps_voided=9,
    points_voided=9999,
    redemptions_voided=9,
)
LINK = "https://t.me/a_bot_with_a_username_of_32_chars?start=iAAAAAAAAAAAAAAAAAAAAAA"
ACCOUNT = Account(bot_id=BotId(110201543), user_id=UserId(7_100_000_001))
NUMBER, OTHER_NUMBER = CardNumber("999999993"), CardNumber("482109375")
KEY = "AAAAAAAAAAA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    merchant: str
    store: str
    customer: str
    staff: str
    reward: str
    card: str = "Lunch card"


def _kept(names: Names) -> ShopKept:
    holding = LostBalance(program_name=names.card, stamp_count=9999, points_balance=999_999, rewards=99)
    merchant = a_merchant(
        merchant_id=MERCHANT_ID,
        name=names.merchant,
        contact=names.store,
        created_at=NOW,
        default_locale=Locale.EN,
    )
    return ShopKept(
        merchant=merchant, holdings=(holding,), has_had_bonus=True, may_write=False, birthday=(2, 29)
    )


def _mine(names: Names, *, shops: int = 1, teams: tuple[str, ...] = ()) -> MyPrivacy:
    return MyPrivacy(shops=(_kept(names),) * shops, teams=teams, has_dealt=shops > 0)


def _erased(
    names: Names, *, shops: tuple[str, ...] | None = None, teams: tuple[str, ...] = (), is_left: bool = False
) -> Erased:
    at = (names.merchant,) if shops is None else shops
    return Erased(shops=at, shown=(), is_left=is_left, teams=teams)


def strange(length: int) -> str:
    return ("<b>&amp;\"'</b>{0}🎉{name}%s&<>" * 10)[:length]


ORDINARY = Names(merchant="Café Knätsch", store="Gare", customer="Léa Weber", staff="Sam", reward="A coffee")
LONGEST = Names(
    merchant=strange(NAME_LENGTH_MAX),
    card=strange(PROGRAM_NAME_LENGTH_MAX),
    store=strange(NAME_LENGTH_MAX),
    customer=f"{strange(64)} {strange(64)}",
    staff=strange(NAME_LENGTH_MAX),
    reward=strange(REWARD_LENGTH_MAX),
)
EMOJI = Names(
    merchant="🎉" * NAME_LENGTH_MAX,
    card="🎉" * PROGRAM_NAME_LENGTH_MAX,
    store="🎉" * NAME_LENGTH_MAX,
    customer=f"{'🎉' * 64} {'🎉' * 64}",
    staff="🎉" * NAME_LENGTH_MAX,
    reward="🎉" * REWARD_LENGTH_MAX,
)


def uuid(number: int) -> str:
    return f"ffffffff-ffff-7fff-bfff-{number:012x}"


MERCHANT_ID, CARD_ID, STAFF_ID = MerchantId(uuid(1)), CardId(uuid(2)), StaffId(uuid(3))


def state(names: Names, *, stamps: int = 7, ready: int = 0, limits: bool = True) -> CardState:
    return CardState(
        card_id=CARD_ID,
        card_number=NUMBER,
        customer_name=names.customer,
        merchant_name=names.merchant,
        currency="EUR",
        has_stamps=True,
        has_points=False,
        points_balance=0,
        point_rewards=(),
        stamp_count=stamps,
        progress=Progress(
            rewards_available=ready,
            on_card=stamps % 10 or min(stamps, 10),
            target=10,
            cost=10,
            reward=names.reward,
        ),
        stamps_today=2,
        stamps_left_today=98 if limits else None,
        next_stamp_at=NOW + timedelta(days=7) if limits else None,
    )


def held(names: Names, *, stamps: int = 7, ready: int = 0) -> HeldCard:
    return HeldCard(
        merchant_id=MERCHANT_ID,
        colour="#6f4e37",
        timezone=ZONE,
        token_rotation=999_999_999,
        state=state(names, stamps=stamps, ready=ready),
    )


def paused(held: HeldCard) -> HeldCard:
    return replace(held, state=replace(held.state, is_paused=True))


def one_of_several(names: Names) -> HeldCard:
    """Of five programs, all that there may be, three are held."""
    others = [OtherCard(card_id=CardId(uuid(number)), name=names.card) for number in (31, 32)]
    offers = [Offer(program_id=ProgramId(uuid(number)), name=names.card) for number in (33, 34)]
    return replace(held(names, stamps=20, ready=2), card_name=names.card, others=others, offers=offers)


def balance(names: Names, *, stamps: int = 7, ready: int = 0) -> Balance:
    return Balance(held=held(names, stamps=stamps, ready=ready), expiring=(), is_soon=False)


def entry(kind: EntryKind, delta: int, names: Names, number: int = 1) -> Entry:
    return Entry(
        merchant_id=MERCHANT_ID,
        entry_id=EntryId(uuid(100 + number)),
        card_id=CARD_ID,
        entry_no=number,
        store_id=StoreId(uuid(4)),
        staff_id=STAFF_ID,
        kind=kind,
        stamps_delta=delta,
        stamps_balance_after=10,
        points_delta=0,
        points_balance_after=0,
        stamps_shortfall=0,
        points_shortfall=0,
        amount_minor=None,
        program_version=1,
        reward=names.reward if kind is EntryKind.STAMP_REDEEMED else None,
        note=None,
        related_entry_id=None,
        operation_key=OperationKey(KEY),
        origin=None,
        local_date=NOW.date(),
        occurred_at=NOW,
    )


def every_entry(names: Names) -> tuple[Entry, ...]:
    return (
        entry(EntryKind.STAMP_EARNED, 20, names),
        entry(EntryKind.STAMP_EARNED, 1, names),
        entry(EntryKind.STAMP_REDEEMED, -10, names),
        entry(EntryKind.REDEMPTION_VOIDED, 10, names),
        entry(EntryKind.STAMP_VOIDED, -1, names),
        entry(EntryKind.PAPER_STAMPS, 6, names),
        entry(EntryKind.PAPER_VOIDED, -6, names),
        replace(entry(EntryKind.INTERIM_REDEEMED, 0, names), reward=names.reward),
        *(entry(EntryKind.STAMP_REDEEMED, -10, names) for _ in range(4)),
    )


def more_entries(names: Names) -> tuple[Entry, ...]:
    """Entries of what staff do seldom."""
    return (
        replace(entry(EntryKind.MERGED_IN, 12, names), note="482109375"),
        replace(entry(EntryKind.STAMP_VOIDED, 0, names)),
        replace(entry(EntryKind.REDEMPTION_VOIDED, 0, names)),
        replace(entry(EntryKind.POINTS_ADJUSTED, 0, names), points_delta=1250),
        replace(entry(EntryKind.POINTS_VOIDED, 0, names), points_delta=-1250),
        replace(entry(EntryKind.POINTS_EARNED, 0, names), points_delta=1250, factor_tenths=20),
    )


def at_counter(names: Names, *, voidable: bool = True, ready: int = 0, limits: bool = False) -> CardAtCounter:
    found = (
        Voidable(entry=entry(EntryKind.STAMP_EARNED, 20, names), needs_reason=False),
        Voidable(entry=entry(EntryKind.STAMP_REDEEMED, -10, names), needs_reason=True),
    )
    return CardAtCounter(
        card=state(names, ready=ready, limits=limits),
        store_name=names.store,
        voidable=found if voidable else (),
        seen_at=NOW,
        may_lock=True,
    )


def one_of_several_at_counter(names: Names) -> CardAtCounter:
    found = at_counter(names, ready=2)
    others = [OtherCard(card_id=CardId(uuid(number)), name=names.card) for number in (31, 32, 33, 34)]
    return replace(found, card=replace(found.card, program_name=names.card), others=others)


def stamped(
    names: Names, *, rewards: int = 0, may_undo: bool = True, limits: bool = True, ready: int = 2
) -> Posted:
    return Posted(
        entry=entry(EntryKind.STAMP_EARNED, 20, names),
        rewards_earned_now=rewards,
        may_undo=may_undo,
        card=state(names, stamps=20, ready=ready, limits=limits),
    )


def redeemed(names: Names, ready: int = 2) -> Posted:
    redemption = replace(entry(EntryKind.STAMP_REDEEMED, -10, names), reward=names.reward)
    return Posted(entry=redemption, rewards_earned_now=0, may_undo=True, card=state(names, ready=ready))


def voided(names: Names, kind: EntryKind, shortfall: int = 0, ready: int = 0) -> Posted:
    void = replace(entry(kind, 20, names), stamps_shortfall=shortfall)
    return Posted(entry=void, rewards_earned_now=0, may_undo=False, card=state(names, ready=ready))


def colleague(
    names: Names,
    role: Role = Role.STAFF,
    *,
    is_managed: bool = True,
    is_asking: bool = False,
    link: InvitePurpose | None = None,
) -> Colleague:
    staff = replace(membership(names).staff, role=role)
    sent = Invite(
        merchant_id=staff.merchant_id,
        invite_id=InviteId(uuid(9)),
        staff_id=staff.staff_id,
        purpose=link or InvitePurpose.JOIN_TEAM,
        expires_at=NOW,
    )
    return Colleague(
        staff=staff,
        stores=(offer(names).store,) * 3,
        link=sent if link else None,
        is_managed=is_managed,
        is_asking=is_asking,
        is_only_owner=is_asking,
        may_take_over=role is Role.STAFF,
        last_act_on=NOW.date(),
    )


def lapsed(names: Names, role: Role = Role.STAFF) -> Colleague:
    """A colleague who has not joined, and cannot any more."""
    found = colleague(names, role)
    return replace(
        found, staff=replace(found.staff, status=StaffStatus.INVITED, account=None), last_act_on=None
    )


def chosen(names: Names) -> Colleague:
    """A colleague who was chosen, and has not joined yet."""
    found = colleague(names, link=InvitePurpose.JOIN_TEAM)
    assert found.link is not None
    return replace(found, link=replace(found.link, meant_for=ACCOUNT))


def membership(names: Names, number: int = 0) -> Membership:
    staff = Staff(
        merchant_id=MerchantId(uuid(200 + number)),
        staff_id=STAFF_ID,
        name=names.staff,
        role=Role.MANAGER,
        status=StaffStatus.ACTIVE,
        account=ACCOUNT,
        pin=NO_PIN,
        created_at=NOW,
    )
    stores = tuple((StoreId(uuid(300 + each)), names.store) for each in range(3))
    return Membership(
        staff=staff,
        merchant_name=names.merchant,
        timezone=ZONE,
        currency="EUR",
        locale=Locale.LB,
        stores=stores,
    )


def claimed(names: Names, role: Role, purpose: InvitePurpose = InvitePurpose.JOIN_TEAM) -> Claimed:
    return Claimed(
        purpose=purpose,
        merchant_id=MERCHANT_ID,
        merchant_name=names.merchant,
        staff_id=STAFF_ID,
        staff_name=names.staff,
        role=role,
        stores=(),
        pin_task=PinTask.NONE,
    )


def offer(names: Names) -> JoinOffer:
    merchant = a_merchant(
        merchant_id=MERCHANT_ID,
        name=names.merchant,
        timezone=ZONE,
        default_locale=Locale.EN,
        created_at=NOW,
    )
    store = Store(merchant_id=MERCHANT_ID, store_id=StoreId(uuid(4)), name=names.store, active=True)
    return JoinOffer(merchant=merchant, store=store)


def located(store: Store) -> Store:
    return replace(store, location=Location(latitude_micro=49_611_670, longitude_micro=6_131_935))


def handed_over(names: Names, *, is_accepted: bool = False, ended: OfferEnd | None = None) -> Message:
    facts = HandOver(merchant_name=names.merchant, name=names.staff, is_accepted=is_accepted, ended=ended)
    return message(MessageKind.HAND_OVER, facts)


def over(names: Names, fate: Fate) -> NoticeOver:
    return NoticeOver(replaces=MessageId("a message"), fate=fate, by=names.staff)


def said_before(names: Names, fate: Fate) -> Message:
    """What came to this."""
    if fate in (Fate.WITHDRAWN, Fate.ASKED_AGAIN, Fate.DECIDED):
        return move_asked(names, OTHER_NUMBER)
    return alert(names, AlertReason.PIN_LOCKED)


def pin_reset(names: Names, by: str | None) -> Message:
    return message(MessageKind.PIN_RESET, PinReset(merchant_name=names.merchant, by=by))


def pin_tried(names: Names, device: str | None, tries: int) -> Message:
    facts = PinTried(merchant_name=names.merchant, device_name=device, wrong_tries=tries)
    return message(MessageKind.PIN_TRIED, facts)


def message(kind: MessageKind, facts: Facts) -> Message:
    return Message(
        merchant_id=MERCHANT_ID,
        message_id=MessageId(uuid(6)),
        kind=kind,
        recipient=ACCOUNT,
        facts=facts,
        created_at=NOW,
    )


def receipt(names: Names, kind: EntryKind, delta: int, **other: Any) -> Message:
    """For 20 stamps of 10, unless the ``other`` facts say so."""
    facts = Receipt(
        entry_kind=kind,
        merchant_name=names.merchant,
        store_name=names.store,
        card_number=NUMBER,
        unit=Unit.STAMPS,
        stamps_delta=delta,
        stamp_count=20,
        stamps_target=10,
        points_delta=0,
        points_balance=0,
        shortfall=0,
        reward=names.reward,
        occurred_at=NOW,
    )
    return message(MessageKind.RECEIPT, replace(facts, **other))


def dispute(names: Names, kind: EntryKind, delta: int) -> Message:
    facts = DisputeOpened(
        card_number=NUMBER,
        customer_name=names.customer,
        staff_name=names.staff,
        store_name=names.store,
        entry_kind=kind,
        stamps_delta=delta,
        points_delta=0,
        occurred_at=NOW,
        entry_id=EntryId(uuid(5)),
        card_id=CARD_ID,
        may_take_back=KINDS[kind].voided_by is not None,
    )
    return message(MessageKind.DISPUTE, facts)


def dispute_settled(names: Names, outcome: DisputeOutcome) -> Message:
    opened = dispute(names, EntryKind.STAMP_REDEEMED, -10).facts
    assert isinstance(opened, DisputeOpened)
    facts = DisputeSettled(opened=opened, outcome=outcome, by=names.staff, replaces=MessageId("m"))
    return message(MessageKind.DISPUTE_SETTLED, facts)


def dispute_answered(names: Names, outcome: DisputeOutcome) -> Message:
    facts = DisputeAnswered(
        merchant_name=names.merchant,
        outcome=outcome,
        entry_kind=EntryKind.STAMP_EARNED,
        stamps_delta=1,
        points_delta=0,
        occurred_at=NOW,
    )
    return message(MessageKind.DISPUTE_ANSWERED, facts)


def alert(names: Names, reason: AlertReason, device_name: str | None = None) -> Message:
    facts = StaffAlert(
        reason=reason,
        staff_id=STAFF_ID,
        staff_name=names.staff,
        card_number=NUMBER,
        wanted=20,
        taken=1,
        until=NOW,
        device_name=device_name,
        reward=names.reward,
        by=names.staff,
    )
    return message(MessageKind.STAFF_ALERT, facts)


def reward_ready(names: Names, *, needs_holder: bool = False) -> Message:
    facts = RewardReady(
        merchant_name=names.merchant,
        card_number=NUMBER,
        reward=names.reward,
        rewards_available=2,
        needs_holder=needs_holder,
    )
    return message(MessageKind.REWARD_READY, facts)


def new_code(names: Names) -> Message:
    facts = NewCode(merchant_name=names.merchant, card_id=CARD_ID, card_number=NUMBER)
    return message(MessageKind.NEW_CODE, facts)


def card_blocked(names: Names, kind: MessageKind) -> Message:
    return message(kind, CardBlocked(merchant_name=names.merchant, card_number=NUMBER))


def move_asked(names: Names, into: CardNumber | None = None) -> Message:
    facts = MoveAsked(
        merchant_name=names.merchant, card_number=NUMBER, move_id=MoveId(MERCHANT_ID), into_number=into
    )
    return message(MessageKind.MOVE_ASKED, facts)


def move_answered(names: Names, *, is_allowed: bool, into: CardNumber | None = None) -> Message:
    facts = MoveAnswered(
        card_id=CARD_ID,
        card_number=NUMBER,
        customer_name=names.customer,
        is_allowed=is_allowed,
        into_number=into,
    )
    return message(MessageKind.MOVE_ANSWERED, facts)


def cards_merged(names: Names, *, is_closed: bool) -> Message:
    facts = CardsMerged(
        merchant_name=names.merchant,
        card_number=NUMBER,
        other_number=OTHER_NUMBER,
        is_closed=is_closed,
        progress=Progress(rewards_available=2, on_card=4, target=10, cost=10, reward=names.reward),
        points_balance=340,
    )
    return message(MessageKind.CARDS_MERGED, facts)


def card_moved(names: Names) -> Message:
    return message(MessageKind.CARD_MOVED, CardMoved(merchant_name=names.merchant, card_number=NUMBER))


def codes_changed(names: Names) -> Message:
    return message(MessageKind.CODES_CHANGED, CodesChanged(merchant_name=names.merchant))


def shop_closing(names: Names, closes_on: date | None) -> Message:
    facts = ShopClosing(merchant_name=names.merchant, closes_on=closes_on)
    return message(MessageKind.SHOP_CLOSING, facts)


def shop_closing_for_team(names: Names, closes_on: date | None, by: str | None) -> Message:
    facts = ShopClosing(merchant_name=names.merchant, closes_on=closes_on, is_of_team=True, by=by)
    return message(MessageKind.SHOP_CLOSING, facts)


def _closing(names: Names, closes_at: datetime | None = None) -> Closing:
    merchant = replace(_kept(names).merchant, closes_at=closes_at)
    return Closing(merchant=merchant, customers=9999, would_close_at=NOW)


def welcome_bonus(names: Names, unit: Unit, count: int) -> Message:
    facts = WelcomeBonus(merchant_name=names.merchant, card_number=NUMBER, unit=unit, count=count)
    return message(MessageKind.WELCOME_BONUS, facts)


HOLIDAYS = (
    DateRange(date(2027, 2, 20), date(2027, 2, 28)),
    DateRange(date(2027, 3, 1), date(2027, 3, 1)),
)


def expiring(
    names: Names, unit: Unit, kind: ExpiryKind, count: int, balance: int, closed: tuple[DateRange, ...] = ()
) -> Message:
    facts = BalanceExpiring(
        merchant_name=names.merchant,
        card_number=NUMBER,
        unit=unit,
        kind=kind,
        count=count,
        balance=balance,
        last_day=date(2027, 3, 3),
        closed=closed,
    )
    return message(MessageKind(f"{unit}_expiring"), facts)


def expired(names: Names, unit: Unit, count: int, balance: int) -> Message:
    facts = BalanceExpired(
        merchant_name=names.merchant, card_number=NUMBER, unit=unit, count=count, balance=balance
    )
    return message(MessageKind(f"{unit}_expired"), facts)


def sheet(names: Names) -> WordingSheet:
    return WordingSheet(
        merchant_id=MERCHANT_ID,
        merchant_name=names.merchant,
        store_name=names.store,
        reward=names.reward,
        stamps_target=10,
        today=date(2026, 12, 31),
        lines=(),
    )


def job_run(job: str, ago: timedelta, *, count: int = 0, failures: int = 0) -> JobRun:
    return JobRun(
        bot_id=PROCESS,
        job=job,
        last_started_at=NOW - ago,
        last_finished_at=NOW - ago,
        duration_ms=1234,
        count=count,
        outcome=JobOutcome.FAILED if failures else JobOutcome.OK,
        error="DatabaseUnavailable" if failures else None,
        failures_in_a_row=failures,
        total_runs=9,
    )


def operating_status(t: Texts, *jobs: JobRun) -> View:
    process = operating.Process(
        version="0.1.0", started_at=NOW - timedelta(days=400, hours=5), database_size_bytes=1_234_567_890
    )
    found = Status(
        updates_waiting=1,
        dead_letters=3,
        messages_owed=10_000,
        messages_held=31,
        messages_failed=12,
        jobs=jobs,
        mailboxes_refused=1234,
        wallets=WalletCounts(passes=1_234, owed=56, failing=7, given_up=1),
    )
    return operating.status(t, process, found, NOW)


def kept_aside(updates: int, messages: int) -> DeadLetters:
    message = receipt(ORDINARY, EntryKind.STAMP_EARNED, 1)
    return DeadLetters(
        bot_id=message.recipient.bot_id,
        updates=[(UpdateId(900_000_000 + number), "0a1b2c3d KeyError") for number in range(updates)],
        deliveries=[(delivery_of(message), "ValidationError: Expected `int`, got `str`")] * messages,
    )


def violation(number: int, names: Names) -> Violation:
    return Violation(
        invariant="I1",
        merchant_id=MERCHANT_ID,
        card_id=CardId(uuid(number)),
        entry_id=None,
        detail=f"the row says {names.reward}",
    )


Scene = Callable[[Texts, Names], View]

CARDS: Mapping[str, Scene] = {
    "welcome: new": lambda t, n: joining.welcome(t, held(n), is_new=True),
    "welcome: back": lambda t, n: joining.welcome(t, held(n), is_new=False),
    "card: one": lambda t, n: cards.card(t, held(n, stamps=0), b"png"),
    "card: blocked, of a shop that closes": lambda t, n: cards.card(
        t, replace(held(n, stamps=20, ready=2), is_blocked=True, closes_on=date(2026, 12, 30)), b"png"
    ),
    "disputed_in_list": lambda t, n: history.disputed_in_list(t, n.merchant, MERCHANT_ID, CARD_ID),
    "balance: blocked": lambda t, n: cards.balance(
        t, [replace(balance(n), held=replace(held(n), is_blocked=True))]
    ),
    "rewards: of a shop that closes": lambda t, n: cards.rewards(
        t, [replace(held(n, stamps=13, ready=1), closes_on=date(2026, 12, 30))]
    ),
    "card: paused": lambda t, n: cards.card(t, paused(held(n)), b"png"),
    "rewards: paused": lambda t, n: cards.rewards(t, [paused(held(n, ready=1))]),
    "balance: paused": lambda t, n: cards.balance(t, [replace(balance(n), held=paused(held(n)))]),
    "card: among others": lambda t, n: cards.card(t, held(n, stamps=20, ready=2), b"png", [held(n)] * 12),
    "card: one of several here": lambda t, n: cards.card(t, one_of_several(n), b"png", [held(n)]),
    "card: another is on offer": lambda t, n: cards.card(
        t, replace(one_of_several(n), card_name=None, others=()), b"png"
    ),
    "welcome: one more": lambda t, n: joining.welcome(t, one_of_several(n), is_new=True),
    "balance: several of one shop": lambda t, n: cards.balance(
        t, [replace(balance(n), held=one_of_several(n))] * 3
    ),
    "rewards: several of one shop": lambda t, n: cards.rewards(t, [one_of_several(n)] * 3),
    "history: one of several": lambda t, n: history.history(
        t, HistoryPage(held=one_of_several(n), entries=every_entry(n), older=None), others=[held(n)] * 12
    ),
    "no_cards": lambda t, _: cards.no_cards(t),
    "balance: one": lambda t, n: cards.balance(t, [balance(n)]),
    "balance: many": lambda t, n: cards.balance(t, [balance(n, stamps=13, ready=1)] * 12),
    "rewards: one": lambda t, n: cards.rewards(t, [held(n)]),
    "rewards: many": lambda t, n: cards.rewards(t, [held(n), *[held(n, stamps=13, ready=1)] * 11]),
    "history: empty": lambda t, n: history.history(t, HistoryPage(held=held(n), entries=(), older=None)),
    "history: full": lambda t, n: history.history(
        t, HistoryPage(held=held(n), entries=every_entry(n), older=999_999_999)
    ),
    "with_receipt": lambda t, n: cards.with_receipt(
        t, held(n), b"png", messages.render(t, receipt(n, EntryKind.STAMP_EARNED, 3), ZONE)
    ),
    "retired": lambda t, _: cards.retired(t, b"png", Shown(reference="7", receipt=None)),
    "retired: receipt": lambda t, n: cards.retired(
        t,
        b"png",
        Shown(
            reference="7",
            receipt=(receipt(n, EntryKind.STAMP_EARNED, 3), Reader(locale=None, timezone=ZONE)),
        ),
    ),
    "retired: disputed": lambda t, n: cards.retired(
        t,
        b"png",
        Shown(
            reference="7",
            receipt=(receipt(n, EntryKind.STAMP_EARNED, 3), Reader(locale=None, timezone=ZONE)),
            dispute=Dispute(
                merchant_id=MERCHANT_ID, entry_id=EntryId(uuid(9)), account=ACCOUNT, opened_at=NOW
            ),
        ),
    ),
    "disputable": lambda t, n: history.disputable(
        t, HistoryPage(held=held(n), entries=(*every_entry(n), *more_entries(n)), older=None)
    ),
    "ask_new_code": lambda t, n: cards.ask_new_code(t, held(n)),
    "stranger": lambda t, n: joining.stranger(t, offer(n)),
}
COUNTER: Mapping[str, Scene] = {
    "panel: fresh": lambda t, n: counter.panel(t, at_counter(n, voidable=False), ZONE),
    "panel: in cooldown": lambda t, n: counter.panel(t, at_counter(n, limits=True), ZONE),
    "panel: no PIN": lambda t, n: counter.panel(
        t, replace(at_counter(n, voidable=False), may_lock=False), ZONE
    ),
    "panel: a reward, nothing to take back": lambda t, n: counter.panel(
        t, at_counter(n, voidable=False, ready=1), ZONE
    ),
    "panel: something to take back": lambda t, n: counter.panel(t, at_counter(n), ZONE),
    "panel: of a merged number": lambda t, n: counter.panel(
        t, replace(at_counter(n), named=OTHER_NUMBER), ZONE
    ),
    "panel: everything": lambda t, n: counter.panel(t, at_counter(n, ready=2), ZONE),
    "panel: after a refusal": lambda t, n: counter.panel(t, at_counter(n), ZONE, t("Cancelled.")),
    "panel: one of several": lambda t, n: counter.panel(t, one_of_several_at_counter(n), ZONE),
    "panel: one of several, paused": lambda t, n: counter.panel(
        t, replace(one_of_several_at_counter(n), refusal=refusals.ProgramInactive()), ZONE
    ),
    "stamped: one of several": lambda t, n: confirmation(
        t, replace(stamped(n), card=replace(state(n, stamps=20, ready=2), program_name=n.card))
    ),
    "panel: of one's own card": lambda t, n: counter.panel(
        t, replace(at_counter(n), refusal=refusals.OwnCardRefused()), ZONE
    ),
    "stamped": lambda t, n: confirmation(t, stamped(n)),
    "stamped: no reward yet": lambda t, n: confirmation(t, stamped(n, ready=0)),
    "stamped: a minute ago": lambda t, n: confirmation(
        t, replace(stamped(n, may_undo=False), may_take_back=True)
    ),
    "stamped: reward": lambda t, n: confirmation(t, stamped(n, rewards=2, limits=False, may_undo=False)),
    "redeemed": lambda t, n: confirmation(t, redeemed(n)),
    "redeemed: the last": lambda t, n: confirmation(t, redeemed(n, ready=0)),
    "voided: stamps": lambda t, n: confirmation(t, voided(n, EntryKind.STAMP_VOIDED)),
    "voided: shortfall": lambda t, n: confirmation(t, voided(n, EntryKind.STAMP_VOIDED, 1)),
    "voided: redemption": lambda t, n: confirmation(t, voided(n, EntryKind.REDEMPTION_VOIDED)),
    "voided: redemption, its reward ready": lambda t, n: confirmation(
        t, voided(n, EntryKind.REDEMPTION_VOIDED, ready=1)
    ),
    "void_list": lambda t, n: taking_back.void_list(t, at_counter(n), ZONE),
    "void_list: empty": lambda t, n: taking_back.void_list(t, at_counter(n, voidable=False), ZONE),
    "void_reasons": lambda t, _: taking_back.void_reasons(t, CARD_ID, EntryId(uuid(5)), KEY),
    "today": lambda t, n: counter.today(
        t,
        Today(
            store_name=n.store,
            has_stamps=True,
            has_points=True,
            store=FIGURES,
            own=Figures(stamps=1, cards=1, redemptions=1),
        ),
    ),
    "ask_card": lambda t, _: counter.ask_card(t),
    "which_card": lambda t, n: counter.which_card(t, [at_counter(n).card] * CARDS_ASKED_MAX, KEY),
}
TEAM: Mapping[str, Scene] = {
    "not_joining": lambda t, n: team.not_joining(
        t, Declined(merchant_name=n.merchant, giver=colleague(n).staff, is_told=True)
    ),
    **{
        f"claimed: {role.value}": lambda t, n, role=role: team.claimed(t, claimed(n, role))  # type: ignore[misc]
        for role in Role
    },
    "claimed: new PIN": lambda t, n: team.claimed(t, claimed(n, Role.STAFF, InvitePurpose.RESET_PIN)),
    "pin_chosen": lambda t, _: team.pin_chosen(t),
    "pin_changed": lambda t, _: team.pin_changed(t, MERCHANT_ID, STAFF_ID),
    "pin_kept": lambda t, _: team.pin_kept(t, MERCHANT_ID, STAFF_ID),
    "signed_in": lambda t, n: team.signed_in(t, n.staff),
    "choose_store: one merchant": lambda t, n: team.choose_store(t, [membership(n)]),
    "choose_store: none is open": lambda t, n: team.choose_store(t, [replace(membership(n), stores=())]),
    "choose_store: several": lambda t, n: team.choose_store(t, [membership(n, i) for i in range(3)]),
    "store_chosen": lambda t, n: team.store_chosen(t, n.store),
    "who_stands_here": lambda t, n: team.who_stands_here(
        t, [TeamMember(staff_id=STAFF_ID, name=n.staff, has_pin=True)]
    ),
    "who_stands_here: nobody": lambda t, n: team.who_stands_here(
        t, [TeamMember(staff_id=STAFF_ID, name=n.staff, has_pin=False)]
    ),
    "team": lambda t, n: members.team(t, MERCHANT_ID, [colleague(n, role) for role in Role], 0, ZONE),
    "team: a page of many": lambda t, n: members.team(
        t, MERCHANT_ID, [colleague(n), colleague(n, link=InvitePurpose.JOIN_TEAM)] * 9, 1, ZONE, "✅"
    ),
    "team: invitations that are over": lambda t, n: members.team(
        t, MERCHANT_ID, [colleague(n), lapsed(n), lapsed(n, Role.TERMINAL)], 0, ZONE
    ),
    "member": lambda t, n: members.member(t, colleague(n), ZONE),
    "member: an invitation that is over": lambda t, n: members.member(t, lapsed(n), ZONE),
    "member: a shared phone that has not come": lambda t, n: members.member(
        t, lapsed(n, Role.TERMINAL), ZONE
    ),
    "member: invited": lambda t, n: members.member(
        t, colleague(n, Role.TERMINAL, link=InvitePurpose.JOIN_TEAM), ZONE
    ),
    "member: an owner, for a manager": lambda t, n: members.member(
        t, colleague(n, Role.OWNER, is_managed=False), ZONE
    ),
    "member: the only owner, to themselves": lambda t, n: members.member(
        t, colleague(n, Role.OWNER, is_asking=True), ZONE
    ),
    "member: asked to take over": lambda t, n: members.member(
        t, colleague(n, link=InvitePurpose.HAND_OVER), ZONE
    ),
    "confirm_hand_over": lambda t, n: members.confirm_hand_over(t, colleague(n)),
    "taken_over": lambda t, n: members.taken_over(
        t, HandedOver(merchant_name=n.merchant, giver=colleague(n).staff, taker=colleague(n).staff)
    ),
    "declined": lambda t, n: members.declined(
        t, Declined(merchant_name=n.merchant, giver=colleague(n).staff, is_told=True)
    ),
    "ask_member_name": lambda t, n: members.ask_member_name(t, colleague(n)),
    "member_role": lambda t, n: members.member_role(t, colleague(n, Role.OWNER)),
    "member_stores": lambda t, n: members.member_stores(
        t, colleague(n), [offer(n).store, replace(offer(n).store, store_id=StoreId("another"))] * 9, 1
    ),
    "invite_role": lambda t, _: members.invite_role(t, MERCHANT_ID, [*Role]),
    "invite_store": lambda t, n: members.invite_store(t, MERCHANT_ID, Role.STAFF, [offer(n).store] * 9, 0),
    "ask_invited_name": lambda t, _: members.ask_invited_name(t, MERCHANT_ID, Role.STAFF, KEY),
    "ask_invited_name: a shared phone": lambda t, _: members.ask_invited_name(
        t, MERCHANT_ID, Role.TERMINAL, KEY
    ),
    "ask_person": lambda t, _: members.ask_person(t, 1),
    "inviting": lambda t, n: members.inviting(t, n.staff, below_chat(t, is_staff=True, has_card=True)),
    **{
        f"asked_to_join: {role.value}": lambda t, n, role=role: members.asked_to_join(  # type: ignore[misc]
            t, colleague(n, role, link=InvitePurpose.JOIN_TEAM), n.staff, n.merchant, ZONE
        )
        for role in (Role.STAFF, Role.MANAGER, Role.OWNER)
    },
    **{
        f"invited: {asking.name.lower()}": lambda t, n, asking=asking: members.invited(  # type: ignore[misc]
            t, chosen(n), LINK, ZONE, asking
        )
        for asking in members.Asking
    },
    "invited": lambda t, n: members.invited(t, colleague(n, link=InvitePurpose.JOIN_TEAM), LINK, ZONE),
    "invited: a shared phone": lambda t, n: members.invited(
        t, colleague(n, Role.TERMINAL, link=InvitePurpose.JOIN_TEAM), LINK, ZONE
    ),
    "off": lambda t, n: members.off(t, n.merchant),
    "role_is": lambda t, n: team.role_is(t, Role.MANAGER, n.merchant),
    "confirm_removal": lambda t, n: members.confirm_removal(t, colleague(n), [], ZONE),
    "confirm_removal: with a plan": lambda t, n: members.confirm_removal(
        t, replace(colleague(n), invited=(n.staff,) * 2), [NOW], ZONE
    ),
    "left": lambda t, _: members.left(t),
    "pin_reset_link": lambda t, n: team.pin_reset_link(t, n.staff, LINK),
    "wrote_nothing": lambda t, _: helping.wrote_nothing(t),
    "works_again": lambda t, _: helping.works_again(t),
    "reset_undone": lambda t, _: team.reset_undone(t),
    "poster_follows": lambda t, n: team.poster_follows(
        t, offer(n).store, None, LINK, (f"{n.store}.pdf", b"%PDF-"), PosterSize.A4, is_coloured=False
    ),
    "poster_follows: of one program": lambda t, n: team.poster_follows(
        t,
        offer(n).store,
        a_program(
            merchant_id=MERCHANT_ID,
            program_id=ProgramId(uuid(6)),
            version=1,
            reward=n.reward,
            name=n.card,
            expiry_since=NOW,
            valid_from=NOW,
        ),
        LINK,
        (f"{n.store}.pdf", b"%PDF-"),
        PosterSize.A4,
        is_coloured=True,
    ),
    "stores": lambda t, n: stores.stores(
        t, offer(n).merchant.merchant_id, [offer(n).store, replace(offer(n).store, active=False)] * 9, 1
    ),
    "store_page": lambda t, n: stores.store_page(t, offer(n).store, has_wallets=True),
    "store_page: with a location": lambda t, n: stores.store_page(
        t, located(offer(n).store), has_wallets=True
    ),
    "store_page: closed": lambda t, n: stores.store_page(
        t, replace(offer(n).store, active=False), has_wallets=False
    ),
    "close_meant": lambda t, n: stores.close_meant(t, offer(n).store),
    "ask_store_name": lambda t, n: stores.ask_store_name(t, offer(n).merchant.merchant_id, offer(n).store),
    "ask_store_name: new": lambda t, n: stores.ask_store_name(t, offer(n).merchant.merchant_id, None),
    "ask_pin": lambda t, n: keypad.ask_pin(
        t, name=n.staff, nonce=KEY, positions="0123456789", typed=8, may_switch=True
    ),
    "ask_old_pin": lambda t, n: keypad.ask_old_pin(
        t, name=n.staff, helpers=(n.staff,) * 4, nonce=KEY, positions="0123456789", typed=0
    ),
    "ask_old_pin: nobody to ask": lambda t, n: keypad.ask_old_pin(
        t, name=n.staff, helpers=(), nonce=KEY, positions="0123456789", typed=4
    ),
    "choose_pin": lambda t, n: keypad.choose_pin(
        t, name=n.staff, nonce=KEY, positions="9876543210", typed=0, again=False
    ),
    "choose_pin: again": lambda t, n: keypad.choose_pin(
        t, name=n.staff, nonce=KEY, positions="9876543210", typed=8, again=True
    ),
}
HELP: Mapping[str, Scene] = {
    "help_text: without a card": lambda t, _: helping.help_text(t, open_to(Duties()), has_card=False),
    "help_text: customer": lambda t, _: helping.help_text(t, open_to(Duties())),
    "help_text: owner": lambda t, _: helping.help_text(t, open_to(Duties((Role.OWNER,), frozenset(Unit)))),
    "help_text: terminal": lambda t, _: helping.help_text(
        t, open_to(Duties((Role.TERMINAL,), frozenset({Unit.STAMPS})))
    ),
    "greeting": lambda t, _: helping.greeting(t),
    "greeting: where anybody may open a shop": lambda t, _: helping.greeting(t, may_open_shop=True),
    "privacy: of a customer": lambda t, n: privacy.privacy(t, _mine(n)),
    "privacy: of a stranger": lambda t, _: privacy.privacy(t, MyPrivacy(shops=(), teams=())),
    "privacy: of who only looked in": lambda t, n: privacy.privacy(
        t, replace(_mine(n, shops=0), has_dealt=True)
    ),
    "privacy: with e-mail": lambda t, n: privacy.privacy(t, replace(_mine(n), address="lea@example.lu")),
    "privacy: of several shops": lambda t, n: privacy.privacy(t, _mine(n, shops=2, teams=(n.merchant,))),
    "shop_page: of one of several": lambda t, n: privacy.shop_page(t, _kept(n)),
    "shop_or_whole: that may write": lambda t, n: privacy.shop_or_whole(
        t,
        replace(_mine(n, shops=2), shops=(replace(_kept(n), may_write=True),) * 2),
        _kept(n).merchant.merchant_id,
    ),
    "confirm_erasure: one": lambda t, n: privacy.confirm_erasure(t, _mine(n, shops=2), _kept(n)),
    "confirm_erasure: all": lambda t, n: privacy.confirm_erasure(t, _mine(n, shops=2), None),
    "erased: at one": lambda t, n: privacy.erased(t, _erased(n, is_left=True), menu=None),
    "erased: still on a team": lambda t, n: privacy.erased(
        t, _erased(n, teams=(n.merchant,)), menu=below_chat(t, is_staff=True, has_card=False)
    ),
    "erased: everywhere": lambda t, n: privacy.erased(t, _erased(n, shops=()), menu=()),
    "closing: meant?": lambda t, n: closing.closing(t, _closing(n)),
    "closing: on a date": lambda t, n: closing.closing(t, _closing(n, NOW)),
    "kept": lambda t, n: closing.kept(t, _closing(n)),
    "gathering": lambda t, _: privacy.gathering(t),
    "data_page": lambda t, _: privacy.data_page(t, ("my-data.html", b"")),
    "data_file": lambda t, _: privacy.data_file(t, ("my-data.json", b"")),
    "settings: with e-mail": lambda t, _: helping.settings(t, is_staff=False, has_mail=True),
    "settings: of staff": lambda t, _: helping.settings(t, is_staff=True),
    "not_understood": lambda t, _: helping.not_understood(t),
    "not_understood: where something is asked": lambda t, _: helping.not_understood(t, is_asked=True),
    "apology": lambda t, _: helping.apology(t, "0a1b2c3d"),
}
MESSAGES: Mapping[str, Scene] = {
    **{
        f"render: receipt {kind.value}": lambda t, n, k=kind, d=delta: messages.render(  # type: ignore[misc]
            t, receipt(n, k, d), ZONE
        )
        for kind, delta in (
            (EntryKind.STAMP_EARNED, 20),
            (EntryKind.STAMP_REDEEMED, -10),
            (EntryKind.REDEMPTION_VOIDED, 10),
            (EntryKind.STAMP_VOIDED, -1),
        )
    },
    **{
        f"alarm: {kind.value}": lambda t, n, k=kind, d=delta: messages.render(  # type: ignore[misc]
            t, dispute(n, k, d), ZONE
        )
        for kind, delta in (
            (EntryKind.STAMP_EARNED, 1),
            (EntryKind.STAMP_REDEEMED, -10),
            (EntryKind.STAMP_VOIDED, -20),
            (EntryKind.REDEMPTION_VOIDED, 10),
        )
    },
    **{
        f"settled: {outcome.value}": lambda t, n, o=outcome: messages.render(  # type: ignore[misc]
            t, dispute_settled(n, o), ZONE
        )
        for outcome in DisputeOutcome
    },
    **{
        f"answered: {outcome.value}": lambda t, n, o=outcome: messages.render(  # type: ignore[misc]
            t, dispute_answered(n, o), ZONE
        )
        for outcome in DisputeOutcome
    },
    **{
        f"confirmed: {outcome.value}": lambda t, _, o=outcome: disputes.confirmed(  # type: ignore[misc]
            t, Settled(card_id=CARD_ID, outcome=o)
        )
        for outcome in DisputeOutcome
    },
    **{
        f"render: {reason.value}": lambda t, n, r=reason: messages.render(t, alert(n, r), ZONE)  # type: ignore[misc]
        for reason in AlertReason
    },
    **{
        f"render: {reason.value} on a shared phone": lambda t, n, r=reason: messages.render(  # type: ignore[misc]
            t, alert(n, r, n.staff), ZONE
        )
        for reason in (AlertReason.PIN_LOCKED, AlertReason.PIN_BLOCKED)
    },
    **{
        f"struck: {fate.value}": lambda t, n, f=fate: messages.struck(  # type: ignore[misc]
            messages.render(t, said_before(n, f), ZONE),
            messages.render(t, message(MessageKind.ALARM_OVER, over(n, f)), ZONE),
        )
        for fate in Fate
    },
    "render: pin_reset": lambda t, n: messages.render(t, pin_reset(n, n.staff), ZONE),
    "render: pin_tried": lambda t, n: messages.render(t, pin_tried(n, n.staff, 20), ZONE),
    "render: pin_tried on one's own phone": lambda t, n: messages.render(t, pin_tried(n, None, 1), ZONE),
    "render: hand_over": lambda t, n: messages.render(t, handed_over(n, is_accepted=False), ZONE),
    "render: hand_over, accepted": lambda t, n: messages.render(t, handed_over(n, is_accepted=True), ZONE),
    "render: hand_over, declined": lambda t, n: messages.render(
        t, handed_over(n, is_accepted=False, ended=OfferEnd.DECLINED), ZONE
    ),
    "render: hand_over, lapsed": lambda t, n: messages.render(
        t, handed_over(n, is_accepted=False, ended=OfferEnd.LAPSED), ZONE
    ),
    "render: pin_reset by the operator": lambda t, n: messages.render(t, pin_reset(n, None), ZONE),
    "render: reward_ready": lambda t, n: messages.render(t, reward_ready(n), ZONE),
    "render: reward_ready, with a yes": lambda t, n: messages.render(
        t, reward_ready(n, needs_holder=True), ZONE
    ),
    "render: new_code": lambda t, n: messages.render(t, new_code(n), ZONE),
    **{
        f"render: {kind}": lambda t, n, k=kind: messages.render(t, card_blocked(n, k), ZONE)  # type: ignore[misc]
        for kind in (MessageKind.CARD_BLOCKED, MessageKind.CARD_UNBLOCKED)
    },
    "render: move_asked": lambda t, n: messages.render(t, move_asked(n), ZONE),
    "render: move_asked, merge": lambda t, n: messages.render(t, move_asked(n, OTHER_NUMBER), ZONE),
    **{
        f"render: move_answered, merge {is_allowed}": (
            lambda t, n, a=is_allowed: messages.render(  # type: ignore[misc]
                t, move_answered(n, is_allowed=a, into=OTHER_NUMBER), ZONE
            )
        )
        for is_allowed in (True, False)
    },
    "render: move_answered yes": lambda t, n: messages.render(t, move_answered(n, is_allowed=True), ZONE),
    "render: move_answered no": lambda t, n: messages.render(t, move_answered(n, is_allowed=False), ZONE),
    "render: cards_merged, closed": lambda t, n: messages.render(t, cards_merged(n, is_closed=True), ZONE),
    "render: cards_merged": lambda t, n: messages.render(t, cards_merged(n, is_closed=False), ZONE),
    "render: card_moved": lambda t, n: messages.render(t, card_moved(n), ZONE),
    "render: shop_closing": lambda t, n: messages.render(t, shop_closing(n, NOW.date()), ZONE),
    "render: shop_closing, not after all": lambda t, n: messages.render(t, shop_closing(n, None), ZONE),
    "render: shop_closing, for the team": lambda t, n: messages.render(
        t, shop_closing_for_team(n, NOW.date(), n.staff), ZONE
    ),
    "render: shop_closing, not after all, for the team": lambda t, n: messages.render(
        t, shop_closing_for_team(n, None, None), ZONE
    ),
    "render: shop_ended": lambda t, n: messages.render(
        t, message(MessageKind.SHOP_ENDED, ShopEnded(merchant_name=n.merchant)), ZONE
    ),
    "render: codes_changed": lambda t, n: messages.render(t, codes_changed(n), ZONE),
}
COUNTS = ((1, 1), (1, 30), (30, 30), (999_999_999, 999_999_999))
BALANCES: Mapping[str, Scene] = {
    **{
        f"render: welcome_bonus {unit} {count}": lambda t, n, u=unit, c=count: messages.render(  # type: ignore[misc]
            t, welcome_bonus(n, u, c), ZONE
        )
        for unit in Unit
        for count in (1, 999_999_999)
    },
    "render: stamps_expiring over holidays": lambda t, n: messages.render(
        t, expiring(n, Unit.STAMPS, ExpiryKind.LOT, 3, 7, HOLIDAYS), ZONE
    ),
    "render: points_expiring over holidays in own words": lambda t, n: messages.render(
        t, expiring(n, Unit.POINTS, ExpiryKind.LOT, 3, 7, HOLIDAYS), ZONE, "{count} until {date}"
    ),
    **{
        f"render: {unit}_expiring {kind} {count} of {balance}": (
            lambda t, n, u=unit, k=kind, c=count, b=balance: messages.render(  # type: ignore[misc]
                t, expiring(n, u, k, c, b), ZONE
            )
        )
        for unit in Unit
        for kind in (ExpiryKind.INACTIVITY, ExpiryKind.LOT)
        for count, balance in COUNTS
    },
    **{
        f"render: {unit}_expired {count} leaving {balance}": (
            lambda t, n, u=unit, c=count, b=balance: messages.render(t, expired(n, u, c, b), ZONE)  # type: ignore[misc]
        )
        for unit in Unit
        for count, balance in ((1, 0), (30, 0), (1, 1), (999_999_999, 999_999_999))
    },
}


def card_page(names: Names, *, is_active: bool = True, notes: int = 0) -> CardPage:
    said = (NoteKind.BLOCKED, NoteKind.UNBLOCKED, NoteKind.NOTE, *NoteKind)
    return CardPage(
        merchant_id=MERCHANT_ID,
        timezone=ZONE,
        state=state(names),
        is_active=is_active,
        created_at=NOW,
        notes=[
            NoteSeen(kind=said[at], text="W" * 200, by=names.staff if at else None, written_at=NOW)
            for at in range(notes)
        ],
    )


MOVE = CardMove(
    merchant_id=MERCHANT_ID,
    move_id=MoveId(MERCHANT_ID),
    card_id=CARD_ID,
    staff_id=None,
    asked_at=NOW,
    expires_at=NOW,
)
MERGE = replace(MOVE, into_card_id=CardId(MERCHANT_ID))


def moving(names: Names, allowed_at: datetime | None = None) -> CardPage:
    return replace(card_page(names, notes=8), move=replace(MOVE, allowed_at=allowed_at))


def to_merge(names: Names) -> CardPage:
    return replace(card_page(names, notes=8), move=MERGE, move_into=OTHER_NUMBER)


def merging(names: Names, **how: bool) -> MergePreview:
    card = card_page(names).state
    other = replace(card, card_number=OTHER_NUMBER)
    return MergePreview(merchant_id=MERCHANT_ID, card=card, other=other, together=card, **how)


def waiting(names: Names, *, is_reachable: bool, may_vouch: bool = True) -> MergeWaiting:
    return MergeWaiting(
        move=MERGE,
        card_number=NUMBER,
        into_number=OTHER_NUMBER,
        customer_name=names.customer,
        is_reachable=is_reachable,
        may_vouch=may_vouch,
    )


def found(names: Names, count: int, page: int = 0, *, has_more: bool = False) -> FoundCards:
    card = FoundCard(card_id=CARD_ID, card_number=NUMBER, customer_name=names.customer)
    return FoundCards(cards=[card] * count, page=page, has_more=has_more)


CARD_PAGES: Mapping[str, Scene] = {
    "ask_whom": lambda t, _: card_pages.ask_whom(t),
    "found: nobody": lambda t, n: card_pages.found(t, found(n, 0), MERCHANT_ID, KEY),
    "found: one": lambda t, n: card_pages.found(t, found(n, 1), MERCHANT_ID, KEY),
    "found: cards of several programs": lambda t, n: card_pages.found(
        t,
        FoundCards(cards=[replace(found(n, 1).cards[0], program_name=n.card)] * 8, page=0, has_more=False),
        MERCHANT_ID,
        KEY,
    ),
    "found: many": lambda t, n: card_pages.found(t, found(n, 8, 999, has_more=True), MERCHANT_ID, KEY),
    "card_page: new": lambda t, n: card_pages.card_page(t, card_page(n)),
    "card_page: blocked": lambda t, n: card_pages.card_page(t, card_page(n, is_active=False, notes=5)),
    "card_page: moving": lambda t, n: card_pages.card_page(t, moving(n)),
    "card_page: may move": lambda t, n: card_pages.card_page(t, moving(n, NOW)),
    "card_page: merged": lambda t, n: card_pages.card_page(
        t, replace(card_page(n, is_active=False, notes=3), merged_into=(CardId(MERCHANT_ID), OTHER_NUMBER))
    ),
    "card_page: merged one was named": lambda t, n: card_pages.card_page(
        t, replace(card_page(n), named=OTHER_NUMBER)
    ),
    "ask_other": lambda t, n: merges.ask_other(t, card_page(n)),
    "card_page: to be merged": lambda t, n: card_pages.card_page(t, to_merge(n)),
    "offer": lambda t, n: merges.offer(t, merging(n), KEY),
    "offer: asks": lambda t, n: merges.offer(t, merging(n, needs_yes=True, is_reachable=True), KEY),
    "offer: vouches": lambda t, n: merges.offer(t, merging(n, needs_yes=True), KEY),
    "waiting": lambda t, n: merges.waiting(t, waiting(n, is_reachable=True), ZONE),
    "waiting: after a no": lambda t, n: merges.waiting(
        t, waiting(n, is_reachable=True, may_vouch=False), ZONE
    ),
    "waiting: vouches": lambda t, n: merges.waiting(t, waiting(n, is_reachable=False), ZONE),
    "move_offer": lambda t, n: card_pages.move_offer(t, card_page(n), KEY),
    "move_link": lambda t, n: card_pages.move_link(t, card_page(n), LINK, b""),
    "vouch_why": lambda t, n: card_pages.vouch_why(t, moving(n)),
    "vouch_why: merge": lambda t, n: card_pages.vouch_why(t, to_merge(n)),
    "moved_here": lambda t, n: joining.moved_here(t, held(n)),
    "move_answered: yes": lambda t, _: joining.move_answered(t, is_allowed=True, is_merge=False),
    "move_answered: yes to a merge": lambda t, _: joining.move_answered(t, is_allowed=True, is_merge=True),
    "move_answered: no": lambda t, _: joining.move_answered(t, is_allowed=False, is_merge=False),
    "managed_history: empty": lambda t, n: card_pages.history(
        t, HistoryPage(held=held(n), entries=(), older=None)
    ),
    "managed_history: full": lambda t, n: card_pages.history(
        t,
        HistoryPage(
            held=held(n),
            entries=every_entry(n),
            older=999_999_999,
            merged=[(CARD_ID, OTHER_NUMBER)] * 2,
        ),
    ),
    "ask_note": lambda t, n: card_pages.ask_note(t, card_page(n)),
    "block_why": lambda t, n: card_pages.block_why(t, card_page(n)),
    "panel: a manager's": lambda t, n: counter.panel(
        t, replace(at_counter(n, ready=1), manage_at=MERCHANT_ID), ZONE
    ),
    "panel: blocked, a manager's": lambda t, n: counter.panel(
        t, replace(at_counter(n), refusal=CardInactive(), manage_at=MERCHANT_ID), ZONE
    ),
}


def answers(names: Names, kind: ProgramKind = ProgramKind.STAMPS) -> dict[str, str]:
    return {
        Step.NAME: names.merchant,
        Step.LANGUAGE: "lb",
        Step.KIND: kind.value,
        Step.COUNT: "30",
        Step.REWARD: names.reward,
        Step.COUNTRY: "America/Argentina/Buenos_Aires",
    }


SET_UP: Mapping[str, Scene] = {
    **{
        f"ask_set_up: {step}": lambda t, n, s=step: set_up.ask_set_up(t, s, answers(n), KEY)  # type: ignore[misc]
        for step in set_up.NEW_SHOP.steps[:-1]
    },
    **{
        f"ask_program: {step}": lambda t, n, s=step: set_up.ask_set_up(  # type: ignore[misc]
            t, s, answers(n), KEY, set_up.NEW_PROGRAM
        )
        for step in set_up.NEW_PROGRAM.steps[:-1]
    },
    **{
        f"program_sure: {kind}": lambda t, n, k=kind: set_up.program_sure(t, answers(n, k), KEY, n.card)  # type: ignore[misc]
        for kind in ProgramKind
    },
    "program_sure: beside named ones": lambda t, n: set_up.program_sure(t, answers(n), KEY, None),
    **{
        f"ask_set_up: count of {kind}": lambda t, n, k=kind: set_up.ask_set_up(  # type: ignore[misc]
            t, Step.COUNT, answers(n, k), KEY
        )
        for kind in (ProgramKind.POINTS, ProgramKind.HYBRID)
    },
    "ask_set_up: first": lambda t, _: set_up.ask_set_up(t, Step.NAME, {}, KEY),
    **{
        f"set_up_sure: {kind}": lambda t, n, k=kind: set_up.set_up_sure(t, answers(n, k), "ARS", KEY)  # type: ignore[misc]
        for kind in ProgramKind
    },
    "shop_opened": lambda t, n: set_up.shop_opened(t, n.merchant),
    "for_the_team": lambda t, _: set_up.for_the_team(t, LINK),
    "own_card": lambda t, _: set_up.own_card(t),
    "set_up_stopped": lambda t, _: set_up.set_up_stopped(t),
}
WORDINGS: Mapping[str, Scene] = {
    f"preview: {kind}": lambda t, n, k=kind: preview(t, sheet(n), k, None)  # type: ignore[misc]
    for kind in PLACEHOLDERS
}
OPERATING: Mapping[str, Scene] = {
    "status: new": lambda t, _: operating_status(t),
    "status: all well": lambda t, _: operating_status(
        t,
        job_run("outbox", timedelta(seconds=40), count=1700),
        job_run("summaries", timedelta(minutes=1)),
        job_run("housekeeping", timedelta(minutes=59)),
        job_run("verify", timedelta(hours=23, minutes=5)),
    ),
    "status: violations": lambda t, _: operating_status(t, job_run("verify", timedelta(days=3), count=2)),
    "status: failing": lambda t, _: operating_status(
        t,
        job_run("expiry", timedelta(minutes=2), failures=1),
        job_run("verify", timedelta(hours=3), failures=7),
    ),
    "violations_found: one": lambda t, n: operating.violations_found(t, 1, [violation(1, n)]),
    "violations_found: many": lambda t, n: operating.violations_found(
        t, 1000, [violation(number, n) for number in range(9)]
    ),
    "check_failed": lambda t, _: operating.check_failed(t, "OperationalError"),
    "copy_failed": lambda t, _: operating.copy_failed(t, "No space left on device"),
    "dead_letters: one update": lambda t, _: operating.dead_letters(t, kept_aside(1, 0)),
    "dead_letters: one message": lambda t, _: operating.dead_letters(t, kept_aside(0, 1)),
    "dead_letters: many": lambda t, _: operating.dead_letters(t, kept_aside(40, 40)),
    "token_was_refused: briefly": lambda t, _: reception.token_was_refused(t, 1),
    "token_was_refused: long": lambda t, _: reception.token_was_refused(t, 90),
    "another_copy": lambda t, _: reception.another_copy(t),
    "webhook_lost": lambda t, _: reception.webhook_lost(t),
    "webhook_unreachable: one": lambda t, n: reception.webhook_unreachable(t, 1, n.merchant),
    "webhook_unreachable: many": lambda t, _: reception.webhook_unreachable(t, 40, "Connection timed out"),
}
SCENES: Mapping[str, Scene] = {
    **CARD_PAGES,
    **SET_UP,
    **CARDS,
    **COUNTER,
    **TEAM,
    **HELP,
    **MESSAGES,
    **BALANCES,
    **WORDINGS,
    **OPERATING,
}
LOCALES = tuple(Locale)
PROGRAM_ID = ProgramId(uuid(7))

"""What the bot says by itself: rows of the outbox, written in the transaction that caused them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from domain.account import Account
from domain.approval import ApprovalState
from domain.card import Progress
from domain.dispute import DisputeOutcome
from domain.expiry import ExpiryKind, Unit
from domain.flags import FlagTold
from domain.ids import (
    ApprovalId,
    CampaignId,
    CardId,
    CardNumber,
    EntryId,
    MerchantId,
    MessageId,
    MoveId,
    StaffId,
)
from domain.kinds import EntryKind
from domain.money import Money
from domain.quick import dataclass, quick
from domain.report import DateRange
from domain.summary import DaySummary


class MessageKind(StrEnum):
    """The names are for good: the outbox holds them."""

    WELCOME_BONUS = "welcome_bonus"
    REWARD_READY = "reward_ready"
    POINTS_EXPIRING = "points_expiring"
    POINTS_EXPIRED = "points_expired"
    STAMPS_EXPIRING = "stamps_expiring"
    STAMPS_EXPIRED = "stamps_expired"
    RECEIPT = "receipt"
    DISPUTE = "dispute"
    DAILY_SUMMARY = "daily_summary"
    STAFF_ALERT = "staff_alert"
    PIN_RESET = "pin_reset"
    HAND_OVER = "hand_over"
    PIN_TRIED = "pin_tried"
    BIRTHDAY = "birthday"
    WIN_BACK = "win_back"
    REFERRAL_REWARD = "referral_reward"
    BROADCAST = "broadcast"
    NEW_CODE = "new_code"
    CODES_CHANGED = "codes_changed"
    DISPUTE_SETTLED = "dispute_settled"
    DISPUTE_ANSWERED = "dispute_answered"
    CARD_BLOCKED = "card_blocked"
    CARD_UNBLOCKED = "card_unblocked"
    MOVE_ASKED = "move_asked"
    MOVE_ANSWERED = "move_answered"
    CARD_MOVED = "card_moved"
    CARD_ADOPTED = "card_adopted"
    CARDS_MERGED = "cards_merged"
    FLAG_RAISED = "flag_raised"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_SETTLED = "approval_settled"
    APPROVAL_ANSWERED = "approval_answered"
    SHOP_CLOSING = "shop_closing"
    SHOP_ENDED = "shop_ended"
    MARKETING_ASKED = "marketing_asked"
    BROADCAST_TEST = "broadcast_test"
    BIRTHDAY_ASKED = "birthday_asked"
    REFERRAL_WELCOME = "referral_welcome"
    REFERRAL_VOIDED = "referral_voided"
    MAIL_REFUSED = "mail_refused"
    MAIL_CODE_REFUSED = "mail_code_refused"
    MAIL_CARD_REFUSED = "mail_card_refused"
    REWARD_EXPIRING = "reward_expiring"
    REWARD_EXPIRED = "reward_expired"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What staff did to the card, told to its holder.

    ``shortfall`` is what a voided redemption could not give back. ``progress`` is how far the card is where it keeps
    earlier terms, None where ``stamp_count`` and ``stamps_target`` say it. ``factor_tenths`` multiplied it, and
    ``to_go`` is what is to be paid until the next point or stamp; each None where there is nothing to say.
    ``reward_until`` is the last day of the first reward that is ready, None where it waits for ever.
    """

    entry_kind: EntryKind
    merchant_name: str
    store_name: str
    card_number: CardNumber
    unit: Unit
    stamps_delta: int
    stamp_count: int
    stamps_target: int
    points_delta: int
    points_balance: int
    shortfall: int
    reward: str
    occurred_at: datetime
    progress: Progress | None = None
    factor_tenths: int | None = None
    to_go: Money | None = None
    reward_until: date | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class RewardReady:
    """What a balance of ``unit`` has just become good for.

    ``rewards_available`` counts what stamps are good for, or the rewards that points are enough for.
    ``reward_until`` is the last day on which the first of them waits, None where it waits for ever.
    """

    merchant_name: str
    card_number: CardNumber
    reward: str
    rewards_available: int
    unit: Unit = Unit.STAMPS
    reward_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened:
    """A customer pressed *Not me* on a receipt; told to owners and managers.

    ``entry_id`` is None in what was written before a dispute could be settled.
    """

    card_number: CardNumber
    customer_name: str
    staff_name: str
    store_name: str
    entry_kind: EntryKind
    stamps_delta: int
    points_delta: int
    occurred_at: datetime
    entry_id: EntryId | None = None
    card_id: CardId | None = None
    may_take_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSettled:
    """In the place of the alarm ``replaces``; ``by`` is a name, None for the operator."""

    opened: DisputeOpened
    outcome: DisputeOutcome
    by: str | None
    replaces: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeAnswered:
    """What came of it, told to the customer."""

    merchant_name: str
    outcome: DisputeOutcome
    entry_kind: EntryKind
    stamps_delta: int
    points_delta: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeBonus:
    """What a new card starts with."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceExpiring:
    """``count`` of ``unit`` expire when the merchant's local ``last_day`` is over, unless the customer comes by (by
    inactivity) or spends them (by lot). ``closed`` are the days until then on which nobody can."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    kind: ExpiryKind
    count: int
    balance: int
    last_day: date
    closed: tuple[DateRange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceExpired:
    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardExpiring:
    """A reward that is ready waits until the merchant's local ``last_day`` is over; then the ``count`` stamps of its
    card expire. ``closed`` are the days until then on which nobody can come."""

    merchant_name: str
    card_number: CardNumber
    reward: str
    count: int
    last_day: date
    closed: tuple[DateRange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardExpired:
    """``balance`` stamps are left."""

    merchant_name: str
    card_number: CardNumber
    reward: str
    count: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySummary:
    """The newest day, and those before it that could not be told in time, oldest first. ``asks_takings`` says that
    whoever is told may type them and is asked to."""

    merchant_name: str
    day: DaySummary
    missed: tuple[DaySummary, ...] = ()
    asks_takings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """The code on a card was drawn anew, and the one of before is refused; told to its holder."""

    merchant_name: str
    card_id: CardId
    card_number: CardNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBlocked:
    """The shop blocked a card, or unblocked it; told to its holder, without the reason, which is the shop's own."""

    merchant_name: str
    card_number: CardNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAsked:
    """Somebody asks the shop to move a card to another account; its holder is asked whether it is they."""

    merchant_name: str
    card_number: CardNumber
    move_id: MoveId


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAnswered:
    """What the holder answered, told to owners and managers."""

    card_id: CardId
    card_number: CardNumber
    customer_name: str
    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMoved:
    """A card has gone to another account; told to the one that had it."""

    merchant_name: str
    card_number: CardNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAdopted:
    """What was a printed card is in Telegram; told to who has it there."""

    merchant_name: str
    card_id: CardId
    card_number: CardNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsMerged:
    """``other_number`` was merged into ``card_number``, of which the rest tells; told to the holders of both.

    ``is_closed`` says that it is told to who had the one that is closed.
    """

    merchant_name: str
    card_number: CardNumber
    other_number: CardNumber
    is_closed: bool
    progress: Progress | None
    points_balance: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesChanged:
    """The codes on all cards were drawn anew, and PINs are to be chosen; told to owners and managers."""

    merchant_name: str


class AlertReason(StrEnum):
    PIN_LOCKED = "pin_locked"
    PIN_BLOCKED = "pin_blocked"
    VOID_SHORTFALL = "void_shortfall"
    REWARD_HAD = "reward_had"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAlert:
    """Something owners and managers should know about a member of the team.

    ``may_reset`` says that who is told may let the member choose a new PIN. ``device_name`` is the shared phone on
    which it happened, None for the member's own. ``reward`` was handed out for stamps that were then taken back.
    """

    reason: AlertReason
    staff_id: StaffId
    staff_name: str
    card_number: CardNumber | None = None
    unit: Unit = Unit.STAMPS
    wanted: int = 0
    taken: int = 0
    card_id: CardId | None = None
    until: datetime | None = None
    may_reset: bool = True
    device_name: str | None = None
    reward: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PinReset:
    """A link was made with which the member may choose a new PIN. ``by`` is a name, None for the operator."""

    merchant_name: str
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The owner ``name`` asks the member to take the shop over; once it ``is_accepted``, ``name`` is who did."""

    merchant_name: str
    name: str
    is_accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PinTried:
    """So many wrong PINs were typed for a member since they typed theirs. ``device_name`` is the shared phone on
    which that was, None for the member's own."""

    merchant_name: str
    device_name: str | None
    wrong_tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRaised:
    """Something serious that an owner should look at; told to owners and managers."""

    merchant_name: str
    flag: FlagTold


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked:
    """``name`` asks to be allowed an act on a card; told to the owners and managers who may.

    ``entry_kind`` and the deltas are of the entry that is to be taken back, which ``made_by`` made ``made_at``; where
    that is None, of the stamps that are to be given above a limit of ``limit`` a day.
    """

    approval_id: ApprovalId
    card_id: CardId
    card_number: CardNumber
    customer_name: str
    name: str
    store_name: str
    entry_kind: EntryKind
    stamps_delta: int
    points_delta: int
    reason: str
    lapses_at: datetime
    made_by: str = ""
    made_at: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSettled:
    """In the place of what asked, ``replaces``; ``by`` is who decided, None for the operator or for nobody."""

    asked: ApprovalAsked
    state: ApprovalState
    by: str | None
    replaces: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswered:
    """What came of it, told where it was asked, in the place of the chat's message ``message_id``."""

    asked: ApprovalAsked
    state: ApprovalState
    by: str | None
    message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopClosing:
    """The shop was closed and ends on this local date; None where it is kept after all. Told to everybody with a
    card, and to the team (``is_of_team``), which is told by whom; ``by`` is None for the operator."""

    merchant_name: str
    closes_on: date | None
    is_of_team: bool = False
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopEnded:
    """The day of ``ShopClosing`` has come; told to everybody on the team, whose work there ends by it."""

    merchant_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketingAsked:
    """Whether the shop may write at most so many marketing messages in thirty days; asked once."""

    merchant_name: str
    monthly_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """What a campaign says. ``text`` is empty where this is kept: it is the campaign's, told when it is sent."""

    merchant_name: str
    campaign_id: CampaignId
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayAsked:
    """Whether the customer would tell theirs: so much of ``unit`` is for it every year."""

    merchant_name: str
    unit: Unit
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayBonus:
    """It is there for the last time on the merchant's local ``last_day``: the warning of that, too."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WinBack:
    """The customer has not come for a while. ``count`` is 0 and ``last_day`` None where nothing comes with it."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralBonus:
    """A friend was brought along; told to who brought them, and to the friend what they get."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralVoided:
    """What the friend had collected was taken back, and so is what either got for it; less where it is spent. With
    ``is_merge`` the friend was who brought them."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int
    is_friend: bool
    is_merge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRefused:
    """Mail to the customer's address comes back, so that everything comes by the chat from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCodeRefused:
    """The mail with the code arrived nowhere: the address that was typed takes none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCardRefused:
    """The mail that gave a card arrived nowhere; told to who had it sent, and when, for no address is kept."""

    mailed_at: datetime


Facts = (
    Receipt
    | RewardReady
    | WelcomeBonus
    | BalanceExpiring
    | BalanceExpired
    | RewardExpiring
    | RewardExpired
    | DisputeOpened
    | DisputeSettled
    | DisputeAnswered
    | DailySummary
    | StaffAlert
    | PinReset
    | HandOver
    | PinTried
    | NewCode
    | CardBlocked
    | MoveAsked
    | MoveAnswered
    | CardMoved
    | CardAdopted
    | CardsMerged
    | CodesChanged
    | FlagRaised
    | ApprovalAsked
    | ApprovalSettled
    | ApprovalAnswered
    | ShopClosing
    | ShopEnded
    | MarketingAsked
    | Broadcast
    | BirthdayAsked
    | BirthdayBonus
    | WinBack
    | ReferralBonus
    | ReferralVoided
    | MailRefused
    | MailCodeRefused
    | MailCardRefused
)


class Audience(StrEnum):
    CUSTOMER = "customer"
    MANAGERS = "managers"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholders:
    """``required`` are those without which the message would not say what it is for."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return self.required + self.optional


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageType:
    """``placeholders`` are those of a merchant's own words, None where only the house speaks (docs/decisions/0009).

    Marketing goes only to those who allowed it, and after everything else. ``shows_card`` says that it bears the id
    of an entry, and comes with the card as it is now; ``is_question`` that it waits for the reader's tap,
    and ``is_chat_only`` that nothing but the chat is a place for it. With one that ``takes_tools`` the reader gets
    the commands and the keyboard of what is left of their duties.
    """

    facts: type[Facts]
    audience: Audience
    placeholders: Placeholders | None = None
    is_marketing: bool = False
    shows_card: bool = False
    is_question: bool = False
    is_chat_only: bool = False
    takes_tools: bool = False


def _to_customer(
    facts: type[Facts],
    required: Sequence[str],
    optional: Sequence[str],
    *,
    shows_card: bool = False,
    is_marketing: bool = False,
) -> MessageType:
    placeholders = Placeholders(required=tuple(required), optional=tuple(optional))
    return MessageType(
        facts=facts,
        audience=Audience.CUSTOMER,
        placeholders=placeholders,
        is_marketing=is_marketing,
        shows_card=shows_card,
    )


_expiring = _to_customer(BalanceExpiring, ["count", "date"], ["merchant", "balance", "number"])
_expired = _to_customer(BalanceExpired, ["count"], ["merchant", "balance", "number"], shows_card=True)
_blocked = _to_customer(CardBlocked, ["merchant"], ["number"])
_referral = _to_customer(ReferralBonus, ["count"], ["merchant", "number"], shows_card=True)

MESSAGES: dict[MessageKind, MessageType] = {
    MessageKind.WELCOME_BONUS: _to_customer(WelcomeBonus, ["count"], ["merchant", "number"]),
    MessageKind.RECEIPT: _to_customer(Receipt, ["what"], ["progress", "merchant", "store"], shows_card=True),
    MessageKind.REWARD_READY: _to_customer(RewardReady, ["reward"], ["rewards", "merchant", "number"]),
    MessageKind.STAMPS_EXPIRING: _expiring,
    MessageKind.STAMPS_EXPIRED: _expired,
    MessageKind.POINTS_EXPIRING: _expiring,
    MessageKind.POINTS_EXPIRED: _expired,
    MessageKind.DAILY_SUMMARY: MessageType(facts=DailySummary, audience=Audience.MANAGERS),
    MessageKind.DISPUTE: MessageType(facts=DisputeOpened, audience=Audience.MANAGERS),
    MessageKind.DISPUTE_SETTLED: MessageType(facts=DisputeSettled, audience=Audience.MANAGERS),
    MessageKind.DISPUTE_ANSWERED: MessageType(facts=DisputeAnswered, audience=Audience.CUSTOMER),
    MessageKind.STAFF_ALERT: MessageType(facts=StaffAlert, audience=Audience.MANAGERS),
    MessageKind.PIN_RESET: MessageType(facts=PinReset, audience=Audience.MEMBER),
    MessageKind.HAND_OVER: MessageType(facts=HandOver, audience=Audience.MEMBER),
    MessageKind.PIN_TRIED: MessageType(facts=PinTried, audience=Audience.MEMBER),
    MessageKind.NEW_CODE: _to_customer(NewCode, ["merchant"], ["number"]),
    MessageKind.CARD_BLOCKED: _blocked,
    MessageKind.CARD_UNBLOCKED: _blocked,
    MessageKind.MOVE_ASKED: MessageType(facts=MoveAsked, audience=Audience.CUSTOMER, is_question=True),
    MessageKind.MOVE_ANSWERED: MessageType(facts=MoveAnswered, audience=Audience.MANAGERS),
    MessageKind.CARD_MOVED: MessageType(facts=CardMoved, audience=Audience.CUSTOMER),
    MessageKind.CARD_ADOPTED: MessageType(facts=CardAdopted, audience=Audience.CUSTOMER),
    MessageKind.CARDS_MERGED: MessageType(facts=CardsMerged, audience=Audience.CUSTOMER, shows_card=True),
    MessageKind.FLAG_RAISED: MessageType(facts=FlagRaised, audience=Audience.MANAGERS),
    MessageKind.APPROVAL_ASKED: MessageType(facts=ApprovalAsked, audience=Audience.MANAGERS),
    MessageKind.APPROVAL_SETTLED: MessageType(facts=ApprovalSettled, audience=Audience.MANAGERS),
    MessageKind.APPROVAL_ANSWERED: MessageType(facts=ApprovalAnswered, audience=Audience.MEMBER),
    MessageKind.CODES_CHANGED: MessageType(facts=CodesChanged, audience=Audience.MANAGERS),
    MessageKind.SHOP_CLOSING: MessageType(facts=ShopClosing, audience=Audience.CUSTOMER),
    MessageKind.SHOP_ENDED: MessageType(facts=ShopEnded, audience=Audience.MEMBER, takes_tools=True),
    MessageKind.MARKETING_ASKED: MessageType(
        facts=MarketingAsked, audience=Audience.CUSTOMER, is_chat_only=True
    ),
    MessageKind.BROADCAST: MessageType(facts=Broadcast, audience=Audience.CUSTOMER, is_marketing=True),
    MessageKind.BROADCAST_TEST: MessageType(facts=Broadcast, audience=Audience.MEMBER),
    MessageKind.BIRTHDAY_ASKED: MessageType(
        facts=BirthdayAsked, audience=Audience.CUSTOMER, is_marketing=True, is_chat_only=True
    ),
    MessageKind.BIRTHDAY: _to_customer(
        BirthdayBonus, ["count", "date"], ["merchant", "number"], shows_card=True, is_marketing=True
    ),
    MessageKind.WIN_BACK: _to_customer(WinBack, ["merchant"], ["number"], shows_card=True, is_marketing=True),
    MessageKind.REFERRAL_REWARD: _referral,
    MessageKind.REFERRAL_WELCOME: _referral,
    MessageKind.REFERRAL_VOIDED: MessageType(
        facts=ReferralVoided, audience=Audience.CUSTOMER, shows_card=True
    ),
    MessageKind.MAIL_REFUSED: MessageType(facts=MailRefused, audience=Audience.CUSTOMER, is_chat_only=True),
    MessageKind.MAIL_CODE_REFUSED: MessageType(
        facts=MailCodeRefused, audience=Audience.CUSTOMER, is_chat_only=True
    ),
    MessageKind.MAIL_CARD_REFUSED: MessageType(facts=MailCardRefused, audience=Audience.MEMBER),
    MessageKind.REWARD_EXPIRING: _to_customer(
        RewardExpiring, ["reward", "date"], ["count", "merchant", "number"]
    ),
    MessageKind.REWARD_EXPIRED: _to_customer(
        RewardExpired, ["reward"], ["count", "merchant", "balance", "number"], shows_card=True
    ),
}
"""Every message that is sent, declared here and nowhere else."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Rendered when sent, never before. A receipt bears the id of its entry, a reset and an offer those
    of their links."""

    merchant_id: MerchantId
    message_id: MessageId
    kind: MessageKind
    recipient: Account
    facts: Facts
    created_at: datetime

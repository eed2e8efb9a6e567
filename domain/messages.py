"""The messages that the bot sends by itself: rows of the outbox, written in the transaction that caused them."""

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
from domain.quick import dataclass
from domain.report import DateRange
from domain.staff import OfferEnd
from domain.summary import DaySummary


class MessageKind(StrEnum):
    """The names are stored and never change."""

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
    NOTICE_OVER = "notice_over"
    ALARM_OVER = "alarm_over"
    REDEEM_ASKED = "redeem_asked"
    REDEEM_SETTLED = "redeem_settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What staff did to the card, told to its holder.

    ``shortfall`` is what a voided redemption could not give back. ``progress`` is given where the card keeps earlier
    terms, None where ``stamp_count`` and ``stamps_target`` say it. ``factor_tenths`` multiplied what was earned, and
    ``to_go`` is what must be paid until the next point or stamp; each None where there is nothing to say.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardReady:
    """A balance of ``unit`` has just become enough for a reward.

    ``rewards_available`` is how many rewards the stamps are good for, or how many rewards the points are enough for.
    ``reward_until`` is the last day on which the first of them waits, None where it waits for ever. With
    ``needs_holder`` it is handed out with its holder's yes alone.
    """

    merchant_name: str
    card_number: CardNumber
    reward: str
    rewards_available: int
    unit: Unit = Unit.STAMPS
    reward_until: date | None = None
    needs_holder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened:
    """A customer pressed *Not me* on a receipt; told to owners and managers.

    ``entry_id`` is None in messages written before disputes could be settled.
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
    """Takes the place of the alarm ``replaces``; ``by`` is a name, None for the operator."""

    opened: DisputeOpened
    outcome: DisputeOutcome
    by: str | None
    replaces: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeAnswered:
    """The outcome of a dispute, told to the customer."""

    merchant_name: str
    outcome: DisputeOutcome
    entry_kind: EntryKind
    stamps_delta: int
    points_delta: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeBonus:
    """The bonus that a new card starts with."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceExpiring:
    """``count`` of ``unit`` expire when the merchant's local ``last_day`` is over, unless the customer comes by (kind
    ``inactivity``) or spends them (kind ``lot``). ``closed`` are the days until then on which the customer cannot
    come."""

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
    card expire. ``closed`` are the days until then on which the customer cannot come."""

    merchant_name: str
    card_number: CardNumber
    reward: str
    count: int
    last_day: date
    closed: tuple[DateRange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardExpired:
    """A reward has expired with its ``count`` stamps; ``balance`` stamps are left."""

    merchant_name: str
    card_number: CardNumber
    reward: str
    count: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySummary:
    """``day`` is the newest day; ``missed`` are days before it that could not be told in time, oldest first.
    ``asks_takings`` says that the recipient may type takings and is asked to."""

    merchant_name: str
    day: DaySummary
    missed: tuple[DaySummary, ...] = ()
    asks_takings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """The card has a new code, and the old one is refused; told to its holder."""

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
    """Somebody asks the shop to move a card to another account, or to merge it into the card ``into_number``; its
    holder is asked whether it was they."""

    merchant_name: str
    card_number: CardNumber
    move_id: MoveId
    into_number: CardNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAnswered:
    """What the holder answered, told to owners and managers; ``into_number`` is the card that theirs was to be merged
    into. ``card_id`` is the one to look at now."""

    card_id: CardId
    card_number: CardNumber
    customer_name: str
    is_allowed: bool
    into_number: CardNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMoved:
    """A card has moved to another account; told to the account that had it."""

    merchant_name: str
    card_number: CardNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAdopted:
    """A printed card is now in Telegram; told to the account that has it there."""

    merchant_name: str
    card_id: CardId
    card_number: CardNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsMerged:
    """``other_number`` was merged into ``card_number``, whose balances the other fields give; told to the holders of
    both.

    ``is_closed`` says that this message goes to the holder of the card that was closed.
    """

    merchant_name: str
    card_number: CardNumber
    other_number: CardNumber
    is_closed: bool
    progress: Progress | None
    points_balance: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesChanged:
    """All cards have new codes, and new PINs must be chosen; told to owners and managers."""

    merchant_name: str


class AlertReason(StrEnum):
    PIN_LOCKED = "pin_locked"
    PIN_BLOCKED = "pin_blocked"
    VOID_SHORTFALL = "void_shortfall"
    REWARD_HAD = "reward_had"
    NEW_MANAGER = "new_manager"
    NOT_JOINING = "not_joining"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAlert:
    """Something owners and managers should know about a member of the team.

    ``may_reset`` says that the recipient may let the member choose a new PIN. ``device_name`` is the shared phone on
    which it happened, None for the member's own. ``reward`` was handed out for stamps that were then taken back.
    ``by`` made the member a manager. Who is not joining has said so; only whoever invited them is told.
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
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PinReset:
    """A link was made with which the member may choose a new PIN. ``by`` is a name, None for the operator."""

    merchant_name: str
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The owner ``name`` asks the member to take the shop over; once it ``is_accepted``, or has ``ended`` otherwise,
    ``name`` is the member who was asked."""

    merchant_name: str
    name: str
    is_accepted: bool
    ended: OfferEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PinTried:
    """``wrong_tries`` wrong PINs were typed for a member since they last typed theirs correctly. ``device_name`` is
    the shared phone on which that happened, None for the member's own."""

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
    """``name`` asks to be allowed an act on a card; told to the owners and managers who may allow it, or to the
    customer whose yes a ``reward`` needs.

    ``entry_kind`` and the deltas are those of the entry to be taken back, which ``made_by`` made at ``made_at``.
    Where ``made_at`` is None, they are those of the stamps to be given above a limit of ``limit`` a day, or
    ``entry_kind`` is that of the ``reward``.
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
    merchant_name: str = ""
    reward: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSettled:
    """Takes the place of the message ``replaces``, which asked; ``by`` is the member who decided, None for the
    operator or where nobody decided."""

    asked: ApprovalAsked
    state: ApprovalState
    by: str | None
    replaces: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswered:
    """The outcome of a request, told where it was asked, in the place of the chat's message ``message_id``."""

    asked: ApprovalAsked
    state: ApprovalState
    by: str | None
    message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopClosing:
    """The shop was closed and ends on the local date ``closes_on``; None where it stays open after all. Told to
    everybody with a card, and to the team (``is_of_team``), which also learns ``by`` whom; None for the operator."""

    merchant_name: str
    closes_on: date | None
    is_of_team: bool = False
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopEnded:
    """The day announced by ``ShopClosing`` has come; told to everybody on the team, whose work there ends."""

    merchant_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketingAsked:
    """Asks whether the shop may send up to ``monthly_max`` marketing messages in thirty days; asked once."""

    merchant_name: str
    monthly_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """The message of a campaign. ``text`` is empty in the stored row: it is read from the campaign when it is
    sent."""

    merchant_name: str
    campaign_id: CampaignId
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayAsked:
    """Asks the customer for their birthday, for which they get ``count`` of ``unit`` every year."""

    merchant_name: str
    unit: Unit
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayBonus:
    """A bonus for a birthday; it expires after the merchant's local ``last_day``, and this message is its warning,
    too."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WinBack:
    """The customer has not come for a while. ``count`` is 0 and ``last_day`` None where no bonus comes with it."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralBonus:
    """A friend was brought along; told to the referrer, and to the friend with what they get."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralVoided:
    """The friend's act was taken back, and so is what the friend and the referrer got for it, except for what is
    already spent. ``is_friend`` says that this message goes to the friend, ``is_merge`` that friend and referrer
    turned out to be one person."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int
    is_friend: bool
    is_merge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRefused:
    """Mail to the customer's address comes back, so all messages come to the chat from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCodeRefused:
    """The mail with the code could not be delivered: the address that was typed takes no mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCardRefused:
    """The mail with a card could not be delivered; told to the member who sent it. The message names only when,
    because no address is kept."""

    mailed_at: datetime


class Fate(StrEnum):
    """What became of something that a message had announced."""

    REDEEMED = "redeemed"
    GONE = "gone"
    STAYS = "stays"
    PIN_RESET = "pin_reset"
    WITHDRAWN = "withdrawn"
    ASKED_AGAIN = "asked_again"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOver:
    """What the message ``replaces`` says holds no longer; told in its place alone, and nowhere where that is gone.
    ``by`` is the member who settled an alarm, None for the operator and where nobody did."""

    replaces: MessageId
    fate: Fate
    by: str | None = None


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
    | NoticeOver
)


class Audience(StrEnum):
    CUSTOMER = "customer"
    MANAGERS = "managers"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholders:
    """``required`` are those without which the message would miss its point."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return self.required + self.optional


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageType:
    """``placeholders`` are those that a merchant's own words may contain, None where the wording is fixed
    (docs/decisions/0009).

    Marketing goes only to those who allowed it, and after everything else. ``shows_card`` says that the message bears
    the id of an entry and shows the card as it is now, ``is_question`` that it waits for the reader's tap, and
    ``is_chat_only`` that it may only go to the chat. With ``changes_tools`` the reader's commands and keyboard are
    set to those of their present duties and cards.
    """

    facts: type[Facts]
    audience: Audience
    placeholders: Placeholders | None = None
    is_marketing: bool = False
    shows_card: bool = False
    is_question: bool = False
    is_chat_only: bool = False
    changes_tools: bool = False


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
    MessageKind.CARD_MOVED: MessageType(facts=CardMoved, audience=Audience.CUSTOMER, changes_tools=True),
    MessageKind.CARD_ADOPTED: MessageType(facts=CardAdopted, audience=Audience.CUSTOMER, changes_tools=True),
    MessageKind.CARDS_MERGED: MessageType(facts=CardsMerged, audience=Audience.CUSTOMER, shows_card=True),
    MessageKind.FLAG_RAISED: MessageType(facts=FlagRaised, audience=Audience.MANAGERS),
    MessageKind.APPROVAL_ASKED: MessageType(facts=ApprovalAsked, audience=Audience.MANAGERS),
    MessageKind.APPROVAL_SETTLED: MessageType(facts=ApprovalSettled, audience=Audience.MANAGERS),
    MessageKind.APPROVAL_ANSWERED: MessageType(facts=ApprovalAnswered, audience=Audience.MEMBER),
    MessageKind.CODES_CHANGED: MessageType(facts=CodesChanged, audience=Audience.MANAGERS),
    MessageKind.SHOP_CLOSING: MessageType(facts=ShopClosing, audience=Audience.CUSTOMER),
    MessageKind.SHOP_ENDED: MessageType(facts=ShopEnded, audience=Audience.MEMBER, changes_tools=True),
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
    MessageKind.NOTICE_OVER: MessageType(facts=NoticeOver, audience=Audience.CUSTOMER, is_chat_only=True),
    MessageKind.REDEEM_ASKED: MessageType(
        facts=ApprovalAsked, audience=Audience.CUSTOMER, is_question=True, is_chat_only=True
    ),
    MessageKind.REDEEM_SETTLED: MessageType(
        facts=ApprovalSettled, audience=Audience.CUSTOMER, is_chat_only=True
    ),
    MessageKind.ALARM_OVER: MessageType(facts=NoticeOver, audience=Audience.MANAGERS),
}
"""Every message that is sent, declared here and nowhere else."""

NOTICES = frozenset({MessageKind.REWARD_READY, MessageKind.STAFF_ALERT})
"""Messages that are looked for when what they say holds no longer."""
OVER = frozenset({MessageKind.NOTICE_OVER, MessageKind.ALARM_OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Rendered when it is sent, never before. Its id is that of the entry for a receipt, that of the link for a PIN
    reset or the offer of a shop, and that of the move for the question to a holder."""

    merchant_id: MerchantId
    message_id: MessageId
    kind: MessageKind
    recipient: Account
    facts: Facts
    created_at: datetime

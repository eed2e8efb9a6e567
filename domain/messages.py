"""What the bot says by itself: rows of the outbox, written in the transaction that caused them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.account import Account
from domain.expiry import ExpiryKind, Unit
from domain.ids import CardNumber, MerchantId, MessageId, StaffId
from domain.kinds import EntryKind
from domain.summary import DaySummary


class MessageKind(StrEnum):
    ENROLLED = "enrolled"
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
    BIRTHDAY = "birthday"
    WIN_BACK = "win_back"
    REFERRAL_REWARD = "referral_reward"
    BROADCAST = "broadcast"

    @property
    def is_marketing(self) -> bool:
        return self in (MessageKind.BIRTHDAY, MessageKind.WIN_BACK, MessageKind.BROADCAST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What staff did to the card, told to its holder.

    ``shortfall`` is what a voided redemption could not give back.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardReady:
    """What a balance of ``unit`` has just become good for.

    ``rewards_available`` counts what stamps are good for, or the rewards that points are enough for.
    """

    merchant_name: str
    card_number: CardNumber
    reward: str
    rewards_available: int
    unit: Unit = Unit.STAMPS


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened:
    """A customer pressed *Not me* on a receipt; told to owners and managers."""

    card_number: CardNumber
    customer_name: str
    staff_name: str
    store_name: str
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
    inactivity) or spends them (by lot)."""

    merchant_name: str
    card_number: CardNumber
    unit: Unit
    kind: ExpiryKind
    count: int
    balance: int
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceExpired:
    merchant_name: str
    card_number: CardNumber
    unit: Unit
    count: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySummary:
    """The newest day, and those before it that could not be told in time, oldest first."""

    merchant_name: str
    day: DaySummary
    missed: tuple[DaySummary, ...] = ()


class AlertReason(StrEnum):
    PIN_LOCKED = "pin_locked"
    PIN_BLOCKED = "pin_blocked"
    VOID_SHORTFALL = "void_shortfall"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAlert:
    """Something owners and managers should know about a member of the team."""

    reason: AlertReason
    staff_id: StaffId
    staff_name: str
    card_number: CardNumber | None = None
    unit: Unit = Unit.STAMPS
    wanted: int = 0
    taken: int = 0
    until: datetime | None = None


Facts = (
    Receipt
    | RewardReady
    | WelcomeBonus
    | BalanceExpiring
    | BalanceExpired
    | DisputeOpened
    | DailySummary
    | StaffAlert
)

FACTS_OF: dict[MessageKind, type[Facts]] = {
    MessageKind.RECEIPT: Receipt,
    MessageKind.WELCOME_BONUS: WelcomeBonus,
    MessageKind.REWARD_READY: RewardReady,
    MessageKind.STAMPS_EXPIRING: BalanceExpiring,
    MessageKind.POINTS_EXPIRING: BalanceExpiring,
    MessageKind.STAMPS_EXPIRED: BalanceExpired,
    MessageKind.POINTS_EXPIRED: BalanceExpired,
    MessageKind.DAILY_SUMMARY: DailySummary,
    MessageKind.DISPUTE: DisputeOpened,
    MessageKind.STAFF_ALERT: StaffAlert,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Rendered when sent, never before. A receipt bears the id of its entry."""

    merchant_id: MerchantId
    message_id: MessageId
    kind: MessageKind
    recipient: Account
    facts: Facts
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedMessage:
    """A message one dispatcher holds until its lease ends; ``attempts`` counts earlier failures."""

    message: Message
    attempts: int

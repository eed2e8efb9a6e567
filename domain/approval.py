"""A member asks an owner or manager to allow what staff may not do alone, and one of them approves or declines; or
asks the holder of a card to say yes to a reward."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.account import Account
from domain.ids import (
    ApprovalId,
    CardId,
    EntryId,
    MerchantId,
    MessageId,
    OperationKey,
    StaffId,
    StoreId,
)
from domain.kinds import EntryKind
from domain.quick import dataclass
from domain.staff import Staff

LAPSES_AFTER = timedelta(minutes=30)
OPEN_MAX = 3
ASKED_MAX = 10
ASKED_WITHIN = timedelta(hours=1)
"""One member may have OPEN_MAX requests open, and may make ASKED_MAX within ASKED_WITHIN, so that managers are not
worn down."""
CONFIRMED_WITHIN = timedelta(minutes=5)
CONFIRMATIONS_MAX = 5
"""The holder of a card stands at the counter. One member may ask them CONFIRMATIONS_MAX times within ASKED_WITHIN."""


class ApprovalState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What ``staff_id`` asked for: to give ``stamps`` stamps above the daily limit, or to take back the entry
    ``about``. Where it ``redeems``, its holder is asked, for the reward at ``reward_position`` with the price of
    ``reward_price``.

    ``account`` is where it was asked, a member's own account or a shared phone. ``message_id`` is the message in that
    chat that shows the state of the request, None until it is known. ``alarms`` are the messages by which owners and
    managers were told. Once the request is over, ``decided_by`` is the member who approved or declined, None where
    nobody of the team did. ``entry_id`` is the entry that an approval led to; it bears ``operation_key``, so that no
    approval takes effect twice.
    """

    merchant_id: MerchantId
    approval_id: ApprovalId
    operation_key: OperationKey
    card_id: CardId
    store_id: StoreId
    staff_id: StaffId
    account: Account
    stamps: int | None
    about: EntryId | None
    reason: str
    asked_at: datetime
    lapses_at: datetime
    state: ApprovalState = ApprovalState.ASKED
    decided_at: datetime | None = None
    decided_by: StaffId | None = None
    entry_id: EntryId | None = None
    message_id: int | None = None
    alarms: tuple[MessageId, ...] = ()
    redeems: EntryKind | None = None
    reward_position: int | None = None
    reward_price: int | None = None

    def is_open(self, now: datetime) -> bool:
        return self.state is ApprovalState.ASKED and now < self.lapses_at


@dataclass(frozen=True, slots=True)
class Approver:
    """An owner or manager; ``is_reachable`` is False once they have blocked the bot."""

    staff: Staff
    is_reachable: bool

"""A member asks an owner or manager to allow what staff may not do alone; one of them approves or declines."""

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
from domain.quick import dataclass
from domain.staff import Staff

LAPSES_AFTER = timedelta(minutes=30)
OPEN_MAX = 3
ASKED_MAX = 10
ASKED_WITHIN = timedelta(hours=1)
"""One member may have OPEN_MAX requests open, and may make ASKED_MAX within ASKED_WITHIN, so that managers are not
worn down."""


class ApprovalState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What ``staff_id`` asked for: to give ``stamps`` stamps above the daily limit, or to take back the entry
    ``about``.

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

    def is_open(self, now: datetime) -> bool:
        return self.state is ApprovalState.ASKED and now < self.lapses_at


@dataclass(frozen=True, slots=True)
class Approver:
    """An owner or manager; ``is_reachable`` is False once they have blocked the bot."""

    staff: Staff
    is_reachable: bool

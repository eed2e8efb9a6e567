"""A customer says that an entry on the card was not theirs; an owner or manager settles it."""

from datetime import datetime
from enum import StrEnum

from domain.account import Account
from domain.ids import EntryId, MerchantId, MessageId, StaffId
from domain.quick import dataclass


class DisputeOutcome(StrEnum):
    """How a dispute was settled; ``PUT_RIGHT`` means by another act, for an entry that cannot be taken back."""

    TAKEN_BACK = "taken_back"
    PUT_RIGHT = "put_right"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """``alarms`` are the messages by which owners and managers were told.

    Once it is settled, ``settled_by`` is the member who settled it, None for the operator.
    """

    merchant_id: MerchantId
    entry_id: EntryId
    account: Account
    opened_at: datetime
    alarms: tuple[MessageId, ...] = ()
    settled_at: datetime | None = None
    settled_by: StaffId | None = None
    outcome: DisputeOutcome | None = None

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None

"""The entries of the ledger: append-only, each one change of one card's balances."""

from datetime import date, datetime

from domain.account import Account
from domain.expiry import Unit
from domain.ids import CardId, EntryId, MerchantId, OperationKey, StaffId, StoreId
from domain.kinds import KINDS, EntryKind
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The Telegram message from which an act came."""

    account: Account
    chat_id: int
    message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPart:
    """``count`` of what the award ``entry_id`` put on the card."""

    entry_id: EntryId
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """``entry_no`` counts a card's entries from 1 without a gap; ``local_date`` is the merchant's day.

    A shortfall is what a void wanted and the balance no longer held, or what a voided redemption cannot give back
    because it has expired meanwhile. ``amount_minor`` is the purchase that earned it, in the smallest unit of the
    merchant's currency. ``related_entry_id`` is the entry that a void takes back, the newest of the awards that an
    expiry ends, or for a card that another was merged into, the entry that took the balance off the other card.
    ``note`` is a reason, or the number of the other card of a merge. ``approved_by`` is the owner or manager who
    allowed what ``staff_id`` may not do alone: no limit and no cooldown applied. ``factor_tenths`` multiplied what
    was earned, None for no multiplier. ``stamps_carried_minor``, in the currency's smallest unit, and
    ``points_carried_nano``, in billionths of a point, are what the entry added to the remainder or took off it, None
    for nothing (docs/decisions/0056). ``expires_at`` is the end of what the entry adds, None where the program
    decides it. ``lots`` are the awards from which the entry took, or to which it gave back; written only where an
    award on the card has an end of its own, else it took from the oldest.
    """

    merchant_id: MerchantId
    entry_id: EntryId
    card_id: CardId
    entry_no: int
    store_id: StoreId | None = None
    staff_id: StaffId | None = None
    kind: EntryKind
    stamps_delta: int
    stamps_balance_after: int
    points_delta: int
    points_balance_after: int
    stamps_shortfall: int = 0
    points_shortfall: int = 0
    amount_minor: int | None = None
    program_version: int
    reward: str | None = None
    note: str | None = None
    related_entry_id: EntryId | None = None
    operation_key: OperationKey
    origin: Origin | None = None
    local_date: date
    occurred_at: datetime
    approved_by: StaffId | None = None
    factor_tenths: int | None = None
    stamps_carried_minor: int | None = None
    points_carried_nano: int | None = None
    expires_at: datetime | None = None
    lots: tuple[LotPart, ...] | None = None

    @property
    def unit(self) -> Unit:
        """The balance that the entry changes; only the entries of a merge change both."""
        unit = KINDS[self.kind].unit
        if unit is not None:
            return unit
        return Unit.POINTS if self.points_delta or self.points_shortfall else Unit.STAMPS

    def delta(self, unit: Unit) -> int:
        return self.stamps_delta if unit is Unit.STAMPS else self.points_delta

    def carried(self, unit: Unit) -> int:
        return (self.stamps_carried_minor if unit is Unit.STAMPS else self.points_carried_nano) or 0

    def shortfall(self, unit: Unit) -> int:
        return self.stamps_shortfall if unit is Unit.STAMPS else self.points_shortfall

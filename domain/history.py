"""A card's whole history, and the lines that operators read."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.card import Card
from domain.entry import Entry
from domain.ids import CardNumber, EntryId, StoreId
from domain.kinds import EntryKind
from domain.merchant import Program
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryWarning:
    """``was_reachable`` says whether the holder could be told when the balance expired."""

    delivered_at: datetime | None
    was_reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHistory:
    """A card, its entries oldest first, and what belongs to them.

    ``merged`` are the entries of the cards that were merged into it, in no order. ``terms`` are the versions of the
    card's program by number, without those that cannot be read. ``notified`` are the entries with a receipt in the
    outbox. ``warnings`` is what is known of the warning before each expiry.
    """

    card: Card
    entries: Sequence[Entry]
    merged: Sequence[Entry] = ()
    terms: Mapping[int, Program]
    notified: frozenset[EntryId]
    warnings: Mapping[EntryId, ExpiryWarning]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One entry as ``ledger --json`` prints it. ``approved_by`` is the name of the member who allowed it, None where
    nobody had to; the other fields are those of the entry."""

    entry_id: EntryId
    kind: EntryKind
    card_number: CardNumber
    store_id: StoreId | None
    staff_name: str | None
    stamps_delta: int
    stamps_balance_after: int
    points_delta: int
    points_balance_after: int
    related_entry_id: EntryId | None
    occurred_at: datetime
    approved_by: str | None = None
    factor_tenths: int | None = None
    stamps_carried_minor: int | None = None
    points_carried_nano: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """One card as ``cards --json`` prints it."""

    card_number: CardNumber
    stamp_count: int
    points_balance: int
    rewards_available: int
    active: bool

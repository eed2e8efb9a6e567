"""The tables: dictionaries that refuse what a database would. Rows are frozen, so a shallow copy is a snapshot."""

from collections.abc import Callable, Hashable, Iterator
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Generic, TypeVar

from domain.account import Account, Locale, Person
from domain.bot_profile import BotProfile
from domain.card import Card, Customer
from domain.delivery import Delivery
from domain.dialogue import Dialogue
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import (
    BotId,
    CardId,
    CustomerId,
    EntryId,
    InviteId,
    MerchantId,
    MessageId,
    OperationKey,
    ProgramId,
    StaffId,
    StoreId,
    TokenHash,
    UpdateId,
)
from domain.job_run import JobRun
from domain.link import Route
from domain.merchant import Merchant, Program, Store
from domain.messages import Message, MessageKind
from domain.staff import Desk, Invite, Staff
from domain.summary import DaySummary, SummaryPlan
from domain.update import ReceivedUpdate
from domain.wording import Wording

KeyT = TypeVar("KeyT", bound=Hashable)
RowT = TypeVar("RowT")


class ConstraintBroken(Exception):
    """What a database would answer to a row that must not be."""


class Table(Generic[KeyT, RowT]):
    """Rows by their primary key. Each of ``unique`` names what no two rows share, None for who is exempt."""

    def __init__(self, key: Callable[[RowT], KeyT], *unique: Callable[[RowT], Hashable | None]) -> None:
        self._key = key
        self._unique = unique
        self.rows: dict[KeyT, RowT] = {}

    def __copy__(self) -> "Table[KeyT, RowT]":
        other = Table[KeyT, RowT](self._key, *self._unique)
        other.rows = dict(self.rows)
        return other

    def __iter__(self) -> Iterator[RowT]:
        return iter(self.rows.values())

    def get(self, key: KeyT) -> RowT | None:
        return self.rows.get(key)

    def insert(self, row: RowT) -> None:
        if self._key(row) in self.rows:
            raise ConstraintBroken(f"there is such a row already: {row}")
        self.save(row)

    def save(self, row: RowT) -> None:
        """Inserts the row, or puts it in the place of the one with its key."""
        key = self._key(row)
        for unique in self._unique:
            value = unique(row)
            if value is not None and any(
                unique(other) == value for other_key, other in self.rows.items() if other_key != key
            ):
                raise ConstraintBroken(f"not the only row with {value}")
        self.rows[key] = row

    def update(self, row: RowT) -> None:
        """Nothing happens when there is no such row, as with SQL's UPDATE."""
        if self._key(row) in self.rows:
            self.save(row)

    def delete(self, condition: Callable[[RowT], bool]) -> int:
        gone = [key for key, row in self.rows.items() if condition(row)]
        for key in gone:
            del self.rows[key]
        return len(gone)

    def must_have(self, key: KeyT) -> None:
        """A foreign key."""
        if key not in self.rows:
            raise ConstraintBroken(f"there is no row {key}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    card: Card
    token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    merchant_id: MerchantId
    key: OperationKey
    fingerprint: str
    outcome: object


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A message with its one delivery."""

    message: Message
    delivery: Delivery
    due_at: datetime
    leased_by: str | None = None
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    unreported: str | None = None

    @property
    def is_owed(self) -> bool:
        return self.sent_at is None and self.failed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningRow:
    count: int
    message_id: MessageId
    entry_id: EntryId | None = None
    was_reachable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    update: ReceivedUpdate
    done_at: datetime | None = None
    failed_at: datetime | None = None
    error: str = ""
    reported_at: datetime | None = None


WordingKey = tuple[MerchantId, MessageKind, Locale, StoreId | None]


def wording_key(row: Wording) -> WordingKey:
    return (row.merchant_id, row.kind, row.locale, row.store_id)


@dataclass
class Tables:
    merchants: Table[MerchantId, Merchant] = field(
        default_factory=lambda: Table[MerchantId, Merchant](lambda row: row.merchant_id)
    )
    stores: Table[tuple[MerchantId, StoreId], Store] = field(
        default_factory=lambda: Table[tuple[MerchantId, StoreId], Store](
            lambda row: (row.merchant_id, row.store_id)
        )
    )
    present: dict[tuple[MerchantId, ProgramId], int] = field(default_factory=dict)
    spread: dict[tuple[MerchantId, ProgramId], int] = field(default_factory=dict)
    programs: Table[tuple[MerchantId, ProgramId, int], Program] = field(
        default_factory=lambda: Table[tuple[MerchantId, ProgramId, int], Program](
            lambda row: (row.merchant_id, row.program_id, row.version)
        )
    )
    customers: Table[tuple[MerchantId, CustomerId], Customer] = field(
        default_factory=lambda: Table[tuple[MerchantId, CustomerId], Customer](
            lambda row: (row.merchant_id, row.customer_id), lambda row: (row.merchant_id, row.account)
        )
    )
    cards: Table[tuple[MerchantId, CardId], CardRow] = field(
        default_factory=lambda: Table[tuple[MerchantId, CardId], CardRow](
            lambda row: (row.card.merchant_id, row.card.card_id),
            lambda row: (row.card.merchant_id, row.card.number),
            lambda row: (row.card.merchant_id, row.token_hash),
            lambda row: (row.card.merchant_id, row.card.customer_id, row.card.program_id),
        )
    )
    staff: Table[tuple[MerchantId, StaffId], Staff] = field(
        default_factory=lambda: Table[tuple[MerchantId, StaffId], Staff](
            lambda row: (row.merchant_id, row.staff_id),
            lambda row: row.account and (row.merchant_id, row.account),
        )
    )
    assigned: set[tuple[MerchantId, StaffId, StoreId]] = field(default_factory=set)
    invites: Table[tuple[MerchantId, InviteId], Invite] = field(
        default_factory=lambda: Table[tuple[MerchantId, InviteId], Invite](
            lambda row: (row.merchant_id, row.invite_id)
        )
    )
    pin_sessions: dict[tuple[MerchantId, StaffId, Account], datetime] = field(default_factory=dict)
    entries: Table[tuple[MerchantId, EntryId], Entry] = field(
        default_factory=lambda: Table[tuple[MerchantId, EntryId], Entry](
            lambda row: (row.merchant_id, row.entry_id),
            lambda row: (row.merchant_id, row.card_id, row.entry_no),
            lambda row: (
                (row.merchant_id, row.related_entry_id) if row.kind.is_void and row.related_entry_id else None
            ),
        )
    )
    operations: Table[tuple[MerchantId, OperationKey], Operation] = field(
        default_factory=lambda: Table[tuple[MerchantId, OperationKey], Operation](
            lambda row: (row.merchant_id, row.key)
        )
    )
    disputes: dict[tuple[MerchantId, EntryId], Account] = field(default_factory=dict)
    outbox: Table[tuple[MerchantId, MessageId], OutboxRow] = field(
        default_factory=lambda: Table[tuple[MerchantId, MessageId], OutboxRow](
            lambda row: (row.message.merchant_id, row.message.message_id)
        )
    )
    warnings: dict[tuple[MerchantId, CardId, Unit, datetime], WarningRow] = field(default_factory=dict)
    summary_plans: dict[MerchantId, SummaryPlan] = field(default_factory=dict)
    summaries: dict[tuple[MerchantId, date], DaySummary] = field(default_factory=dict)
    told_on: dict[tuple[MerchantId, date], date] = field(default_factory=dict)
    wordings: Table[WordingKey, Wording] = field(
        default_factory=lambda: Table[WordingKey, Wording](wording_key)
    )
    directory: Table[TokenHash, Route] = field(
        default_factory=lambda: Table[TokenHash, Route](lambda row: row.token_hash)
    )
    acquaintances: dict[tuple[Account, MerchantId], datetime] = field(default_factory=dict)
    bots: dict[BotId, BotProfile] = field(default_factory=dict)
    people: dict[Account, Person] = field(default_factory=dict)
    desks: dict[Account, Desk] = field(default_factory=dict)
    dialogues: dict[Account, Dialogue] = field(default_factory=dict)
    inbox: Table[tuple[BotId, UpdateId], InboxRow] = field(
        default_factory=lambda: Table[tuple[BotId, UpdateId], InboxRow](
            lambda row: (row.update.bot_id, row.update.update_id)
        )
    )
    job_runs: dict[str, JobRun] = field(default_factory=dict)

    def __copy__(self) -> "Tables":
        return Tables(**{part.name: copy(getattr(self, part.name)) for part in fields(self)})

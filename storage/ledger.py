"""Cards, entries and recorded operations."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any

from sqlalchemy import Column, FromClause, Select, and_, bindparam, insert, select, update

from domain.acts import Operation
from domain.card import Card, CardRef
from domain.entry import Entry
from domain.ids import EntryId, MerchantId, OperationKey, StoreId
from domain.rules.counter import Counter
from domain.staff import Actor, Staff
from storage import rows, tables
from storage.base import TxBase
from storage.customers import NAMED_BY
from storage.statements import Row

_entry_merchant = tables.entries.c.merchant_id == bindparam("merchant_id")

INSERT_OPERATION = insert(tables.operations)
INSERT_ENTRY = insert(tables.entries)
UPDATE_BALANCES = (
    update(tables.cards)
    .where(
        tables.cards.c.merchant_id == bindparam("of_merchant_id"),
        tables.cards.c.card_id == bindparam("of_card_id"),
    )
    .values(
        {
            name: bindparam(name)
            for name in (
                "stamp_count",
                "points_balance",
                "stamps_today",
                "stamp_day",
                "last_stamp_at",
                "entry_count",
                "stamps_expire_at",
                "points_expire_at",
                "expiry_look_at",
            )
        }
    )
)
SELECT_OPERATION = select(tables.operations.c.fingerprint, tables.operations.c.entry_id).where(
    tables.operations.c.merchant_id == bindparam("merchant_id"),
    tables.operations.c.operation_key == bindparam("operation_key"),
)
SELECT_ENTRY = select(*rows.ENTRY).where(_entry_merchant, tables.entries.c.entry_id == bindparam("entry_id"))
SELECT_ENTRIES = (
    select(*rows.ENTRY)
    .where(_entry_merchant, tables.entries.c.card_id == bindparam("card_id"))
    .order_by(tables.entries.c.entry_no.desc())
    .limit(bindparam("newest"))
)
SELECT_ENTRIES_AT = (
    select(*rows.ENTRY)
    .where(
        _entry_merchant,
        tables.entries.c.store_id == bindparam("store_id"),
        tables.entries.c.local_date == bindparam("local_date"),
    )
    .order_by(tables.entries.c.occurred_at, tables.entries.c.entry_id)
)
SELECT_ENTRIES_BETWEEN = (
    select(*rows.ENTRY)
    .where(
        _entry_merchant,
        tables.entries.c.local_date >= bindparam("first_day"),
        tables.entries.c.occurred_at >= bindparam("begins_at"),
        tables.entries.c.occurred_at < bindparam("ends_at"),
    )
    .order_by(tables.entries.c.occurred_at, tables.entries.c.entry_id)
)
A_DAY_OR_SO = timedelta(days=2)
"""A local date may be a day before that of UTC. It may be long after it, where the clock went back."""
ALL = 2**31 - 1

_member = tables.staff.alias("member")
_device = tables.staff.alias("device")
_member_store = tables.staff_stores.alias("member_store")
_device_store = tables.staff_stores.alias("device_store")


def _of(alias: FromClause, source: Sequence[Column[Any]]) -> Sequence[Any]:
    return [alias.c[column.name] for column in source]


def _select_counter(card_is: Any) -> Select[Any]:
    """One row with everything a counter knows; what is missing is NULL."""
    merchants, stores, cards = tables.merchants, tables.stores, tables.cards
    customers, programs, versions = tables.customers, tables.programs, tables.program_versions
    sessions = tables.pin_sessions
    merchant_id = merchants.c.merchant_id

    def within(other: FromClause, *conditions: Any) -> Any:
        return and_(other.c.merchant_id == merchant_id, *conditions)

    source = (
        merchants.outerjoin(stores, within(stores, stores.c.store_id == bindparam("store_id")))
        .outerjoin(_member, within(_member, _member.c.staff_id == bindparam("staff_id")))
        .outerjoin(
            _member_store,
            within(
                _member_store,
                _member_store.c.staff_id == _member.c.staff_id,
                _member_store.c.store_id == stores.c.store_id,
            ),
        )
        .outerjoin(
            _device,
            within(
                _device,
                _device.c.bot_id == bindparam("bot_id"),
                _device.c.user_id == bindparam("user_id"),
            ),
        )
        .outerjoin(
            _device_store,
            within(
                _device_store,
                _device_store.c.staff_id == _device.c.staff_id,
                _device_store.c.store_id == stores.c.store_id,
            ),
        )
        .outerjoin(
            sessions,
            within(
                sessions,
                sessions.c.staff_id == _member.c.staff_id,
                sessions.c.bot_id == bindparam("bot_id"),
                sessions.c.user_id == bindparam("user_id"),
            ),
        )
        .outerjoin(cards, within(cards, card_is))
        .outerjoin(customers, within(customers, customers.c.customer_id == cards.c.customer_id))
        .outerjoin(programs, within(programs, programs.c.program_id == cards.c.program_id))
        .outerjoin(
            versions,
            within(
                versions,
                versions.c.program_id == programs.c.program_id,
                versions.c.version == programs.c.present_version,
            ),
        )
    )
    return (
        select(
            *rows.MERCHANT,
            *rows.STORE,
            *_of(_member, rows.STAFF),
            _member_store.c.store_id,
            *_of(_device, rows.STAFF),
            _device_store.c.store_id,
            sessions.c.verified_at,
            *rows.CARD,
            *rows.CUSTOMER,
            *rows.PROGRAM,
        )
        .select_from(source)
        .where(merchant_id == bindparam("merchant_id"))
    )


SELECT_COUNTER_BY = {by: _select_counter(column == bindparam("card_ref")) for by, column in NAMED_BY.items()}

NOTHING_KNOWN = Counter(
    merchant=None,
    staff=None,
    staff_works_here=False,
    device=None,
    device_works_here=False,
    store=None,
    pin_verified_at=None,
)


class LedgerRows(TxBase):
    def operation(self, merchant_id: MerchantId, key: OperationKey) -> Operation | None:
        row = self.session.one(SELECT_OPERATION, merchant_id=merchant_id, operation_key=key)
        return None if row is None else Operation(fingerprint=row[0], entry_id=row[1])

    def record_operation(self, entry: Entry, fingerprint: str) -> None:
        self.session.run(
            INSERT_OPERATION,
            merchant_id=entry.merchant_id,
            operation_key=entry.operation_key,
            fingerprint=fingerprint,
            entry_id=entry.entry_id,
            recorded_at=rows.to_instant(self.now),
        )

    def counter(self, actor: Actor, card: CardRef | None) -> Counter:
        row = self.session.one(
            SELECT_COUNTER_BY[card.by if card else "id"],
            merchant_id=actor.merchant_id,
            store_id=actor.store_id,
            staff_id=actor.staff_id,
            bot_id=actor.account.bot_id,
            user_id=actor.account.user_id,
            card_ref=card.value if card else None,
        )
        return NOTHING_KNOWN if row is None else _counter(row)

    def lock_counter(self, actor: Actor, card: CardRef) -> Counter:
        return self.counter(actor, card)  # BEGIN IMMEDIATE has locked the whole database

    def append(self, card: Card, entry: Entry) -> None:
        self.session.run(INSERT_ENTRY, rows.entry_row(entry))
        self.session.run(
            UPDATE_BALANCES,
            of_merchant_id=card.merchant_id,
            of_card_id=card.card_id,
            **rows.card_balances(card),
        )

    def entries_of(self, card: Card, *, newest: int | None = None) -> Sequence[Entry]:
        found = self.session.all(
            SELECT_ENTRIES, merchant_id=card.merchant_id, card_id=card.card_id, newest=newest or ALL
        )
        return [rows.entry(row) for row in reversed(found)]

    def entry(self, merchant_id: MerchantId, entry_id: EntryId) -> Entry | None:
        row = self.session.one(SELECT_ENTRY, merchant_id=merchant_id, entry_id=entry_id)
        return None if row is None else rows.entry(row)

    def entries_between(
        self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime
    ) -> Sequence[Entry]:
        found = self.session.all(
            SELECT_ENTRIES_BETWEEN,
            merchant_id=merchant_id,
            first_day=(begins_at - A_DAY_OR_SO).date().isoformat(),
            begins_at=rows.to_instant(begins_at),
            ends_at=rows.to_instant(ends_at),
        )
        return [rows.entry(row) for row in found]

    def entries_at(self, merchant_id: MerchantId, store_id: StoreId, day: date) -> Sequence[Entry]:
        found = self.session.all(
            SELECT_ENTRIES_AT, merchant_id=merchant_id, store_id=store_id, local_date=day.isoformat()
        )
        return [rows.entry(row) for row in found]


def _widths(*sources: Sequence[Column[Any]] | None) -> tuple[slice, ...]:
    """Where each part of a row lies; None is a single column."""
    ends = list(accumulate(1 if source is None else len(source) for source in sources))
    return tuple(slice(start, end) for start, end in pairwise([0, *ends]))


_MERCHANT, _STORE, _MEMBER, _MEMBER_STORE, _DEVICE, _DEVICE_STORE, _VERIFIED, _CARD, _CUSTOMER, _PROGRAM = (
    _widths(
        rows.MERCHANT,
        rows.STORE,
        rows.STAFF,
        None,
        rows.STAFF,
        None,
        None,
        rows.CARD,
        rows.CUSTOMER,
        rows.PROGRAM,
    )
)


def _counter(row: Row) -> Counter:
    member, device = _staff_or_none(row[_MEMBER]), _staff_or_none(row[_DEVICE])
    card = row[_CARD]
    found = card[0] is not None
    return Counter(
        merchant=rows.merchant(row[_MERCHANT]),
        staff=member,
        staff_works_here=_works_here(member, row[_MEMBER_STORE.start]),
        device=device,
        device_works_here=_works_here(device, row[_DEVICE_STORE.start]),
        store=None if row[_STORE.start] is None else rows.store(row[_STORE]),
        pin_verified_at=rows.from_instant_or_none(row[_VERIFIED.start]),
        card=rows.card(card) if found else None,
        customer=rows.customer(row[_CUSTOMER]) if found else None,
        program=rows.program(row[_PROGRAM]) if found else None,
    )


def _staff_or_none(row: Row) -> Staff | None:
    return None if row[0] is None else rows.staff(row)


def _works_here(staff: Staff | None, assigned_store: str | None) -> bool:
    return staff is not None and (staff.role.is_merchant_wide or assigned_store is not None)

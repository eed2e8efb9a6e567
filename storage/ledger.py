"""Cards, their entries, and the operations that made them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    union,
)

from domain.acts import Operation
from domain.card import Card, CardRef
from domain.entry import Entry
from domain.ids import CardId, CardNumber, CustomerId, EntryId, MerchantId, OperationKey, StoreId
from domain.kinds import KINDS, EntryKind
from domain.printed import card_of, guest_of
from domain.quick import replace
from domain.report import Choice, DateRange
from domain.rules.counter import Counter
from domain.rules.history import in_order
from domain.staff import Actor, PinSession, Staff
from domain.summary import Figures
from storage import rows, tables
from storage.base import read
from storage.clauses import ALL, LIMIT, change, find, has, in_no_index, is_any_of, is_one, joins
from storage.customers import NAMED_BY
from storage.printed import PrintedRows
from storage.statements import Row
from storage.terms import is_present
from storage.wallets import WalletMarks

INSERT_ENTRY = insert(tables.entries).values(
    {name: bindparam(name) for name in (*(column.name for column in rows.ENTRY), "fingerprint")}
)
_BALANCES = (
    "stamp_count",
    "points_balance",
    "stamps_today",
    "stamp_day",
    "last_stamp_at",
    "entry_count",
    "stamps_expire_at",
    "points_expire_at",
    "expiry_look_at",
    "stamps_carried_minor",
    "points_carried_nano",
    "carried_price_minor",
    "has_dated",
    "reward_ends_at",
)
UPDATE_BALANCES = change(tables.cards, *_BALANCES)
_balances_row = rows.part_of(Card, "merchant_id", "card_id", *_BALANCES)
UPDATE_HELD = change(
    tables.cards,
    "held_cards",
    "held_points_count",
    "held_points_rewards",
    "carried_price_minor",
    "handed_out",
)
SELECT_OPERATION = find(
    [tables.entries.c.fingerprint, tables.entries.c.entry_id], "merchant_id", "operation_key"
)
SELECT_ENTRY = find(rows.ENTRY, "merchant_id", "entry_id")
SELECT_ENTRIES = (
    find(rows.ENTRY, "merchant_id", "card_id")
    .where(tables.entries.c.entry_no < bindparam("before", type_=Integer))
    .order_by(tables.entries.c.entry_no.desc())
    .limit(LIMIT)
)
_stood_for = (
    select(tables.cards.c.card_id)
    .where(has(tables.cards, "merchant_id"), tables.cards.c.merged_into == bindparam("card_id"))
    .correlate(None)
)
SELECT_MERGED_ENTRIES = find(rows.ENTRY, "merchant_id").where(tables.entries.c.card_id.in_(_stood_for))
SELECT_MERGED_INTO = find([tables.cards.c.merged_into], "merchant_id", "card_id")


_on_that_day = is_one(tables.entries.c.local_date, bindparam("local_date"))
_this_day = "merchant_id", "local_date", "store_id"
_other = tables.entries.alias("other")
_card = tables.cards


_changes = [kind for kind, what in KINDS.items() if what.is_void or what.is_merge]
_moved, _kin, _theirs = (tables.cards.alias(name) for name in ("moved", "kin", "theirs"))
_stands = func.coalesce(_moved.c.merged_into, _moved.c.card_id)


def _cards_by(is_kin: ColumnElement[bool]) -> Select[Any]:
    """Ids of all cards of the customers for whom, on a day, an act was taken back or cards were merged. ``is_kin``
    relates a customer's card to the card that the entry's card stands for today."""
    return (
        select(_theirs.c.card_id)
        .select_from(
            _other.join(_moved, joins(_moved, _other, "card_id"))
            .join(_kin, and_(joins(_kin, _moved), is_kin))
            .join(_theirs, and_(joins(_theirs, _kin), is_one(_theirs.c.customer_id, _kin.c.customer_id)))
        )
        .where(
            has(_other, "merchant_id"),
            is_one(_other.c.local_date, bindparam("local_date")),
            is_any_of(_other.c.kind, _changes),
        )
        .correlate(None)
    )


_their_cards = union(_cards_by(_kin.c.card_id == _stands), _cards_by(is_one(_kin.c.merged_into, _stands)))
_every = tables.entries.alias("every")
SELECT_CHANGED_ON = (
    select(*rows.ENTRY, _card.c.customer_id)
    .select_from(
        _every.join(tables.entries, joins(tables.entries, _every, "entry_id")).join(
            _card, joins(_card, _every, "card_id")
        )
    )
    .where(
        has(_every, "merchant_id"),
        is_one(_every.c.local_date, bindparam("local_date")),
        _every.c.card_id.in_(_their_cards),
    )
)
_sums = (
    select(
        tables.entries.c.kind,
        func.sum(tables.entries.c.stamps_delta),
        func.sum(tables.entries.c.points_delta),
        func.count(),
    )
    .where(
        has(tables.entries, *_this_day),
        is_any_of(
            tables.entries.c.kind, (kind for kind, what in KINDS.items() if what.figure and not what.is_void)
        ),
    )
    .group_by(tables.entries.c.kind)
)
_was_served = and_(
    has(tables.entries, *_this_day),
    is_any_of(tables.entries.c.kind, (kind for kind, what in KINDS.items() if what.is_visit)),
)
_cards_served = select(func.count(in_no_index(tables.entries.c.card_id).distinct())).where(_was_served)
_holders_served = (
    select(func.count(_card.c.customer_id.distinct()))
    .select_from(tables.entries.join(_card, joins(_card, tables.entries, "card_id")))
    .where(_was_served)
)
_is_theirs = has(tables.entries, "staff_id")
SUM_AT = {False: _sums, True: _sums.where(_is_theirs)}
"""Key: whether only the acts of one member of the team are asked for."""
COUNT_SERVED = {
    (False, False): _cards_served,
    (False, True): _cards_served.where(_is_theirs),
    (True, False): _holders_served,
    (True, True): _holders_served.where(_is_theirs),
}
"""Key: whether holders are counted, not cards; whether only the acts of one member of the team are asked for."""
SELECT_LAST_CARD = (
    select(tables.entries.c.card_id)
    .where(has(tables.entries, *_this_day, "staff_id"))
    .order_by(tables.entries.c.entry_id.desc())
    .limit(LIMIT)
)
SELECT_TO_SUMMARIZE = (
    find(rows.ENTRY, "merchant_id")
    .where(
        tables.entries.c.summarized_on.is_(None),
        or_(
            tables.entries.c.occurred_at < bindparam("ends_at"),
            tables.entries.c.occurred_at > bindparam("misdated_after"),
        ),
    )
    .order_by(tables.entries.c.occurred_at, tables.entries.c.entry_id)
)
_within = tables.entries.c.local_date.between(bindparam("since"), bindparam("until"))
_behind = (
    select(*rows.ENTRY, tables.cards.c.number)
    .join(tables.cards, joins(tables.cards, tables.entries, "card_id"))
    .where(
        has(tables.entries, "merchant_id"),
        _within,
        is_any_of(tables.entries.c.kind, (kind for kind, what in KINDS.items() if what.figure)),
    )
    .order_by(tables.entries.c.local_date, tables.entries.c.occurred_at, tables.entries.c.entry_id)
    .limit(LIMIT)
    .offset(bindparam("skip", type_=Integer))
)
SELECT_BEHIND = {
    (has_store, has_staff): _behind.where(
        *([has(tables.entries, "store_id")] if has_store else []),
        *([has(tables.entries, "staff_id")] if has_staff else []),
    )
    for has_store in (False, True)
    for has_staff in (False, True)
}
"""Key: whether one store is asked for; whether one member of the team is."""
_date = tables.entries.c.local_date
COUNT_ENTRIES = select(func.count(), func.min(_date), func.max(_date)).where(
    has(tables.entries, "merchant_id")
)
COUNT_ACTS = select(func.count()).where(has(tables.entries, "merchant_id", "staff_id", "kind"), _on_that_day)
SUMMARIZE = change(tables.entries, "summarized_on")

_member = tables.staff.alias("member")
_device = tables.staff.alias("device")
_member_store = tables.staff_stores.alias("member_store")
_device_store = tables.staff_stores.alias("device_store")


def _of(alias: FromClause, source: rows.Columns) -> Sequence[Any]:
    return [alias.c[column.name] for column in source]


def _select_counter(card_is: Any) -> Select[Any]:
    """One row with everything a counter knows; what is missing is NULL."""
    merchants, stores, cards = tables.merchants, tables.stores, tables.cards
    customers, programs, versions = tables.customers, tables.programs, tables.program_versions
    sessions = tables.pin_sessions

    def within(other: FromClause, *conditions: Any) -> Any:
        return and_(joins(other, merchants), *conditions)

    def works_at(other: FromClause, person: FromClause) -> Any:
        return within(other, other.c.staff_id == person.c.staff_id, other.c.store_id == stores.c.store_id)

    by_account = "bot_id", "user_id"
    source = (
        merchants.outerjoin(stores, within(stores, has(stores, "store_id")))
        .outerjoin(_member, within(_member, has(_member, "staff_id")))
        .outerjoin(_member_store, works_at(_member_store, _member))
        .outerjoin(_device, within(_device, has(_device, *by_account)))
        .outerjoin(_device_store, works_at(_device_store, _device))
        .outerjoin(
            sessions,
            within(sessions, sessions.c.staff_id == _member.c.staff_id, has(sessions, *by_account)),
        )
        .outerjoin(cards, within(cards, card_is))
        .outerjoin(customers, within(customers, customers.c.customer_id == cards.c.customer_id))
        .outerjoin(programs, within(programs, programs.c.program_id == cards.c.program_id))
        .outerjoin(versions, is_present)
    )
    return (
        select(
            *rows.MERCHANT,
            *rows.STORE,
            *_of(_member, rows.STAFF),
            _member_store.c.store_id,
            *_of(_device, rows.STAFF),
            _device_store.c.store_id,
            *rows.PIN_SESSION,
            *rows.CARD,
            *rows.CUSTOMER,
            *rows.PROGRAM,
        )
        .select_from(source)
        .where(has(merchants, "merchant_id"))
    )


SELECT_COUNTER_BY = {by: _select_counter(column == bindparam("card_ref")) for by, column in NAMED_BY.items()}

NOTHING_KNOWN = Counter(
    merchant=None,
    staff=None,
    staff_works_here=False,
    device=None,
    device_works_here=False,
    store=None,
    pin_session=PinSession(),
)


class LedgerRows(PrintedRows, WalletMarks):
    def operation(self, merchant_id: MerchantId, key: OperationKey) -> Operation | None:
        return self._one(_operation, SELECT_OPERATION, merchant_id=merchant_id, operation_key=key)

    def counter(self, actor: Actor, card: CardRef | None) -> Counter:
        found = self._at_counter(actor, card)
        named = found.card if found else None
        if named is not None and named.merged_into is not None:
            return replace(self.counter(actor, CardRef("id", named.merged_into)), named=named.number)
        if found is not None and named is None and card is not None:
            return self._with_blank(found, actor, card)
        return found or NOTHING_KNOWN

    def _at_counter(self, actor: Actor, card: CardRef | None) -> Counter | None:
        """Reads the counter in one statement; engines may override it. None where there is no such merchant."""
        return self._one(
            _counter,
            SELECT_COUNTER_BY[card.by if card else "id"],
            merchant_id=actor.merchant_id,
            store_id=actor.store_id,
            staff_id=actor.staff_id,
            bot_id=actor.account.bot_id,
            user_id=actor.account.user_id,
            card_ref=card.value if card else None,
        )

    def _with_blank(self, found: Counter, actor: Actor, card: CardRef) -> Counter:
        printed = self.blank(actor.merchant_id, card)
        if printed is None:
            return found
        blank, program = printed
        guest = guest_of(blank, actor.account.bot_id, actor.store_id, self.now)
        return replace(found, card=card_of(blank, self.now), customer=guest, program=program, blank=blank)

    def lock_counter(self, actor: Actor, card: CardRef) -> Counter:
        return self.counter(actor, card)

    def append(self, card: Card, entry: Entry, told: str) -> None:
        row = rows.entry_row(entry)
        row["fingerprint"] = told
        self.session.run(INSERT_ENTRY, row)
        self.session.run(UPDATE_BALANCES, _balances_row(card))
        self.mark_passes(card)

    def save_held(self, card: Card) -> None:
        self.session.run(UPDATE_HELD, rows.card_row(card))

    def entries_of(
        self, card: Card, *, newest: int | None = None, before: int | None = None
    ) -> Sequence[Entry]:
        return self._entries_of(card.merchant_id, card.card_id, newest or ALL, before or ALL)

    def history_of(self, card: Card, *, newest: int | None = None) -> Sequence[Entry]:
        found = self._history_of(card.merchant_id, card.card_id, newest or ALL)
        return found[-newest:] if newest else found

    def entry(self, merchant_id: MerchantId, entry_id: EntryId) -> Entry | None:
        return self._one(rows.entry, SELECT_ENTRY, merchant_id=merchant_id, entry_id=entry_id)

    def summarize_entries(
        self, merchant_id: MerchantId, on: date, ends_at: datetime, misdated_after: datetime
    ) -> Sequence[Entry]:
        found = self._all(
            rows.entry,
            SELECT_TO_SUMMARIZE,
            merchant_id=merchant_id,
            ends_at=rows.to_instant(ends_at),
            misdated_after=rows.to_instant(misdated_after),
        )
        for entry in found:
            key = {"merchant_id": merchant_id, "entry_id": entry.entry_id}
            self.session.run(SUMMARIZE, key, summarized_on=on.isoformat())
        return found

    def figures_at(
        self, merchant_id: MerchantId, store_id: StoreId, day: date, staff: Staff | None, *, by_holder: bool
    ) -> Figures:
        key = {
            "merchant_id": merchant_id,
            "store_id": store_id,
            "local_date": day.isoformat(),
            "staff_id": staff.staff_id if staff else None,
        }
        sums: dict[str, int] = {}
        for kind, stamps, points, acts in self.session.all(SUM_AT[staff is not None], **key):
            figure = KINDS[EntryKind(kind)].figure
            if figure is not None:
                what = {"stamps": stamps, "points": points, "redemptions": acts}
                sums[figure] = sums.get(figure, 0) + what[figure]
        [served] = self.session.one(COUNT_SERVED[by_holder, staff is not None], **key) or (0,)
        return Figures(**sums, cards=served)

    def changed_on(self, merchant_id: MerchantId, day: date) -> Sequence[tuple[Entry, CustomerId]]:
        found = self.session.all(SELECT_CHANGED_ON, merchant_id=merchant_id, local_date=day.isoformat())
        return [(read(rows.entry, row[:-1]), row[-1]) for row in found]

    def last_card(self, staff: Staff, store_id: StoreId, day: date) -> CardId | None:
        key = {"merchant_id": staff.merchant_id, "staff_id": staff.staff_id, "store_id": store_id}
        row = self.session.one(SELECT_LAST_CARD, **key, local_date=day.isoformat(), limit=1)
        return None if row is None else row[0]

    def entries_behind(
        self, merchant_id: MerchantId, choice: Choice, skip: int, limit: int
    ) -> Sequence[tuple[Entry, CardNumber]]:
        found = self.session.all(
            SELECT_BEHIND[choice.store_id is not None, choice.staff_id is not None],
            merchant_id=merchant_id,
            store_id=choice.store_id,
            staff_id=choice.staff_id,
            skip=skip,
            limit=limit,
            **_ends(choice.dates),
        )
        return [(read(rows.entry, row[:-1]), row[-1]) for row in found]

    def entries_within(self, merchant_id: MerchantId, card_id: CardId, dates: DateRange) -> Sequence[Entry]:
        [stands] = self.session.one(SELECT_MERGED_INTO, merchant_id=merchant_id, card_id=card_id) or (None,)
        found = self._history_of(merchant_id, stands or card_id, ALL)
        return [entry for entry in found if dates.first <= entry.local_date <= dates.last]

    def _history_of(self, merchant_id: MerchantId, card_id: CardId, newest: int) -> list[Entry]:
        own = self._entries_of(merchant_id, card_id, newest)
        others = self.session.all(SELECT_MERGED_ENTRIES, merchant_id=merchant_id, card_id=card_id)
        return in_order([*own, *(read(rows.entry, row) for row in others)]) if others else own

    def _entries_of(
        self, merchant_id: MerchantId, card_id: CardId, newest: int, before: int = ALL
    ) -> list[Entry]:
        """Oldest first."""
        key = {"merchant_id": merchant_id, "card_id": card_id}
        found = self.session.all(SELECT_ENTRIES, **key, before=before, limit=newest)
        return [read(rows.entry, row) for row in reversed(found)]

    def count_acts(self, staff: Staff, kind: EntryKind, day: date) -> int:
        key = {"merchant_id": staff.merchant_id, "staff_id": staff.staff_id, "kind": kind.value}
        [count] = self.session.one(COUNT_ACTS, **key, local_date=day.isoformat()) or (0,)
        return int(count)

    def count_entries(self, merchant_id: MerchantId) -> tuple[int, date | None, date | None]:
        count, *ends = self.session.one(COUNT_ENTRIES, merchant_id=merchant_id) or (0, None, None)
        first, last = (date.fromisoformat(end) if end else None for end in ends)
        return count, first, last


def _operation(row: Row) -> Operation:
    return Operation(fingerprint=row[0], entry_id=row[1])


def _ends(dates: DateRange) -> dict[str, str]:
    return {"since": dates.first.isoformat(), "until": dates.last.isoformat()}


(
    _MERCHANT,
    _STORE,
    _MEMBER,
    _MEMBER_STORE,
    _DEVICE,
    _DEVICE_STORE,
    _PIN_SESSION,
    _CARD,
    _CUSTOMER,
    _PROGRAM,
) = rows.slices(
    rows.MERCHANT,
    rows.STORE,
    rows.STAFF,
    [tables.staff_stores.c.store_id],
    rows.STAFF,
    [tables.staff_stores.c.store_id],
    rows.PIN_SESSION,
    rows.CARD,
    rows.CUSTOMER,
    rows.PROGRAM,
)


def _counter(row: Row) -> Counter:
    member, device = _staff_or_none(row[_MEMBER]), _staff_or_none(row[_DEVICE])
    card, pin_session = row[_CARD], row[_PIN_SESSION]
    found = card[0] is not None
    return Counter(
        merchant=rows.merchant(row[_MERCHANT]),
        staff=member,
        staff_works_here=_works_here(member, row[_MEMBER_STORE.start]),
        device=device,
        device_works_here=_works_here(device, row[_DEVICE_STORE.start]),
        store=None if row[_STORE.start] is None else rows.store(row[_STORE]),
        pin_session=PinSession() if pin_session[1] is None else rows.pin_session(pin_session),
        card=rows.card(card) if found else None,
        customer=rows.customer(row[_CUSTOMER]) if found else None,
        program=rows.program(row[_PROGRAM]) if found else None,
    )


def _staff_or_none(row: Row) -> Staff | None:
    return None if row[0] is None else rows.staff(row)


def _works_here(staff: Staff | None, assigned_store: str | None) -> bool:
    return staff is not None and (staff.role.is_merchant_wide or assigned_store is not None)

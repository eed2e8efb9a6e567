"""The export and the erasure of what is kept of a person, made of what ``storage/kept.py`` declares."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Delete,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    null,
    select,
    tuple_,
    union,
    update,
)

from domain.account import Account
from domain.card import Customer
from domain.ids import CardId, CustomerId, MerchantId, UserId
from domain.messages import MESSAGES, MessageKind
from domain.personal import BLANK, NOBODY, About, Erasure, without_names
from domain.ports import KeptRows
from domain.quick import replace
from domain.summary import DaySummary
from storage import codec, rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, change, find, has, joins, place
from storage.columns import LONG
from storage.customers import INSERT_CUSTOMER
from storage.directory import SELECT_MERCHANTS
from storage.kept import EMPTY, IS_MEANT_FOR, KEPT, NOWHERE, PER_ROW, SELECT_TARGETS, Kept, Scope
from storage.mailboxes import DELETE_MAILBOX
from storage.outbox import IS_TO_ACCOUNT
from storage.printed import GIVE_CARD
from storage.statements import Row
from storage.upsert import upsert

_cards, _customers, _entries = tables.cards, tables.customers, tables.entries
_outbox, _deliveries, _erasures = tables.outbox, tables.deliveries, tables.erasures

IN_JSON = frozenset(
    (
        (_cards, "handed_out"),
        (_cards, "held_cards"),
        (_cards, "held_points_rewards"),
        (_outbox, "facts"),
        (tables.dialogues, "state"),
        (tables.inbox, "payload"),
    )
)


def _erase(kept: Kept) -> Update | Delete:
    assert kept.whose is not None
    if kept.is_deleted:
        return delete(kept.table).where(kept.whose)
    replaced = {name: value for name, value in kept.becomes.items() if value is not PER_ROW}
    return update(kept.table).where(kept.whose).values(replaced)


PERSONAL = tuple(kept for kept in KEPT if kept.whose is not None)
SELECT_KEPT = {
    kept.name: select(*(kept.table.c[name] for name in kept.exported))
    .where(kept.whose)
    .order_by(*(kept.table.c[name] for name in kept.order or kept.table.primary_key.columns.keys()))
    for kept in PERSONAL
    if kept.whose is not None
}
ERASE = {kept.name: _erase(kept) for kept in PERSONAL if kept.is_deleted or kept.becomes}
RENUMBER = change(_cards, "number")
SELECT_ALL_CARDS_OF = find([_cards.c.card_id, _cards.c.number], "merchant_id", "customer_id").order_by(
    _cards.c.customer_id, _cards.c.program_id
)
_merchants = tables.merchants
_is_customer_there = exists().where(joins(_customers, _merchants), has(_customers, "bot_id", "user_id"))
SELECT_SHOPS = select(_merchants.c.merchant_id).where(_is_customer_there)
"""Goes through all shops and looks for the account in each: there is no index of all customers by account."""
SELECT_STOOD_FOR = select(_cards.c.card_id).where(
    has(_cards, "merchant_id"),
    _cards.c.merged_into.is_not(None),
    _cards.c.merged_into == bindparam("card_id"),
)
SELECT_HOLDER = (
    select(*rows.CUSTOMER)
    .join(_cards, joins(_cards, _customers, "customer_id"))
    .where(has(_cards, "merchant_id", "card_id"), _cards.c.customer_id != bindparam("customer_id"))
)
SELECT_TEAM = union(
    find([tables.staff.c.bot_id, tables.staff.c.user_id], "merchant_id"),
    find([tables.invites.c.used_by_bot_id, tables.invites.c.used_by_user_id], "merchant_id"),
)
SELECT_TOLD = select(_outbox.c.message_id, _outbox.c.kind, _outbox.c.facts).where(
    IS_TO_ACCOUNT, _outbox.c.facts.like(bindparam("about"))
)
UPDATE_FACTS = change(_outbox, "facts")
_summaries = tables.summaries
SELECT_SUMMARIES = find([_summaries.c.local_date, _summaries.c.summary], "merchant_id").where(
    _summaries.c.summary.like(bindparam("about"))
)
UPDATE_SUMMARY = change(_summaries, "summary")
FORGET_ERRORS = (
    update(tables.job_runs).where(tables.job_runs.c.error.like(bindparam("about"))).values(error=null())
)
END_INVITATIONS = (
    update(tables.invites)
    .where(IS_MEANT_FOR)
    .values(
        meant_for_bot_id=null(),
        meant_for_user_id=null(),
        withdrawn_at=func.coalesce(tables.invites.c.withdrawn_at, bindparam("now", type_=LONG)),
    )
)
"""Withdraws what only this person could accept: without them it would be anybody's."""
DELETE_LAPSED = delete(tables.dialogues).where(tables.dialogues.c.expires_at <= bindparam("now"))
SAVE_ERASURE = upsert(_erasures)
SELECT_UNWIPED = select(*rows.ERASURE).where(_erasures.c.wiped_at.is_(None))
WIPED = (
    update(_erasures)
    .where(_erasures.c.wiped_at.is_(None), _erasures.c.erased_at <= bindparam("until"))
    .values(wiped_at=bindparam("now", type_=LONG))
)
SELECT_ERASED_AT = (
    find([_erasures.c.erased_at], "merchant_id", "account_hash")
    .order_by(_erasures.c.erased_at.desc())
    .limit(LIMIT)
)
FORGET_HASHES = (
    update(_erasures)
    .where(_erasures.c.account_hash.is_not(None), _erasures.c.erased_at < bindparam("before"))
    .values(account_hash=null())
)
SELECT_ACCOUNTS = find([_customers.c.bot_id, _customers.c.user_id], "merchant_id").where(
    _customers.c.bot_id != literal_column("0")
)


_closings = tables.closings
SELECT_ACCOUNTS_AFTER = (
    select(_customers.c.customer_id, _customers.c.bot_id, _customers.c.user_id)
    .where(has(_customers, "merchant_id"), _customers.c.customer_id > bindparam("after"))
    .order_by(_customers.c.customer_id)
    .limit(LIMIT)
)
SAVE_CLOSING = upsert(_closings)
SELECT_CLOSINGS = select(_closings.c.merchant_id)
SELECT_CLOSING = find([_closings.c.after_id], "merchant_id")
DELETE_CLOSING = delete(_closings).where(has(_closings, "merchant_id"))


def _some_of(table: Table) -> Delete:
    keys = [*table.primary_key.columns]
    some = select(*keys).where(has(table, "merchant_id")).limit(LIMIT)
    return delete(table).where(has(table, "merchant_id"), tuple_(*keys).in_(some))


_but_last = (_erasures, tables.merchants)
DELETE_SHOP = {
    table: _some_of(table)
    for table in [
        *(each for each in reversed(tables.metadata.sorted_tables) if each not in _but_last),
        tables.merchants,
    ]
    if "merchant_id" in table.c
}
"""Children before their parents; last the merchant, whose row says that the shop is to go. Erasures stay."""
SELECT_SHOWN_TO = find([tables.shown_cards.c.reference], "merchant_id", "bot_id", "user_id")


def _old(table: Table, key: str, at: str, what: str) -> Select[Any]:
    """A page of the rows from before a time that still have something in the column ``what``. The pages go through
    the whole table, as there is no index by time: a reader's thread does that at night."""
    keys = table.c.merchant_id, table.c[key]
    return (
        select(*keys)
        .where(
            tuple_(*keys) > place(keys, "after_merchant", "after_key"),
            table.c[at] < bindparam("before"),
            table.c[what] != EMPTY,
        )
        .order_by(*keys)
        .limit(LIMIT)
    )


SELECT_OLD_MESSAGES = _old(_outbox, "message_id", "created_at", "facts")
FORGET_MESSAGE = (
    update(_outbox).where(has(_outbox, "merchant_id", "message_id")).values({**NOWHERE, "facts": EMPTY})
)
FORGET_ADDRESS = (
    update(_deliveries)
    .where(has(_deliveries, "merchant_id", "message_id"))
    .values(address=EMPTY, reference=null(), error=null())
)
SELECT_OLD_OPERATIONS = _old(_entries, "entry_id", "occurred_at", "fingerprint")
FORGET_FINGERPRINT = (
    update(_entries).where(has(_entries, "merchant_id", "entry_id")).values(fingerprint=null())
)


SELECT_GUESTS = (
    find([_customers.c.customer_id, _customers.c.bot_id, _customers.c.user_id], "merchant_id")
    .where(_customers.c.user_id < literal_column("0"))
    .limit(LIMIT)
)
DELETE_GUEST = delete(_customers).where(has(_customers, "merchant_id", "customer_id"))


class PersonalRows(TxBase):
    new_id: Callable[[], str]
    chance_below: Callable[[int], int]

    def shops_of(self, account: Account) -> Sequence[MerchantId]:
        whose = _whose("", account, None)
        found = (*self.session.all(SELECT_SHOPS, **whose), *self.session.all(SELECT_MERCHANTS, **whose))
        return sorted({merchant_id for (merchant_id,) in found})

    def cards_shown_to(self, account: Account, merchant_id: MerchantId) -> Sequence[str]:
        found = self.session.all(SELECT_SHOWN_TO, **_whose(merchant_id, account, None))
        return [reference for (reference,) in found]

    def kept_at(self, merchant_id: MerchantId, account: Account, customer: Customer | None) -> KeptRows:
        return self._kept(Scope.SHOP, _whose(merchant_id, account, customer))

    def kept_of(self, account: Account) -> KeptRows:
        return self._kept(Scope.PERSON, _whose("", account, None))

    def kept_of_member(self, account: Account) -> KeptRows:
        return self._kept(Scope.TEAM, _whose("", account, None))

    def erase_customer(self, merchant_id: MerchantId, account: Account, customer: Customer | None) -> None:
        whose = _whose(merchant_id, account, customer)
        for card_id, _ in self.session.all(SELECT_ALL_CARDS_OF, **whose):
            for nobody in self._detach(whose, card_id):
                self._erase_at(merchant_id, nobody)
        self._erase_at(merchant_id, whose)
        if customer is not None:
            self.session.run(FORGET_ERRORS, about=f"%{customer.name}%")

    def _erase_at(self, merchant_id: MerchantId, whose: Mapping[str, object]) -> None:
        cards = self.session.all(SELECT_ALL_CARDS_OF, **whose)
        card_ids = [card_id for card_id, _ in cards]
        self._erase(Scope.SHOP, whose, card_ids)
        about = About(card_ids, [number for _, number in cards])
        for card_id, number in cards:
            blank = f"x{card_id.replace('-', '')[-8:]}"
            self.session.run(RENUMBER, merchant_id=merchant_id, card_id=card_id, number=blank)
            self._forget_in_json(merchant_id, about, f"%{number}%")

    def accounts_of(self, merchant_id: MerchantId) -> Sequence[Account]:
        found = self.session.all(SELECT_ACCOUNTS, merchant_id=merchant_id)
        return [Account(bot_id=bot_id, user_id=user_id) for bot_id, user_id in found]

    def accounts_after(
        self, merchant_id: MerchantId, after: CustomerId, limit: int
    ) -> Sequence[tuple[CustomerId, Account]]:
        found = self.session.all(SELECT_ACCOUNTS_AFTER, merchant_id=merchant_id, after=after, limit=limit)
        return [
            (customer_id, Account(bot_id=bot_id, user_id=user_id)) for customer_id, bot_id, user_id in found
        ]

    def save_told(self, merchant_id: MerchantId, last: CustomerId) -> None:
        self.session.run(SAVE_CLOSING, {"merchant_id": merchant_id, "after_id": last})

    def told_until(self, merchant_id: MerchantId) -> CustomerId | None:
        row = self.session.one(SELECT_CLOSING, merchant_id=merchant_id)
        return None if row is None else CustomerId(row[0])

    def shops_telling(self) -> Sequence[MerchantId]:
        return [merchant_id for (merchant_id,) in self.session.all(SELECT_CLOSINGS)]

    def end_telling(self, merchant_id: MerchantId) -> None:
        self.session.run(DELETE_CLOSING, merchant_id=merchant_id)

    def delete_shop(self, merchant_id: MerchantId, limit: int) -> bool:
        for table, statement in DELETE_SHOP.items():
            if table is _customers and self._delete_guests(merchant_id, limit):
                return True
            if self.session.run(statement, merchant_id=merchant_id, limit=limit):
                return True
        return False

    def _delete_guests(self, merchant_id: MerchantId, limit: int) -> bool:
        """Deletes guests with their mailboxes: a guest is of one shop alone. Returns whether there were any."""
        guests = self.session.all(SELECT_GUESTS, merchant_id=merchant_id, limit=limit)
        for customer_id, bot_id, user_id in guests:
            self.session.run(DELETE_MAILBOX, bot_id=bot_id, user_id=user_id)
            self.session.run(DELETE_GUEST, merchant_id=merchant_id, customer_id=customer_id)
        return bool(guests)

    def erase_person(self, account: Account, *, keeps_name: bool) -> None:
        kept = (tables.people,) if keeps_name else ()
        self._erase(Scope.PERSON, _whose("", account, None), but=kept)
        whose = {"bot_id": account.bot_id, "user_id": account.user_id}
        self.session.run(END_INVITATIONS, whose, now=rows.to_instant(self.now))
        self.session.run(DELETE_LAPSED, now=rows.to_instant(self.now))
        self.session.run(FORGET_ERRORS, about=f"%{account.user_id}%")

    def save_erasure(self, erasure: Erasure) -> None:
        self.session.run(SAVE_ERASURE, rows.erasure_row(erasure))

    def unwiped_erasures(self) -> Sequence[Erasure]:
        return self._readable(rows.erasure, SELECT_UNWIPED)

    def erasures_wiped(self, until: datetime) -> None:
        self.session.run(WIPED, until=rows.to_instant(until), now=rows.to_instant(self.now))

    def erased_at(self, merchant_id: MerchantId, account_hash: str) -> datetime | None:
        key = {"merchant_id": merchant_id, "account_hash": account_hash, "limit": 1}
        [erased_at] = self.session.one(SELECT_ERASED_AT, **key) or (None,)
        return rows.from_instant_or_none(erased_at)

    def forget_hashes(self, before: datetime) -> int:
        return self.session.run(FORGET_HASHES, before=rows.to_instant(before))

    def old_messages(self, before: datetime, after: tuple[str, str], limit: int) -> Sequence[tuple[str, str]]:
        return self._old(SELECT_OLD_MESSAGES, before, after, limit)

    def forget_messages(self, keys: Sequence[tuple[str, str]]) -> None:
        for merchant_id, message_id in keys:
            key = {"merchant_id": merchant_id, "message_id": message_id}
            self.session.run(FORGET_MESSAGE, key)
            self.session.run(FORGET_ADDRESS, key)

    def old_operations(
        self, before: datetime, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str]]:
        return self._old(SELECT_OLD_OPERATIONS, before, after, limit)

    def forget_operations(self, keys: Sequence[tuple[str, str]]) -> None:
        for merchant_id, entry_id in keys:
            self.session.run(FORGET_FINGERPRINT, merchant_id=merchant_id, entry_id=entry_id)

    def _old(
        self, statement: Select[Any], before: datetime, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str]]:
        place = {"after_merchant": after[0], "after_key": after[1]}
        found = self.session.all(statement, before=rows.to_instant(before), limit=limit, **place)
        return [(merchant_id, key) for merchant_id, key in found]

    def _kept(self, scope: Scope, whose: Mapping[str, object]) -> KeptRows:
        found = self.session.all(SELECT_ALL_CARDS_OF, **whose) if scope is Scope.SHOP else ()
        card_ids = [card_id for card_id, _ in found]
        return {
            kept.name: [
                _told(kept, row)
                for key in self._keys(kept, whose, card_ids)
                for row in self.session.all(SELECT_KEPT[kept.name], **key)
            ]
            for kept in PERSONAL
            if kept.scope is scope
        }

    def _erase(
        self,
        scope: Scope,
        whose: Mapping[str, object],
        card_ids: Sequence[CardId] = (),
        but: Sequence[Table] = (),
    ) -> None:
        values = {**whose, "now": rows.to_instant(self.now), "nobody": -1 - self.chance_below(NOBODIES)}
        for kept in PERSONAL:
            if kept.scope is scope and kept.name in ERASE and kept.table not in but:
                for key in self._keys(kept, values, card_ids):
                    self.session.run(ERASE[kept.name], key)

    def _keys(
        self, kept: Kept, whose: Mapping[str, object], card_ids: Sequence[CardId]
    ) -> Sequence[Mapping[str, object]]:
        if kept.is_of_link:
            of_cards = [{**whose, "card_id": card_id} for card_id in card_ids]
            found = [target for key in of_cards for (target,) in self.session.all(SELECT_TARGETS, **key)]
            return [{**whose, "target_id": target} for target in dict.fromkeys([*card_ids, *found])]
        return [{**whose, "card_id": card_id} for card_id in card_ids] if kept.is_of_card else [whose]

    def _detach(self, whose: Mapping[str, object], card_id: CardId) -> Iterator[Mapping[str, object]]:
        """Yields whose rows have to be erased with this card, because a card of theirs was merged into it. A guest
        has nothing but that card. The card of anybody else is given to a new customer who is nobody, and is erased
        with that one: its former holder stays."""
        for (other_id,) in self.session.all(SELECT_STOOD_FOR, **{**whose, "card_id": card_id}):
            row = self.session.one(SELECT_HOLDER, **{**whose, "card_id": other_id})
            if row is None:
                continue
            holder = rows.customer(row)
            if not holder.account.is_guest:
                holder = self._nobody_for(holder)
                self.session.run(GIVE_CARD, rows.customer_row(holder), card_id=other_id)
            yield _whose(holder.merchant_id, holder.account, holder)

    def _nobody_for(self, holder: Customer) -> Customer:
        account = Account(bot_id=NOBODY, user_id=UserId(-1 - self.chance_below(NOBODIES)))
        customer_id = CustomerId(self.new_id())
        nobody = replace(holder, customer_id=customer_id, account=account, name=BLANK)
        self.session.run(INSERT_CUSTOMER, rows.customer_row(nobody), folded_name=None)
        return nobody

    def _forget_in_json(self, merchant_id: MerchantId, about: About, pattern: str) -> None:
        """Takes the cards out of messages to the team and of summaries; those that cannot be read are emptied."""
        key = {"merchant_id": merchant_id}
        for bot_id, user_id in self.session.all(SELECT_TEAM, **key):
            told = {**key, "bot_id": bot_id, "user_id": user_id, "about": pattern}
            for message_id, kind, facts in self.session.all(SELECT_TOLD, **told):
                forgotten = _without(facts, _facts_of(kind), about)
                self.session.run(UPDATE_FACTS, key, message_id=message_id, facts=forgotten)
        for local_date, summary in self.session.all(SELECT_SUMMARIES, **key, about=pattern):
            forgotten = _without(summary, DaySummary, about)
            self.session.run(UPDATE_SUMMARY, key, local_date=local_date, summary=forgotten)


NOBODIES = 2**62


def _whose(merchant_id: str, account: Account, customer: Customer | None) -> dict[str, object]:
    return {
        "merchant_id": merchant_id,
        "customer_id": customer.customer_id if customer else "",
        "bot_id": account.bot_id,
        "user_id": account.user_id,
    }


def _facts_of(kind: str) -> type[Any] | None:
    """None for a kind that this version does not know."""
    return MESSAGES[MessageKind(kind)].facts if kind in MESSAGES else None


def _without(text: str, kind: type[Any] | None, about: About) -> str:
    if kind is None:
        return ""
    try:
        return codec.encode(without_names(codec.decode(text, kind), about))
    except msgspec.MsgspecError:
        return ""


def _told(kept: Kept, row: Row) -> Mapping[str, object]:
    return {
        name: _readable(kept.table, name, value)
        for name, value in zip(kept.exported, row, strict=True)
        if value is not None
    }


def _readable(table: Table, name: str, value: Any) -> object:
    if name.endswith(("_at", "_until", "_since")):
        return rows.from_instant(value)
    if (table, name) in IN_JSON and value:
        return msgspec.json.decode(value)
    return value

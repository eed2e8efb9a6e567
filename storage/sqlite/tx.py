"""A transaction on a connection to SQLite."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import Integer, Select, Text, bindparam, column, func, literal_column

from domain.account import Account
from domain.acts import Operation
from domain.card import Card
from domain.entry import Entry
from domain.ids import MerchantId, OperationKey
from domain.ports import Presence
from domain.staff import Membership
from storage.at_counter import AtHand, KnowingTx, at_hand
from storage.base import read
from storage.ledger import SELECT_OPERATION
from storage.people import present, select_presence
from storage.sqlite.session import SqliteSession

_users = func.json_each(bindparam("users", type_=Text)).table_valued(column("value", Integer))
SELECT_PRESENCES = select_presence(_users.c.value, _users).add_columns(
    literal_column("(SELECT user_version FROM pragma_user_version)")
)
"""The presences of the ``users`` of a bot, in the order of that list (https://www.sqlite.org/json1.html#jeach); the
last column is EDITION (https://www.sqlite.org/pragma.html#pragfunc)."""


class SqliteTx(KnowingTx):
    session: SqliteSession

    def operation(self, merchant_id: MerchantId, key: OperationKey) -> Operation | None:
        """Presumes that there is none, as nearly always: the entry that follows violates its key otherwise, and what
        comes to no entry is confirmed (docs/decisions/0107)."""
        if self.session.presumes_none(SELECT_OPERATION, merchant_id=merchant_id, operation_key=key):
            return None
        return super().operation(merchant_id, key)

    def append(self, card: Card, entry: Entry, told: str) -> None:
        self.session.adds(entry.operation_key)
        super().append(card, entry, told)

    def confirm(self) -> None:
        self.session.confirm()

    def _at_hand(self, select_it: Select[Any], key: Mapping[str, object]) -> AtHand | None:
        row = self.session.one_past(select_it, key)
        found = None if row is None else read(at_hand, row)
        if found and self.session.deferred.holds(found[0].card_id, key["staff_id"]):
            return super()._at_hand(select_it, key)
        return found

    def presences(self, accounts: Sequence[Account]) -> Sequence[Presence]:
        look = self.session.glance if self.session.is_glancing else self.session.all
        found: list[Presence] = []
        for bot_id, some in groupby(accounts, attrgetter("bot_id")):
            users = msgspec.json.encode([account.user_id for account in some]).decode()
            found.extend(map(present, look(SELECT_PRESENCES, bot_id=bot_id, users=users)))
        return found

    def memberships_of(self, account: Account) -> Sequence[Membership]:
        key = ("memberships", account.bot_id, account.user_id)
        return self.session.known.get(key, super().memberships_of, account)

    def merchants_of(self, account: Account) -> Sequence[MerchantId]:
        key = ("merchants", account.bot_id, account.user_id)
        return self.session.known.get(key, super().merchants_of, account)

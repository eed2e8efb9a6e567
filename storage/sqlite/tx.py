"""A transaction on a connection to SQLite."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter

import msgspec
from sqlalchemy import Integer, Text, bindparam, column, func, literal_column

from domain.account import Account
from domain.ids import MerchantId
from domain.ports import Presence
from domain.staff import Membership
from storage.at_counter import KnowingTx
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

    def presences(self, accounts: Sequence[Account]) -> Sequence[Presence]:
        look = self.session.glance if self.session.is_glancing else self.session.all
        found: list[Presence] = []
        for bot_id, some in groupby(accounts, attrgetter("bot_id")):
            users = msgspec.json.encode([account.user_id for account in some]).decode()
            found.extend(map(present, look(SELECT_PRESENCES, bot_id=bot_id, users=users)))
        return found

    def memberships_of(self, account: Account) -> Sequence[Membership]:
        key = ("memberships", account.bot_id, account.user_id)
        return self.session.known.get(key, partial(super().memberships_of, account))

    def merchants_of(self, account: Account) -> Sequence[MerchantId]:
        key = ("merchants", account.bot_id, account.user_id)
        return self.session.known.get(key, partial(super().merchants_of, account))

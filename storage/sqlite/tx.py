"""A transaction on a connection to SQLite."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import literal_column

from domain.account import Account, Person
from domain.dialogue import Dialogue
from domain.ids import MerchantId
from domain.staff import Desk, Membership
from storage.at_counter import KnowingTx
from storage.people import SELECT_PRESENCE, present
from storage.sqlite.session import SqliteSession

SELECT_PRESENCE_NOW = SELECT_PRESENCE.add_columns(
    literal_column("(SELECT user_version FROM pragma_user_version)")
)
"""With EDITION in the end (https://www.sqlite.org/pragma.html#pragfunc)."""


class SqliteTx(KnowingTx):
    session: SqliteSession

    def presence(self, account: Account) -> tuple[Person | None, Desk | None, Dialogue | None]:
        if not self.session.is_glancing:
            return super().presence(account)
        return present(
            self.session.glance(SELECT_PRESENCE_NOW, bot_id=account.bot_id, user_id=account.user_id)
        )

    def memberships_of(self, account: Account) -> Sequence[Membership]:
        key = ("memberships", account.bot_id, account.user_id)
        return self.session.known.get(key, partial(super().memberships_of, account))

    def merchants_of(self, account: Account) -> Sequence[MerchantId]:
        key = ("merchants", account.bot_id, account.user_id)
        return self.session.known.get(key, partial(super().merchants_of, account))

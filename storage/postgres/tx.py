"""A transaction on a connection to PostgreSQL: of one server, or of several together (docs/decisions/0074)."""

from collections.abc import Sequence

import psycopg

from domain.account import Account
from domain.staff import Membership
from storage.postgres.distribution import is_distributed
from storage.team import SELECT_WORKPLACES_AT, together, workplace
from storage.tx import Tx


class DistributedTx(Tx):
    """People and merchants lie on different machines, so no statement joins both."""

    def memberships_of(self, account: Account) -> Sequence[Membership]:
        key = {"bot_id": account.bot_id, "user_id": account.user_id}
        return together(
            each
            for merchant_id in self.merchants_of(account)
            for each in self._readable(workplace, SELECT_WORKPLACES_AT, merchant_id=merchant_id, **key)
        )


def tx_for(connection: psycopg.Connection) -> type[Tx]:
    """The class of transactions for this database. Raises psycopg.Error."""
    return DistributedTx if is_distributed(connection) else Tx

"""A transaction on a connection to SQLite."""

from storage.at_counter import KnowingTx
from storage.sqlite.session import SqliteSession


class SqliteTx(KnowingTx):
    session: SqliteSession

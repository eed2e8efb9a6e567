"""The one writer of the file, which groups the commands of many callers (``storage.callers``).

Every group is one BEGIN IMMEDIATE .. COMMIT. If it cannot begin, because another process holds the database or the
disk does not work, all callers that have come meanwhile are told together.
"""

import sqlite3
from collections.abc import Callable

from sqlalchemy import Connection, Engine

from domain.steps import Step
from storage.callers import Group, GroupWriter, MustRunAgain, Parts
from storage.sqlite.engine import HASTE_TIMEOUT_MS, connected, is_outage
from storage.sqlite.session import SqliteSession
from storage.sqlite.tx import SqliteTx


class Writer(GroupWriter):
    """``committed`` is called in its thread after each commit, with the number of commands."""

    silence = "the disk does not answer"

    def __init__(self, engine: Engine, parts: Parts, committed: Callable[[int], None]) -> None:
        self._engine = engine
        self._committed = committed
        self._connection: Connection | None = None
        super().__init__(parts)

    def _commit(self, group: Group) -> None:
        session, tx = self._session()
        try:
            self._begin(group)
            try:
                session.begins(defers=True)
                self._run_together(session, tx, group)
                session.deferred.flush()
            except MustRunAgain:
                self._say("ROLLBACK")
                self._say("BEGIN IMMEDIATE")
                session.begins()
                self._run_apart(tx, group)
            self._say("COMMIT")
        except sqlite3.Error as error:
            if session.driver.in_transaction:
                self._say("ROLLBACK")
            self._fail(group, error)
        else:
            self._trace(Step.GROUP_COMMITTED)
            self._committed(len(group.jobs))

    def _begin(self, group: Group) -> None:
        """Takes the lock. Raises sqlite3.Error; in an outage all jobs that have come meanwhile are in the group."""
        if self._is_in_haste:
            self._say(f"PRAGMA busy_timeout={HASTE_TIMEOUT_MS}")
        try:
            self._say("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if is_outage(error):
                self._take_all(group)
            raise

    def _say(self, what: str) -> None:
        self._opened[0].driver.execute(what)

    def _ails_database(self, error: Exception) -> bool:
        return is_outage(error)

    def _session(self) -> tuple[SqliteSession, SqliteTx]:
        """The session and the transaction on the connection, which is opened if there is none."""
        if self._connection is None:
            self._connection = connected(self._engine)
            session, parts = SqliteSession(self._connection), self._parts
            self._opened = (session, SqliteTx(session, parts.new_id, parts.chance_below, parts.channels_on))
        return self._opened

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection = None

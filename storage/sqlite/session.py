"""Statements on the driver's bare cursor."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects.sqlite.pysqlite import dialect

from storage.base import NOTHING
from storage.callers import MustRunAgain
from storage.known import FIXED, Known
from storage.sqlite.deferred import Deferred
from storage.sqlite.engine import driver_connection
from storage.statements import Compiled, Compiling, Row

T = TypeVar("T")

compiled_for = Compiling(dialect(paramstyle="qmark"))
NO_UTF_8 = "Could not decode to UTF-8"
"""How the driver's error for such text begins."""
COMMITS_OF_OTHERS = "PRAGMA data_version"
"""A number that changes when any other connection, of whatever program, commits
(https://www.sqlite.org/pragma.html#pragma_data_version): for the writer, which knows what it has written itself."""
EDITION = "PRAGMA user_version"
"""A number in the file, counted up by each statement that writes some of FIXED: for readers, to whom every stamp is a
commit of others."""

EDITIONS = 2**31


class SnapshotNeeded(Exception):
    """The query needs more than one statement, so it needs a transaction: all must see the same moment."""


class SqliteSession:
    """Implements ``storage.base.Session``. The writer resets ``has_written``.

    ``seen_by`` is the query for a number that changes when others write; ``known`` has what need not be read again
    until then; ``deferred`` has what this transaction will write before its commit.
    """

    def __init__(self, connection: Connection, seen_by: str = COMMITS_OF_OTHERS) -> None:
        self.driver = driver_connection(connection)
        self.has_written = False
        self.is_glancing = False
        self.known = Known()
        self._cursor = self.driver.cursor()
        self.deferred = Deferred(self.driver, compiled_for)
        self._seen_by = seen_by
        self._defers = False
        self._presumed: tuple[ClauseElement, Mapping[str, object]] | None = None

    def begins(self, *, defers: bool = False) -> None:
        """To be called inside each transaction, before anything else is read. With ``defers``, ``deferred`` must be
        flushed before the commit."""
        self._defers = defers
        self._presumed = None
        self.deferred.forget()
        [mark] = self._cursor.execute(self._seen_by).fetchone()
        self.known.begins(mark)

    def glance(self, statement: ClauseElement, **values: object) -> list[Row]:
        """Runs one statement without a transaction and returns its rows. It must find at least one, and EDITION must
        be the last column: what is known is then of the same moment. No other statement may run after it."""
        self.is_glancing = False
        rows = self.all(statement, **values)
        self.is_glancing = True
        self.known.begins(rows[-1][-1])
        return rows

    def all(self, statement: ClauseElement, **values: object) -> list[Row]:
        return self._found(statement, values, self._cursor.fetchall)

    def one(self, statement: ClauseElement, **values: object) -> Row | None:
        row: Row | None = self._found(statement, values, self._cursor.fetchone)
        return row

    def one_past(self, statement: ClauseElement, values: Mapping[str, object]) -> Row | None:
        """Like ``one``, but does not see what is deferred, which stays so."""
        row: Row | None = self._executed(compiled_for[statement], values, self._cursor.fetchone)
        return row

    def presumes_none(self, statement: ClauseElement, **values: object) -> bool:
        """Whether to go on as if there were no such row. Until ``confirm`` that must have shown, or be looked at:
        only a transaction that defers presumes, and only for a command that has not written yet."""
        if not self._defers or self.has_written:
            return False
        self.confirm()
        self._presumed = statement, values
        return True

    def adds(self, key: object) -> None:
        """The command adds a row with this key, which could not be added beside one that was presumed not to be."""
        if self._presumed is not None and key in self._presumed[1].values():
            self._presumed = None

    def confirm(self) -> None:
        """Raises MustRunAgain where what was presumed is not so."""
        presumed, self._presumed = self._presumed, None
        if presumed is not None and self.one(presumed[0], **presumed[1]) is not None:
            raise MustRunAgain

    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        """Returns 1 for a statement that is deferred, whatever it will change."""
        self.has_written = True
        given = {**row, **values} if row and values else row or values
        if self._defers and self.deferred.takes(statement, given):
            return 1
        compiled = compiled_for[statement]
        self.deferred.goes_before(compiled)
        if compiled.written in FIXED:
            self._count_edition()
        return self._cursor.execute(compiled.sql, compiled.parameters(given)).rowcount

    def _count_edition(self) -> None:
        """Counts for each statement, so that a rollback to a savepoint undoes the count of what it undoes."""
        self.known.changes()
        [edition] = self._cursor.execute(EDITION).fetchone()
        self._cursor.execute(f"{EDITION} = {(edition + 1) % EDITIONS}")

    def _found(self, statement: ClauseElement, values: Mapping[str, object], fetch: Callable[[], T]) -> T:
        """Raises SnapshotNeeded."""
        if self.is_glancing:
            raise SnapshotNeeded
        compiled = compiled_for[statement]
        self.deferred.goes_before(compiled)
        return self._executed(compiled, values, fetch)

    def _executed(self, compiled: Compiled, values: Mapping[str, object], fetch: Callable[[], T]) -> T:
        """Text that is not UTF-8 gets replacement characters, so that it spoils its own row and not all rows that are
        found with it."""
        parameters = compiled.parameters(values)
        try:
            self._cursor.execute(compiled.sql, parameters)
            return fetch()
        except sqlite3.OperationalError as error:
            if not str(error).startswith(NO_UTF_8):
                raise
        self.driver.text_factory = _with_marks
        try:
            self._cursor.execute(compiled.sql, parameters)
            return fetch()
        finally:
            self.driver.text_factory = str


def _with_marks(text: bytes) -> str:
    return text.decode(errors="replace")

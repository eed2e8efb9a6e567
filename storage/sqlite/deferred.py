"""Statements that the writer executes later than it is told to.

Python and SQLite drive each other out of the processor's caches: a statement takes half as long among others like it
as between the rules of two commands. So those whose answer no command waits for (``UNAWAITED``) are executed
together, at the latest before the commit. What could notice that they are missing is executed after them: a statement
that mentions one of their tables, or writes a table that a foreign key joins to one of them (docs/decisions/0107).
"""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import ClauseElement

from storage import tables
from storage.callers import MustRunAgain
from storage.sqlite.engine import is_outage
from storage.statements import Compiled
from storage.unawaited import UNAWAITED


@cache
def joined_to(name: str) -> frozenset[str]:
    """The tables that a foreign key joins to this one, whichever of the two refers to the other."""
    pairs = (
        (table.name, key.column.table.name)
        for table in tables.metadata.tables.values()
        for key in table.foreign_keys
    )
    return frozenset(one for pair in pairs if name in pair for one in pair)


class Rows:
    """The rows of one statement that are deferred."""

    __slots__ = ("keys", "parameters", "rows", "sql", "table")

    def __init__(self, statement: Compiled, keys: Sequence[str]) -> None:
        assert statement.written is not None
        self.sql, self.parameters, self.table = statement.sql, statement.parameters, statement.written.name
        self.keys = keys
        self.rows: list[Sequence[object]] = []


class Deferred:
    """What is deferred of one transaction: at most one statement for each table, with all its rows. ``compiled`` has
    all statements, compiled when they are asked for."""

    def __init__(self, driver: sqlite3.Connection, compiled: Mapping[ClauseElement, Compiled]) -> None:
        self._driver = driver
        self._compiled = compiled
        self._rows: dict[ClauseElement, Rows] = {}
        self._of: dict[str, Rows] = {}
        self._keys: set[object] = set()

    def takes(self, statement: ClauseElement, row: Mapping[str, object]) -> bool:
        """Defers the statement, if it may be deferred. Raises what ``flush`` raises."""
        deferred = self._rows.get(statement)
        if deferred is None:
            if statement not in UNAWAITED:
                return False
            deferred = self._rows[statement] = Rows(self._compiled[statement], UNAWAITED[statement])
        if not deferred.rows:
            if deferred.table in self._of:
                self.flush()
            self._of[deferred.table] = deferred
        deferred.rows.append(deferred.parameters(row))
        for key in deferred.keys:
            self._keys.add(row[key])
        return True

    def holds(self, *keys: object) -> bool:
        """Whether something is deferred that is known by one of these keys."""
        return not self._keys.isdisjoint(keys)

    def goes_before(self, statement: Compiled) -> None:
        """To be called before another statement. Raises what ``flush`` raises."""
        if self._of and self._is_noticed_by(statement):
            self.flush()

    def _is_noticed_by(self, statement: Compiled) -> bool:
        if not statement.mentions.isdisjoint(self._of):
            return True
        return statement.written is not None and not joined_to(statement.written.name).isdisjoint(self._of)

    def flush(self) -> None:
        """Executes what is deferred. Raises MustRunAgain, and sqlite3.Error where it is about the disk.

        Each statement has a cursor of its own, which is gone after it: before Python 3.13 one that has executed many
        rows keeps the statement, and with it the connection that is to be closed.
        """
        deferred = [(each.sql, each.rows) for each in self._of.values()]
        self.forget()
        try:
            for sql, rows in deferred:
                self._driver.executemany(sql, rows)
        except Exception as error:
            if is_outage(error):
                raise
            raise MustRunAgain from error

    def forget(self) -> None:
        for deferred in self._of.values():
            deferred.rows = []
        self._of.clear()
        self._keys.clear()

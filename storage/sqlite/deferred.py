"""Statements that the writer executes later than it is told to.

Python and SQLite drive each other out of the processor's caches: a statement takes half as long among others like it
as between the rules of two commands. So those whose answer no command waits for (``UNAWAITED``) are executed
together, at the latest before the commit. What could notice that they are missing is executed after them: a statement
that mentions one of their tables, or writes a table that a foreign key joins to one of them (docs/decisions/0107).
"""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache

from storage import tables
from storage.callers import MustRunAgain
from storage.sqlite.engine import is_outage
from storage.statements import Compiled


@cache
def joined_to(name: str) -> frozenset[str]:
    """The tables that a foreign key joins to this one, whichever of the two refers to the other."""
    pairs = (
        (table.name, key.column.table.name)
        for table in tables.metadata.tables.values()
        for key in table.foreign_keys
    )
    return frozenset(one for pair in pairs if name in pair for one in pair)


class Deferred:
    """What is deferred of one transaction: at most one statement for each table, with all its rows."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self._of: dict[str, tuple[Compiled, list[Sequence[object]]]] = {}
        self._keys: set[object] = set()

    def add(self, statement: Compiled, row: Mapping[str, object], keys: Sequence[str]) -> None:
        """Defers a statement that writes; ``holds`` then knows it by the parameters ``keys``. Raises what ``flush``
        raises."""
        assert statement.written is not None
        name = statement.written.name
        before = self._of.get(name)
        if before is not None and before[0] is not statement:
            self.flush()
            before = None
        if before is None:
            before = self._of[name] = (statement, [])
        before[1].append(statement.parameters(row))
        for key in keys:
            self._keys.add(row[key])

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
        """Executes what is deferred. Raises MustRunAgain, and sqlite3.Error where it is about the disk."""
        deferred = [*self._of.values()]
        self.forget()
        try:
            for statement, rows in deferred:
                self._cursor.executemany(statement.sql, rows)
        except Exception as error:
            if is_outage(error):
                raise
            raise MustRunAgain from error

    def forget(self) -> None:
        self._of.clear()
        self._keys.clear()

"""Statements on the driver's bare cursor."""

from collections.abc import Mapping, Sequence

import psycopg
from sqlalchemy import ClauseElement

from storage.base import NOTHING
from storage.known import FIXED
from storage.postgres.engine import DIALECT, NEW_EDITION
from storage.statements import Compiling, Row

compiled_for = Compiling(DIALECT)


class PostgresSession:
    """Implements ``storage.base.Session``. The writer resets ``has_written``."""

    def __init__(self, driver: psycopg.Connection) -> None:
        self.driver = driver
        self.has_written = False
        self._cursor = driver.cursor()

    def all(self, statement: ClauseElement, **values: object) -> Sequence[Row]:
        self._execute(statement, values)
        return self._cursor.fetchall()

    def one(self, statement: ClauseElement, **values: object) -> Row | None:
        self._execute(statement, values)
        return self._cursor.fetchone()

    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        """A statement that changes what others keep in memory makes a new edition too; a rollback undoes both."""
        self.has_written = True
        if compiled_for[statement].written in FIXED:
            self._cursor.execute(NEW_EDITION.encode())
        self._execute(statement, {**row, **values} if row and values else row or values)
        return self._cursor.rowcount

    def _execute(self, statement: ClauseElement, values: Mapping[str, object]) -> None:
        compiled = compiled_for[statement]
        self._cursor.execute(compiled.sql, compiled.parameters(values))

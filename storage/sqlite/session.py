"""Statements on the driver's bare cursor."""

from collections.abc import Mapping

from sqlalchemy import ClauseElement, Connection

from storage.base import NOTHING
from storage.sqlite.engine import driver_connection
from storage.statements import Compiled, Row, compile_statement


class SqliteSession:
    """Implements ``storage.base.Session``. ``has_written`` is for the writer to reset."""

    def __init__(self, connection: Connection) -> None:
        self.driver = driver_connection(connection)
        self.has_written = False
        self._cursor = self.driver.cursor()
        self._dialect = connection.dialect
        self._compiled: dict[ClauseElement, Compiled] = {}

    def all(self, statement: ClauseElement, **values: object) -> list[Row]:
        self._execute(statement, values)
        return self._cursor.fetchall()

    def one(self, statement: ClauseElement, **values: object) -> Row | None:
        self._execute(statement, values)
        row: Row | None = self._cursor.fetchone()
        return row

    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        self.has_written = True
        self._execute(statement, {**row, **values} if row and values else row or values)
        return self._cursor.rowcount

    def _execute(self, statement: ClauseElement, values: Mapping[str, object]) -> None:
        compiled = self._compiled.get(statement)
        if compiled is None:
            compiled = self._compiled[statement] = compile_statement(statement, self._dialect)
        self._cursor.execute(compiled.sql, compiled.parameters(values))

"""Statements are written in SQLAlchemy Core, compiled once, and run on the bare cursor.

Measured with the stamp use case, SQLAlchemy's per-call work is most of the time of a grouped commit
(docs/decisions/0002). No column needs a conversion, which ``compile_statement`` checks, so nothing is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import ClauseElement
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Row = Sequence[Any]
"""The columns in the order of the statement."""


class Cursor(Protocol):
    """What PEP 249 says of a cursor, as far as it is used here."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, sql: str, parameters: Sequence[object] = ..., /) -> object: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Compiled:
    sql: str
    names: tuple[str, ...]
    constants: dict[str, object]

    def parameters(self, values: Mapping[str, object]) -> list[object]:
        if self.constants:
            values = {**self.constants, **values}
        return [values[name] for name in self.names]


def compile_statement(statement: ClauseElement, dialect: Dialect) -> Compiled:
    """Raises TypeError for a column that the driver would have to convert, and for IN: write OR."""
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"not a statement: {statement}")
    for name, bind in compiled.binds.items():
        if bind.expanding:
            raise TypeError(f"IN has no fixed number of parameters in {statement}")
        if bind.type.dialect_impl(dialect).bind_processor(dialect) is not None:
            raise TypeError(f"{name} needs a conversion in {statement}")
    names = tuple(compiled.positiontup or ())
    given = {name for name, bind in compiled.binds.items() if bind.required}
    constants = {name: compiled.params[name] for name in names if name not in given}
    return Compiled(str(compiled), names, constants)


NOTHING: Mapping[str, object] = MappingProxyType({})


class Session:
    """One connection's cursor with its compiled statements. ``has_written`` is for the writer to reset."""

    def __init__(self, cursor: Cursor, dialect: Dialect) -> None:
        self._cursor = cursor
        self._dialect = dialect
        self.has_written = False
        self._compiled: dict[ClauseElement, Compiled] = {}

    def all(self, statement: ClauseElement, **values: object) -> list[Row]:
        self._execute(statement, values)
        return self._cursor.fetchall()

    def one(self, statement: ClauseElement, **values: object) -> Row | None:
        self._execute(statement, values)
        row: Row | None = self._cursor.fetchone()
        return row

    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        """Changes rows, by the parameters in ``row`` and ``values``, and says how many."""
        self.has_written = True
        self._execute(statement, {**row, **values} if row and values else row or values)
        return self._cursor.rowcount

    def _execute(self, statement: ClauseElement, values: Mapping[str, object]) -> None:
        compiled = self._compiled.get(statement)
        if compiled is None:
            compiled = self._compiled[statement] = compile_statement(statement, self._dialect)
        self._cursor.execute(compiled.sql, compiled.parameters(values))

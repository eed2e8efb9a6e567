"""Statements are written in SQLAlchemy Core, compiled once, and run on the bare cursor.

Measured with the stamp use case, SQLAlchemy's per-call work is most of the time of a grouped commit
(docs/decisions/0002). No column needs a conversion, which ``compile_statement`` checks, so nothing is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Row = Sequence[Any]
"""The columns in the order of the statement."""


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

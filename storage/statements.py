"""Statements are written in SQLAlchemy Core, compiled once for the dialect at hand, and run on the bare cursor.

Measured with the stamp use case, SQLAlchemy's per-call work is most of the time of a grouped commit
(docs/decisions/0002). No column needs a conversion, which ``compile_statement`` checks, so nothing is lost.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ClauseElement, SelectBase, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType

from domain.quick import dataclass

Row = Sequence[Any]
"""The columns in the order of the statement."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """``parameters`` puts values in the order of the statement's places; those that it does not use are ignored.
    ``written`` is the table that the statement writes, None for one that reads. ``mentions`` has all words of the
    text, and so the names of all tables that the statement reads or writes."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, object]
    parameters: Callable[[Mapping[str, object]], Sequence[object]]
    written: Table | None
    mentions: frozenset[str]


def compile_statement(statement: ClauseElement, dialect: Dialect) -> Compiled:
    """Raises TypeError for what a bare cursor could not run or would run differently: a dialect that does not give
    parameters by position, a parameter without a type, a column that needs a conversion, and IN (write OR instead).
    """
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"not a statement: {statement}")
    for problem in _problems(statement, compiled):
        raise TypeError(f"{problem} in {compiled}")
    names = tuple(compiled.positiontup or ())
    given = {name for name, bind in compiled.binds.items() if bind.required}
    constants = {name: compiled.params[name] for name in names if name not in given}
    sql = str(compiled)
    written, mentions = getattr(statement, "table", None), frozenset(re.findall(r"\w+", sql))
    return Compiled(sql, names, constants, _picking(names, constants), written, mentions)


def _picking(
    names: tuple[str, ...], constants: Mapping[str, object]
) -> Callable[[Mapping[str, object]], Sequence[object]]:
    if len(names) > 1 and not constants:
        return itemgetter(*names)
    return lambda values: [constants[name] if name in constants else values[name] for name in names]


class Compiling(dict[ClauseElement, Compiled]):
    """Each statement compiled for one dialect, when it is first asked for. None is forgotten: statements are made
    when modules are loaded."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self._dialect = dialect

    def __missing__(self, statement: ClauseElement) -> Compiled:
        compiled = self[statement] = compile_statement(statement, self._dialect)
        return compiled


def _problems(statement: ClauseElement, compiled: SQLCompiler) -> Iterator[str]:
    dialect = compiled.dialect
    if compiled.bind_names and compiled.positiontup is None:
        yield f"parameters that {dialect.name} does not give by position"
    for name, bind in compiled.binds.items():
        if bind.expanding:
            yield f"{name}: IN has no fixed number of parameters"
        elif bind.required and isinstance(bind.type, NullType):
            yield f"{name} has no type"
        elif bind.type.dialect_impl(dialect).bind_processor(dialect) is not None:
            yield f"{name} needs a conversion"
    for column in statement.selected_columns if isinstance(statement, SelectBase) else ():
        if column.type.dialect_impl(dialect).result_processor(dialect, None) is not None:
            yield f"{column} needs a conversion"

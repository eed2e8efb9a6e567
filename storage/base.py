"""What every part of a transaction shares."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Protocol, TypeVar

from sqlalchemy import ClauseElement

from domain.crew import Crew
from domain.ports import RowUnreadable
from storage.statements import Row

logger = logging.getLogger(__name__)

T = TypeVar("T")

NOTHING: Mapping[str, object] = MappingProxyType({})


class Session(Protocol):
    """A connection inside a transaction, on which statements run one after the other.

    Parameters are given by name; those that a statement does not use are ignored.
    """

    def all(self, statement: ClauseElement, **values: object) -> Sequence[Row]: ...
    def one(self, statement: ClauseElement, **values: object) -> Row | None: ...
    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        """Executes a statement that writes, with the parameters of ``row`` and ``values``; returns how many rows it
        changed."""


class TxBase:
    session: Session
    now: datetime
    crew: Crew

    def _one(self, made_of: Callable[[Row], T], statement: ClauseElement, **values: object) -> T | None:
        row = self.session.one(statement, **values)
        return None if row is None else read(made_of, row)

    def _all(self, made_of: Callable[[Row], T], statement: ClauseElement, **values: object) -> list[T]:
        return [read(made_of, row) for row in self.session.all(statement, **values)]

    def _readable(self, made_of: Callable[[Row], T], statement: ClauseElement, **values: object) -> list[T]:
        """The rows that can be read: where no row depends on another, or where a lost value is written anew."""
        return readable(made_of, self.session.all(statement, **values))


def readable(made_of: Callable[[Row], T], found: Iterable[Row]) -> list[T]:
    """The values of the rows. A row that cannot be read is logged and left out."""
    values = []
    for row in found:
        with suppress(RowUnreadable):
            values.append(read(made_of, row))
    return values


def read(made_of: Callable[[Row], T], row: Row) -> T:
    """The value of a row. Any error becomes RowUnreadable, and is logged with the row's first two columns."""
    try:
        return made_of(row)
    except Exception as error:
        said = f"{made_of.__name__} {tuple(row[:2])}: {type(error).__name__}: {error}"
        logger.error("a row cannot be read: %s", said)
        raise RowUnreadable(said) from error


def said_of(error: BaseException) -> str:
    """The first line of the error's text, without the statement that SQLAlchemy adds; else the name of its type."""
    return str(error).strip().partition("\n")[0] or type(error).__name__

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

    Parameters are given by name; what a statement has no place for is left out.
    """

    def all(self, statement: ClauseElement, **values: object) -> Sequence[Row]: ...
    def one(self, statement: ClauseElement, **values: object) -> Row | None: ...
    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        """Changes rows, by the parameters in ``row`` and ``values``, and says how many."""


class TxBase:
    """One transaction on one session."""

    session: Session
    now: datetime
    crew: Crew

    def _one(self, made_of: Callable[[Row], T], statement: ClauseElement, **values: object) -> T | None:
        row = self.session.one(statement, **values)
        return None if row is None else read(made_of, row)

    def _all(self, made_of: Callable[[Row], T], statement: ClauseElement, **values: object) -> list[T]:
        return [read(made_of, row) for row in self.session.all(statement, **values)]

    def _readable(self, made_of: Callable[[Row], T], statement: ClauseElement, **values: object) -> list[T]:
        """What can be read: for rows of which each stands for itself, and for what is written anew."""
        return readable(made_of, self.session.all(statement, **values))


def readable(made_of: Callable[[Row], T], found: Iterable[Row]) -> list[T]:
    """What cannot be read is in the log."""
    values = []
    for row in found:
        with suppress(RowUnreadable):
            values.append(read(made_of, row))
    return values


def read(made_of: Callable[[Row], T], row: Row) -> T:
    """Raises RowUnreadable, whatever cannot be made of the row, and logs it with what its key begins with."""
    try:
        return made_of(row)
    except Exception as error:
        said = f"{made_of.__name__} {tuple(row[:2])}: {type(error).__name__}: {error}"
        logger.error("a row cannot be read: %s", said)
        raise RowUnreadable(said) from error


def said_of(error: BaseException) -> str:
    """In one line, without the statement."""
    return str(error).strip().partition("\n")[0] or type(error).__name__

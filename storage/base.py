"""What every part of a transaction shares."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol, TypeVar

from sqlalchemy import ClauseElement

from storage.statements import Row

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

    def _one(self, made_of: Callable[[Row], T], statement: ClauseElement, **values: object) -> T | None:
        row = self.session.one(statement, **values)
        return None if row is None else made_of(row)

    def _all(self, made_of: Callable[[Row], T], statement: ClauseElement, **values: object) -> list[T]:
        return [made_of(row) for row in self.session.all(statement, **values)]

"""What every part of a transaction shares."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from sqlalchemy import ClauseElement

from storage.statements import Row

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

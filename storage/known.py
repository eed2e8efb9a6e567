"""What a connection remembers of the parts of merchants that seldom change: who works where, and by which terms.

Nearly every command reads them, and they are written a few times a day. What was read is good until one of the tables
in ``FIXED`` is written, by whomever. The engine's session says when a transaction begins, with a mark by which one
sees that others have written meanwhile; and it calls ``changes`` for what the transaction itself writes.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import Table

from storage import tables

T = TypeVar("T")

FIXED: frozenset[Table] = frozenset(
    (
        tables.merchants,
        tables.stores,
        tables.programs,
        tables.program_versions,
        tables.staff,
        tables.staff_stores,
        tables.acquaintances,
    )
)
"""Nothing else may be kept: what is read for it must come from these tables alone."""
KEPT_MAX = 4_096
"""Values; all are forgotten for one more."""


class Known:
    """Of one connection, for one transaction after the other. Nothing is kept before the first ``begins``."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._mark: object = None
        self._is_changed = True

    @property
    def mark(self) -> object:
        """By which what is kept was found to be good."""
        return self._mark

    def begins(self, mark: object) -> None:
        """A transaction, inside which ``mark`` was read: it is another than before where others have written any of
        ``FIXED`` since."""
        if self._is_changed or mark != self._mark:
            self._kept.clear()
            self._mark = mark
            self._is_changed = False

    def changes(self) -> None:
        """The transaction writes some of ``FIXED``. Until the next one all is read anew and nothing of it is kept: it
        may be taken back."""
        self._kept.clear()
        self._is_changed = True

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """What ``read`` finds in ``FIXED``, or has found for this key before. The key leads with what it is of."""
        if self._is_changed:
            return read()
        try:
            kept: T = self._kept[key]
        except KeyError:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            kept = self._kept[key] = read()
        return kept

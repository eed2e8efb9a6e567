"""What a connection keeps in memory of the fixed parts of merchants: who works where, and by which terms.

Nearly every command reads them, and they are written a few times a day. What was read is good until anybody writes to
one of these tables (``FIXED``). The engine's session calls ``begins`` when a transaction begins, with a mark that is
another one once others have written, and ``changes`` when the transaction itself writes.
"""

from collections.abc import Callable, Hashable
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Table

from storage import tables

P = ParamSpec("P")
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
"""A value may be kept only if it was read from these tables alone."""
KEPT_MAX = 4_096
"""So many values; when one more comes, all are forgotten."""


class Known:
    """What one connection keeps over its transactions. Nothing is kept before the first ``begins``."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._mark: object = None
        self._is_changed = True

    @property
    def mark(self) -> object:
        """The mark with which what is kept is good."""
        return self._mark

    def begins(self, mark: object) -> None:
        """A transaction begins, inside which ``mark`` was read: another than before where others have written any of
        ``FIXED`` since."""
        if self._is_changed or mark != self._mark:
            self._kept.clear()
            self._mark = mark
            self._is_changed = False

    def changes(self) -> None:
        """The transaction writes some of ``FIXED``. Until the next one all is read anew and nothing is kept, because
        this one may be rolled back."""
        self._kept.clear()
        self._is_changed = True

    def get(self, key: Hashable, read: Callable[P, T], *what: P.args, **more: P.kwargs) -> T:
        """What ``read`` finds in ``FIXED``, or found for this key before. A key begins with the kind of its value."""
        if self._is_changed:
            return read(*what, **more)
        try:
            kept: T = self._kept[key]
        except KeyError:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            kept = self._kept[key] = read(*what, **more)
        return kept

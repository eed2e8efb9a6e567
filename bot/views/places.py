"""Where buttons lie, so that a second tap does not hit a new button with an effect (docs/decisions/0031).

The newest message stands at the bottom of a chat: a button of the new keyboard is under the finger if it is in the
same row as the tapped one, counted from the top or from the bottom, and shares some of its width.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations
from typing import TypeVar

from bot.kit.buttons import Reach, reach_of
from bot.views.view import Button, Keyboard, View, row
from domain.quick import dataclass

T = TypeVar("T")

SPARES_MAX = 2
"""A place touches two rows at most, one from the top and one from the bottom: so many must be without effect."""


@dataclass(frozen=True, slots=True)
class Place:
    """Rows count from 1, ``left`` and ``right`` are shares of the width."""

    from_top: int
    from_bottom: int
    left: Fraction
    right: Fraction

    def touches(self, other: "Place") -> bool:
        in_row = self.from_top == other.from_top or self.from_bottom == other.from_bottom
        return in_row and self.left < other.right and other.left < self.right


def places(rows: Sequence[Sequence[T]]) -> Iterator[tuple[T, Place]]:
    """Each button of a keyboard with its place."""
    for number, buttons in enumerate(rows):
        for column, button in enumerate(buttons):
            yield button, Place(number + 1, len(rows) - number, *_shares(column, len(buttons)))


@cache
def _shares(column: int, columns: int) -> tuple[Fraction, Fraction]:
    return Fraction(column, columns), Fraction(column + 1, columns)


def under(finger: Place, keyboard: Keyboard) -> list[Button]:
    """The buttons with an effect where the finger is."""
    placed = places(keyboard)
    return [button for button, place in placed if place.touches(finger) and _has_effect([button])]


def out_of_reach(view: View, finger: Place) -> View:
    """The view with its rows reordered so that no button with an effect is under the finger.

    Rows without effect come there; where there are too few, the view's spare button is added, once or twice. Rows
    move as little as possible. Where no order does it, the view is returned as it is.
    """
    if not under(finger, view.buttons):
        return view
    for spares in range(SPARES_MAX + 1 if view.spare else 1):
        rows = (*view.buttons, *[row(view.spare)] * spares)
        orders = list(_orders(rows, finger))
        if orders:
            order = min(orders, key=lambda order: sum(abs(was - at) for at, was in enumerate(order)))
            return replace(view, buttons=tuple(rows[was] for was in order))
    return view


def _orders(rows: Keyboard, finger: Place) -> Iterator[Sequence[int]]:
    """The orders of the rows with no effect where the finger is. Rows with effect keep their order among themselves,
    and so do rows without."""
    effects = [was for was, buttons in enumerate(rows) if _has_effect(buttons)]
    others = [was for was, buttons in enumerate(rows) if not _has_effect(buttons)]
    touched = {finger.from_top - 1, len(rows) - finger.from_bottom} & {*range(len(rows))}
    for chosen in combinations(range(len(rows)), len(others)):
        if touched <= {*chosen}:
            left, right = iter(others), iter(effects)
            yield [next(left) if at in chosen else next(right) for at in range(len(rows))]


def _has_effect(buttons: Sequence[Button]) -> bool:
    return any(reach_of(button.data) is Reach.EFFECT for button in buttons)

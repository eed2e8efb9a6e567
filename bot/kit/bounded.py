"""Dictionaries that remember the newest of many people, up to a bound."""

from typing import Any, TypeVar

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")

REMEMBERED_MAX = 10_000
"""More people than use a bot within minutes; a chat takes some 200 bytes."""


def remember(
    remembered: dict[KeyT, ValueT], key: KeyT, value: ValueT, remembered_max: int = REMEMBERED_MAX
) -> None:
    """Puts the value in as the newest; forgets the oldest if there are too many then."""
    remembered.pop(key, None)
    remembered[key] = value
    forget_oldest(remembered, remembered_max)


def forget_oldest(remembered: dict[Any, Any], remembered_max: int = REMEMBERED_MAX) -> None:
    """Forgets the oldest if there are more than ``remembered_max``."""
    if len(remembered) > remembered_max:
        del remembered[next(iter(remembered))]

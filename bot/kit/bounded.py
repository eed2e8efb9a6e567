"""What is remembered of many people, up to a bound."""

from typing import Any

REMEMBERED_MAX = 10_000
"""More people than use a bot within minutes; a chat takes some 200 bytes."""


def forget_oldest(remembered: dict[Any, Any]) -> None:
    """When there are more than REMEMBERED_MAX."""
    if len(remembered) > REMEMBERED_MAX:
        del remembered[next(iter(remembered))]

"""What a database is given from outside."""

from collections.abc import Callable

from bot.kit.clock import Clock, system_clock
from domain.quick import dataclass
from domain.steps import Trace, untraced

Told = Callable[[str, int], None]
"""Called with the name of a table and how many of its rows are taken in by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Tests and measurements put others in the place of the real thing."""

    clock: Clock = system_clock
    trace: Trace = untraced

"""What a database is given from outside."""

from bot.kit.clock import Clock, system_clock
from domain.quick import dataclass
from domain.steps import Trace, untraced


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Tests and measurements put others in the place of the real thing."""

    clock: Clock = system_clock
    trace: Trace = untraced

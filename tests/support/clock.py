"""Clock, ids and chance for tests: the same in every run."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY_MORNING = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now: datetime = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **duration: float) -> None:
        """Forward, or backward when negative: ``clock.passes(minutes=15)``."""
        self.now += timedelta(**duration)

    def is_at(self, moment: datetime) -> None:
        self.now = moment


def local(
    timezone: str, day: date, hour: int = 12, minute: int = 0, second: int = 0, fold: int = 0
) -> datetime:
    """The instant at which clocks in ``timezone`` show that time; with ``fold`` 1 the second such instant."""
    wall = datetime.combine(day, time(hour, minute, second, fold=fold), ZoneInfo(timezone))
    return wall.astimezone(UTC)


@dataclass
class Ids:
    """Rising ids in the form of a UUIDv7, the same in every run."""

    made: int = 0

    def __call__(self) -> str:
        self.made += 1
        return f"01900000-0000-7000-8000-{self.made:012x}"


@dataclass
class Chance:
    """The same numbers in every run."""

    source: random.Random = field(default_factory=lambda: random.Random(7))

    def __call__(self, bound: int) -> int:
        return self.source.randrange(bound)

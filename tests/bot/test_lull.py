"""What can wait goes on in a pause between people who are served, and not never where there is none."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.kit import lull as module
from bot.kit.lull import LONGEST_S, PAUSE_S, Lull


@dataclass
class Day:
    """A lull whose waits take no time."""

    monkeypatch: pytest.MonkeyPatch
    now: float = 1_000.0
    stops: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.lull = Lull(lambda: self.now)
        self.monkeypatch.setattr(module, "is_set_within", self._wait)

    async def _wait(self, event: asyncio.Event, seconds: float) -> bool:
        self.now += seconds
        await asyncio.sleep(0)
        return event.is_set()

    async def waits(self) -> float:
        """For how many seconds until it comes."""
        began = self.now
        await self.lull.comes(self.stops)
        return self.now - began

    def serves(self, seconds: float = 0.01) -> None:
        with self.lull.ends():
            self.now += seconds


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Day:
    return Day(monkeypatch)


async def test_where_nobody_is_served_nothing_waits(day: Day) -> None:
    assert await day.waits() == 0
    day.serves()
    day.now += PAUSE_S
    assert await day.waits() == 0


async def test_it_comes_when_nobody_has_been_served_for_a_while(day: Day) -> None:
    day.serves()
    assert await day.waits() == pytest.approx(PAUSE_S)


async def test_whoever_is_still_served_is_waited_for(day: Day) -> None:
    with day.lull.ends(), day.lull.ends():
        waiting = asyncio.create_task(day.waits())
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
    assert await waiting >= PAUSE_S


async def test_where_there_is_no_pause_it_goes_on_after_a_while(day: Day) -> None:
    with day.lull.ends():
        assert await day.waits() == pytest.approx(LONGEST_S)
        assert await day.waits() == 0
    day.serves()
    assert await day.waits() == 0, "the same rush"
    day.now += PAUSE_S
    day.serves()
    assert await day.waits() == pytest.approx(PAUSE_S), "another one"


async def test_acts_that_follow_each_other_are_one_rush(day: Day) -> None:
    while day.now < 1_000.0 + LONGEST_S:
        day.serves(PAUSE_S / 2)
        day.now += PAUSE_S / 2
    assert await day.waits() == 0


async def test_told_to_stop_nobody_waits(day: Day) -> None:
    day.stops.set()
    with day.lull.ends():
        assert await day.waits() == pytest.approx(PAUSE_S)

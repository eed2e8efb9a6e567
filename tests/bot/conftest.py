"""A café with the real bot behind the counter."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot.app.process import Surroundings
from bot.jobs import schedule
from bot.kit import pins
from bot.telegram import chat, handling
from bot.telegram import rate_limit as gate
from tests.support.bot_api.checks import complaints
from tests.support.house import UNHURRIED, House, Shop, TestClock, house


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(autouse=True)
def jobs_that_tick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not due every few seconds, the summaries say, runs when a test says so: the timetable goes by the time
    of day outside, and would come in between where a test lets a day pass."""
    if request.node.get_closest_marker("all_jobs"):
        return
    ticking = [job for job in schedule.TIMETABLE if str(job.trigger.fields[-1]).startswith("*")]
    monkeypatch.setattr(schedule, "make_scheduler", partial(schedule.make_scheduler, timetable=ticking))


@pytest.fixture
async def home(tmp_path: Path, clock: TestClock, cheap_pins: None) -> AsyncIterator[House]:
    """The house; at the end, every call of the bot that was carried out is checked against Telegram's own lists."""
    async with house(tmp_path / "stempel.db", Surroundings(clock=clock, limits=UNHURRIED)) as found:
        yield found
        carried_out = [call for call in found.sandbox.calls if call.fault is None]
        assert [complaint for call in carried_out for complaint in complaints(call)] == []


@pytest.fixture
async def shop(home: House) -> Shop:
    """A shop without PINs and limits; ten stamps for a coffee."""
    return await home.opens_shop()


@pytest.fixture
def no_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody may send as fast as they like, for tests in which the pace is not the point."""
    unbounded = gate.Allowance(per_second=100_000, burst=100_000)
    monkeypatch.setattr(gate, "CUSTOMER", unbounded)
    monkeypatch.setattr(gate, "STAFF", unbounded)


@pytest.fixture
def tried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that failed in passing, and updates whose handling failed, are tried again at once."""
    monkeypatch.setattr(chat, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(handling, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(handling, "LONGEST_WAIT_S", 0.01)


@pytest.fixture
def cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that are quick to make, where their strength is not the point."""
    monkeypatch.setattr(pins, "PasswordHasher", lambda **_: PasswordHasher(1, 8, 1))

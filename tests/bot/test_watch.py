"""What runs for as long as the program: started again whenever it ends, and seen until it has run well."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bot.kit import watch as module
from bot.kit.watch import WELL_AFTER_S, Watch
from tests.support.patience import PATIENCE_S


@dataclass
class Clinic:
    """A watch whose waits take no time."""

    monkeypatch: pytest.MonkeyPatch
    now: float = 1_000.0
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch = Watch(lambda: self.now)
        self.monkeypatch.setattr(module, "is_set_within", self._wait)

    async def _wait(self, event: asyncio.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)
        return event.is_set()

    def work(self, *ran_s: float, error: BaseException | None = None) -> "Work":
        """Ends so many times, each after it ran for so long, and then no more."""
        return Work(self, list(ran_s), error)


@dataclass
class Work:
    clinic: Clinic
    ran_s: list[float]
    error: BaseException | None
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> None:
        if not self.ran_s:
            self.goes_on.set()
            await asyncio.Event().wait()
        self.clinic.now += self.ran_s.pop(0)
        if self.error is not None:
            raise self.error


async def is_set(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), PATIENCE_S)


@pytest.fixture
def clinic(monkeypatch: pytest.MonkeyPatch) -> Clinic:
    return Clinic(monkeypatch)


@pytest.mark.parametrize(
    "error", [None, KeyError("reward"), asyncio.CancelledError()], ids=["returns", "raises", "is cancelled"]
)
async def test_what_ends_is_logged_and_started_again(
    clinic: Clinic, error: BaseException | None, caplog: pytest.LogCaptureFixture
) -> None:
    work = clinic.work(0, error=error)
    async with clinic.watch.keeps("polling of bot 42", work):
        await is_set(work.goes_on)
    [record] = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "polling of bot 42 ended unexpectedly")
    assert (record.exc_info is None) == (error is None)


async def test_waits_double_up_to_a_minute_and_begin_anew_after_a_run_that_went_well(clinic: Clinic) -> None:
    work = clinic.work(*[0] * 8, WELL_AFTER_S, 0, error=KeyError("reward"))
    async with clinic.watch.keeps("work", work):
        await is_set(work.goes_on)
    assert clinic.waits == [1, 2, 4, 8, 16, 32, 60, 60, 1, 2]


async def test_what_has_ended_is_failing_until_it_has_run_well_for_a_while(clinic: Clinic) -> None:
    broken, sound = clinic.work(0), clinic.work()
    async with clinic.watch.keeps("broken", broken), clinic.watch.keeps("sound", sound):
        await is_set(broken.goes_on)
        assert clinic.watch.failing() == ["broken"]
        clinic.now += WELL_AFTER_S - 1
        assert clinic.watch.failing() == ["broken"]
        clinic.now += 1
        assert clinic.watch.failing() == []


async def test_what_waits_the_longest_before_it_is_started_again_is_failing_all_the_while(
    clinic: Clinic,
) -> None:
    seen: list[list[str]] = []

    async def wait(event: asyncio.Event, seconds: float) -> bool:
        clinic.now += seconds - 1
        seen.append(clinic.watch.failing())
        clinic.now += 1
        return event.is_set()

    clinic.monkeypatch.setattr(module, "is_set_within", wait)
    work = clinic.work(*[0] * 10)
    async with clinic.watch.keeps("work", work):
        await is_set(work.goes_on)
        assert clinic.watch.failing() == ["work"]
    assert seen == [["work"]] * 10


@pytest.mark.parametrize("is_told", [True, False], ids=["told to stop", "cancelled"])
async def test_clean_end_is_no_failure(
    clinic: Clinic, is_told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    stops = asyncio.Event()

    async def work() -> None:
        await stops.wait()

    stop: Callable[[], None] | None = stops.set if is_told else None
    async with clinic.watch.keeps("work", work, stop):
        await asyncio.sleep(0)
    assert clinic.watch.failing() == []
    assert caplog.records == []


async def test_what_is_told_to_stop_while_it_waits_is_not_started_again(clinic: Clinic) -> None:
    runs, waits = [], asyncio.Event()

    async def wait(event: asyncio.Event, seconds: float) -> bool:
        waits.set()
        return await event.wait()

    async def work() -> None:
        runs.append(1)

    clinic.monkeypatch.setattr(module, "is_set_within", wait)
    async with clinic.watch.keeps("work", work, lambda: None):
        await is_set(waits)
    assert len(runs) == 1


async def test_what_runs_once_may_return_and_is_tried_again_while_it_fails(clinic: Clinic) -> None:
    runs, done = [], asyncio.Event()

    async def work() -> None:
        runs.append(1)
        if len(runs) < 3:
            raise KeyError("reward")
        done.set()

    async with clinic.watch.keeps("work", work, once=True):
        await is_set(done)
        await asyncio.sleep(0)
        assert clinic.waits == [1, 2]
    assert len(runs) == 3


async def test_look_is_asked_for_as_long_as_the_work_is_kept(clinic: Clinic) -> None:
    silent: list[bool] = []
    async with clinic.watch.keeps("polling", clinic.work(), ails=lambda: "silent" if silent else None):
        assert clinic.watch.failing() == []
        silent.append(True)
        assert clinic.watch.failing() == ["polling: silent"]
    assert clinic.watch.failing() == []

"""The timetable: what runs when, and that neither a failure, nor a restart, nor a clock that is set stops it.

The clock of the machine cannot be shifted here, so the tests shift the one name through which APScheduler reads it;
the scheduler, its timers and the heartbeat are the real ones.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, cast

import pytest
from apscheduler.schedulers import base

from bot.jobs import schedule
from bot.jobs.means import Means
from bot.jobs.runs import Recorder
from bot.jobs.schedule import TIMETABLE, Of, ScheduledJob, at
from bot.kit.metrics import Metrics
from domain.ids import BotId
from domain.job_run import PROCESS, JobOutcome, JobRun
from domain.plumbing.job_runs import job_runs
from domain.ports import Database
from storage.sqlite.database import SqliteDatabase
from tests.support.clock import Chance, Ids
from tests.support.databases import lay_empty_database
from tests.support.job_runs import job_run
from tests.support.others import Others
from tests.support.patience import PATIENCE_S

pytestmark = [pytest.mark.long, pytest.mark.all_jobs]

SOON = "*/2"
"""Seconds: often enough to wait for, and more than the second between two beats."""


@dataclass
class ShiftedClock:
    """The machine's clock, set forward or back."""

    shift: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


@dataclass
class Runs:
    """How often each job ran, for whoever waits for the next time."""

    count: dict[str, int] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def job(self, name: str, *, fails: bool = False) -> Callable[[Means], Awaitable[int]]:
        async def job(_means: Means) -> int:
            async with self.news:
                self.count[name] = self.count.get(name, 0) + 1
                self.news.notify_all()
            if fails:
                raise OSError("the disk is full")
            return 1

        return job

    async def reaches(self, name: str, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S), self.news:
            await self.news.wait_for(lambda: self.count.get(name, 0) >= count)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ShiftedClock:
    shifted = ShiftedClock()

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return shifted().astimezone(tz)

    monkeypatch.setattr(base, "datetime", Shifted)
    return shifted


@pytest.fixture
async def store(tmp_path: Path, clock: ShiftedClock) -> AsyncIterator[Database]:
    path = lay_empty_database(tmp_path / "stempel.db")
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    yield store
    await store.close()


@pytest.fixture
def runs() -> Runs:
    return Runs()


@asynccontextmanager
async def running(
    *timetable: ScheduledJob, store: Database, clock: ShiftedClock, past: tuple[JobRun, ...] = ()
) -> AsyncIterator[None]:
    recorder = Recorder(store, Metrics(), clock)
    scheduler = schedule.make_scheduler([cast(Means, None)], recorder, past, timetable)
    scheduler.start()
    await asyncio.sleep(0)  # the scheduler looks once, and sets its timer
    beating = asyncio.create_task(schedule.heartbeat(scheduler, clock))
    try:
        yield
    finally:
        beating.cancel()
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)


async def test_of_several_processes_the_eldest_runs_it_and_who_becomes_that_makes_up_for_what_was_missed(
    store: Database, clock: ShiftedClock, runs: Runs
) -> None:
    others = Others(BotId(42))
    others.comes()
    nightly = at(hour=str((clock() - timedelta(hours=1)).hour))
    timetable = (
        ScheduledJob("mine", Of.PROCESS, at(second="*"), runs.job("mine"), in_each=True),
        ScheduledJob("theirs", Of.PROCESS, at(second="*"), runs.job("theirs")),
        ScheduledJob("missed", Of.PROCESS, nightly, runs.job("missed")),
    )
    recorder = Recorder(store, Metrics(), clock)
    past = [past_run("missed", clock() - timedelta(days=2))]

    async def last() -> list[JobRun]:
        return past

    scheduler = schedule.make_scheduler([cast(Means, None)], recorder, (), timetable, others)
    scheduler.start()
    turns = asyncio.create_task(schedule.take_turns(scheduler, others, last, clock))
    await runs.reaches("mine", 3)
    assert runs.count.keys() == {"mine"}
    others.goes()
    others.is_alive = False
    await runs.reaches("mine", 5)
    assert runs.count.keys() == {"mine"}
    others.is_alive = True
    await runs.reaches("theirs", 1)
    await runs.reaches("missed", 1)
    turns.cancel()
    scheduler.shutdown(wait=False)
    await asyncio.sleep(0)


def past_run(job: str, started_at: datetime) -> JobRun:
    return job_run(PROCESS, job, started_at)


def test_timetable_says_when_each_job_runs() -> None:
    noon = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
    due = {entry.name: entry.trigger.get_next_fire_time(noon, noon) - noon for entry in TIMETABLE}
    assert due["outbox"] == timedelta(seconds=1)
    assert due["kept_aside"] == timedelta(minutes=10)
    assert due["housekeeping"] == timedelta(minutes=7)
    assert due["verify"] == timedelta(hours=15, minutes=30)
    assert len(due) == len(TIMETABLE), "no name twice"


async def test_job_runs_in_the_event_loop_when_it_is_due(
    store: Database, clock: ShiftedClock, runs: Runs
) -> None:
    """A plain function would be called in a thread, and the coroutine it returns would never run."""
    async with running(
        ScheduledJob("a", Of.PROCESS, at(second="*"), runs.job("a")), store=store, clock=clock
    ):
        await runs.reaches("a", 2)


async def test_failing_job_is_recorded_and_stops_no_other(
    store: Database, clock: ShiftedClock, runs: Runs, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = runs.job("broken", fails=True), runs.job("sound")
    timetable = (
        ScheduledJob("broken", Of.PROCESS, at(second="*"), broken),
        ScheduledJob("sound", Of.PROCESS, at(second="*"), sound),
    )
    async with running(*timetable, store=store, clock=clock):
        await runs.reaches("broken", 2)
        await runs.reaches("sound", 2)
    found = {run.job: run for run in await store.read(job_runs, PROCESS)}
    assert (found["broken"].outcome, found["broken"].error) == (JobOutcome.FAILED, "OSError")
    assert found["sound"].outcome is JobOutcome.OK
    assert "job broken failed" in caplog.text


async def test_job_that_the_end_of_the_program_cuts_short_is_no_failure(
    store: Database, clock: ShiftedClock, caplog: pytest.LogCaptureFixture
) -> None:
    is_under_way, is_over = asyncio.Event(), asyncio.Event()

    async def endless(_means: Means) -> int:
        is_under_way.set()
        try:
            await asyncio.Event().wait()
        finally:
            is_over.set()
        return 0

    async with running(ScheduledJob("a", Of.PROCESS, at(second="*"), endless), store=store, clock=clock):
        await asyncio.wait_for(is_under_way.wait(), PATIENCE_S)
    await asyncio.wait_for(is_over.wait(), PATIENCE_S)
    assert caplog.records == []
    assert await store.read(job_runs, PROCESS) == []


@pytest.mark.parametrize("jump", [timedelta(hours=-5), timedelta(hours=5)], ids=["back", "forward"])
async def test_clock_that_is_set_stalls_no_job(
    store: Database, clock: ShiftedClock, runs: Runs, jump: timedelta
) -> None:
    async with running(
        ScheduledJob("often", Of.PROCESS, at(second=SOON), runs.job("often")), store=store, clock=clock
    ):
        await runs.reaches("often", 1)
        clock.shift = jump
        await runs.reaches("often", 4)


async def test_job_that_fell_due_while_the_clock_was_set_forward_runs_at_once_and_once(
    store: Database, clock: ShiftedClock, runs: Runs
) -> None:
    """The scheduler sleeps by another clock: without the heartbeat it would sleep on for hours."""
    in_two_hours = clock() + timedelta(hours=2)
    seldom = ScheduledJob(
        "seldom", Of.PROCESS, at(hour=str(in_two_hours.hour), minute="0"), runs.job("seldom")
    )
    often = ScheduledJob("often", Of.PROCESS, at(second=SOON), runs.job("often"))
    async with running(seldom, store=store, clock=clock):
        clock.shift = timedelta(hours=5)
        await runs.reaches("seldom", 1)
    async with running(often, store=store, clock=clock):
        await runs.reaches("often", 1)
    assert runs.count["seldom"] == 1


async def test_what_fell_due_while_the_bot_was_down_runs_at_the_start_and_once(
    store: Database, clock: ShiftedClock, runs: Runs
) -> None:
    """Also when it was missed three times."""
    now = clock()
    nightly = at(hour=str((now + timedelta(hours=3)).hour), minute="0")
    missed = ScheduledJob("missed", Of.PROCESS, nightly, runs.job("missed"))
    in_time = ScheduledJob("in time", Of.PROCESS, nightly, runs.job("in time"))
    often = ScheduledJob("often", Of.PROCESS, at(second="*"), runs.job("often"))
    past = (past_run("missed", now - timedelta(days=3)), past_run("in time", now))
    async with running(missed, in_time, often, store=store, clock=clock, past=past):
        await runs.reaches("missed", 1)
        await runs.reaches("often", 2)
    assert runs.count["missed"] == 1
    assert "in time" not in runs.count


def test_times_missed_in_a_long_outage_are_passed_over_and_not_gone_through() -> None:
    every_second, now = at(second="*"), datetime(2026, 6, 15, 9, 0, 0, 500_000, UTC)
    next_second = now.replace(second=1, microsecond=0)
    assert every_second.get_next_fire_time(now - timedelta(days=365), now) == next_second
    assert every_second.get_next_fire_time(next_second, next_second) == next_second + timedelta(seconds=1)


async def test_run_recorded_by_a_clock_that_was_ahead_stalls_no_job(
    store: Database, clock: ShiftedClock, runs: Runs
) -> None:
    past = (past_run("often", clock() + timedelta(days=1)),)
    async with running(
        ScheduledJob("often", Of.PROCESS, at(second=SOON), runs.job("often")),
        store=store,
        clock=clock,
        past=past,
    ):
        await runs.reaches("often", 1)

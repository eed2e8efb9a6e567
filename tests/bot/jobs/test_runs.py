"""How runs are gathered and recorded: the last of each job is known, and nothing is written every second."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.jobs.runs import STANDS_STILL_S, Recorder
from bot.kit.metrics import Metrics
from domain.ids import BotId
from domain.job_run import JobOutcome, JobRun
from domain.plumbing.job_runs import job_runs
from domain.ports import Command, DatabaseUnavailable, InputT, ResultT
from storage.sqlite.database import SqliteDatabase
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import lay_empty_database

BOT = BotId(42)


class CountingStore(SqliteDatabase):
    """Counts what is written; out of order while ``is_full``."""

    writes = 0
    is_full = False

    async def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        if self.is_full:
            raise DatabaseUnavailable("the disk is full")
        self.writes += 1
        return await super().write(usecase, command)


@dataclass
class Office:
    path: Path
    clock: Clock = field(default_factory=Clock)
    metrics: Metrics = field(default_factory=Metrics)
    seconds: float = 1_000.0

    def __post_init__(self) -> None:
        self.store = CountingStore(self.path, clock=self.clock, new_id=Ids(), chance_below=Chance())
        self.recorder = Recorder(self.store, self.metrics, self.clock, lambda: self.seconds)

    async def runs(
        self, name: str = "outbox", *, count: int = 0, took_s: float = 0.0, fails: bool = False
    ) -> None:
        """One run, and a second passes."""

        async def job() -> int:
            self.passes(took_s)
            if fails:
                raise KeyError("reward")
            return count

        await self.recorder.run(BOT, name, job)
        self.passes(1 - took_s)

    def passes(self, seconds: float) -> None:
        self.seconds += seconds
        self.clock.passes(seconds=seconds)

    async def last(self, name: str = "outbox") -> JobRun:
        return next(run for run in await self.store.read(job_runs, BOT) if run.job == name)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(lay_empty_database(tmp_path / "stempel.db"))
    yield office
    await office.store.close()


async def test_run_is_recorded_with_its_time_and_what_it_did(office: Office) -> None:
    started_at = office.clock.now
    await office.runs("verify", count=3, took_s=0.25)
    run = await office.last("verify")
    assert (run.last_started_at, run.duration_ms, run.count) == (started_at, 250, 3)
    assert run.last_finished_at > started_at


async def test_job_of_every_second_is_written_once_a_minute_with_all_it_did(office: Office) -> None:
    for second in range(121):
        await office.runs(count=2, took_s=0.5 if second == 30 else 0.0)
    assert office.store.writes == 3
    run = await office.last()
    assert run.total_runs == 119
    assert run.count == 2 * 59
    await office.recorder.flush()
    assert (await office.last()).total_runs == 121


async def test_longest_of_the_runs_recorded_together_is_the_duration(office: Office) -> None:
    for second in range(60):
        await office.runs(took_s=0.5 if second == 30 else 0.0)
    assert (await office.last()).duration_ms == 500


async def test_job_of_every_minute_is_written_every_time(office: Office) -> None:
    for _ in range(3):
        await office.runs("expiry")
        office.passes(59)
    assert office.store.writes == 3


async def test_job_that_stands_still_is_in_trouble_until_it_ends(office: Office) -> None:
    troubles = []

    async def job() -> int:
        for _ in range(2):
            office.passes(STANDS_STILL_S)
            troubles.append(office.recorder.trouble)
            await office.runs("outbox")
            office.passes(1)
        troubles.append(office.recorder.trouble)
        raise KeyError("reward")

    await office.recorder.run(BOT, "verify", job)
    assert troubles == [None, *["verify for more than an hour"] * 2]
    assert office.recorder.trouble is None


async def test_first_failure_and_the_first_success_after_it_are_written_at_once(office: Office) -> None:
    for _ in range(5):
        await office.runs()
    await office.runs(fails=True)
    failed = await office.last()
    assert (failed.outcome, failed.error) == (JobOutcome.FAILED, "KeyError")
    await office.runs(fails=True)
    await office.runs()
    run = await office.last()
    assert (run.outcome, run.error, run.failures_in_a_row, run.total_runs) == (JobOutcome.OK, None, 0, 8)


async def test_failure_is_logged_with_the_name_of_the_job_and_raised_to_nobody(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.runs("summaries", fails=True)
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.getMessage() == "job summaries failed"
    assert record.exc_info is not None


async def test_job_that_fails_for_want_of_the_database_says_why_in_a_line(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async def job() -> int:
        raise DatabaseUnavailable("database or disk is full")

    await office.recorder.run(BOT, "summaries", job)
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.getMessage() == "job summaries failed: database or disk is full"
    assert record.exc_info is None


async def test_job_that_works_again_says_so_once(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.jobs.runs")
    await office.runs("summaries")
    await office.runs("summaries", fails=True)
    for _ in range(2):
        await office.runs("summaries")
    assert [record.getMessage() for record in caplog.records].count("job summaries works again") == 1


async def test_run_is_logged_with_name_count_and_duration(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.jobs.runs")
    await office.runs("expiry", count=4, took_s=0.02)
    await office.runs("summaries")
    assert [record.getMessage() for record in caplog.records] == ["job expiry: 4 done in 20 ms (1 runs)"]


async def test_what_could_not_be_recorded_is_recorded_later(office: Office) -> None:
    office.store.is_full = True
    await office.runs(count=1)
    office.store.is_full = False
    for _ in range(60):
        await office.runs(count=1)
    assert (await office.last()).count == 60


async def test_metrics_count_runs_by_outcome(office: Office) -> None:
    await office.runs("expiry")
    await office.runs("expiry", fails=True)
    said: Any = office.metrics.exposition().decode()
    assert 'stempel_job_runs_total{bot="42",job="expiry",outcome="ok"} 1.0' in said
    assert 'stempel_job_runs_total{bot="42",job="expiry",outcome="failed"} 1.0' in said

"""Runs of jobs, timed, logged and remembered: a job that fails says so and stops no other."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.kit.clock import Clock
from bot.kit.metrics import Metrics
from domain.plumbing.job_runs import RecordRuns, record_runs
from domain.ports import Database, DatabaseUnavailable

logger = logging.getLogger(__name__)

RECORD_EVERY_S = 59.0
"""A job that runs every second is recorded once a minute, or at once when it begins or ceases to fail; one that runs
every minute is recorded each time."""


class Recorder:
    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        clock: Clock,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """``seconds`` never goes back, whatever becomes of the clock."""
        self._database = database
        self._metrics = metrics
        self._clock = clock
        self._seconds = seconds
        self._gathered: dict[str, RecordRuns] = {}
        self._recorded_at: dict[str, float] = {}
        self._had_failed: dict[str, bool] = {}

    async def run(self, name: str, job: Callable[[], Awaitable[int]]) -> None:
        """Never raises what the job does."""
        started_at, began, error, count = self._clock(), self._seconds(), None, 0
        try:
            count = await job()
        except Exception as failure:
            error = type(failure).__name__
            logger.exception("job %s failed", name)
        seconds = self._seconds() - began
        self._metrics.count_job(name, is_ok=error is None, seconds=seconds)
        this = RecordRuns(
            job=name,
            runs=1,
            started_at=started_at,
            finished_at=self._clock(),
            duration_ms=round(seconds * 1000),
            count=count,
            error=error,
        )
        gathered = self._gathered.get(name)
        if gathered is not None and (gathered.error is None) != (error is None):
            await self._record(gathered)
        self._gathered[name] = this = _together(self._gathered.get(name), this)
        if self._is_worth_recording(this):
            await self._record(this)

    async def flush(self) -> None:
        """Records what was gathered since; for the end."""
        for gathered in list(self._gathered.values()):
            await self._record(gathered)

    def _is_worth_recording(self, runs: RecordRuns) -> bool:
        recorded_at = self._recorded_at.get(runs.job)
        if recorded_at is None or self._seconds() - recorded_at >= RECORD_EVERY_S:
            return True
        return self._had_failed.get(runs.job, False) != (runs.error is not None)

    async def _record(self, runs: RecordRuns) -> None:
        """What cannot be recorded stays gathered for the next time."""
        logger.log(
            logging.INFO if runs.count else logging.DEBUG,
            "job %s: %d done in %d ms (%d runs)",
            runs.job,
            runs.count,
            runs.duration_ms,
            runs.runs,
        )
        self._recorded_at[runs.job] = self._seconds()
        self._had_failed[runs.job] = runs.error is not None
        try:
            await self._database.write(record_runs, runs)
        except DatabaseUnavailable as error:
            logger.warning("the run of job %s cannot be recorded: %s", runs.job, error)
        else:
            self._gathered.pop(runs.job, None)


def _together(before: RecordRuns | None, this: RecordRuns) -> RecordRuns:
    """Runs that ended alike, as one; of those that did not, the later."""
    if before is None or (before.error is None) != (this.error is None):
        return this
    return replace(
        this,
        runs=before.runs + this.runs,
        count=before.count + this.count,
        duration_ms=max(before.duration_ms, this.duration_ms),
    )

"""Runs of jobs, timed, logged and remembered: a job that fails says so and stops no other."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from bot.kit.clock import Clock
from bot.kit.logs import lines_of
from bot.kit.metrics import Metrics
from domain.ids import BotId
from domain.job_run import JobOutcome, JobRun
from domain.plumbing.job_runs import record_runs
from domain.ports import Database, DatabaseUnavailable

logger = logging.getLogger(__name__)

Key = tuple[BotId, str]
RECORD_EVERY_S = 59.0
"""A job that runs every second is recorded once a minute, or at once when it begins or ceases to fail; one that runs
every minute is recorded each time."""
STANDS_STILL_S = 3_600.0
"""A job that takes longer stands still: the check of all invariants takes less with some fifty million entries."""


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
        self._gathered: dict[Key, JobRun] = {}
        self._recorded: dict[Key, tuple[float, JobOutcome]] = {}
        self._begun: dict[Key, float] = {}
        self._failing: set[Key] = set()

    @property
    def trouble(self) -> str | None:
        """The jobs that have stood still for an hour: none of them is begun again until it has ended."""
        now = self._seconds()
        still = {name for (_, name), since in self._begun.items() if now - since > STANDS_STILL_S}
        return f"{', '.join(sorted(still))} for more than an hour" if still else None

    async def run(self, bot_id: BotId, name: str, job: Callable[[], Awaitable[int]]) -> None:
        """Never raises what the job raises. A job that the program's end cuts short is due at the next start."""
        with lines_of(bot_id or None), suppress(asyncio.CancelledError):
            run = await self._timed(bot_id, name, job)
            before = self._gathered.get(run.key)
            if before is not None and before.outcome is not run.outcome:
                await self._record(before)
            self._gathered[run.key] = run = _together(self._gathered.get(run.key), run)
            if self._is_worth_recording(run):
                await self._record(run)

    async def flush(self) -> None:
        """Records what was gathered since; for the end."""
        await asyncio.gather(*map(self._record, list(self._gathered.values())))

    async def _timed(self, bot_id: BotId, name: str, job: Callable[[], Awaitable[int]]) -> JobRun:
        started_at, began, error, count = self._clock(), self._seconds(), None, 0
        self._begun[bot_id, name] = began
        try:
            count = await job()
        except Exception as failure:
            error, is_outage = type(failure).__name__, isinstance(failure, DatabaseUnavailable)
            if is_outage:
                logger.error("job %s failed: %s", name, failure)
            else:
                logger.error("job %s failed", name, exc_info=failure)
        finally:
            del self._begun[bot_id, name]
        self._tell_recovery((bot_id, name), is_ok=error is None)
        seconds = self._seconds() - began
        self._metrics.count_job(bot_id, name, is_ok=error is None, seconds=seconds)
        return JobRun(
            bot_id=bot_id,
            job=name,
            last_started_at=started_at,
            last_finished_at=self._clock(),
            duration_ms=round(seconds * 1000),
            count=count,
            outcome=JobOutcome.FAILED if error else JobOutcome.OK,
            error=error,
            failures_in_a_row=1 if error else 0,
            total_runs=1,
        )

    def _tell_recovery(self, key: Key, *, is_ok: bool) -> None:
        if not is_ok:
            self._failing.add(key)
        elif key in self._failing:
            self._failing.remove(key)
            logger.info("job %s works again", key[1])

    def _is_worth_recording(self, run: JobRun) -> bool:
        recorded_at, outcome = self._recorded.get(run.key, (None, None))
        return (
            recorded_at is None or self._seconds() - recorded_at >= RECORD_EVERY_S or outcome != run.outcome
        )

    async def _record(self, run: JobRun) -> None:
        """Records a run, which stays gathered for the next time if it cannot be recorded."""
        logger.log(
            logging.INFO if run.count else logging.DEBUG,
            "job %s: %d done in %d ms (%d runs)",
            run.job,
            run.count,
            run.duration_ms,
            run.total_runs,
        )
        self._recorded[run.key] = self._seconds(), run.outcome
        try:
            await self._database.write(record_runs, run)
        except DatabaseUnavailable as error:
            logger.warning("the run of job %s cannot be recorded: %s", run.job, error)
        except Exception:
            logger.exception("the run of job %s cannot be recorded", run.job)
        else:
            self._gathered.pop(run.key, None)


def _together(before: JobRun | None, this: JobRun) -> JobRun:
    """Both runs as one if they ended alike; otherwise the later."""
    if before is None or before.outcome is not this.outcome:
        return this
    return replace(
        this,
        count=before.count + this.count,
        duration_ms=max(before.duration_ms, this.duration_ms),
        failures_in_a_row=before.failures_in_a_row + this.failures_in_a_row,
        total_runs=before.total_runs + this.total_runs,
    )

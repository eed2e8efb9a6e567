"""Runs of jobs, as they are recorded."""

from datetime import datetime, timedelta

from domain.ids import BotId
from domain.job_run import JobOutcome, JobRun


def job_run(
    bot_id: BotId,
    job: str,
    finished_at: datetime,
    *,
    runs: int = 1,
    count: int = 0,
    error: str | None = None,
    took: timedelta = timedelta(),
) -> JobRun:
    return JobRun(
        bot_id=bot_id,
        job=job,
        last_started_at=finished_at - took,
        last_finished_at=finished_at,
        duration_ms=took // timedelta(milliseconds=1),
        count=count,
        outcome=JobOutcome.FAILED if error else JobOutcome.OK,
        error=error,
        failures_in_a_row=runs if error else 0,
        total_runs=runs,
    )

"""Remembering how jobs went, for operators and for the next start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.job_run import JobOutcome, JobRun
from domain.ports import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRuns:
    """``runs`` of one job with the same outcome, one after the other; see ``JobRun`` for the rest."""

    job: str
    runs: int
    started_at: datetime
    finished_at: datetime
    duration_ms: int
    count: int
    error: str | None


def record_runs(*, tx: Tx, command: RecordRuns) -> None:
    before = tx.job_run(command.job)
    failed_before = before.failures_in_a_row if before else 0
    tx.save_job_run(
        JobRun(
            job=command.job,
            last_started_at=command.started_at,
            last_finished_at=command.finished_at,
            duration_ms=command.duration_ms,
            count=command.count,
            outcome=JobOutcome.FAILED if command.error else JobOutcome.OK,
            error=command.error,
            failures_in_a_row=failed_before + command.runs if command.error else 0,
            total_runs=(before.total_runs if before else 0) + command.runs,
        )
    )


def job_runs(*, tx: Tx, query: None) -> Sequence[JobRun]:  # noqa: ARG001
    """The last run of every job, by name."""
    return tx.job_runs()

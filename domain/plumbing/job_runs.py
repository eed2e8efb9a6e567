"""Keeps how jobs went, for operators and for the next start."""

from collections.abc import Sequence

from domain.ids import BotId
from domain.job_run import JobOutcome, JobRun
from domain.ports import Jobs
from domain.quick import replace


def record_runs(*, tx: Jobs, command: JobRun) -> None:
    """Adds consecutive runs of a job with the same outcome to its record."""
    before = next((run for run in tx.job_runs(command.bot_id) if run.key == command.key), None)
    if before is not None:
        go_on = command.outcome is JobOutcome.FAILED
        failures = before.failures_in_a_row + command.failures_in_a_row if go_on else 0
        total = before.total_runs + command.total_runs
        command = replace(command, failures_in_a_row=failures, total_runs=total)
    tx.save_job_run(command)


def job_runs(*, tx: Jobs, query: BotId) -> Sequence[JobRun]:
    """The last run of every job of this bot and of its process, by name."""
    return tx.job_runs(query)

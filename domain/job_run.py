"""How what runs by itself went the last time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobOutcome(StrEnum):
    OK = "ok"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """The last recorded run of a job.

    A job that runs every second is recorded once a minute: ``count`` is then what its runs since the record before
    have done together, ``duration_ms`` that of the longest. ``error`` is the class of what went wrong.
    """

    job: str
    last_started_at: datetime
    last_finished_at: datetime
    duration_ms: int
    count: int
    outcome: JobOutcome
    error: str | None
    failures_in_a_row: int
    total_runs: int

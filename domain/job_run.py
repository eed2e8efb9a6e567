"""How what runs by itself went the last time."""

from datetime import datetime
from enum import StrEnum

from domain.ids import BotId
from domain.quick import dataclass

PROCESS = BotId(0)
"""Whose the jobs are that belong to no bot: Telegram counts its bots from 1."""


class JobOutcome(StrEnum):
    OK = "ok"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """The last recorded run of a job of a bot, or of the process.

    A job that runs every second is recorded once a minute: ``count`` is then what its runs since the record before
    have done together, ``duration_ms`` that of the longest. ``error`` is the class of what went wrong.
    """

    bot_id: BotId
    job: str
    last_started_at: datetime
    last_finished_at: datetime
    duration_ms: int
    count: int
    outcome: JobOutcome
    error: str | None
    failures_in_a_row: int
    total_runs: int

    @property
    def key(self) -> tuple[BotId, str]:
        return self.bot_id, self.job

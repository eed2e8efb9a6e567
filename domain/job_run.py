"""How each scheduled job went the last time."""

from datetime import datetime
from enum import StrEnum

from domain.ids import BotId
from domain.quick import dataclass

BACKUP = "backup"
"""The job that makes a copy, and what `stempel backup` is recorded as."""
PROCESS = BotId(0)
"""The bot id of jobs that belong to the process and to no bot: Telegram numbers its bots from 1."""


class JobOutcome(StrEnum):
    OK = "ok"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """The last recorded run of a job of a bot, or of the process.

    A job that runs every second is recorded once a minute: ``count`` is then the total of its runs since the last
    record, and ``duration_ms`` the duration of the longest. ``error`` is the class of the error.
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

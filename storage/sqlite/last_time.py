"""The last time at which a bot is known to have worked on a database."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from storage import rows

NEWEST = (
    "SELECT max(seen) FROM (SELECT max(last_finished_at) AS seen FROM job_runs"
    " UNION ALL SELECT max(done_at) FROM inbox)"
)
"""Runs of jobs are recorded once a minute, updates when they are answered; both are found fast, however many."""


def last_time_in(path: Path) -> datetime | None:
    """The time in a migrated database; None where no bot has worked yet. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        [(seen,)] = connection.execute(NEWEST)
    return rows.from_instant_or_none(seen)

"""The last time at which a bot is known to have worked on a database."""

from contextlib import closing
from datetime import datetime

from storage import rows
from storage.postgres.engine import connect

NEWEST = (
    "SELECT max(seen) FROM (SELECT max(last_finished_at) AS seen FROM job_runs"
    " UNION ALL SELECT max(done_at) FROM inbox) AS found"
)
"""Runs of jobs are recorded once a minute, updates when they are answered; both are found fast, however many."""


def last_time_in(url: str) -> datetime | None:
    """The time in a migrated database; None where no bot has worked yet. Raises psycopg.Error."""
    with closing(connect(url)) as connection:
        [seen] = connection.execute(NEWEST.encode()).fetchone() or (None,)
    return rows.from_instant_or_none(seen)

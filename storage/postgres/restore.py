"""Puts a copy into an empty database, which the bot can then be given."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

from storage import rows
from storage.postgres.backup import ToolFailed, run_tool
from storage.postgres.engine import connect, where

_OF_SQLITE = b"SQLite format 3\0"
"""https://www.sqlite.org/fileformat.html#the_database_header"""
_TABLES = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_OURS = ("alembic_version", "merchants", "cards", "entries")
_STANDING = "SELECT count(*), max(occurred_at) FROM entries"
_BOTS = "SELECT bot_id FROM bots"
_PAUSE = """
    UPDATE campaigns SET state = 'paused'
    WHERE state = 'sending' OR (state = 'scheduled' AND planned_at <= %s)
"""
_HOLD = """
    UPDATE deliveries SET held_at = %s, leased_by = NULL, leased_until = NULL
    WHERE delivered_at IS NULL AND failed_at IS NULL
"""


class NotEmpty(Exception):
    """The database that is to take in a copy, or rows, is not empty."""


def fill(url: str, copy: Path) -> None:
    """Restores all of the copy or nothing. Raises NotEmpty, ToolFailed, psycopg.Error."""
    with copy.open("rb") as file:
        if file.read(len(_OF_SQLITE)) == _OF_SQLITE:
            raise ToolFailed(f"{copy} is a SQLite file: stempel migrate --from {copy} takes it in.")
    with closing(connect(url)) as connection:
        [tables] = connection.execute(_TABLES.encode()).fetchone() or (0,)
    if tables:
        raise NotEmpty(
            f"{where(url)} is not empty: make a database with createdb, name it in DATABASE_URL, and restore there;"
            " the one before stays as it is."
        )
    listed = run_tool(url, "pg_restore", "--list", str(copy))
    if any(f" TABLE public {name} " not in listed for name in _OURS):
        raise ToolFailed(f"{copy} is the database of another program.")
    run_tool(
        url, "pg_restore", "--single-transaction", "--no-owner", "--no-privileges", "--dbname=", str(copy)
    )


def standing_and_held(url: str, now: datetime) -> tuple[int, datetime | None, frozenset[int], int]:
    """Holds back what is owed, for nobody knows whether it was sent since, and pauses campaigns on their way. Returns
    the number of entries, the moment of the newest, the bots, and how many deliveries are held back."""
    with closing(connect(url)) as connection, connection.transaction():
        entries, newest = connection.execute(_STANDING).fetchone() or (0, None)
        bot_ids = frozenset(bot_id for (bot_id,) in connection.execute(_BOTS))
        connection.execute(_PAUSE, [rows.to_instant(now)])
        held = connection.execute(_HOLD, [rows.to_instant(now)]).rowcount
    return entries, rows.from_instant_or_none(newest), bot_ids, held

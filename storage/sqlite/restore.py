"""Putting a copy in the place of the database: looked at first, and what it replaces is kept."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage import rows
from storage.sqlite.backup import copy_database, damage_in
from storage.sqlite.engine import APPLICATION_ID

_TIMES = (
    ("entries", "occurred_at"),
    ("outbox", "created_at"),
    ("inbox", "received_at"),
    ("customers", "joined_at"),
    ("staff", "created_at"),
    ("merchants", "created_at"),
)


class CopyUnusable(Exception):
    """One sentence: what is the matter with the file, and so why nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a database file holds: how many entries, its newest moment, and which bots it has served."""

    entries: int
    newest_at: datetime | None
    bot_ids: frozenset[int]


def examine(path: Path) -> Standing:
    """Opens a file that should be one of ours, whole, and looks at all of it. Raises CopyUnusable."""
    with _readable(path) as connection:
        _check_ours(connection, path)
        if damage := damage_in(path):
            raise CopyUnusable(f"{path} is damaged ({damage[0]}): take an older copy.")
        return _standing(connection)


def standing_of(path: Path) -> Standing | None:
    """What the present database holds; None when there is none or it cannot be read."""
    try:
        with _readable(path) as connection:
            return _standing(connection)
    except CopyUnusable:
        return None


def take_place(candidate: Path, database: Path, now: datetime) -> Path | None:
    """What is in ``candidate`` comes into ``database``; returns where what it held before is kept, None for nothing.

    In one transaction, so that whoever reads or writes meanwhile sees the one or the other. A database that cannot be
    read any more is moved aside as it is.
    """
    if not database.exists():
        candidate.replace(database)
        return None
    kept = database.with_name(f"{database.name}.replaced.{now:%Y%m%dT%H%M%SZ}.bak")
    try:
        copy_database(database, kept)
        copy_database(candidate, database)
        candidate.unlink()
    except sqlite3.DatabaseError:
        for ending in ("", "-wal", "-shm"):
            part = database.with_name(f"{database.name}{ending}")
            if part.exists():
                part.replace(kept.with_name(f"{kept.name}{ending}"))
        candidate.replace(database)
    return kept


@contextmanager
def _readable(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file() or not path.stat().st_size:
        raise CopyUnusable(f"{path} is empty: there is nothing to restore in it.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        raise CopyUnusable(f"{path} is damaged or no database ({error}): take an older copy.") from error


def _check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Copies of earlier versions bear no mark; they have our tables."""
    [(application_id,)] = connection.execute("PRAGMA application_id")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    has_ours = {"alembic_version", "merchants", "cards", "entries", "operations"} <= tables
    if application_id not in (0, APPLICATION_ID) or not has_ours:
        raise CopyUnusable(f"{path} is the database of another program.")


def _standing(connection: sqlite3.Connection) -> Standing:
    times = [
        connection.execute(f"SELECT max({column}) FROM {table}").fetchone()[0]  # noqa: S608
        for table, column in _TIMES
    ]
    newest = max((time for time in times if time is not None), default=None)
    [(entries,)] = connection.execute("SELECT count(*) FROM entries")
    return Standing(
        entries=entries,
        newest_at=rows.from_instant_or_none(newest),
        bot_ids=frozenset(bot_id for (bot_id,) in connection.execute("SELECT bot_id FROM bots")),
    )

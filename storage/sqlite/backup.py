"""Copies of a database that is in use, and the check for damage."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from storage.sqlite.engine import kind_of
from storage.sqlite.files import make_private

_OF_THE_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy, taken while others read and write (https://www.sqlite.org/backup.html)."""
    make_private(target)
    origin, copy = sqlite3.connect(source), sqlite3.connect(target)
    try:
        origin.backup(copy)
    finally:
        copy.close()
        origin.close()


def write_copy(source: Path, target: Path) -> None:
    """Copies a database that can be read. Raises OSError where the copy cannot be written."""
    try:
        copy_database(source, target)
    except sqlite3.OperationalError as error:
        if kind_of(error) in _OF_THE_DISK:
            raise OSError(error.sqlite_errorcode, str(error), str(target)) from error
        raise


def damage_in(path: Path) -> Sequence[str]:
    """The first lines of what SQLite's own checks find
    (https://www.sqlite.org/pragma.html#pragma_integrity_check)."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        found = [str(line) for (line,) in connection.execute("PRAGMA integrity_check(10)") if line != "ok"]
        lost = connection.execute("PRAGMA foreign_key_check").fetchmany(10)
    return found + [f"a row of {table} belongs to no row of {parent}" for table, _, parent, _ in lost]

"""Copies of a database that is in use, and the check for damage."""

import errno
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

from storage.sqlite.engine import kind_of
from storage.sqlite.files import make_private

CLOSED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_OF_THE_DISK = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EIO,
}
"""What the system calls it: SQLite's own number of a full disk is the system's of a file that one may not use."""


def open_to_read(path: Path, mode: Literal["ro", "rw"] = "ro") -> sqlite3.Connection:
    """Also where SQLite can lay nothing beside it: on a disk or in a folder that this user may not write, as that to
    which a copy was brought may be. A file that has no -wal there is read as it is
    (https://www.sqlite.org/wal.html#read_only_databases). Raises sqlite3.Error."""
    try:
        return _tried(path, f"mode={mode}")
    except sqlite3.OperationalError as error:
        if kind_of(error) not in CLOSED or path.with_name(f"{path.name}-wal").exists():
            raise
        return _tried(path, "immutable=1")


def _tried(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy, taken while others read and write (https://www.sqlite.org/backup.html)."""
    make_private(target)
    origin, copy = open_to_read(source, "rw"), sqlite3.connect(target)
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
        if number := _OF_THE_DISK.get(kind_of(error)):
            raise OSError(number, str(error), str(target)) from error
        raise


def damage_in(path: Path) -> Sequence[str]:
    """The first lines of what SQLite's own checks find
    (https://www.sqlite.org/pragma.html#pragma_integrity_check)."""
    with closing(open_to_read(path)) as connection:
        found = [str(line) for (line,) in connection.execute("PRAGMA integrity_check(10)") if line != "ok"]
        lost = connection.execute("PRAGMA foreign_key_check").fetchmany(10)
    return found + [f"a row of {table} belongs to no row of {parent}" for table, _, parent, _ in lost]

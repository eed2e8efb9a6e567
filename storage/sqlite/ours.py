"""Whether a SQLite file is ours, which is checked before anything in it is changed."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.sqlite.engine import APPLICATION_ID

_UNMARKED = 0
_OUR_TABLES = frozenset(("alembic_version", "merchants", "cards", "entries"))


class OfAnotherProgram(Exception):
    """The file is the SQLite database of another program."""


def check_not_of_another(path: Path) -> None:
    """A file that is missing or has nothing in it yet may become ours. Raises OfAnotherProgram, sqlite3.Error."""
    if not is_there(path):
        return
    with closing(_looking_at(path)) as connection:
        if not is_ours(connection) and not _is_blank(connection):
            raise OfAnotherProgram(
                f"{path} is the database of another program, and stays as it is: name another file in DATABASE_URL."
            )


def is_there(path: Path) -> bool:
    """Whether there is a file with something in it: SQLite makes a new database of one that is missing or empty."""
    return path.is_file() and path.stat().st_size > 0


def _looking_at(path: Path) -> sqlite3.Connection:
    """Reads the file. If nobody has it open, which is seen by its -wal, SQLite makes no files beside it
    (https://www.sqlite.org/uri.html#uriimmutable)."""
    is_open = path.with_name(f"{path.name}-wal").exists()
    how = "mode=ro" if is_open else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)


def is_ours(connection: sqlite3.Connection) -> bool:
    """Whether the file has our tables, and our mark or, as from earlier versions, none."""
    return _may_be_ours(connection) and _tables_in(connection) >= _OUR_TABLES


def _is_blank(connection: sqlite3.Connection) -> bool:
    return _may_be_ours(connection) and not _tables_in(connection)


def _may_be_ours(connection: sqlite3.Connection) -> bool:
    [(mark,)] = connection.execute("PRAGMA application_id")
    return mark in (_UNMARKED, APPLICATION_ID)


def _tables_in(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}

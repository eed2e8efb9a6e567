"""A file that is not ours is refused as it was: its mode, its content, and when it was changed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.sqlite.migrate import migrate
from storage.sqlite.ours import OfAnotherProgram

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
Lay = Callable[[Path], None]


def letter(path: Path) -> None:
    path.write_text("Dear Anna,\n" * 1000)


def songs(path: Path, *more: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("CREATE TABLE songs (title TEXT)", *more):
            connection.execute(statement)


def songs_that_are_marked(path: Path) -> None:
    songs(path, "PRAGMA application_id = 7")


def songs_with_versions(path: Path) -> None:
    """Others use Alembic too."""
    songs(path, "CREATE TABLE alembic_version (version_num TEXT)")


def mark_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")


def kept_in_wal(path: Path) -> None:
    songs(path, "PRAGMA journal_mode = WAL")


@pytest.mark.parametrize(
    ("lay", "problem"),
    [
        (letter, sqlite3.DatabaseError),
        (songs, OfAnotherProgram),
        (songs_that_are_marked, OfAnotherProgram),
        (songs_with_versions, OfAnotherProgram),
        (mark_alone, OfAnotherProgram),
        (kept_in_wal, OfAnotherProgram),
    ],
)
def test_file_of_another_is_left_as_it_was(lay: Lay, problem: type[Exception], tmp_path: Path) -> None:
    path, beside = tmp_path / "theirs.db", tmp_path / "theirs.db.old.bak"
    lay(path)
    beside.touch()
    for file in (path, beside):
        file.chmod(0o644)
    before = path.stat(), path.read_bytes()
    with pytest.raises(problem):
        migrate(path, NOW)
    assert (path.stat().st_mode, path.stat().st_mtime_ns) == (before[0].st_mode, before[0].st_mtime_ns)
    assert path.read_bytes() == before[1]
    assert beside.stat().st_mode & 0o777 == 0o644
    assert {file.name for file in tmp_path.iterdir()} == {path.name, beside.name}


def in_wal_and_nothing_yet(path: Path) -> None:
    """What a start leaves that was ended before it had made the first table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


@pytest.mark.parametrize("lay", [Path.touch, in_wal_and_nothing_yet])
def test_file_with_nothing_in_it_becomes_ours(lay: Lay, tmp_path: Path) -> None:
    path = tmp_path / "stempel.db"
    lay(path)
    path.chmod(0o644)
    assert migrate(path, NOW) is None
    assert path.stat().st_mode & 0o777 == 0o600
    assert migrate(path, NOW) is None

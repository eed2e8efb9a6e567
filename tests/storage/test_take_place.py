"""A copy comes in the place of a database on a disk that fills up meanwhile: both are whole afterwards.

What SQLite had begun to write then lies as a journal beside the file. Whoever opens that file next undoes with it
what was begun, whatever the file holds by then.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from storage.sqlite import restore
from storage.sqlite.backup import copy_database
from storage.sqlite.restore import take_place
from tests.support.clock import MONDAY_MORNING

HALF_WAY = """
import os, signal, sqlite3, sys
source, target = map(sqlite3.connect, sys.argv[1:])
target.execute("PRAGMA cache_size = 10")

def dies(status, left, total):
    if left < 150:
        os.kill(os.getpid(), signal.SIGKILL)

source.backup(target, pages=5, progress=dies)
"""
ROWS = 1000


def database_of(path: Path, whose: str, *, mode: str = "delete") -> Path:
    with closing(sqlite3.connect(path)) as made, made:
        made.execute(f"PRAGMA journal_mode = {mode}")
        made.execute("CREATE TABLE lines (whose TEXT, filling TEXT)")
        made.executemany("INSERT INTO lines VALUES (?, ?)", [(whose, "x" * 1000)] * ROWS)
    return path


def held(path: Path) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(path)) as read:
        assert read.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return read.execute("SELECT whose, count(*) FROM lines GROUP BY whose").fetchall()


def left_half_way(source: Path, target: Path) -> None:
    """Raises what SQLite raises."""
    subprocess.run([sys.executable, "-c", HALF_WAY, str(source), str(target)], check=False)
    assert target.with_name(f"{target.name}-journal").stat().st_size
    raise sqlite3.OperationalError("database or disk is full")


def no_room_for(is_target: Callable[[Path], bool]) -> Callable[[Path, Path], None]:
    def copy(source: Path, target: Path) -> None:
        (left_half_way if is_target(target) else copy_database)(source, target)

    return copy


@pytest.mark.parametrize("what", ["what is kept", "the database"])
def test_what_is_replaced_on_a_full_disk_is_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    database = database_of(tmp_path / "stempel.db", "what was there")
    candidate = database_of(tmp_path / "stempel.db.restoring", "the copy")
    is_kept = what == "what is kept"
    monkeypatch.setattr(restore, "copy_database", no_room_for(lambda target: (target != database) is is_kept))
    kept = take_place(candidate, database, MONDAY_MORNING)
    assert kept is not None
    assert (held(database), held(kept)) == ([("the copy", ROWS)], [("what was there", ROWS)])
    assert {path.name for path in tmp_path.iterdir()} == {database.name, kept.name}


def test_last_writes_of_a_database_that_is_gone_do_not_come_into_the_copy(tmp_path: Path) -> None:
    """SQLite writes a -wal into whatever file has its name."""
    database, aside = tmp_path / "stempel.db", tmp_path / "aside.db"
    with closing(sqlite3.connect(database_of(database, "what was there", mode="wal"))) as at_work:
        at_work.execute("UPDATE lines SET whose = 'its last writes'")
        at_work.commit()
        last = (tmp_path / "stempel.db-wal").read_bytes()
        database.rename(aside)
    (tmp_path / "stempel.db-wal").write_bytes(last)
    candidate = database_of(tmp_path / "stempel.db.restoring", "the copy", mode="wal")
    assert take_place(candidate, database, MONDAY_MORNING) is None
    assert held(database) == [("the copy", ROWS)]
    [kept] = tmp_path.glob("*.bak-wal")
    assert kept.read_bytes() == last

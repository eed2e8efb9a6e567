"""What was committed is copied into the file beside the writer, which waits for none of it."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.ports import Tx
from domain.usecases.stamp_card import stamp_card
from storage.sqlite import checkpoints
from storage.sqlite.checkpoints import COPIED_PAGES, PAGES_A_GROUP, Checkpoints
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.engine import WAL_PAGES_MAX
from storage.tx import Tx as SqliteTx
from tests.support.async_shop import do, opens_counter
from tests.support.clock import Chance, Clock, Ids
from tests.support.patience import PATIENCE_S

A_PAGE = bytes(3_000)
"""More than half of one, so that each row has a page of its own."""


@pytest.fixture
def open_file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A file with a WAL of which the connection itself copies nothing."""
    with closing(sqlite3.connect(tmp_path / "stempel.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE pages (page BLOB)")
        yield connection


def write(connection: sqlite3.Connection, pages: int) -> None:
    connection.executemany("INSERT INTO pages VALUES (?)", [(A_PAGE,)] * pages)


def in_the_file_alone(path: Path) -> int:
    """How many rows a copy has that was made without the WAL."""
    alone = path.with_name("alone.db")
    shutil.copy(path, alone)
    with closing(sqlite3.connect(alone)) as connection:
        try:
            [(found,)] = connection.execute("SELECT count(*) FROM pages")
        except sqlite3.OperationalError:
            return 0
    return int(found)


def test_what_was_committed_gets_into_the_file(open_file: sqlite3.Connection, tmp_path: Path) -> None:
    path, threads = tmp_path / "stempel.db", []
    copies = Checkpoints(path, lambda: threads.append(threading.current_thread().name))
    write(open_file, 10)
    copies.committed(1)
    assert in_the_file_alone(path) == 0
    copies.committed(COPIED_PAGES)
    copies.close()
    assert in_the_file_alone(path) == 10
    assert threads == ["checkpoints"]


def test_as_many_commits_as_fill_the_wal_are_copied_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copied: list[Path] = []
    monkeypatch.setattr(checkpoints, "checkpoint", copied.append)
    copies = Checkpoints(tmp_path / "stempel.db", lambda: None)
    for _ in range(2 * (COPIED_PAGES // PAGES_A_GROUP)):
        copies.committed(0)
    copies.close()
    assert copied == [tmp_path / "stempel.db"]


def test_wal_begins_anew_when_all_of_it_was_copied(open_file: sqlite3.Connection, tmp_path: Path) -> None:
    sizes = []
    for _ in range(5):
        write(open_file, 50)
        checkpoints.checkpoint(tmp_path / "stempel.db")
        sizes.append((tmp_path / "stempel.db-wal").stat().st_size)
    assert sizes == [sizes[0]] * 5


def test_what_cannot_be_copied_now_is_copied_later(
    open_file: sqlite3.Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "stempel.db"
    copies = Checkpoints(tmp_path / "not here.db", lambda: None)
    write(open_file, 10)
    copies.committed(COPIED_PAGES)
    copies.close()
    said = "the WAL is not copied now, but by a later commit: unable to open database file"
    assert [record.message for record in caplog.records] == [said]
    assert not (tmp_path / "not here.db").exists()
    copies = Checkpoints(path, lambda: None)
    copies.committed(COPIED_PAGES)
    copies.close()
    assert in_the_file_alone(path) == 10


async def test_writer_has_its_commits_copied(
    monkeypatch: pytest.MonkeyPatch, path: Path, clock: Clock
) -> None:
    monkeypatch.setattr(checkpoints, "COPIED_PAGES", 1)
    begun = threading.Event()
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance(), aside=begun.set)
    counter = await opens_counter(store)
    command = counter.stamping("one")
    await do(store, lambda tx: stamp_card(tx=tx, command=command))
    assert begun.wait(PATIENCE_S)
    await store.close()
    assert "checkpoints" not in {thread.name for thread in threading.enumerate()}


async def test_commit_copies_what_nobody_has_copied(sqlite: SqliteDatabase) -> None:
    def bound(tx: Tx) -> object:
        assert isinstance(tx, SqliteTx)
        return tx.session.driver.execute("PRAGMA wal_autocheckpoint").fetchone()  # type: ignore[attr-defined]

    assert await do(sqlite, bound) == (WAL_PAGES_MAX,)

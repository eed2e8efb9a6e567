"""What a command writes takes the place of nothing that is needed: not of the bot's own files, not of a good copy."""

import errno
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.job_run import JobRun
from domain.ports import DatabaseUnavailable, Jobs
from storage.sqlite.instance import sole_user
from tests.cli.conftest import Stempel

OWN_FILES = ("data/stempel.db", "data/secret.key", "data/stempel.db-wal", ".env")
WRITERS = (
    ("export", "--what", "entries", "--output"),
    ("privacy", "export", "--card", "482109375", "--out"),
    ("card", "print", "--out"),
    ("store", "poster", "--out"),
    ("merchant", "logo", "--save"),
)


@pytest.mark.parametrize("words", [(*words, own) for words in WRITERS for own in OWN_FILES])
def test_nothing_is_written_over_the_bots_own_files(
    words: Sequence[str], stempel: Stempel, shop: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("DEFAULT_LOCALE=en\n")
    before = {name: _content(tmp_path / name) for name in OWN_FILES}
    ran = stempel(*words, "--merchant", shop["merchant_id"])
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{words[-1]} is the bot's own: give another file.\n"
    assert {name: _content(tmp_path / name) for name in OWN_FILES} == before


@pytest.mark.parametrize("words", WRITERS, ids=" ".join)
def test_file_that_is_there_is_replaced_only_when_it_is_said(
    words: Sequence[str], stempel: Stempel, shop: dict[str, Any], tmp_path: Path
) -> None:
    notes, link = tmp_path / "notes.txt", tmp_path / "link.txt"
    notes.write_text("Milk\n")
    link.symlink_to(notes)
    merchant = ("--merchant", shop["merchant_id"])
    for file in (notes, link):
        ran = stempel(*words, str(file), *merchant)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == f"{file} is there already, and stays as it is: give another file, or --force too.\n"
    assert notes.read_text() == "Milk\n"


@pytest.mark.parametrize("words", [*WRITERS, ("backup",)], ids=" ".join)
def test_hyphen_is_no_name_of_a_file(
    words: Sequence[str], stempel: Stempel, shop: dict[str, Any], tmp_path: Path
) -> None:
    merchant = () if words == ("backup",) else ("--merchant", shop["merchant_id"])
    ran = stempel(*words, "-", *merchant)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "What is written goes into a file, not to the screen: give its name.\n"
    assert not (tmp_path / "-").exists()


def test_file_that_is_there_is_replaced_when_it_is_said(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "days.csv"
    words = ("export", "--merchant", shop["merchant_id"], "--what", "days", "--output", str(file))
    file.write_text("")
    assert stempel(*words).status == 0, "there is nothing in it to lose"
    of_today = file.read_text()
    file.write_text("of yesterday")
    assert stempel(*words).status == 2
    assert stempel(*words, "--force").status == 0
    assert file.read_text() == of_today


@pytest.mark.parametrize("words", [*WRITERS, ("backup",)], ids=" ".join)
def test_what_is_no_file_is_not_written_to(
    words: Sequence[str], stempel: Stempel, shop: dict[str, Any], tmp_path: Path
) -> None:
    merchant = () if words == ("backup",) else ("--merchant", shop["merchant_id"], "--force")
    pipe, link, loop = (tmp_path / name for name in ("pipe", "link", "loop"))
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    loop.symlink_to(loop)
    for place in (pipe, link, loop):
        ran = stempel(*words, str(place), *merchant)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == f"{place} is no file, and stays as it is: give another.\n"
    assert (pipe.is_fifo(), link.is_symlink()) == (True, True)


def test_link_that_leads_to_no_file_yet_is_not_followed(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path
) -> None:
    """In a folder of everybody's somebody else may have laid it."""
    link, elsewhere = tmp_path / "days.csv", tmp_path / "elsewhere"
    link.symlink_to(elsewhere)
    words = ("export", "--merchant", shop["merchant_id"], "--what", "days", "--output", str(link))
    for more in ((), ("--force",)):
        ran = stempel(*words, *more)
        assert (ran.status, ran.err) == (2, f"{link} is no file, and stays as it is: give another.\n")
    assert not elsewhere.exists()


@pytest.mark.usefixtures("shop")
def test_backup_leaves_what_is_no_copy_as_it_is(stempel: Stempel, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Milk\n")
    notes.chmod(0o644)
    ran = stempel("backup", str(notes))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{notes} is no copy, and stays as it is: give another file.\n"
    assert (notes.read_text(), notes.stat().st_mode & 0o777) == ("Milk\n", 0o644)


@pytest.mark.usefixtures("shop")
def test_backup_leaves_the_database_of_another_bot(stempel: Stempel, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.db"
    assert stempel("backup", str(theirs)).status == 0
    before = theirs.read_bytes()
    with sole_user(theirs):
        ran = stempel("backup", str(theirs))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{theirs} is the database of a bot: give another file.\n"
    assert theirs.read_bytes() == before


@pytest.mark.usefixtures("shop")
def test_backup_that_fails_leaves_the_copy_of_before_and_names_the_copy(
    stempel: Stempel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    assert stempel("backup", str(copy)).status == 0
    before = copy.read_bytes()
    monkeypatch.setattr(
        "os.geteuid", lambda: tmp_path.stat().st_uid + 1
    )  # whose files these are is not the trouble
    monkeypatch.setattr("storage.sqlite.backup.sqlite3.connect", _with_little_room("copy.db"))
    ran = stempel("backup", str(copy))
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == f"{copy} cannot be used: database or disk is full.\n"
    assert copy.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if ".part" in file.name] == []


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full once half of a file is written."""
    write = Path.write_bytes

    def half(path: Path, content: bytes) -> int:
        write(path, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # as writing says it: without the file's name

    monkeypatch.setattr(Path, "write_bytes", half)


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize("words", [("store", "poster"), ("card", "print")], ids=" ".join)
def test_what_there_is_no_room_for_leaves_the_file_of_before_and_names_it(
    words: Sequence[str], stempel: Stempel, shop: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "to print.pdf"
    file.write_text("of last week")
    ran = stempel(*words, "--merchant", shop["merchant_id"], "--out", str(file), "--force")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[-1] == f"{file} cannot be used: No space left on device."
    assert (file.read_text(), [*tmp_path.glob("*.part*")]) == ("of last week", [])


@pytest.mark.usefixtures("shop")
def test_backup_is_remembered_for_status(stempel: Stempel, tmp_path: Path, database: Path) -> None:
    for _ in range(2):
        assert stempel("backup", str(tmp_path / "copy.db")).status == 0
    asked = "SELECT bot_id, outcome, count, total_runs FROM job_runs WHERE job = 'backup'"
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute(asked).fetchall() == [(0, "ok", 1, 2)]


@pytest.mark.usefixtures("shop")
def test_backup_is_made_while_nothing_can_be_written(
    stempel: Stempel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(*, tx: Jobs, command: JobRun) -> None:
        raise DatabaseUnavailable("database or disk is full")

    monkeypatch.setattr("bot.cli.database.record_runs", is_full)
    ran = stempel("backup", str(tmp_path / "copy.db"), "--json")
    assert (ran.status, ran.object["backup"]) == (0, str(tmp_path / "copy.db"))


@pytest.mark.usefixtures("shop")
def test_backup_takes_the_place_of_an_earlier_copy(stempel: Stempel, tmp_path: Path) -> None:
    """Of one that is damaged too."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert stempel("backup", str(copy)).status == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    assert stempel("restore", str(copy)).status == 0


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _with_little_room(name: str) -> Any:
    """Connections, of which those to a file of that name have room for a few pages."""
    connect = sqlite3.connect

    def connected(path: Path | str, *rest: Any, **more: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(path, *rest, **more)
        if Path(path).name == name:
            connection.execute("PRAGMA max_page_count = 4")
        return connection

    return connected

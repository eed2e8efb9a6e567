"""A copy shows what it is before it takes the database's place; what it replaces is kept."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.sqlite import backup
from tests.cli.conftest import Stempel

PAGE_BYTES = 4096


@pytest.fixture
def copy(stempel: Stempel, shop: dict[str, Any], tmp_path: Path) -> Path:
    """A backup of a shop that has just opened."""
    path = tmp_path / "copy.db"
    assert stempel("backup", str(path)).status == 0
    return path


def test_copy_that_is_put_into_a_new_folder_lies_there_alone_and_asks_for_its_key(
    stempel: Stempel, copy: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = database.parent.parent / "new" / "stempel.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{elsewhere}")
    ran = stempel("restore", str(copy), "--json")
    assert (ran.status, ran.object["key_fits"]) == (0, None)
    assert ran.err.splitlines()[-1].startswith(
        "The key is not here: put the secret.key that was kept with the copy"
    )
    assert elsewhere.parent.stat().st_mode & 0o777 == 0o700


def test_copy_with_another_key_is_put_back_only_with_a_warning(
    stempel: Stempel, copy: Path, database: Path
) -> None:
    database.with_name("secret.key").write_text("0" * 64)
    assert stempel("restore", str(copy)).status == 1
    ran = stempel("restore", str(copy), "--yes", "--json")
    assert (ran.status, ran.object["key_fits"]) == (0, False)
    [said] = [line for line in ran.err.splitlines() if "another key" in line]
    assert said.startswith("The copy was made with another key, and no bot starts on it: put back the one")


@pytest.fixture
def closed_folder(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy lies in a folder of root's, or on a disk that is mounted to be read. Tests may be root themselves, so
    what SQLite says there of a file that keeps a -wal is said for it."""
    tried = backup._tried

    def says_what_it_would(path: Path, how: str) -> sqlite3.Connection:
        if path == copy and how.startswith("mode="):
            error = sqlite3.OperationalError("attempt to write a readonly database")
            error.sqlite_errorcode = sqlite3.SQLITE_READONLY_DIRECTORY
            raise error
        return tried(path, how)

    monkeypatch.setattr(backup, "_tried", says_what_it_would)


@pytest.mark.usefixtures("closed_folder")
def test_copy_is_restored_from_where_nothing_can_be_laid_beside_it(
    stempel: Stempel, copy: Path, database: Path
) -> None:
    change(database, "UPDATE stores SET name = 'since the copy'")
    ran = stempel("restore", str(copy), "--yes", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert names_of_stores(database) == ["Café Knätsch"]


@pytest.mark.usefixtures("closed_folder")
def test_copy_whose_last_writes_cannot_be_read_is_not_called_damaged(stempel: Stempel, copy: Path) -> None:
    """They lie beside it."""
    copy.with_name(f"{copy.name}-wal").write_bytes(b"")
    ran = stempel("restore", str(copy), "--yes")
    assert (ran.status, "bring it into a folder" in ran.err, "damaged" in ran.err) == (1, True, False)


def names_of_stores(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM stores ORDER BY store_id")]


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def pages_of(path: Path, index: str) -> Iterator[int]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (index,))
        yield from (page for (page,) in found)


def destroy_page_of(path: Path, index: str) -> None:
    [page] = pages_of(path, index)
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE_BYTES)
        file.write(b"\x0d" + bytes(99))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def picture(path: Path) -> None:
    path.write_bytes(b"meow" * 5000)


def copy_of_postgres(path: Path) -> None:
    path.write_bytes(b"PGDMP" + b"\0" * 5000)


def another_program(path: Path) -> None:
    path.unlink()
    change(path, "CREATE TABLE songs (title TEXT)", "PRAGMA application_id = 7")


def another_program_with_our_mark_missing(path: Path) -> None:
    path.unlink()
    change(path, "CREATE TABLE cards (title TEXT)")


def destroyed_index(path: Path) -> None:
    destroy_page_of(path, "ix_deliveries_failed")


def broken_invariant(path: Path) -> None:
    change(
        path,
        "INSERT INTO customers SELECT merchant_id, 'c', 1, 2, 'Léa', store_id, 0, 'lea' FROM stores",
        "INSERT INTO cards (merchant_id, card_id, customer_id, program_id, number, token_hash, token_rotation,"
        " stamp_count, points_balance, stamps_today, entry_count, active, created_at)"
        " SELECT merchant_id, 'k', 'c', program_id, '000000018', 'h', 0, 5, 0, 0, 0, 1, 0 FROM programs",
    )


def newer_program(path: Path) -> None:
    change(path, "UPDATE alembic_version SET version_num = '9999'")


def another_bot(path: Path) -> None:
    change(path, "UPDATE bots SET bot_id = 999, username = 'somebody_elses_bot'")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (empty, "is empty"),
        (picture, "no database"),
        (copy_of_postgres, "is a copy of a PostgreSQL database"),
        (another_program, "another program"),
        (another_program_with_our_mark_missing, "another program"),
        (destroyed_index, "is damaged"),
        (broken_invariant, "breaks invariant I1"),
        (newer_program, "schema 9999"),
        (another_bot, "another bot"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_copy_that_is_not_right_is_refused_in_a_sentence_and_changes_nothing(
    spoil: Any, said: str, stempel: Stempel, copy: Path, database: Path
) -> None:
    spoil(copy)
    before = names_of_stores(database)
    ran = stempel("restore", str(copy), "--yes")
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert names_of_stores(database) == before
    assert [path.name for path in database.parent.iterdir() if "restoring" in path.name] == []
    assert list(copy.parent.glob("copy.db?*")) == []


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("words", [("restore",), ("migrate", "--from")], ids=" ".join)
def test_pipe_is_no_copy(words: tuple[str, ...], stempel: Stempel, tmp_path: Path) -> None:
    """Nobody writes into it: who opens it waits for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    ran = stempel(*words, str(pipe))
    assert (ran.status, ran.out, ran.err) == (2, "", f"{pipe} is no file: give one.\n")


def test_going_back_in_time_is_asked_for_and_says_by_how_much(
    stempel: Stempel, shop: dict[str, Any], copy: Path, database: Path
) -> None:
    invited = ("staff", "invite", "--merchant", shop["merchant_id"], "--store", shop["store_id"])
    assert stempel(*invited, "--name", "Anna").status == 0
    refused = stempel("restore", str(copy))
    assert (refused.status, refused.out) == (1, "")
    assert (
        "older than the database: all that was done since would be gone, with 0 entries of the ledger."
        in refused.err
    )
    assert "--yes" in refused.err
    assert len(stempel("staff", "list", "--merchant", shop["merchant_id"]).out.splitlines()) == 2
    allowed = stempel("restore", str(copy), "--yes", "--json")
    assert allowed.status == 0
    assert len(stempel("staff", "list", "--merchant", shop["merchant_id"]).out.splitlines()) == 1
    kept = Path(allowed.object["kept"])
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM staff").fetchone() == (2,)


def test_damaged_database_is_replaced_and_kept_as_it_is(stempel: Stempel, copy: Path, database: Path) -> None:
    database.write_bytes(b"meow" * 5000)
    ran = stempel("restore", str(copy), "--json")
    assert ran.status == 0
    assert Path(ran.object["kept"]).read_bytes() == b"meow" * 5000
    assert stempel("verify").status == 0


def test_copy_comes_where_there_is_no_database(stempel: Stempel, copy: Path, database: Path) -> None:
    for path in database.parent.glob("stempel.db*"):
        path.unlink()
    ran = stempel("restore", str(copy), "--json")
    assert (ran.status, ran.object["kept"]) == (0, None)
    assert names_of_stores(database) == ["Café Knätsch"]


@pytest.mark.parametrize("index", ["ix_deliveries_failed", "ix_inbox_done_at", "sqlite_autoindex_staff_1"])
def test_verify_sees_damage_outside_the_ledger(
    index: str, stempel: Stempel, shop: dict[str, Any], database: Path
) -> None:
    if not list(pages_of(database, index)):
        index = "staff"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    destroy_page_of(database, index)
    ran = stempel("verify", "--json")
    assert ran.status == 1
    assert "Traceback" not in ran.err
    assert ran.objects == [] or ran.objects[0]["invariant"] == "database"


def test_backup_onto_the_database_itself_through_a_link_is_refused(
    stempel: Stempel, shop: dict[str, Any], database: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder").symlink_to(database.parent)
    (tmp_path / "linked.db").symlink_to(database)
    (tmp_path / "hard.db").hardlink_to(database)
    for target in ("folder/stempel.db", "linked.db", "hard.db", "data/../data/stempel.db"):
        ran = stempel("backup", target)
        assert (ran.status, ran.out) == (2, ""), target
        assert "the bot's own" in ran.err
    assert stempel("verify").status == 0


def test_what_the_copy_owes_is_held_back_until_the_operator_says(
    stempel: Stempel, shop: dict[str, Any], copy: Path
) -> None:
    owed = (
        "INSERT INTO outbox SELECT merchant_id, 'o', 110201543, 7, 'receipt', '{}', 0 FROM merchants",
        "INSERT INTO deliveries (merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts,"
        " is_unreported) SELECT merchant_id, 'o', 'telegram', '7', 110201543, 0, 0, 0, 0 FROM merchants",
    )
    change(copy, *owed)
    ran = stempel("restore", str(copy), "--yes", "--json")
    assert (ran.object["messages_sent_since"], ran.object["messages_held"]) == (0, 1)
    assert "stempel outbox release" in ran.err
    assert stempel("outbox", "release", "--json").object == {"released": 1}
    assert stempel("outbox", "drop", "--json").object == {"dropped": 0}
    again = stempel("restore", str(copy), "--yes", "--json")
    assert again.object["messages_held"] == 1
    assert stempel("outbox", "drop").out == "dropped: 1\n"


def test_copy_that_takes_the_place_of_one_that_somebody_wrote_to_is_whole(
    stempel: Stempel, copy: Path, database: Path
) -> None:
    """What they wrote last, and SQLite had not brought into the older copy yet, would come into the new one."""
    with closing(sqlite3.connect(copy)) as at_work:
        at_work.execute("PRAGMA journal_mode = WAL")
        at_work.execute("UPDATE stores SET name = 'by hand'")
        at_work.commit()
        last = copy.with_name(f"{copy.name}-wal").read_bytes()
    copy.with_name(f"{copy.name}-wal").write_bytes(last)
    assert stempel("backup", str(copy)).status == 0
    assert names_of_stores(copy) == names_of_stores(database)

"""Schema, invariants and copies from the command line."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.sqlite.instance import sole_user
from tests.cli.conftest import Stempel


def test_file_is_not_distributed_over_several_machines(stempel: Stempel, database: Path) -> None:
    told = stempel("migrate", "--distributed")
    assert (told.status, len(told.err.splitlines())) == (1, 1)
    assert "is one file on one machine: " in told.err
    assert not database.exists()


def test_migrate_makes_the_database_and_takes_no_copy_of_nothing(stempel: Stempel, database: Path) -> None:
    ran = stempel("migrate", "--json")
    assert (ran.status, ran.object) == (0, {"migrated": True, "copy": None})
    assert database.exists()
    again = stempel("migrate")
    assert (again.status, again.out.splitlines()[0]) == (0, "migrated: yes")


def test_verify_of_a_sound_database_ends_with_status_zero(stempel: Stempel, shop: dict[str, Any]) -> None:
    ran = stempel("verify", "--json")
    assert (ran.status, ran.objects, ran.err) == (0, [{"violations": 0}], "")
    assert stempel("verify").out == "violations: 0\n"


def test_backup_and_restore_bring_the_same_back(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path, database: Path
) -> None:
    copy = tmp_path / "copy.db"
    ran = stempel("backup", str(copy), "--json")
    assert (ran.status, ran.object) == (0, {"backup": str(copy), "size_bytes": copy.stat().st_size})
    assert stempel("store", "create", "--merchant", shop["merchant_id"], "--name", "Later").status == 0
    restored = stempel("restore", str(copy), "--json")
    told = restored.object
    assert (restored.status, told["restored"], told["database"]) == (0, str(copy), str(database))
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT name FROM stores").fetchall() == [("Café Knätsch",)]
    assert stempel("verify").status == 0


@pytest.mark.parametrize(
    ("path", "said"), [("nowhere/copy.db", "is not a folder"), ("data/stempel.db", "is the bot's own")]
)
@pytest.mark.usefixtures("shop")
def test_backup_to_where_it_cannot_go_says_so(path: str, said: str, stempel: Stempel) -> None:
    ran = stempel("backup", path)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_restore_while_the_bot_runs_is_refused_and_changes_nothing(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path, database: Path
) -> None:
    copy = tmp_path / "copy.db"
    stempel("backup", str(copy))
    stempel("store", "create", "--merchant", shop["merchant_id"], "--name", "Later")
    with sole_user(database):
        ran = stempel("restore", str(copy))
        assert (ran.status, ran.out, ran.err) == (
            1,
            "",
            f"{database} is in use by another bot: end that one first.\n",
        )
        assert stempel("verify").status == 0
        assert stempel("backup", str(tmp_path / "another.db")).status == 0
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM stores").fetchall() == [(2,)]


def test_restore_of_what_is_no_database_is_refused_and_changes_nothing(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path, database: Path
) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"meow" * 1000)
    ran = stempel("restore", str(tmp_path / "cat.jpg"))
    assert ran.status in (1, 2)
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert stempel("staff", "list", "--merchant", shop["merchant_id"]).status == 0


def test_database_of_a_newer_program_is_refused(
    stempel: Stempel, shop: dict[str, Any], database: Path
) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    ran = stempel("verify")
    assert (ran.status, ran.out) == (1, "")
    assert "Traceback" not in ran.err


def test_file_that_is_no_database_is_said_in_one_sentence(stempel: Stempel, database: Path) -> None:
    database.parent.mkdir(parents=True)
    database.write_bytes(b"meow" * 1000)
    ran = stempel("verify")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        f"{database} cannot be used: file is not a database. End the bot and put the newest copy in its place:"
        " `stempel restore PATH` looks at the copy first, and keeps what is damaged beside it.\n"
    )


@pytest.mark.parametrize("closed", ["stempel.db", "stempel.db-wal", "."])
def test_part_of_the_database_that_is_somebody_elses_is_named(
    closed: str, stempel: Stempel, shop: dict[str, Any], database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says only that it cannot open or write it. Root may write everything: so what the driver and the system
    say to others is put in their place."""
    path, may = database.parent / closed, os.access
    path.touch()
    assert shop
    refused = sqlite3.OperationalError("attempt to write a readonly database")
    refused.sqlite_errorcode = sqlite3.SQLITE_READONLY

    def refuse(*_: object) -> None:
        raise refused

    monkeypatch.setattr("os.access", lambda file, mode: file != path and may(file, mode))
    monkeypatch.setattr("bot.app.sqlite.migrate", refuse)
    ran = stempel("verify")
    assert (ran.status, ran.out, ran.err) == (1, "", f"{path} cannot be used: Permission denied.\n")


def test_broken_invariant_ends_verify_with_status_one_and_names_the_row(
    stempel: Stempel, shop: dict[str, Any], database: Path
) -> None:
    card_id = "00000000-0000-7000-8000-000000000001"
    with closing(sqlite3.connect(database)) as connection, connection:
        [(program_id,)] = connection.execute("SELECT program_id FROM programs").fetchall()
        connection.execute(
            "INSERT INTO customers VALUES (?, 'c', 1, 2, 'Anna', ?, 0, 'anna')",
            (shop["merchant_id"], shop["store_id"]),
        )
        connection.execute(
            "INSERT INTO cards (merchant_id, card_id, customer_id, program_id, number, token_hash, token_rotation,"
            " stamp_count, points_balance, stamps_today, entry_count, active, created_at)"
            " VALUES (?, ?, 'c', ?, '000000018', 'h', 0, 5, 0, 0, 0, 1, 0)",
            (shop["merchant_id"], card_id, program_id),
        )
    ran = stempel("verify", "--json")
    violation, total = ran.objects
    assert (ran.status, total) == (1, {"violations": 1})
    assert (
        violation["invariant"],
        violation["merchant_id"],
        violation["card_id"],
        violation["entry_id"],
    ) == (
        "I1",
        shop["merchant_id"],
        card_id,
        None,
    )
    told = stempel("verify")
    assert told.status == 1
    assert card_id in told.out

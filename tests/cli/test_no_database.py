"""Where there is no database, none is made by mistake: a lost one is missed, and a wrong folder is said."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stempel

EXISTING = (
    ("verify",),
    ("backup", "copy.db"),
    ("merchant", "list"),
    ("ledger", "--merchant", "m"),
    ("report", "--merchant", "m"),
    ("export", "--merchant", "m", "--what", "days", "--output", "days.csv"),
    ("takings", "list", "--merchant", "m", "--from", "2026-11-01"),
    ("staff", "invite", "--merchant", "m", "--store", "s", "--name", "Anna"),
    ("store", "poster", "--merchant", "m"),
    ("outbox", "drop"),
)
MAKING = (("run",), ("merchant", "create", "--name", "Bakery"), ("merchant", "invite"), ("migrate",))


@pytest.mark.parametrize("words", EXISTING)
def test_command_in_another_folder_makes_no_database(
    words: Sequence[str], stempel: Stempel, tmp_path: Path, database: Path
) -> None:
    ran = stempel(*words)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        f"{database} does not exist: give the command in the folder that has the bot's .env, or make the first shop"
        " with `stempel merchant create`.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [*EXISTING, *MAKING])
@pytest.mark.parametrize("is_empty", [True, False])
def test_lost_database_is_missed(
    words: Sequence[str], is_empty: bool, stempel: Stempel, shop: dict[str, Any], database: Path
) -> None:
    """One that a crash of the disk left empty, too: SQLite takes it for new."""
    key = database.with_name("secret.key")
    assert shop
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
    if is_empty:
        database.touch()
    ran = stempel(*words)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        f"{database} is missing or empty, and secret.key beside it says that there was one: put a copy in its place"
        f" with `stempel restore PATH`, or, to begin without any shop, move {key} away.\n"
    )
    assert database.exists() is is_empty
    assert not is_empty or database.stat().st_size == 0


def test_lost_database_is_missed_where_the_key_is_a_setting(
    stempel: Stempel, shop: dict[str, Any], database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the copies that lie beside it."""
    monkeypatch.setenv("SECRET_KEY", database.with_name("secret.key").read_text())
    database.with_name("secret.key").unlink()
    database.rename(database.with_name("stempel.db.0058.20261129T120000Z.bak"))
    ran = stempel("merchant", "create", "--name", "Bakery")
    assert (ran.status, ran.out) == (1, "")
    assert "stempel.db.0058.20261129T120000Z.bak beside it says that there was one" in ran.err
    assert shop["merchant_id"] not in ran.err


def test_copy_is_put_in_the_place_of_a_lost_database(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path, database: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert stempel("backup", str(copy)).status == 0
    database.write_bytes(b"")
    assert stempel("restore", str(copy)).status == 0
    assert stempel("store", "list", "--merchant", shop["merchant_id"]).status == 0

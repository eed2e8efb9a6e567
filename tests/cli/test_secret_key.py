"""A database knows the key that it was made with, and works with no other."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stempel
from tests.support.operator import Ran

Spoil = Callable[[Path], object]
NEEDING = ("merchant create", "store create", "staff invite", "staff reset-pin")


@pytest.fixture
def key(shop: dict[str, Any], database: Path) -> Path:
    return database.with_name("secret.key")


def asks(stempel: Stempel, shop: dict[str, Any], command: str) -> Ran:
    """A command that needs the key."""
    at = ("--merchant", shop["merchant_id"])
    words: dict[str, tuple[str, ...]] = {
        "merchant create": ("--name", "Another"),
        "store create": (*at, "--name", "Gare"),
        "staff invite": (*at, "--name", "Anna", "--role", "manager"),
        "staff reset-pin": (*at, "--staff", "nobody"),
    }
    return stempel(*command.split(), *words.get(command, ()))


def lost(key: Path) -> None:
    key.unlink()


def emptied(key: Path) -> None:
    key.write_bytes(b"")


def cut_short(key: Path) -> None:
    key.write_bytes(key.read_bytes()[:31])


def changed(key: Path) -> None:
    key.write_text("f" * 64)


def edit(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as file, file:
        file.execute(sql)


def forgets_its_key(database: Path) -> None:
    """As one from before the fingerprint was kept."""
    edit(database, "DELETE FROM fingerprints")


def dump(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as file:
        return list(file.iterdump())


@pytest.mark.parametrize("command", NEEDING)
@pytest.mark.parametrize("spoil", [lost, emptied, cut_short, changed])
def test_database_without_its_key_is_refused_in_a_sentence_and_left_alone(
    spoil: Spoil, command: str, stempel: Stempel, shop: dict[str, Any], key: Path, database: Path
) -> None:
    right, before = key.read_bytes(), dump(database)
    spoil(key)
    spoiled = key.read_bytes() if key.exists() else None
    ran = asks(stempel, shop, command)
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.strip().splitlines()) == 1
    assert "secret.key" in ran.err
    assert "put back" in ran.err
    assert "rotate-secret" in ran.err
    assert dump(database) == before
    assert (key.read_bytes() if key.exists() else None) == spoiled
    key.write_bytes(right)
    assert asks(stempel, shop, "store create").status == 0


@pytest.mark.parametrize("spoil", [lost, changed])
def test_database_from_before_takes_no_key_that_did_not_make_its_links(
    spoil: Spoil, stempel: Stempel, shop: dict[str, Any], key: Path, database: Path
) -> None:
    right = key.read_bytes()
    forgets_its_key(database)
    spoil(key)
    assert asks(stempel, shop, "store create").status == 2
    key.write_bytes(right)
    assert asks(stempel, shop, "store create").status == 0
    changed(key)
    assert asks(stempel, shop, "store create").status == 2


def test_setting_with_another_key_is_refused_by_its_name(
    stempel: Stempel, shop: dict[str, Any], key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "another key of more than 32 characters")
    ran = asks(stempel, shop, "store create")
    assert ran.status == 2
    assert "SECRET_KEY is not the key" in ran.err
    monkeypatch.setenv("SECRET_KEY", key.read_text())
    assert asks(stempel, shop, "store create").status == 0


def test_key_cannot_be_told_from_what_the_database_keeps_of_it(
    stempel: Stempel, shop: dict[str, Any], key: Path, database: Path
) -> None:
    kept = "\n".join(dump(database))
    assert "fingerprints" in kept
    assert key.read_text() not in kept


@pytest.mark.parametrize("spoil", [lost, changed])
def test_commands_that_need_no_key_go_on(
    spoil: Spoil, stempel: Stempel, shop: dict[str, Any], key: Path
) -> None:
    spoil(key)
    for words in (("verify",), ("staff", "list", "--merchant", shop["merchant_id"]), ("merchant", "list")):
        assert stempel(*words).status == 0


# -- a copy ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_from_before", [False, True])
def test_copy_that_was_made_with_another_key_says_so_first(
    is_from_before: bool,
    stempel: Stempel,
    shop: dict[str, Any],
    key: Path,
    database: Path,
    tmp_path: Path,
) -> None:
    copy, right = tmp_path / "copy.db", key.read_bytes()
    assert stempel("backup", str(copy)).status == 0
    if is_from_before:
        forgets_its_key(copy)
    changed(key)
    before = dump(database)
    refused = stempel("restore", str(copy))
    assert (refused.status, refused.out) == (1, "")
    assert "made with another key" in refused.err
    assert len(refused.err.strip().splitlines()) == 1
    assert dump(database) == before
    assert stempel("restore", str(copy), "--yes", "--json").object["key_fits"] is False
    key.write_bytes(right)
    assert stempel("restore", str(copy), "--json").object["key_fits"] is True
    lost(key)
    assert stempel("restore", str(copy), "--json").object["key_fits"] is None


# -- an exchange -------------------------------------------------------------------------------------------


def test_exchange_that_is_not_meant_changes_nothing(
    stempel: Stempel, shop: dict[str, Any], key: Path, database: Path
) -> None:
    before, right = dump(database), key.read_bytes()
    ran = stempel("rotate-secret")
    assert (ran.status, ran.out) == (2, "")
    assert "say --yes" in ran.err
    assert (dump(database), key.read_bytes()) == (before, right)


@pytest.mark.parametrize("spoil", [lost, emptied, cut_short, changed])
def test_exchange_helps_whatever_became_of_the_key(
    spoil: Spoil, stempel: Stempel, shop: dict[str, Any], key: Path
) -> None:
    spoil(key)
    spoiled = key.read_bytes() if key.exists() else None
    ran = stempel("rotate-secret", "--yes")
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "The key is exchanged: every card has a new code. Nobody had a PIN to choose anew.\n"
    assert asks(stempel, shop, "store create").status == 0
    kept = [path.read_bytes() for path in key.parent.glob("secret.key.replaced.*.bak")]
    assert kept == ([] if spoiled is None else [spoiled])
    assert key.stat().st_mode & 0o777 == 0o600


def test_setting_is_the_next_key_where_there_is_one(
    stempel: Stempel, shop: dict[str, Any], key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key.read_bytes()
    monkeypatch.setenv("SECRET_KEY", key.read_text())
    same = stempel("rotate-secret", "--yes")
    assert (same.status, same.out) == (2, "")
    assert "put the next one there first" in same.err
    monkeypatch.setenv("SECRET_KEY", "another key of more than 32 characters")
    assert stempel("rotate-secret", "--yes").status == 0
    assert asks(stempel, shop, "store create").status == 0
    assert [path.name for path in key.parent.glob("secret.key*")] == ["secret.key"]
    assert key.read_bytes() == before
    monkeypatch.delenv("SECRET_KEY")
    assert asks(stempel, shop, "store create").status == 2

"""Moving a file into PostgreSQL by the command line: all of it or nothing, and nobody goes on with the file."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.postgres.engine import connect
from storage.sqlite.instance import sole_user
from tests.cli.conftest import Stempel
from tests.support import postgres

pytestmark = pytest.mark.skipif(not postgres.is_here(), reason=postgres.LEFT_OUT)
URL = "DATABASE_URL"


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, stempel: Stempel) -> Iterator[str]:
    """Of a database without a row, to which the command line is pointed."""
    lent, give_back = postgres.lend_database()
    monkeypatch.setenv(URL, lent)
    yield lent
    give_back()


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def schema_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        [(found,)] = connection.execute("SELECT version_num FROM alembic_version")
    return str(found)


def names_in(url: str) -> list[str]:
    with closing(connect(url)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM merchants")]


def test_shop_is_where_it_was_moved_to_and_the_file_says_so_until_it_is_restored(
    stempel: Stempel, shop: dict[str, Any], database: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = stempel("migrate", "--from", str(database), "--json")
    assert moved.status == 0, moved.err
    assert (moved.object["moved"], moved.object["rows"] > 0) == (str(database), True)
    listed = stempel("merchant", "list", "--json").objects
    assert [each["merchant_id"] for each in listed] == [shop["merchant_id"]]
    assert stempel("verify", "--json").object == {"violations": 0}
    monkeypatch.setenv(URL, f"sqlite+aiosqlite:///{database}")
    for words in (("merchant", "list"), ("run",), ("migrate",)):
        told = stempel(*words)
        assert (told.status, len(told.err.splitlines())) == (1, 1)
        assert "was moved to PostgreSQL: name that database in DATABASE_URL" in told.err
    assert stempel("restore", str(database)).status == 0
    assert len(stempel("merchant", "list", "--json").objects) == 1


def test_second_time_is_refused_in_a_sentence(
    stempel: Stempel, shop: dict[str, Any], database: Path, url: str
) -> None:
    assert stempel("migrate", "--from", str(database)).status == 0
    told = stempel("migrate", "--from", str(database))
    assert (told.status, told.out) == (1, "")
    assert "was moved to PostgreSQL" in told.err.splitlines()[-1]


def broken_number(path: Path) -> None:
    change(path, "UPDATE program_versions SET stamps_target = ?", 2**40)


def broken_reference(path: Path) -> None:
    change(path, "UPDATE stores SET merchant_id = 'nobody'")


def broken_bytes(path: Path) -> None:
    change(path, "UPDATE merchants SET name = CAST(x'ff' AS TEXT)")


def another_bot(path: Path) -> None:
    change(path, "UPDATE bots SET bot_id = 999, username = 'somebody_elses_bot'")


def newer_program(path: Path) -> None:
    change(path, "UPDATE alembic_version SET version_num = '9999'")


def another_program(path: Path) -> None:
    path.unlink()
    change(path, "CREATE TABLE songs (title TEXT)")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (broken_number, "does not take a row of program_versions"),
        (broken_reference, "a row of "),
        (broken_bytes, "cannot be used"),
        (another_bot, "another bot"),
        (newer_program, "schema 9999"),
        (another_program, "another program"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_what_cannot_be_moved_is_one_sentence_and_changes_nothing(
    spoil: Callable[[Path], None],
    said: str,
    stempel: Stempel,
    shop: dict[str, Any],
    database: Path,
    url: str,
) -> None:
    spoil(database)
    before = database.read_bytes()
    told = stempel("migrate", "--from", str(database))
    assert (told.status, told.out, len(told.err.splitlines())) == (1, "", 2), told.err
    assert said in told.err
    assert database.read_bytes() == before
    assert names_in(url) == []


def test_file_that_a_bot_works_on_stays(
    stempel: Stempel, shop: dict[str, Any], database: Path, url: str
) -> None:
    with sole_user(database):
        told = stempel("migrate", "--from", str(database))
    assert (told.status, "in use by another bot" in told.err) == (1, True)
    assert names_in(url) == []


def test_database_with_rows_takes_in_no_others(
    stempel: Stempel, shop: dict[str, Any], database: Path, url: str
) -> None:
    assert stempel("merchant", "create", "--name", "Boulangerie Thill").status == 0
    told = stempel("migrate", "--from", str(database))
    assert (told.status, "has rows already" in told.err) == (1, True)
    assert names_in(url) == ["Boulangerie Thill"]
    assert not schema_of(database).startswith("moved")


def test_key_that_would_be_left_behind_is_asked_for(
    stempel: Stempel, shop: dict[str, Any], database: Path, url: str
) -> None:
    elsewhere = database.parent.rename(database.parent.with_name("elsewhere"))
    key, moved = elsewhere / "secret.key", elsewhere / database.name
    told = stempel("migrate", "--from", str(moved))
    assert (told.status, f"copy {key} to data/secret.key first" in told.err) == (1, True)
    database.parent.mkdir()
    (database.parent / "secret.key").write_bytes(key.read_bytes())
    assert stempel("migrate", "--from", str(moved)).status == 0


def test_nul_in_a_text_is_replaced(stempel: Stempel, shop: dict[str, Any], database: Path, url: str) -> None:
    change(database, "UPDATE merchants SET name = ?", "Café\0Knätsch")
    assert stempel("migrate", "--from", str(database)).status == 0
    assert names_in(url) == ["Café\ufffdKnätsch"]


def test_file_goes_into_no_file(
    stempel: Stempel, shop: dict[str, Any], database: Path, tmp_path: Path
) -> None:
    told = stempel("migrate", "--from", str(database))
    assert (told.status, "let it name the PostgreSQL database" in told.err) == (1, True)
    assert not schema_of(database).startswith("moved")

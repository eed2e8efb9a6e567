"""The command line over PostgreSQL: the whole way of a shop, and what it says where something is wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from storage.migrate import downgrade
from storage.postgres.engine import where
from storage.postgres.instance import in_use
from tests.cli.conftest import Stempel
from tests.support import postgres
from tests.support.databases import lay_empty_database

URL = "DATABASE_URL"
OWED = (
    "INSERT INTO outbox (merchant_id, message_id, bot_id, user_id, kind, facts, created_at)"
    " SELECT merchant_id, 'o', 110201543, 7, 'receipt', '{}', 0 FROM merchants",
    "INSERT INTO deliveries (merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts,"
    " is_unreported) SELECT merchant_id, 'o', 'telegram', '7', 110201543, 0, 0, 0, 0 FROM merchants",
)
BROKEN = (
    "INSERT INTO customers (merchant_id, customer_id, bot_id, user_id, name, joined_store_id, joined_at,"
    " folded_name) SELECT merchant_id, 'c', 110201543, 2, 'Léa', store_id, 0, 'lea' FROM stores",
    "INSERT INTO cards (merchant_id, card_id, customer_id, program_id, number, token_hash, token_rotation,"
    " stamp_count, points_balance, stamps_today, entry_count, active, created_at)"
    " SELECT merchant_id, 'k', 'c', program_id, '000000018', 'h', 0, 5, 0, 0, 0, 1, 0 FROM programs",
)


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, stempel: Stempel) -> Iterator[Callable[[], str]]:
    """Points the command line at another database without a table each time."""
    made = []

    def point() -> str:
        made.append(postgres.create_empty_database())
        monkeypatch.setenv(URL, made[-1])
        return made[-1]

    yield point
    for url in made:
        postgres.drop_database(url)


def test_a_shop_is_opened_kept_and_restored_elsewhere(
    stempel: Stempel, empty: Callable[[], str], tmp_path: Path
) -> None:
    empty()
    told = stempel("merchant", "list")
    assert (told.status, told.err.strip().endswith("is empty: run stempel migrate first.")) == (1, True)
    assert stempel("migrate", "--json").object == {"migrated": True, "copy": None}
    shop = stempel("merchant", "create", "--name", "Café Knätsch", "--json").object
    assert stempel("verify", "--json").object == {"violations": 0}
    copy = tmp_path / "copy.dump"
    assert stempel("backup", str(copy), "--json").object["size_bytes"] == copy.stat().st_size
    assert copy.stat().st_mode & 0o777 == 0o600
    refused = stempel("restore", str(copy))
    assert refused.status == 1
    assert "is not empty: make a database with createdb" in refused.err
    empty()
    restored = stempel("restore", str(copy), "--json")
    assert restored.status == 0, restored.err
    assert (restored.object["key_fits"], restored.object["kept"]) == (True, None)
    listed = stempel("merchant", "list", "--json").objects
    assert [each["merchant_id"] for each in listed] == [shop["merchant_id"]]


def test_what_a_copy_owes_is_held_back_before_it_is_looked_through(
    stempel: Stempel, empty: Callable[[], str], tmp_path: Path
) -> None:
    """Whatever ends the restore then, a bot that is started on the database repeats nothing."""
    url = empty()
    assert stempel("migrate").status == 0
    assert stempel("merchant", "create", "--name", "Café Knätsch").status == 0
    for sql in (*OWED, *BROKEN):
        postgres.edits(url, sql)
    copy = tmp_path / "copy.dump"
    assert stempel("backup", str(copy)).status == 0
    url = empty()
    told = stempel("restore", str(copy))
    assert (told.status, "breaks invariant I1" in told.err) == (1, True)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        owed = connection.execute(text("SELECT held_at IS NOT NULL FROM deliveries")).scalars().all()
    assert owed == [True]


def test_what_is_no_copy_is_not_restored(stempel: Stempel, empty: Callable[[], str], tmp_path: Path) -> None:
    empty()
    path = tmp_path / "notes.txt"
    path.write_text("no dump")
    told = stempel("restore", str(path))
    assert (told.status, len(told.err.splitlines())) == (1, 1)
    assert told.err.startswith("pg_restore failed: ")


def test_server_that_is_not_there_is_one_sentence_without_the_password(
    stempel: Stempel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(URL, f"postgresql+psycopg://ben:geheim@/shop?host={tmp_path}")
    for words in (("migrate",), ("verify",), ("run",), ("merchant", "list")):
        told = stempel(*words)
        assert (told.status, len(told.err.splitlines())) == (1, 1)
        assert "shop on this machine cannot be used" in told.err
        assert "geheim" not in told.err


def test_database_without_citus_is_not_distributed_and_is_migrated(
    stempel: Stempel, empty: Callable[[], str]
) -> None:
    empty()
    told = stempel("migrate", "--distributed")
    assert (told.status, len(told.err.splitlines())) == (1, 1)
    assert "has no Citus: " in told.err
    assert stempel("verify", "--json").object == {"violations": 0}


@pytest.mark.parametrize("how", [["--distributed"], ["--from", "stempel.db"]])
def test_database_that_a_bot_works_on_is_neither_distributed_nor_moved_into(
    stempel: Stempel,
    empty: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: list[str],
) -> None:
    """The bot would go on as on one machine. Nothing is migrated before that is known."""
    monkeypatch.chdir(tmp_path)
    lay_empty_database(tmp_path / "stempel.db")
    url = empty()
    with in_use(url):
        told = stempel("migrate", *how)
    assert (told.status, told.err.splitlines()[-1]) == (1, f"{where(url)} is in use by a bot: end it first.")
    assert stempel("merchant", "list").err.strip().endswith("is empty: run stempel migrate first.")


def test_database_that_a_bot_of_before_works_on_is_not_upgraded_under_it(
    stempel: Stempel, empty: Callable[[], str]
) -> None:
    url = empty()
    assert stempel("migrate").status == 0
    with in_use(url):
        assert stempel("migrate").status == 0
        with create_engine(url, poolclass=NullPool).begin() as connection:
            downgrade(connection, "0059")
        told = stempel("migrate")
        assert (told.status, told.err.splitlines()[-1]) == (
            1,
            f"{where(url)} is in use by a bot: end it first.",
        )
    assert stempel("migrate").status == 0


def test_bot_is_told_that_somebody_needs_the_database_alone(
    stempel: Stempel, empty: Callable[[], str]
) -> None:
    url = empty()
    assert stempel("migrate").status == 0
    with in_use(url):
        told = stempel("run")
    assert told.status == 1
    assert told.err.strip().endswith(
        " is being migrated, restored, moved into or distributed, or gets another key."
    )


def test_file_of_sqlite_is_said_to_be_taken_in_another_way(
    stempel: Stempel, empty: Callable[[], str], tmp_path: Path
) -> None:
    empty()
    file = lay_empty_database(tmp_path / "stempel.db")
    told = stempel("restore", str(file))
    assert (told.status, told.err) == (
        1,
        f"{file} is a SQLite file: stempel migrate --from {file} takes it in.\n",
    )

"""Migrations lead to the schema this program knows, back, and there again; and what they change is copied first."""

import fcntl
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from domain.ids import OperationKey
from storage import migrate as migrations
from storage.migrate import SchemaTooNew, SchemaTorn, downgrade, upgrade
from storage.sqlite import migrate as sqlite_migrate
from storage.sqlite.engine import sync_engine
from storage.sqlite.instance import AlreadyRunning, sole_user
from storage.sqlite.migrate import migrate
from storage.tables import metadata
from tests.support.clock import MONDAY_MORNING, Clock
from tests.support.databases import Running, changes, rows, sqlite_at
from tests.support.shop import Town

BASE, HEAD = "base", "head"
LATER = """
from alembic import op
revision = "9000"
down_revision = "{before}"

def upgrade():
    op.execute("ALTER TABLE bots ADD COLUMN mood TEXT")
"""


def schema(path: Path) -> dict[str, list[str]]:
    """The definition of each table and index: what stands around its parts, and these in alphabetical order."""
    with closing(sqlite3.connect(path)) as file:
        found = file.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        )
        return {name: parts(" ".join(sql.replace('"', "").split())) for name, sql in found}


def parts(sql: str) -> list[str]:
    """``CREATE TABLE t (a, b) STRICT`` as ``["CREATE TABLE t", "STRICT", "a", "b"]``."""
    first, last = sql.index("("), sql.rindex(")")
    found, depth = [""], 0
    for character in sql[first + 1 : last]:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return sorted(part.strip() for part in (sql[:first], sql[last + 1 :], *found))


def bots_in(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute("SELECT * FROM bots").fetchall()


def test_migrations_lead_to_the_tables_of_this_program(path: Path, tmp_path: Path) -> None:
    (tmp_path / "tables.db").touch()
    engine = sync_engine(tmp_path / "tables.db")
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()
    assert schema(path) == schema(tmp_path / "tables.db"), "storage/tables.py has what no migration makes"


def test_files_of_the_migrations_are_named_as_their_revisions() -> None:
    """By the names alone a start knows whether there is anything to migrate."""
    config = Config()
    config.set_main_option("script_location", str(migrations.SCRIPTS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert migrations.head() == scripts.get_current_head()
    found = {script.revision: Path(script.path).name[:5] for script in scripts.walk_revisions()}
    assert found == {revision: f"{revision}_" for revision in found}
    assert len(found) == len(list((migrations.SCRIPTS / "versions").glob("[!_]*.py")))


@pytest.mark.parametrize("present", ["9000", "", "head"])
def test_revision_without_a_file_is_refused(present: str) -> None:
    with pytest.raises(SchemaTooNew, match=f"{migrations.head()}: start the newer version"):
        migrations.check_known(present, "stempel.db")


def test_empty_file_has_no_revision_nor_has_one_that_went_down_to_nothing(path: Path, tmp_path: Path) -> None:
    changes(path, downgrade, BASE)
    for empty in (path, tmp_path / "new.db"):
        empty.touch()
        engine = sync_engine(empty)
        with engine.connect() as connection:
            assert migrations.revision(connection) is None
        engine.dispose()


def test_migrations_go_down_to_nothing_and_up_again(path: Path) -> None:
    before = schema(path)
    changes(path, downgrade, BASE)
    assert schema(path) == {}
    changes(path, upgrade, HEAD)
    assert schema(path) == before != {}


def test_summaries_of_before_count_as_told_one_by_one(path: Path) -> None:
    changes(path, downgrade, "0001")
    with closing(sqlite3.connect(path)) as file, file:
        for day in ("2026-06-15", "2026-06-16"):
            file.execute("INSERT INTO summaries VALUES ('m', ?, '{}', 0)", [day])
    changes(path, upgrade, "0002")
    with closing(sqlite3.connect(path)) as file:
        told = file.execute("SELECT local_date, told_on FROM summaries ORDER BY local_date").fetchall()
    assert told == [("2026-06-15", "2026-06-15"), ("2026-06-16", "2026-06-16")]


def test_last_runs_of_before_are_the_bots_or_the_processs(path: Path) -> None:
    changes(path, downgrade, "0002")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO bots VALUES (42, 'stempel_bot', NULL)")
        for job in ("outbox", "kept_aside", "housekeeping", "expiry", "summaries", "verify"):
            file.execute("INSERT INTO job_runs VALUES (?, 1, 2, 3, 4, 'ok', NULL, 0, 5)", [job])
    changes(path, upgrade, "0006")
    with closing(sqlite3.connect(path)) as file, file:
        found = file.execute("SELECT bot_id, job, total_runs FROM job_runs ORDER BY bot_id, job").fetchall()
        of_bot = ["housekeeping", "kept_aside", "outbox"]
        of_process = ["expiry", "summaries", "verify"]
        assert found == [*((0, job, 5) for job in of_process), *((42, job, 5) for job in of_bot)]
        file.execute("INSERT INTO job_runs VALUES (43, 'outbox', 9, 9, 3, 4, 'ok', NULL, 0, 6)")
    changes(path, downgrade, "0002")
    with closing(sqlite3.connect(path)) as file:
        found = file.execute("SELECT job, total_runs FROM job_runs ORDER BY job").fetchall()
    assert found == sorted([*((job, 5) for job in [*of_bot[:2], *of_process]), ("outbox", 6)])


def test_what_operations_of_before_asked_for_stands_with_their_entries(path: Path) -> None:
    database = Running(Clock(), sqlite_at(path))
    shop = Town(database).opens_shop()
    lea = shop.gives_card()
    for key in ("kept", "forgotten"):
        shop.stamps(shop.owner, lea, key=OperationKey(key))
    database.close()
    now = rows(path, "SELECT operation_key, fingerprint, entry_id, occurred_at FROM entries ORDER BY 1 DESC")
    changes(path, downgrade, "0056")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE operations SET fingerprint = '' WHERE operation_key = 'forgotten'")
    [kept, forgotten] = now
    before = [kept, (forgotten[0], "", *forgotten[2:])]
    told = "SELECT operation_key, fingerprint, entry_id, recorded_at FROM operations ORDER BY 1 DESC"
    assert rows(path, told) == before
    changes(path, upgrade, HEAD)
    known = rows(path, "SELECT operation_key, fingerprint FROM entries ORDER BY 1 DESC")
    assert known == [kept[:2], ("forgotten", None)]
    changes(path, downgrade, "0056")
    assert rows(path, told) == before


def test_of_two_warnings_of_one_instant_the_newest_stays_on_the_way_back(path: Path) -> None:
    database = Running(Clock(), sqlite_at(path))
    shop = Town(database).opens_shop()
    card_id = shop.gives_card().card_id
    database.close()
    with closing(sqlite3.connect(path)) as file, file:
        for message in ("a", "b"):
            row = (shop.merchant_id, card_id, "stamps", 5, 1, message, None, 1)
            file.execute("INSERT INTO expiry_warnings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    changes(path, downgrade, "0023")
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT message_id FROM expiry_warnings").fetchall() == [("b",)]


def test_people_of_before_were_seen_now_and_what_was_set_aside_loses_its_words(path: Path) -> None:
    changes(path, downgrade, "0006")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO people VALUES (42, 7, 'Léa', 'fr', NULL, NULL)")
        for number, failed_at in ((1, None), (2, 5)):
            row = [number, failed_at]
            file.execute("INSERT INTO inbox VALUES (42, ?, 7, '2580', 0, 1, NULL, ?, NULL, NULL)", row)
    changes(path, upgrade, HEAD)
    with closing(sqlite3.connect(path)) as file:
        [[seen_at]] = file.execute("SELECT seen_at FROM people").fetchall()
        assert seen_at > 1_700_000_000_000_000
        found = file.execute("SELECT update_id, payload FROM inbox ORDER BY update_id").fetchall()
    assert found == [(1, "2580"), (2, None)]


BEFORE = """
    merchant_id, message_id, bot_id, user_id, kind, is_marketing, facts, created_at, due_at, attempts, leased_by,
    leased_until, sent_at, telegram_message_id, failed_at, error"""
MESSAGES = [
    ("m", "1", 42, 7, "receipt", 0, '{"a": 1}', 100, 200, 0, None, None, None, None, None, None),
    ("m", "2", 42, 8, "receipt", 0, "{}", 100, 200, 3, "one", 900, None, None, None, "NetworkError"),
    ("m", "3", 42, -9, "broadcast", 1, "{}", 100, 200, 0, None, None, 300, 2**40, None, None),
    ("n", "1", 43, 7, "dispute", 0, "{}", 100, 200, 1, None, None, None, None, 400, "unreachable"),
]


def test_messages_of_before_keep_their_state_in_their_deliveries(path: Path) -> None:
    changes(path, downgrade, "0002")
    with closing(sqlite3.connect(path)) as file, file:
        for merchant_id in ("m", "n"):
            file.execute("INSERT INTO merchants VALUES (?, '', '', '', '', '', 0, 0, 0)", [merchant_id])
        marks = ", ".join("?" * len(MESSAGES[0]))
        file.executemany(f"INSERT INTO outbox ({BEFORE}) VALUES ({marks})", MESSAGES)
    changes(path, upgrade, "0004")
    with closing(sqlite3.connect(path)) as file:
        said = file.execute("SELECT * FROM outbox").fetchall()
        found = file.execute(
            "SELECT merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts, leased_by,"
            " leased_until, delivered_at, reference, failed_at, error, is_unreported FROM deliveries"
        ).fetchall()
    assert said == [(*row[:5], *row[6:8]) for row in MESSAGES]
    assert found == [
        ("m", "1", "telegram", "7", 42, 0, 200, 0, None, None, None, None, None, None, 0),
        ("m", "2", "telegram", "8", 42, 0, 200, 3, "one", 900, None, None, None, "NetworkError", 0),
        ("m", "3", "telegram", "-9", 42, 1, 200, 0, None, None, 300, "1099511627776", None, None, 0),
        ("n", "1", "telegram", "7", 43, 0, 200, 1, None, None, None, None, 400, "unreachable", 0),
    ]
    changes(path, downgrade, "0002")
    with closing(sqlite3.connect(path)) as file:
        assert file.execute(f"SELECT {BEFORE} FROM outbox").fetchall() == MESSAGES


def test_messages_that_are_laid_anew_stay_with_their_deliveries(path: Path) -> None:
    message = ("m", "1", 42, 7, "receipt", '{"a": 1}', 100)
    delivery = ("m", "1", "telegram", "7", 42, 0, 200, 0, 0)
    columns = (
        "merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts, is_unreported"
    )

    def found() -> list[object]:
        with closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA foreign_keys=ON")
            with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
                file.execute("DELETE FROM outbox")
        asked = (
            "SELECT * FROM outbox",
            f"SELECT {columns} FROM deliveries",
            "PRAGMA foreign_key_check(deliveries)",
        )
        return [rows(path, query) for query in asked]

    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)", message)
        file.execute(f"INSERT INTO deliveries ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", delivery)
    for change, revision in ((downgrade, "0057"), (upgrade, HEAD)):
        changes(path, change, revision)
        assert found() == [[message], [delivery], []]


def test_database_that_is_up_to_date_is_left_alone(path: Path) -> None:
    before = path.read_bytes()
    assert migrate(path, MONDAY_MORNING) is None
    assert path.read_bytes() == before
    assert list(path.parent.glob("*.bak")) == []


@pytest.fixture
def later_program(tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that knows a revision more than the database has."""
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO bots VALUES (42, 'stempel_bot', NULL)")
        [[before]] = file.execute("SELECT version_num FROM alembic_version").fetchall()
    scripts = shutil.copytree(migrations.SCRIPTS, tmp_path / "migrations")
    (scripts / "versions" / "9000_later.py").write_text(LATER.format(before=before))
    monkeypatch.setattr(migrations, "SCRIPTS", scripts)


@pytest.mark.usefixtures("later_program")
def test_database_is_copied_as_it_was_before_it_is_migrated(path: Path) -> None:
    before = schema(path)
    copy = migrate(path, MONDAY_MORNING)
    assert copy is not None
    assert copy.parent == path.parent
    assert (schema(copy), bots_in(copy)) == (before, [(42, "stempel_bot", None)])
    assert bots_in(path) == [(42, "stempel_bot", None, None)]


@pytest.mark.usefixtures("later_program")
def test_database_of_a_later_program_is_refused_and_left_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(path, MONDAY_MORNING)
    monkeypatch.undo()
    before = schema(path)
    with pytest.raises(SchemaTooNew, match="9000"):
        migrate(path, MONDAY_MORNING)
    assert schema(path) == before


def copies(path: Path) -> list[Path]:
    return list(path.parent.glob("*.bak*"))


@pytest.fixture
def failing_program(later_program: None) -> None:
    """Whose last revision begins and cannot go on."""
    [last] = (migrations.SCRIPTS / "versions").glob("9000_*")
    last.write_text(f'{last.read_text()}    op.execute("DROP TABLE never_there")\n')


@pytest.mark.usefixtures("failing_program")
def test_upgrade_that_fails_leaves_the_file_as_it_was_and_no_copy_however_often(path: Path) -> None:
    before = schema(path)
    for minute in range(3):
        with pytest.raises(OperationalError, match="never_there"):
            migrate(path, MONDAY_MORNING + timedelta(minutes=minute))
    assert (schema(path), copies(path)) == (before, [])


@pytest.mark.usefixtures("later_program")
def test_copy_for_which_there_is_no_room_does_not_stay_begun(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fills_the_disk(_source: Path, target: Path) -> None:
        target.write_bytes(b"SQLite")
        target.with_name(f"{target.name}-journal").write_bytes(b"what SQLite leaves where it cannot go on")
        raise sqlite3.OperationalError("database or disk is full")

    before = schema(path)
    monkeypatch.setattr(sqlite_migrate, "copy_database", fills_the_disk)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        migrate(path, MONDAY_MORNING)
    assert (schema(path), copies(path)) == (before, [])


@pytest.mark.parametrize("torn", ["DROP TABLE flags", "ALTER TABLE invites DROP COLUMN given_by"])
@pytest.mark.usefixtures("later_program")
def test_file_that_lacks_what_its_schema_has_is_refused_and_left_alone(path: Path, torn: str) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(torn)
    before = schema(path)
    with pytest.raises(SchemaTorn, match=torn.split()[2]):
        migrate(path, MONDAY_MORNING)
    assert (schema(path), copies(path)) == (before, [])


@pytest.mark.usefixtures("later_program")
def test_file_that_a_bot_of_before_works_on_is_not_upgraded_under_it(path: Path) -> None:
    """By a command of the new program; a bot upgrades its own."""
    before = schema(path)
    with open(path.with_name(f"{path.name}.lock"), "w") as other:  # noqa: PTH123 - as the other has it
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(AlreadyRunning, match="in use by another bot"):
            migrate(path, MONDAY_MORNING)
        assert (schema(path), copies(path)) == (before, [])
    with sole_user(path):
        assert migrate(path, MONDAY_MORNING) is not None


def test_invitation_for_one_person_ends_on_the_way_back(path: Path) -> None:
    """The program of before would let whoever has the link use it; links that were always anybody's stay."""
    database = Running(Clock(), sqlite_at(path))
    shop = Town(database).opens_shop()
    for name in ("Anna", "Bob"):
        shop.invites(name)
    database.close()
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "UPDATE invites SET meant_for_bot_id = 42, meant_for_user_id = 7 WHERE staff_id ="
            " (SELECT staff_id FROM staff WHERE name = 'Anna')"
        )
    changes(path, downgrade, "0062")
    open_ones = (
        "SELECT name FROM invites JOIN staff USING (staff_id) WHERE used_at IS NULL AND withdrawn_at IS NULL"
    )
    with closing(sqlite3.connect(path)) as file:
        assert file.execute(open_ones).fetchall() == [("Bob",)]


def test_question_about_a_merge_is_gone_on_the_way_back(path: Path) -> None:
    """The program of before would take it for a move; moves stay."""
    database = Running(Clock(), sqlite_at(path))
    shop = Town(database).opens_shop()
    lea, marc, bob = shop.gives_card("Léa"), shop.gives_card("Marc"), shop.gives_card("Bob")
    shop.asks_to_merge(shop.owner, marc, lea)
    shop.moves_card(bob)
    database.close()
    changes(path, downgrade, "0062")
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT card_id FROM card_moves").fetchall() == [(bob.card_id,)]
        kinds = file.execute("SELECT kind FROM card_notes ORDER BY note_id").fetchall()
        assert kinds == [("move_asked",), ("move_allowed",), ("moved",)]


def test_wrong_pins_of_before_count_wherever_the_pin_was_typed(path: Path) -> None:
    changes(path, downgrade, "0007")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO merchants VALUES ('m', '', '', '', '', '', 0, 0, 0)")
        member = (
            "INSERT INTO staff (merchant_id, staff_id, name, role, status, bot_id, user_id, pin_generation,"
            " pin_failures, pin_locked_until, created_at) VALUES ('m', ?, '', 'staff', 'active', 42, ?, 1, ?, ?, 0)"
        )
        file.executemany(
            member, [("a", 1, 20, 900), ("b", 2, 0, None), ("c", 3, 5, 700), ("d", None, 20, 800)]
        )
        typed = "INSERT INTO pin_sessions VALUES ('m', ?, 42, ?, 600)"
        file.executemany(typed, [("a", 1), ("a", 9), ("b", 9), ("d", 9)])
    changes(path, upgrade, "0008")
    found = "SELECT staff_id, user_id, verified_at, failures, locked_until FROM pin_sessions ORDER BY 1, 2"
    with closing(sqlite3.connect(path)) as file:
        assert file.execute(found).fetchall() == [
            ("a", 1, 600, 20, 900),
            ("a", 9, 600, 20, 900),
            ("b", 9, 600, 0, None),
            ("c", 3, None, 5, 700),
            ("d", 9, 600, 20, 800),
        ]
    changes(path, downgrade, "0007")
    with closing(sqlite3.connect(path)) as file:
        counted = "SELECT staff_id, pin_failures, pin_locked_until FROM staff ORDER BY 1"
        assert file.execute(counted).fetchall() == [
            ("a", 20, 900),
            ("b", 0, None),
            ("c", 5, 700),
            ("d", 20, 800),
        ]
        typed = "SELECT staff_id, user_id, verified_at FROM pin_sessions ORDER BY 1, 2"
        assert file.execute(typed).fetchall() == [("a", 1, 600), ("a", 9, 600), ("b", 9, 600), ("d", 9, 600)]

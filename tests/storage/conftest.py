"""Real files: each test has its own copy of one that was migrated once."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from domain.ports import Database
from storage import callers
from storage.sqlite.database import SqliteDatabase
from tests.support import postgres
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import (
    Edits,
    Opener,
    Running,
    SyncDatabase,
    edits_file,
    lay_empty_database,
    sqlite_at,
)
from tests.support.parted import make_parted
from tests.support.shop import Town


@dataclass(frozen=True, slots=True)
class Lent:
    """A database for one test: how it is opened, how it is changed in ways no use case does, how it is given back."""

    opener: Opener
    edits: Edits
    give_back: Callable[[], None] = lambda: None


def _sqlite(path: Path) -> Lent:
    return Lent(sqlite_at(lay_empty_database(path)), partial(edits_file, path))


def _postgres(_path: Path) -> Lent:
    url, give_back = postgres.lend_database()
    return Lent(postgres.postgres_at(url), partial(postgres.edits, url), give_back)


def _parted(_path: Path) -> Lent:
    url, give_back = postgres.lend_database("parted", make_parted)
    return Lent(postgres.postgres_at(url), partial(postgres.edits, url), give_back)


OPENERS: dict[str, Callable[[Path], Lent]] = {"sqlite": _sqlite}
"""Every test of what a database promises runs on each of these; a new database is added here."""
if postgres.is_here():
    OPENERS["postgresql"] = _postgres
    OPENERS["parted"] = _parted
PARTED_ALWAYS = ("test_contract_ledger", "test_contract_store", "test_contract_directory", "test_deliveries")
"""The modules that run on tables in parts every time; with PARTED_FULL=1, as in ``make soak``, all of them do."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty database at the present schema."""
    return lay_empty_database(tmp_path / "stempel.db")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test on each database in turn; one that also takes ``path`` looks into the file: it gets SQLite."""
    if "lent" in metafunc.fixturenames:
        has_file = "path" in metafunc.fixturenames
        in_parts = os.environ.get("PARTED_FULL") or metafunc.module.__name__.endswith(PARTED_ALWAYS)
        asked = [name for name in OPENERS if in_parts or name != "parted"]
        metafunc.parametrize("lent", ["sqlite"] if has_file else asked, indirect=True)


@pytest.fixture
def lent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lent]:
    lent = OPENERS[request.param](tmp_path / "stempel.db")
    yield lent
    lent.give_back()


@pytest.fixture
def opener(lent: Lent) -> Opener:
    return lent.opener


@pytest.fixture
def edits(lent: Lent) -> Edits:
    return lent.edits


@pytest.fixture
def database(opener: Opener, clock: Clock) -> Iterator[SyncDatabase]:
    """The database, used without an event loop."""
    database = Running(clock, opener)
    yield database
    database.close()


@pytest.fixture
def town(database: SyncDatabase) -> Town:
    return Town(database)


@pytest.fixture
async def store(opener: Opener, clock: Clock) -> AsyncIterator[Database]:
    """The database, used in the test's own event loop."""
    store = opener(clock, Ids(), Chance())
    yield store
    await store.close()


@pytest.fixture
async def sqlite(path: Path, clock: Clock) -> AsyncIterator[SqliteDatabase]:
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    yield store
    await store.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group takes all that waits, however slow the machine."""
    monkeypatch.setattr(callers, "GROUP_TIME_MAX_S", 60.0)

"""Real files: each test has its own copy of one that was migrated once."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from domain.ports import Database
from storage.sqlite.database import SqliteDatabase
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import InMemory, SyncDatabase, lay_empty_database
from tests.support.memory import MemoryStore
from tests.support.on_sqlite import OnSqlite
from tests.support.shop import Town


def _file(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue("path")
    return found


DATABASES: dict[str, Callable[[pytest.FixtureRequest, Clock], SyncDatabase]] = {
    "memory": lambda _request, clock: InMemory(clock),
    "sqlite": lambda request, clock: OnSqlite(_file(request), clock),
}
STORES: dict[str, Callable[[pytest.FixtureRequest, Clock], Database]] = {
    "memory": lambda _request, clock: MemoryStore(clock=clock, new_id=Ids(), chance_below=Chance()),
    "sqlite": lambda request, clock: SqliteDatabase(
        _file(request), clock=clock, new_id=Ids(), chance_below=Chance()
    ),
}
"""Whoever adds a store adds it to both, and every promise is asked of it as well."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty database at the present schema."""
    return lay_empty_database(tmp_path / "stempel.db")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=STORES)
def database(request: pytest.FixtureRequest, clock: Clock) -> Iterator[SyncDatabase]:
    """Each store in turn, without an event loop."""
    opened = DATABASES[request.param](request, clock)
    yield opened
    opened.close()


@pytest.fixture
def on_sqlite(path: Path, clock: Clock) -> Iterator[OnSqlite]:
    database = OnSqlite(path, clock)
    yield database
    database.close()


@pytest.fixture
def town(database: SyncDatabase) -> Town:
    return Town(database)


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Database]:
    """Each store in turn, in the test's own event loop."""
    store: Database
    if request.param == "memory":
        store = MemoryStore(clock=clock, new_id=Ids(), chance_below=Chance())
    else:
        store = SqliteDatabase(
            request.getfixturevalue("path"), clock=clock, new_id=Ids(), chance_below=Chance()
        )
    yield store
    await store.close()


@pytest.fixture
async def sqlite(path: Path, clock: Clock) -> AsyncIterator[SqliteDatabase]:
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    yield store
    await store.close()

"""Real files: each test has its own copy of one that was migrated once."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from domain.ports import Database
from storage.sqlite.database import SqliteDatabase
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import Opener, Running, SyncDatabase, lay_empty_database, sqlite_at
from tests.support.shop import Town

OPENERS: dict[str, Callable[[Path], Opener]] = {"sqlite": sqlite_at}
"""Whoever adds a database adds it here, and every promise is asked of it as well."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty database at the present schema."""
    return lay_empty_database(tmp_path / "stempel.db")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=OPENERS)
def opener(request: pytest.FixtureRequest, path: Path) -> Opener:
    """Each database in turn."""
    return OPENERS[request.param](path)


@pytest.fixture
def database(opener: Opener, clock: Clock) -> Iterator[SyncDatabase]:
    """Without an event loop."""
    database = Running(clock, opener)
    yield database
    database.close()


@pytest.fixture
def town(database: SyncDatabase) -> Town:
    return Town(database)


@pytest.fixture
async def store(opener: Opener, clock: Clock) -> AsyncIterator[Database]:
    """In the test's own event loop."""
    store = opener(clock, Ids(), Chance())
    yield store
    await store.close()


@pytest.fixture
async def sqlite(path: Path, clock: Clock) -> AsyncIterator[SqliteDatabase]:
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    yield store
    await store.close()

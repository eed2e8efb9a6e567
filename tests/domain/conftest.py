"""The rules on a real database in memory: no event loop, no thread, no file."""

from collections.abc import Iterator

import pytest

from tests.support.clock import Clock
from tests.support.databases import SyncDatabase
from tests.support.one_thread import OneThread
from tests.support.shop import Town


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(clock: Clock) -> Iterator[OneThread]:
    database = OneThread(clock)
    yield database
    database.close()


@pytest.fixture
def town(database: SyncDatabase) -> Town:
    return Town(database)

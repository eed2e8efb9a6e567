"""The rules over a store in memory: no event loop, no file."""

import pytest

from tests.support.clock import Clock
from tests.support.databases import InMemory, SyncDatabase
from tests.support.shop import Town


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(clock: Clock) -> SyncDatabase:
    return InMemory(clock)


@pytest.fixture
def town(database: SyncDatabase) -> Town:
    return Town(database)

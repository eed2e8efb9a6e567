"""The scenarios' database is a file here."""

import pytest

from tests.support.databases import SyncDatabase
from tests.support.on_sqlite import OnSqlite


@pytest.fixture
def database(on_sqlite: OnSqlite) -> SyncDatabase:
    return on_sqlite

"""The scenarios' database is a file here."""

import pytest

from tests.support.databases import Database
from tests.support.on_sqlite import OnSqlite


@pytest.fixture
def database(on_sqlite: OnSqlite) -> Database:
    return on_sqlite

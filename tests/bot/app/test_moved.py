"""A bot whose file was moved into PostgreSQL goes on where it was."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, select

from bot.app.database import migrate_database
from bot.kit.settings import Settings
from storage.postgres.engine import arguments
from storage.sqlite.engine import sync_engine
from storage.tables import metadata
from tests.support import postgres
from tests.support.two_shops import is_well, two_shops

pytestmark = pytest.mark.skipif(not postgres.is_here(), reason=postgres.LEFT_OUT)
EMPTY = {"fingerprints", "instances"}
"""A file has one process, and the key of the town is given to it anew each time."""


async def test_all_rows_are_taken_in_and_whoever_waited_is_answered(tmp_path: Path) -> None:
    town = await two_shops(tmp_path / "stempel.db")
    before = _rows(sync_engine(town.path))
    assert {name for name, rows in before.items() if not rows} == EMPTY
    url, give_back = postgres.lend_database()
    try:
        moved = migrate_database(
            Settings(bot_token=None, database_url=url, secret_key="x" * 32), source=town.path
        )
        assert moved.rows_taken_in == sum(map(len, before.values()))
        assert (
            _rows(create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(**arguments(url))))
            == before
        )
        async with town.at_work(town.path, database_url=url) as (home, people):
            await is_well(home, people, town.healthy)
            assert await home.violations() == []
    finally:
        give_back()


def _rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with closing(engine.connect()) as connection:
        found = {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found

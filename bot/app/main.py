"""The composition root: the only module that knows the database."""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bot.app.bot import open_bot
from bot.app.process import Surroundings, open_process, timetable
from bot.kit.clock import chance_below, new_id, system_clock
from bot.kit.settings import Settings, load_secret
from domain.ports import Database
from storage.migrate import SchemaTooNew
from storage.sqlite.database import SqliteDatabase, copy_database
from storage.sqlite.instance import AlreadyRunning, sole_user
from storage.sqlite.migrate import migrate


class DatabaseUnusable(Exception):
    """Not a database, or it cannot be read or written."""


PROBLEMS = (AlreadyRunning, DatabaseUnusable, SchemaTooNew)
"""What may be wrong with the database; each says so in one sentence."""


@asynccontextmanager
async def open_database(settings: Settings, around: Surroundings = Surroundings()) -> AsyncIterator[Database]:  # noqa: B008
    """The database, at the present schema. Raises SchemaTooNew, DatabaseUnusable."""
    with _usable(settings.database_path):
        migrate(settings.database_path, system_clock())
        database = SqliteDatabase(
            settings.database_path,
            clock=around.clock,
            new_id=new_id,
            chance_below=chance_below,
            trace=around.trace,
        )
        try:
            yield database
        finally:
            await database.close()


async def run(settings: Settings, around: Surroundings = Surroundings()) -> None:  # noqa: B008
    """Runs the bot until it is told to stop. Raises SettingsProblem and PROBLEMS."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await run_until(stop, settings, around)


async def run_until(stop: asyncio.Event, settings: Settings, around: Surroundings) -> None:
    with sole_user(settings.database_path):
        async with open_database(settings, around) as database:
            await serve(settings, load_secret(settings), database, stop, around)


async def serve(
    settings: Settings, secret: bytes, database: Database, stop: asyncio.Event, around: Surroundings
) -> None:
    """One bot in one process, until ``stop`` is set. Raises SettingsProblem when Telegram refuses the token."""
    async with (
        open_process(secret, database, around.clock, settings.health_listen) as process,
        open_bot(settings, process, around, stop) as means,
    ):
        if means is not None:
            async with timetable(process, [means]):
                around.on_ready()
                await stop.wait()


def migrate_database(settings: Settings) -> Path | None:
    """Brings the schema up to date; returns the copy taken first, if one was. Raises SchemaTooNew,
    DatabaseUnusable."""
    with _usable(settings.database_path):
        return migrate(settings.database_path, system_clock())


def restore_database(settings: Settings, copy: Path) -> None:
    """Puts a copy in the place of the database. Raises AlreadyRunning, FileNotFoundError, SchemaTooNew,
    DatabaseUnusable."""
    with sole_user(settings.database_path), _usable(copy):
        copy_database(copy, settings.database_path)
        migrate(settings.database_path, system_clock())


@contextmanager
def _usable(database: Path) -> Iterator[None]:
    """Raises DatabaseUnusable for what the driver says of it, bare or wrapped by the layer above."""
    try:
        yield
    except Exception as error:
        said = getattr(error, "orig", error)
        if isinstance(said, sqlite3.Error):
            raise DatabaseUnusable(f"{database} cannot be used: {said}") from error
        raise

"""The bot over PostgreSQL; loaded only where DATABASE_URL asks for it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from datetime import datetime
from pathlib import Path

from bot.app.outcomes import DatabaseUnusable, Migrated, Restored, looked_through
from bot.app.outside import Outside, Told
from bot.kit.clock import chance_below, new_id, system_clock
from bot.kit.settings import Settings
from domain.crew import Peers
from domain.ports import Database, DatabaseUnavailable
from storage.base import said_of
from storage.postgres.backup import ToolFailed
from storage.postgres.database import PostgresDatabase
from storage.postgres.distribution import NotDistributable
from storage.postgres.engine import is_from_database
from storage.postgres.instance import AlreadyInUse, in_use
from storage.postgres.last_time import last_time_in
from storage.postgres.migrate import (
    EncodingUnusable,
    SchemaTooOld,
    check_migrated,
    distribute,
    is_due,
    migrate,
)
from storage.postgres.restore import NotEmpty, fill, standing_and_held
from storage.postgres.taking_in import RowRefused
from storage.sqlite.restore import Settled, Standing

_SAID = (AlreadyInUse, EncodingUnusable, NotDistributable, NotEmpty, RowRefused, SchemaTooOld, ToolFailed)
"""Errors that say in one sentence what is wrong."""


def check_exists(settings: Settings) -> None:
    """Does nothing: only ``migrate`` makes a database's schema, and opening says so where there is none."""


@asynccontextmanager
async def open_database(settings: Settings, around: Outside) -> AsyncIterator[Database]:
    """The database, if it has the present schema: an older one is migrated only by ``migrate``. Raises SchemaTooNew,
    DatabaseUnusable."""
    with _usable(settings):
        check_migrated(settings.database_url)
        async with _opened(settings, around) as database:
            yield database


@contextmanager
def sole_user(settings: Settings) -> Iterator[None]:
    """Raises DatabaseUnusable where a bot works on the database."""
    with _usable(settings), in_use(settings.database_url):
        yield


def at_work(settings: Settings) -> AbstractContextManager[None]:  # noqa: ARG001
    """Several bots may share a database."""
    return nullcontext()


@asynccontextmanager
async def joined(settings: Settings, database: Database) -> AsyncIterator[Peers]:
    """At work beside other processes. Raises DatabaseUnusable where a command needs the database to itself."""
    assert isinstance(database, PostgresDatabase)
    async with AsyncExitStack() as stack:
        with _usable(settings):
            peers = await stack.enter_async_context(database.joined(settings.bot_id))
        yield peers


def last_time(settings: Settings) -> datetime | None:
    with _usable(settings):
        check_migrated(settings.database_url)
        return last_time_in(settings.database_url)


def migrate_database(settings: Settings, *, distributed: bool, source: Path | None, told: Told) -> Migrated:
    """Rows of a file are taken in before tables are distributed. For both, and for an upgrade, nobody else may be at
    work, who would go on as before. Raises AlreadyRunning, CopyUnusable, DatabaseMoved, DatabaseUnusable,
    SchemaTooNew, SchemaTorn."""
    with _usable(settings), ExitStack() as alone:
        if distributed or source is not None or is_due(settings.database_url):
            alone.enter_context(in_use(settings.database_url))
        migrate(settings.database_url)
        rows = None if source is None else _taken_in(settings, source, told)
        distributed_now = distribute(settings.database_url, when_asked=distributed)
        return Migrated(copy=None, distributed=distributed_now, rows_taken_in=rows)


def _taken_in(settings: Settings, source: Path, told: Told) -> int:
    from bot.app.moving import take_in_file  # noqa: PLC0415 - it loads all that is SQLite's

    return take_in_file(settings, source, told)


async def restore_database(settings: Settings, copy: Path, *, go_back: bool) -> Restored:  # noqa: ARG001
    """Restores into an empty database; the one before is not touched. All that the copy owes is held back, before it
    is looked through, which takes long and may be cut off; who was erased since is not known. Raises
    DatabaseUnusable, SchemaTooNew."""
    with _usable(settings), in_use(settings.database_url):
        fill(settings.database_url, copy)
        migrate(settings.database_url)
        entries, newest_at, bot_ids, held = standing_and_held(settings.database_url, system_clock())
        async with _opened(settings, Outside()) as database:
            broken, key_fits = await looked_through(settings, database)
        if broken is not None:
            raise DatabaseUnusable(f"{copy} {broken}. Take another copy, and an empty database.")
    return Restored(
        holds=Standing(entries=entries, newest_at=newest_at, bot_ids=bot_ids),
        outbox=Settled(sent_since=0, held=held),
        kept=None,
        key_fits=key_fits,
        erased_again=None,
    )


@asynccontextmanager
async def _opened(settings: Settings, around: Outside) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(
        settings.database_url,
        clock=around.clock,
        new_id=new_id,
        chance_below=chance_below,
        channels_on=settings.channels_on,
        trace=around.trace,
    )
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def _usable(settings: Settings) -> Iterator[None]:
    """Raises DatabaseUnusable for what the driver and PostgreSQL's tools say."""
    try:
        yield
    except _SAID as error:
        raise DatabaseUnusable(str(error)) from error
    except Exception as error:
        said = getattr(error, "orig", error)
        if is_from_database(said) or isinstance(said, DatabaseUnavailable):
            raise DatabaseUnusable(f"{settings.database_name} cannot be used: {said_of(said)}") from error
        raise

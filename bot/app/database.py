"""The database that DATABASE_URL names. The code of its engine is loaded when it is asked for: most of what a command
of the operator waits for is loading."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.app.outside import Outside, Told
from bot.kit.clock import check_plausible
from bot.kit.loading import loading
from bot.kit.settings import Settings
from domain.crew import Peers
from domain.ports import Database

if TYPE_CHECKING:
    from bot.app.outcomes import Migrated, Restored


class Engine(Protocol):
    """``bot.app.sqlite`` and ``bot.app.postgres``."""

    def check_exists(self, settings: Settings) -> None: ...
    def open_database(self, settings: Settings, around: Outside) -> AbstractAsyncContextManager[Database]: ...
    def sole_user(self, settings: Settings) -> AbstractContextManager[None]: ...
    def at_work(self, settings: Settings) -> AbstractContextManager[None]: ...
    def joined(self, settings: Settings, database: Database) -> AbstractAsyncContextManager[Peers]: ...
    def last_time(self, settings: Settings) -> datetime | None: ...
    def migrate_database(
        self, settings: Settings, *, distributed: bool, source: Path | None, told: Told
    ) -> "Migrated": ...
    async def restore_database(self, settings: Settings, copy: Path, *, go_back: bool) -> "Restored": ...


@asynccontextmanager
async def open_database(settings: Settings, around: Outside = Outside()) -> AsyncIterator[Database]:  # noqa: B008
    """The database, at the present schema. Raises PROBLEMS."""
    check_plausible(around.clock())
    async with _engine(settings).open_database(settings, around) as database:
        yield database


@asynccontextmanager
async def existing_database(settings: Settings) -> AsyncIterator[Database]:
    """The same, if there is one already: a command that is given in another folder makes none. Raises PROBLEMS."""
    _engine(settings).check_exists(settings)
    async with open_database(settings) as database:
        yield database


def sole_user(settings: Settings) -> AbstractContextManager[None]:
    """Raises AlreadyRunning, DatabaseUnusable."""
    return _engine(settings).sole_user(settings)


def at_work(settings: Settings) -> AbstractContextManager[None]:
    """For a bot, before it touches the database. Raises AlreadyRunning where another bot has a file to itself."""
    return _engine(settings).at_work(settings)


def joined(settings: Settings, database: Database) -> AbstractAsyncContextManager[Peers]:
    """At work beside other processes, where there may be some. Raises DatabaseUnusable where a command needs the
    database to itself."""
    return _engine(settings).joined(settings, database)


def last_time(settings: Settings) -> datetime | None:
    """The last time at which a bot is known to have worked on the database. Raises PROBLEMS."""
    return _engine(settings).last_time(settings)


def migrate_database(
    settings: Settings, *, distributed: bool = False, source: Path | None = None, told: Told = lambda *_: None
) -> "Migrated":
    """Brings the schema up to date. If ``distributed``, the tables go over several machines; those that an upgrade
    adds go where the others are. All rows of the file ``source`` are taken in first, and nobody works with the file
    any more; ``told`` is called with how far that is. Raises PROBLEMS."""
    return _engine(settings).migrate_database(settings, distributed=distributed, source=source, told=told)


async def restore_database(settings: Settings, copy: Path, *, go_back: bool) -> "Restored":
    """Puts a copy in the place of the database once it is shown that it is ours, whole, sound, and of this bot.

    ``go_back`` allows a copy that is older than what the database holds, or made with another key. What the copy owes
    is held back until the operator releases or drops it. Raises CopyUnusable, CopyOlder, AlreadyRunning,
    SchemaTooNew, DatabaseUnusable.
    """
    return await _engine(settings).restore_database(settings, copy, go_back=go_back)


def _engine(settings: Settings) -> Engine:
    with loading():
        if settings.is_postgres:
            from bot.app import postgres  # noqa: PLC0415

            return postgres
        from bot.app import sqlite  # noqa: PLC0415

        return sqlite

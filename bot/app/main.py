"""The composition root: the only module that knows the database."""

import asyncio
import logging
import os
import signal
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import ModuleType

from bot.app.bot import open_bot
from bot.app.outcomes import DatabaseUnusable, Migrated, Restored, looked_through
from bot.app.process import Surroundings, open_process, timetable
from bot.app.secret_key import PinLink, agreed_secret, rotated
from bot.delivery.wallets import check_wallets
from bot.kit.clock import ClockImplausible, SteadyClock, chance_below, check_plausible, new_id, system_clock
from bot.kit.key_file import KeyFile
from bot.kit.settings import Settings
from domain.ports import Database, DatabaseUnavailable
from domain.usecases.privacy import erase_again
from storage.migrate import SchemaTooNew
from storage.sqlite.backup import copy_database
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.instance import AlreadyRunning, sole_user
from storage.sqlite.last_time import last_time_in
from storage.sqlite.migrate import migrate
from storage.sqlite.restore import (
    CopyUnusable,
    Standing,
    erasures_in,
    examine,
    settle_outbox,
    standing_of,
    take_place,
)

logger = logging.getLogger(__name__)

ENDS_WITHIN_S = 9.0
"""From when the process is told to."""


class CopyOlder(Exception):
    """A copy would take the database back in time."""


PROBLEMS = (AlreadyRunning, ClockImplausible, CopyOlder, CopyUnusable, DatabaseUnusable, SchemaTooNew)
"""What may be wrong with the database, or the clock; each says so in one sentence."""


@asynccontextmanager
async def open_database(settings: Settings, around: Surroundings = Surroundings()) -> AsyncIterator[Database]:  # noqa: B008
    """The database, at the present schema. Raises SchemaTooNew, DatabaseUnusable, ClockImplausible."""
    check_plausible(around.clock())
    if settings.is_postgres:
        async with _postgres().open_database(settings, around) as database:
            yield database
        return
    with _usable(settings.database_path):
        migrate(settings.database_path, system_clock())
        database = SqliteDatabase(
            settings.database_path,
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


async def run(settings: Settings, around: Surroundings = Surroundings()) -> None:  # noqa: B008
    """Runs the bot until it is told to stop. Raises SettingsProblem and PROBLEMS."""
    stop = set_by_signals()
    await run_until(stop, settings, around)


async def run_until(stop: asyncio.Event, settings: Settings, around: Surroundings) -> None:
    check_wallets(settings)
    with _sole_user(settings):
        known = _last_time(settings)
        steady = SteadyClock(around.clock, time.monotonic, known, around.clock_news)
        told = replace(around, clock=steady)
        async with open_database(settings, told) as database:
            secret = await agreed_secret(settings, database)
            await serve(settings, secret, database, stop, told)


def set_by_signals() -> asyncio.Event:
    """Set when the process is told to stop."""
    stop = asyncio.Event()

    def told() -> None:
        stop.set()
        last = threading.Timer(ENDS_WITHIN_S, _end_at_once)
        last.daemon = True
        last.start()

    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told)
    return stop


def _end_at_once() -> None:
    """What has not ended by now waits for something that may never come. Nothing is lost with it: what was not
    brought to its end is taken up at the next start, as after a crash."""
    logger.warning("not everything came to its end in %.0f s: the next start takes it up", ENDS_WITHIN_S)
    logging.shutdown()
    os._exit(0)


async def serve(
    settings: Settings, secret: bytes, database: Database, stop: asyncio.Event, around: Surroundings
) -> None:
    """One bot in one process, until ``stop`` is set. Raises SettingsProblem when its first call is refused."""
    async with (
        open_process(secret, database, around, settings.health_listen) as process,
        open_bot(settings, process, around, stop) as means,
    ):
        if means is not None:
            async with timetable(process, [means]):
                around.on_ready()
                await stop.wait()
                database.hurry()


@asynccontextmanager
async def rotate_secret(
    settings: Settings,
    around: Surroundings = Surroundings(),  # noqa: B008
) -> AsyncIterator[Sequence[PinLink]]:
    """``bot.app.secret_key.rotated`` on the database of nobody else. Raises SettingsProblem and PROBLEMS."""
    with _sole_user(settings):
        async with open_database(settings, around) as database, rotated(settings, database) as links:
            yield links


def migrate_database(settings: Settings, *, distributed: bool = False) -> Migrated:
    """Brings the schema up to date. What is to be ``distributed`` goes over several machines, and what an upgrade
    adds goes where the rest is. Raises PROBLEMS."""
    if settings.is_postgres:
        found = _postgres().migrate_database(settings, distributed=distributed)
        return Migrated(copy=None, distributed=found)
    if distributed:
        raise DatabaseUnusable(
            f"{settings.database_path} is one file on one machine: set DATABASE_URL to a PostgreSQL with Citus."
        )
    with _usable(settings.database_path):
        return Migrated(copy=migrate(settings.database_path, system_clock()), distributed=())


async def restore_database(settings: Settings, copy: Path, *, go_back: bool) -> Restored:
    """Puts a copy in the place of the database once it has shown that it is ours, whole, sound, and of this bot.

    ``go_back`` allows a copy that is older than what the database holds, or made with another key. What the copy owes
    is held back until the operator releases or drops it. Raises CopyUnusable, CopyOlder, AlreadyRunning,
    SchemaTooNew, DatabaseUnusable.
    """
    if settings.is_postgres:
        restored: Restored = await _postgres().restore_database(settings, copy)
        return restored
    database = settings.database_path
    with sole_user(database):
        found, present = examine(copy), standing_of(database)
        if settings.bot_token and found.bot_ids and settings.bot_id not in found.bot_ids:
            raise CopyUnusable(f"{copy} belongs to another bot: set the BOT_TOKEN it was made with.")
        if present is not None and not go_back:
            _check_not_older(copy, found, present)
        candidate = database.with_name(f"{database.name}.restoring")
        try:
            with _usable(copy):
                copy_database(copy, candidate)
                migrate(candidate, system_clock())
                key_fits = await _check_sound(settings, copy, candidate)
                if key_fits is False and not go_back:
                    raise CopyUnusable(
                        f"{copy} was made with another key: put back the {KeyFile.beside(database).path.name} that"
                        " was kept with it, or say --yes to have the copy all the same."
                    )
                settled = settle_outbox(candidate, database, system_clock())
                again = await _erase_again(candidate, database)
            kept = take_place(candidate, database, system_clock())
            return Restored(holds=found, outbox=settled, kept=kept, key_fits=key_fits, erased_again=again)
        finally:
            for part in database.parent.glob(f"{candidate.name}*"):
                part.unlink()


def _check_not_older(copy: Path, found: Standing, present: Standing) -> None:
    """Raises CopyOlder."""
    if present.newest_at is None or (found.newest_at is not None and found.newest_at >= present.newest_at):
        return
    lost = present.entries - found.entries
    by = f"{present.newest_at - found.newest_at} " if found.newest_at else ""
    raise CopyOlder(
        f"{copy} is {by}older than the database, which has {lost} entries more: they would be gone."
        " Say --yes to go back all the same; what is replaced is kept."
    )


async def _check_sound(settings: Settings, copy: Path, candidate: Path) -> bool | None:
    """Whether the key is its own, None without a key. Raises CopyUnusable when an invariant is broken in it."""
    database = SqliteDatabase(candidate, clock=system_clock, new_id=new_id, chance_below=chance_below)
    try:
        broken, key_fits = await looked_through(settings, database)
    finally:
        await database.close()
    if broken is not None:
        raise CopyUnusable(f"{copy} {broken}. Take another copy.")
    return key_fits


async def _erase_again(candidate: Path, replaced: Path) -> int | None:
    """Whoever was erased since the copy was made is erased in it, and gone from its file."""
    erasures = erasures_in(replaced)
    if not erasures:
        return None if erasures is None else 0
    database = SqliteDatabase(candidate, clock=system_clock, new_id=new_id, chance_below=chance_below)
    try:
        again = await database.write(erase_again, erasures)
        await database.wipe(thoroughly=True)
    finally:
        await database.close()
    return again


def _postgres() -> ModuleType:
    """Loaded only where it is needed: every command of the operator would wait for it."""
    from bot.app import postgres  # noqa: PLC0415

    return postgres


def _sole_user(settings: Settings) -> AbstractContextManager[None]:
    found: AbstractContextManager[None] = (
        _postgres().sole_user(settings) if settings.is_postgres else sole_user(settings.database_path)
    )
    return found


def _last_time(settings: Settings) -> datetime | None:
    """Brings a file's schema up to date first."""
    if settings.is_postgres:
        seen: datetime | None = _postgres().last_time(settings)
        return seen
    migrate_database(settings)
    return last_time_in(settings.database_path)


@contextmanager
def _usable(database: Path) -> Iterator[None]:
    """Raises DatabaseUnusable for what the driver says of it, bare or wrapped by the layer above."""
    try:
        yield
    except Exception as error:
        said = getattr(error, "orig", error)
        if isinstance(said, sqlite3.Error | DatabaseUnavailable):
            raise DatabaseUnusable(f"{database} cannot be used: {said}") from error
        raise

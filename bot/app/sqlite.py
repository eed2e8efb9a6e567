"""The bot over a SQLite file; loaded only where DATABASE_URL asks for it."""

import errno
import os
import sqlite3
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from datetime import datetime, timedelta
from pathlib import Path

from bot.app.outcomes import CopyOlder, DatabaseUnusable, Migrated, Restored, looked_through
from bot.app.outside import Outside, Told
from bot.kit.clock import chance_below, new_id, system_clock
from bot.kit.cores import any_core
from bot.kit.key_file import KeyFile
from bot.kit.settings import Settings
from domain.crew import Peers
from domain.delivery import ALWAYS_ON, ChannelKind
from domain.ports import Database, DatabaseUnavailable
from domain.usecases.privacy import erase_again
from storage.sqlite import instance
from storage.sqlite.backup import CLOSED, copy_database
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.engine import kind_of
from storage.sqlite.files import parts_of
from storage.sqlite.last_time import last_time_in
from storage.sqlite.leaving import come_back
from storage.sqlite.migrate import migrate
from storage.sqlite.ours import check_not_of_another, is_there
from storage.sqlite.restore import (
    CopyUnusable,
    Standing,
    erasures_in,
    examine,
    settle_outbox,
    standing_of,
    take_place,
)

WHAT_TO_DO_IF_DAMAGED = (
    ". End the bot and put the newest copy in its place: `stempel restore PATH` looks at the copy first, and keeps"
    " what is damaged beside it."
)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def check_exists(settings: Settings) -> None:
    """Raises DatabaseUnusable where there is no database."""
    _check_not_lost(settings.database_path)
    if not (is_there(settings.database_path) or settings.database_path.is_dir()):
        raise DatabaseUnusable(
            f"{settings.database_path} does not exist: give the command in the folder that has the bot's .env, or"
            " make the first shop with `stempel merchant create`."
        )


@asynccontextmanager
async def open_database(settings: Settings, around: Outside) -> AsyncIterator[Database]:
    """The database, which is brought to the present schema first. Raises AlreadyRunning, OfAnotherProgram,
    SchemaTooNew, SchemaTorn, DatabaseUnusable."""
    _check_not_lost(settings.database_path)
    with usable_file(settings.database_path):
        migrate(settings.database_path, system_clock())
        async with _opened(settings.database_path, around, settings.channels_on) as database:
            yield database


@contextmanager
def sole_user(settings: Settings) -> Iterator[None]:
    """Raises AlreadyRunning where another bot works on the file. What a restore that was killed has left is removed:
    whoever was erased since the copy was made is in it."""
    with instance.sole_user(settings.database_path):
        _remove_candidate(settings.database_path)
        yield


at_work = sole_user


@asynccontextmanager
async def joined(settings: Settings, database: Database) -> AsyncIterator[Peers]:  # noqa: ARG001
    """A file has one process."""
    yield Peers()


def last_time(settings: Settings) -> datetime | None:
    """Brings the schema up to date first."""
    _check_not_lost(settings.database_path)
    with usable_file(settings.database_path):
        migrate(settings.database_path, system_clock())
    return last_time_in(settings.database_path)


def migrate_database(
    settings: Settings,
    *,
    distributed: bool,
    source: Path | None,
    told: Told,  # noqa: ARG001
) -> Migrated:
    if source is not None:
        raise DatabaseUnusable(
            f"DATABASE_URL names a file, {settings.database_path}: let it name the PostgreSQL database into which"
            f" {source} is to go."
        )
    if distributed:
        raise DatabaseUnusable(
            f"{settings.database_path} is one file on one machine: set DATABASE_URL to a PostgreSQL with Citus."
        )
    _check_not_lost(settings.database_path)
    with usable_file(settings.database_path):
        return Migrated(copy=migrate(settings.database_path, system_clock()), distributed=())


async def restore_database(settings: Settings, copy: Path, *, go_back: bool) -> Restored:
    """Raises AlreadyRunning, CopyOlder, CopyUnusable, DatabaseUnusable, OfAnotherProgram, SchemaTooNew."""
    database = settings.database_path
    with instance.sole_user(database):
        with suppress(sqlite3.Error):  # a damaged database is what a copy is for
            check_not_of_another(database)
        found, present = examined(settings, copy), standing_of(database)
        if present is not None and not go_back:
            _check_not_older(copy, found, present)
        candidate = _candidate(database)
        try:
            with usable_file(candidate):
                copy_database(copy, candidate)
                come_back(candidate)
                migrate(candidate, system_clock(), nullcontext)
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
            _remove_candidate(database)


def _candidate(database: Path) -> Path:
    """Where a copy lies while it is made ready to take the place of the database."""
    return database.with_name(f"{database.name}.restoring")


def _remove_candidate(database: Path) -> None:
    for part in database.parent.glob(f"{_candidate(database).name}*"):
        part.unlink()


def examined(settings: Settings, path: Path) -> Standing:
    """What a file holds. Raises CopyUnusable unless it is ours, undamaged, and of this bot."""
    found = examine(path)
    if settings.bot_token and found.bot_ids and settings.bot_id not in found.bot_ids:
        raise CopyUnusable(f"{path} belongs to another bot: set the BOT_TOKEN it was made with.")
    return found


def _check_not_lost(database: Path) -> None:
    """Raises DatabaseUnusable where the file is missing and what lies beside it says that there was one: SQLite would
    make a new one, in which nobody finds their card."""
    if is_there(database) or database.is_dir():
        return
    copies = sorted(database.parent.glob(f"{database.name}.*.bak"))
    for left in (KeyFile.beside(database).path, database.with_name(f"{database.name}-wal"), *copies):
        if left.exists():
            raise DatabaseUnusable(
                f"{database} is missing or empty, and {left.name} beside it says that there was one: put a copy in"
                f" its place with `stempel restore PATH`, or, to begin without any shop, move {left} away."
            )


def _check_not_older(copy: Path, found: Standing, present: Standing) -> None:
    """Raises CopyOlder."""
    if present.newest_at is None or (found.newest_at is not None and found.newest_at >= present.newest_at):
        return
    lost = present.entries - found.entries
    by = f"{_whole_seconds(present.newest_at - found.newest_at)} " if found.newest_at else ""
    raise CopyOlder(
        f"{copy} is {by}older than the database: all that was done since would be gone, with {lost} entries of the"
        " ledger. Say --yes to go back all the same; what is replaced is kept."
    )


def _whole_seconds(time: timedelta) -> timedelta:
    return timedelta(seconds=round(time.total_seconds()))


async def _check_sound(settings: Settings, copy: Path, candidate: Path) -> bool | None:
    """Whether the key is the copy's own, None without a key. Raises CopyUnusable when an invariant is broken."""
    async with _opened(candidate) as database:
        broken, key_fits = await looked_through(settings, database)
    if broken is not None:
        raise CopyUnusable(f"{copy} {broken}. Take another copy.")
    return key_fits


async def _erase_again(candidate: Path, replaced: Path) -> int | None:
    """Erases in the copy who was erased since it was made, and wipes its file. Returns how many were still in it,
    None where what is replaced could not be asked."""
    erasures = erasures_in(replaced)
    if not erasures:
        return None if erasures is None else 0
    async with _opened(candidate) as database:
        again = await database.write(erase_again, erasures)
        await database.wipe(thoroughly=True)
    return again


@asynccontextmanager
async def _opened(
    path: Path,
    around: Outside = Outside(),  # noqa: B008
    channels_on: Collection[ChannelKind] = ALWAYS_ON,
) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(
        path,
        clock=around.clock,
        new_id=new_id,
        chance_below=chance_below,
        channels_on=channels_on,
        trace=around.trace,
        aside=any_core,
    )
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def usable_file(database: Path) -> Iterator[None]:
    """Raises DatabaseUnusable for the driver's errors, bare or wrapped by the layer above, and PermissionError where
    a file is not this user's to write."""
    try:
        yield
    except Exception as error:
        said = getattr(error, "orig", error)
        if not isinstance(said, sqlite3.Error | DatabaseUnavailable):
            raise
        kind = kind_of(said)
        if kind in CLOSED and (closed := _closed_part(database)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(closed)) from error
        if getattr(said, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE:
            raise DatabaseUnusable(f"{database} cannot be used: its disk is full.") from error
        advice = WHAT_TO_DO_IF_DAMAGED if kind in _DAMAGED else ""
        raise DatabaseUnusable(f"{database} cannot be used: {said}{advice}") from error


def _closed_part(database: Path) -> Path | None:
    """The folder or file of the database that this user may not write, on a disk that can be written."""
    parts = (database.parent, *parts_of(database))
    return next((part for part in parts if part.exists() and _is_closed(part)), None)


def _is_closed(path: Path) -> bool:
    return not os.access(path, os.W_OK) and not os.statvfs(path).f_flag & os.ST_RDONLY

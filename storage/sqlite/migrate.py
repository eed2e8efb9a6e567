"""Bringing a SQLite file to the schema this program knows."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from storage.migrate import HEAD, check_known, check_whole, head, revision, upgrade
from storage.sqlite.backup import copy_database
from storage.sqlite.engine import APPLICATION_ID, driver_connection, sync_engine
from storage.sqlite.files import kept_beside, make_private, remove
from storage.sqlite.instance import with_nobody_else
from storage.sqlite.ours import check_not_of_another

Guard = Callable[[Path], AbstractContextManager[object]]


def migrate(path: Path, now: datetime, guard: Guard = with_nobody_else) -> Path | None:
    """Upgrades the file, which is created if absent. Returns the copy made before, None if there was nothing to copy.
    An upgrade that fails leaves the file as it was, and no copy: a start that is tried again and again would fill the
    disk with copies. ``guard`` is held meanwhile, so that no bot works on the file.

    Raises OfAnotherProgram, SchemaTooNew, SchemaTorn, DatabaseMoved, AlreadyRunning.
    """
    check_not_of_another(path)
    make_private(path)
    engine = sync_engine(path)
    try:
        with engine.connect() as connection:
            present = revision(connection)
        if present == head():
            return None
        check_known(present, str(path))
        if present is None:
            _upgrade(engine, path)
            return None
        with guard(path):
            copy = kept_beside(path, present, now)
            try:
                copy_database(path, copy)
                _upgrade(engine, path)
            except BaseException:
                remove(copy)
                raise
        return copy
    finally:
        engine.dispose()


def _upgrade(engine: Engine, path: Path) -> None:
    with altering(engine) as connection:
        upgrade(connection, HEAD)
        check_whole(connection, str(path))
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


@contextmanager
def altering(engine: Engine) -> Iterator[Connection]:
    """A transaction in which a table that others refer to can be made anew: foreign keys are not checked meanwhile,
    which can only be set before it begins (https://www.sqlite.org/lang_altertable.html#otheralter)."""
    with engine.connect() as connection:
        driver = driver_connection(connection)
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute("PRAGMA foreign_keys=ON")

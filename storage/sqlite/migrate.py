"""Bringing a SQLite file to the schema this program knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from storage.migrate import HEAD, check_known, head, revision, upgrade
from storage.sqlite.backup import copy_database
from storage.sqlite.engine import APPLICATION_ID, driver_connection, sync_engine
from storage.sqlite.files import make_private
from storage.sqlite.ours import check_not_of_another


def migrate(path: Path, now: datetime) -> Path | None:
    """Upgrades the file, which is created if absent. Returns the copy made before, None if there was nothing to copy.

    Raises OfAnotherProgram, SchemaTooNew, DatabaseMoved.
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
        copy = _copy_first(path, present, now)
        with altering(engine) as connection:
            upgrade(connection, HEAD)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        return copy
    finally:
        engine.dispose()


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


def _copy_first(path: Path, present: str | None, now: datetime) -> Path | None:
    if present is None:
        return None
    copy = path.with_name(f"{path.name}.{present}.{now:%Y%m%dT%H%M%SZ}.bak")
    copy_database(path, copy)
    return copy

"""Bringing a database to the schema this program knows."""

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.engine import sync_engine
from storage.sqlite import copy_database

HEAD = "head"
SCRIPTS = Path(__file__).parent / "migrations"


class SchemaTooNew(Exception):
    """The database was written by a newer program than this one."""


def migrate(path: Path, now: datetime) -> Path | None:
    """Upgrades the file, made if absent, and returns the copy that was taken first where there was one to take.

    Raises SchemaTooNew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sync_engine(path)
    try:
        with engine.connect() as connection:
            present = _revision(connection)
        if present == _head():
            return None
        if present is not None and present not in _known():
            raise SchemaTooNew(f"{path} has schema {present}, this program knows up to {_head()}")
        copy = _copy_first(path, present, now)
        with engine.begin() as connection:
            upgrade(connection, HEAD)
        return copy
    finally:
        engine.dispose()


def upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(_config(connection), revision)


def _copy_first(path: Path, present: str | None, now: datetime) -> Path | None:
    if present is None:
        return None
    copy = path.with_name(f"{path.name}.{present}.{now:%Y%m%dT%H%M%SZ}.bak")
    copy_database(path, copy)
    return copy


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head() -> str | None:
    return _scripts().get_current_head()


def _known() -> set[str]:
    return {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

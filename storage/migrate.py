"""The schema's versions, on any engine."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

HEAD = "head"
SCRIPTS = Path(__file__).parent / "migrations"


class SchemaTooNew(Exception):
    """The database was written by a newer program than this one."""


def upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(_config(connection), revision)


def revision(connection: Connection) -> str | None:
    """Of the database as it is, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    return _scripts().get_current_head()


def check_known(present: str | None, database: str) -> None:
    """Raises SchemaTooNew."""
    known = {script.revision for script in _scripts().walk_revisions()}
    if present is not None and present not in known:
        raise SchemaTooNew(f"{database} has schema {present}, this program knows up to {head()}")


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

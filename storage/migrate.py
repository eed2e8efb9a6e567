"""The schema's versions, on any engine."""

from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, column, inspect, select, table

HEAD = "head"
SCRIPTS = Path(__file__).parent / "migrations"
_VERSION = table("alembic_version", column("version_num"))


MOVED = "moved-"
"""Put before the schema's version in a file whose rows are in another database now. Older programs refuse it too."""


class SchemaTooNew(Exception):
    """The database was written by a newer program than this one."""


class DatabaseMoved(Exception):
    """The rows of the database are in another one now."""


def upgrade(connection: Connection, revision: str) -> None:
    _alembic("upgrade", connection, revision)


def downgrade(connection: Connection, revision: str) -> None:
    _alembic("downgrade", connection, revision)


def revision(connection: Connection) -> str | None:
    """The schema's version of the database, None when it is empty."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.scalars(select(_VERSION.c.version_num)).one_or_none()
    return found


def head() -> str:
    return max(_known())


def check_known(present: str | None, database: str) -> None:
    """Raises SchemaTooNew, DatabaseMoved."""
    if present is not None and present.startswith(MOVED):
        raise DatabaseMoved(
            f"{database} was moved to PostgreSQL: name that database in DATABASE_URL, or go back to the file with"
            f" stempel restore {database} ."
        )
    known = _known()
    if present is not None and present not in known:
        raise SchemaTooNew(
            f"{database} has schema {present}, this program knows up to {head()}: start the newer version that it was"
            " last used with, or restore a copy from before."
        )


def _known() -> set[str]:
    """The versions, by the names of the files: every command of the operator needs them, and Alembic would run all
    the files to tell."""
    return {path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py")}


def _alembic(does: Literal["upgrade", "downgrade"], connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - it takes long to load, and most starts have nothing to migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    getattr(command, does)(config, revision)

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


class SchemaTorn(Exception):
    """The database lacks what its schema says it has."""


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


def check_whole(connection: Connection, database: str) -> None:
    """To be called after an upgrade, before the commit. Raises SchemaTorn when a column is missing."""
    from storage.tables import metadata  # noqa: PLC0415 - only this looks at the tables, and only after an upgrade

    found = inspect(connection)
    here = found.get_table_names()
    for each in metadata.sorted_tables:
        has = {one["name"] for one in found.get_columns(each.name)} if each.name in here else set()
        if missing := [one.name for one in each.columns if one.name not in has]:
            raise SchemaTorn(
                f"{database} lacks {each.name}.{missing[0]}, which a database of its schema has: a program that was"
                " never released made it, or somebody changed it by hand. It stays as it was: restore a copy, or"
                " begin with a new one."
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

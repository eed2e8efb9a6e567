"""Bringing a PostgreSQL database to the schema this program knows, when the operator asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, create_engine, pool, text

from storage.migrate import HEAD, check_known, check_whole, head, revision, upgrade
from storage.postgres import distribution
from storage.postgres.engine import arguments, where

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(1398886476)")
_NOBODY_WRITES = text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
_ENCODING = text("SHOW server_encoding")


class SchemaTooOld(Exception):
    """The database has to be migrated first."""


class EncodingUnusable(Exception):
    """The database cannot hold every name."""


def migrate(url: str) -> str | None:
    """Upgrades the database, and returns the schema it had before, None for none. Waits for transactions that use it;
    later ones wait for the upgrade. Raises SchemaTooNew, SchemaTorn, EncodingUnusable, psycopg.Error or one of
    SQLAlchemy's around it."""
    with _connected(url) as connection:
        _check_encoding(connection, url)
        connection.execute(_ONE_AT_A_TIME)
        present = revision(connection)
        check_known(present, where(url))
        if present is not None:
            connection.execute(_NOBODY_WRITES)
        if present != head():
            upgrade(connection, HEAD)
            check_whole(connection, where(url))
    return present


def is_due(url: str) -> bool:
    """Whether the database has an older schema than this program needs. Raises SchemaTooNew, and what the driver
    raises."""
    with _connected(url) as connection:
        present = revision(connection)
    check_known(present, where(url))
    return present not in (None, head())


def distribute(url: str, *, when_asked: bool) -> list[str]:
    """Distributes the tables that are not distributed yet over the machines of Citus, and returns their names. Nobody
    writes meanwhile. If not ``when_asked``, does so only where the database is distributed already: for tables that
    an upgrade has made. Raises NotDistributable, psycopg.Error or one of SQLAlchemy's around it."""
    with _connected(url) as guard:
        guard.execute(_ONE_AT_A_TIME)
        guard.execute(_NOBODY_WRITES)
        with psycopg.connect(**arguments(url) | {"options": ""}, autocommit=True) as connection:
            if when_asked or distribution.is_distributed(connection):
                return distribution.distribute(connection, url)
    return []


def check_migrated(url: str) -> None:
    """Raises SchemaTooOld, SchemaTooNew, and what the driver raises."""
    with _connected(url) as connection:
        present = revision(connection)
    check_known(present, where(url))
    if present != head():
        has = f"has schema {present}, this program needs {head()}" if present else "is empty"
        raise SchemaTooOld(f"{where(url)} {has}: run stempel migrate first.")


def _check_encoding(connection: Connection, url: str) -> None:
    encoding = connection.scalar(_ENCODING)
    if encoding != "UTF8":
        raise EncodingUnusable(
            f"{where(url)} is encoded in {encoding}: make one with createdb --encoding=UTF8 --template=template0."
        )


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(**arguments(url) | {"options": ""}),
        poolclass=pool.NullPool,
    )
    with engine.begin() as connection:
        yield connection

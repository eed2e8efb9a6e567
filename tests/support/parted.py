"""A database on plain PostgreSQL whose tables are partitioned by hash, in place of one that Citus distributes.

PostgreSQL demands of the key of a partitioned table what Citus demands of a distributed one's: that it contains the
column by which the rows are placed. And its planner leaves out parts as Citus leaves out machines: a statement that
reaches one part of each table is answered by one machine.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import ClientCursor
from sqlalchemy import ClauseElement, Dialect, MetaData, create_engine, pool
from sqlalchemy.dialects import registry
from sqlalchemy.sql.compiler import SQLCompiler

from storage.migrate import head
from storage.postgres.distribution import column_of
from storage.tables import metadata

PARTS = 4
POSTGRES: Dialect = registry.load("postgresql.psycopg")(paramstyle="format")
_SCANS = re.compile(r" on (\w+)_(\d)\b")


def make_parted(url: str) -> None:
    parted = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        copy = table.to_metadata(parted)
        said = {index.name: index.info for index in table.indexes}
        for index in copy.indexes:
            index.info = said[index.name]
        if column := column_of(table):
            copy.kwargs["postgresql_partition_by"] = f"HASH ({column})"
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url.replace("+psycopg", "")),
        poolclass=pool.NullPool,
    )
    with engine.begin() as connection:
        parted.create_all(connection)
        for table in metadata.sorted_tables:
            for part in range(PARTS if column_of(table) else 0):
                connection.exec_driver_sql(
                    f"CREATE TABLE {table.name}_{part} PARTITION OF {table.name}"
                    f" FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})"
                )
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{head()}')")


@dataclass(frozen=True, slots=True)
class Reach:
    """Which parts of which partitioned tables a statement reads."""

    parts: Mapping[str, frozenset[str]]

    @property
    def swept(self) -> list[str]:
        """The tables of which it reads more than one part."""
        return sorted(table for table, parts in self.parts.items() if len(parts) > 1)

    @property
    def columns(self) -> set[str | None]:
        """The columns by which the rows of its tables are placed: a single one where these rows lie together."""
        return {column_of(metadata.tables[table]) for table in self.parts}


def reaches(url: str, statements: Mapping[str, ClauseElement]) -> dict[str, Reach]:
    """For each statement, by its name, what it reads according to PostgreSQL's planner."""
    with closing(psycopg.connect(url.replace("+psycopg", ""), cursor_factory=ClientCursor)) as connection:
        return {name: _reach(connection, statement) for name, statement in statements.items()}


def _reach(connection: psycopg.Connection[Any], statement: ClauseElement) -> Reach:
    compiled = statement.compile(dialect=POSTGRES)
    assert isinstance(compiled, SQLCompiler)
    names = compiled.positiontup or ()
    values = [_anything(name, compiled.binds[name].type.python_type) for name in names]
    plan = connection.execute(f"EXPLAIN {compiled}".encode(), values).fetchall()
    parts = defaultdict(set)
    for table, part in _SCANS.findall("\n".join(line for (line,) in plan)):
        parts[table].add(part)
    return Reach({table: frozenset(found) for table, found in parts.items()})


def _anything(name: str, kind: type[Any]) -> object:
    """A value for a parameter: another one for each number at the end of a name."""
    number = int(re.sub(r"\D", "", name) or 0)
    return {int: number, str: f"m{number}", bytes: b""}[kind]

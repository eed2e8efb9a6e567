"""Taking in all rows of another database of the same schema (docs/decisions/0084)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

import psycopg
from psycopg import sql
from sqlalchemy import Table

from storage.postgres.engine import PATIENT, connect, say, where
from storage.postgres.restore import NotEmpty
from storage.tables import metadata

TOLD_EACH = 100_000
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands for NUL, which PostgreSQL keeps in no text; in updates it is replaced as they come in."""
_NOBODY_WRITES = "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"

Rows = Callable[[Table], Iterable[Sequence[object]]]
Told = Callable[[str, int], None]
"""The name of a table, and how many of its rows are in it by now."""


class RowRefused(Exception):
    """One sentence: which table's rows PostgreSQL does not take, and why."""


def take_in(url: str, rows: Rows, told: Told, before_commit: Callable[[], None]) -> int:
    """All rows of all tables or none; nobody reads or writes meanwhile. Returns how many there are.

    ``before_commit`` is called last, and may still fail. Raises NotEmpty, RowRefused, psycopg.Error, and what
    ``rows`` and ``before_commit`` raise.
    """
    with closing(connect(url, PATIENT)) as connection, connection.transaction():
        say(connection, _NOBODY_WRITES)
        _check_empty(connection, url)
        count = sum(_fill(connection, table, rows(table), told) for table in metadata.sorted_tables)
        say(connection, "ANALYZE")  # without statistics a stamp takes two to three times as long
        before_commit()
    return count


def _check_empty(connection: psycopg.Connection, url: str) -> None:
    for table in metadata.sorted_tables:
        asked = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table.name))
        if connection.execute(asked).fetchone():
            raise NotEmpty(
                f"{where(url)} has rows already, in {table.name}: make a database with createdb and name it in"
                " DATABASE_URL."
            )


def _fill(connection: psycopg.Connection, table: Table, rows: Iterable[Sequence[object]], told: Told) -> int:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    count = 0
    try:
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for count, row in enumerate(_without_nul(rows), start=1):
                copy.write_row(row)
                if count % TOLD_EACH == 0:
                    told(table.name, count)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        detail = error.diag.message_detail or error.diag.context or ""
        raise RowRefused(
            f"PostgreSQL does not take a row of {table.name}: {str(error).partition(chr(10))[0]} ({detail})"
        ) from error
    return count


def _without_nul(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    for row in rows:
        yield [each.replace("\0", REPLACEMENT) if isinstance(each, str) else each for each in row]

"""Where rows lie on a database that is distributed over several machines by Citus, and how Citus is told so.

A tenant's tables lie together by merchant: whatever one merchant asks is answered by one machine. What is known of
people lies by person, links by their hash, updates by their number. Only tables that all machines read and that are
hardly ever written are copied to every machine.
"""

from collections.abc import Iterable, Mapping

import psycopg
from sqlalchemy import Table

from storage import tables
from storage.postgres.engine import where

MERCHANT = "merchant_id"
PERSON = "user_id"
COPIED = None

OF_NO_TENANT: Mapping[Table, str | None] = {
    tables.acquaintances: PERSON,
    tables.desks: PERSON,
    tables.dialogues: PERSON,
    tables.mail_codes: PERSON,
    tables.mailboxes: PERSON,
    tables.people: PERSON,
    tables.shown_cards: PERSON,
    tables.directory: "token_hash",
    tables.inbox: "update_id",
    tables.bots: COPIED,
    tables.fingerprints: COPIED,
    tables.instances: COPIED,
    tables.job_runs: COPIED,
}
"""Tables whose key does not begin with the merchant, with the column by which their rows lie. Citus takes only one,
so people lie by user id: bots are few, people many. An update lies by its number: its person is forgotten when it is
done, and no row may move."""

LEADERS: Mapping[str, Table] = {
    MERCHANT: tables.merchants,
    PERSON: tables.people,
    "token_hash": tables.directory,
    "update_id": tables.inbox,
}
"""For each of these columns the table that is distributed first. The rows of the others lie with its rows."""

_IS_THERE = b"SELECT to_regclass('citus_tables') IS NOT NULL"
_LIE = b"SELECT table_name::text, distribution_column FROM citus_tables"
_DISTRIBUTE = b"SELECT create_distributed_table(%s::regclass, %s, colocate_with => %s)"
_COPY = b"SELECT create_reference_table(%s::regclass)"


class NotDistributable(Exception):
    """There is no Citus, or a table lies by another column than it should."""


def column_of(table: Table) -> str | None:
    """The column by which the table's rows lie; None where every machine has all of them. Raises KeyError for a table
    that is not declared here."""
    if next(iter(table.primary_key.columns)).name == MERCHANT:
        return MERCHANT
    return OF_NO_TENANT[table]


def is_distributed(connection: psycopg.Connection) -> bool:
    return bool(_found(connection, _IS_THERE)[0][0]) and tables.merchants.name in _lying(connection)


def distribute(connection: psycopg.Connection, url: str) -> list[str]:
    """Distributes the tables that are not distributed yet, and returns their names. Each has a transaction of its
    own, so that after an interruption the next call goes on from there. Raises NotDistributable, psycopg.Error."""
    if not _found(connection, _IS_THERE)[0][0]:
        raise NotDistributable(
            f"{where(url)} has no Citus: load it with shared_preload_libraries on every machine, and make it known to"
            " the database with CREATE EXTENSION citus."
        )
    lying = _lying(connection)
    left = []
    for table in _in_order(tables.metadata.sorted_tables):
        column = column_of(table)
        if table.name not in lying:
            left.append(table)
        elif column is not COPIED and lying[table.name] != column:
            raise NotDistributable(
                f"{table.name} of {where(url)} lies by {lying[table.name]}, not by {column}: undo that with"
                f" undistribute_table('{table.name}')."
            )
    for table in left:
        _distribute(connection, table)
    return [table.name for table in left]


def _in_order(found: Iterable[Table]) -> list[Table]:
    """The leaders first. The others stay in their order, in which a table comes after those that it refers to."""
    leaders = [*LEADERS.values()]
    return [*leaders, *(table for table in found if table not in leaders)]


def _distribute(connection: psycopg.Connection, table: Table) -> None:
    column = column_of(table)
    if column is COPIED:
        connection.execute(_COPY, [table.name])
        return
    leader = LEADERS[column]
    connection.execute(_DISTRIBUTE, [table.name, column, "none" if table is leader else leader.name])


def _lying(connection: psycopg.Connection) -> Mapping[str, str]:
    return dict(_found(connection, _LIE))


def _found(connection: psycopg.Connection, statement: bytes) -> list[tuple[str, str]]:
    return connection.execute(statement).fetchall()

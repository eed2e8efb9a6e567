"""What statements are put together from: rows by their keys, pages after a key, joins within a merchant."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    Tuple,
    Update,
    and_,
    bindparam,
    select,
    tuple_,
    update,
)

LIMIT = bindparam("limit", type_=Integer)


def has(source: FromClause, *names: str) -> ColumnElement[bool]:
    """The columns are what the parameters of their names are."""
    return and_(*(source.c[name] == bindparam(name) for name in names))


def joins(source: FromClause, other: FromClause, *names: str) -> ColumnElement[bool]:
    """Both are of one merchant, and these columns are alike."""
    return and_(*(source.c[name] == other.c[name] for name in ("merchant_id", *names)))


def find(columns: Sequence[ColumnElement[Any]], *names: str) -> Select[Any]:
    """The rows of one table that have these columns."""
    statement = select(*columns)
    [source] = statement.columns_clause_froms
    return statement.where(has(source, *names))


def change(table: Table, *names: str) -> Update:
    """The row with its key gets these columns."""
    keys = [column.name for column in table.primary_key.columns]
    return update(table).where(has(table, *keys)).values({name: bindparam(name) for name in names})


def place(columns: Sequence[ColumnElement[Any]], *names: str) -> Tuple:
    """A place in the order of these columns, given by parameters, for their tuple to be compared with."""
    pairs = zip(names, columns, strict=True)
    return tuple_(*(bindparam(name, type_=column.type) for name, column in pairs))

"""Parts that statements are put together from: rows by their keys, pages after a key, joins within a merchant."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    Table,
    Tuple,
    Update,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

LIMIT = bindparam("limit", type_=Integer)
ALL = 2**31 - 1
"""A limit that is none."""


def has(source: FromClause, *names: str) -> ColumnElement[bool]:
    """Each of these columns equals the parameter of its name."""
    return and_(*(source.c[name] == bindparam(name) for name in names))


def joins(source: FromClause, other: FromClause, *names: str) -> ColumnElement[bool]:
    """Both rows are of the same merchant, and equal in these columns."""
    return and_(*(source.c[name] == other.c[name] for name in ("merchant_id", *names)))


def is_one(column: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[bool]:
    """The column equals the value, written as a range: with ``=`` SQLite would walk through all rows of the merchant
    instead of using the index, and from 3.46 on does in a change or a deletion too."""
    return column.between(value, value)


def in_no_index(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column's value, to be ordered by or told apart: with the column itself SQLite 3.46 would walk through all
    rows of the merchant in an index that has them in this order, instead of finding a few and ordering them."""
    if isinstance(column.type, String):
        return column.concat(literal_column("''"))
    return column + literal_column("0")


def is_any_of(column: ColumnElement[Any], values: Iterable[StrEnum]) -> ColumnElement[bool]:
    return or_(*(column == value.value for value in values))


def find(columns: Sequence[ColumnElement[Any]], *names: str) -> Select[Any]:
    """Selects from one table the rows in which these columns equal the parameters of their names."""
    statement = select(*columns)
    [source] = statement.columns_clause_froms
    return statement.where(has(source, *names))


def change(table: Table, *names: str) -> Update:
    """Updates these columns in the row of a key; the values and the key are parameters of the columns' names."""
    keys = [column.name for column in table.primary_key.columns]
    return update(table).where(has(table, *keys)).values({name: bindparam(name) for name in names})


def place(columns: Sequence[ColumnElement[Any]], *names: str) -> Tuple:
    """A place in the order of these columns, for their tuple to be compared with. ``names`` are its parameters."""
    pairs = zip(names, columns, strict=True)
    return tuple_(*(bindparam(name, type_=column.type) for name, column in pairs))

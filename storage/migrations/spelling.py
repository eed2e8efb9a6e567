"""How a migration spells a table: its columns, and its constraints, named as ``storage/tables.py`` names them.

A migration that has run stands for ever, so nothing here may come to mean another thing.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem


def foreign(table: str, *named_alike: str, **named_otherwise: str) -> list[SchemaItem]:
    """A key into ``table``: columns named as they are there, then own names, each with the name it has there."""
    columns = {name: name for name in named_alike} | named_otherwise
    return [sa.ForeignKeyConstraint([*columns], [f"{table}.{there}" for there in columns.values()])]


def unique(*columns: str) -> list[SchemaItem]:
    return [sa.UniqueConstraint(*columns)]


def check(name: str, condition: str) -> list[SchemaItem]:
    return [sa.CheckConstraint(condition, name=name)]


def create_table(table: str, *parts: Sequence[SchemaItem], key: Sequence[str]) -> sa.Table:
    """``key`` are the columns of its primary key."""
    items = [item for part in parts for item in part]
    for item in items:
        match item:
            case sa.ForeignKeyConstraint():
                item.name = op.f(f"fk_{table}_{'_'.join(item.column_keys)}")
            case sa.UniqueConstraint():
                item.name = op.f(f"uq_{table}_{'_'.join(str(c) for c in item._pending_colargs)}")
            case sa.CheckConstraint():
                item.name = op.f(f"ck_{table}_{item.name}")
    primary = sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}"))
    return op.create_table(table, *items, primary, sqlite_strict=True, sqlite_with_rowid=False)


def create_index(
    name: str, table: str, columns: Sequence[str], *, where: str | None = None, unique: bool = False
) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(
        op.f(name),
        table,
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def add_columns(table: str, *parts: Sequence[sa.Column[Any]]) -> None:
    for part in parts:
        for column in part:
            op.add_column(table, column)

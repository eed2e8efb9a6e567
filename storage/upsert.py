"""Insert a row, or put it in the place of the one with its key."""

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import Insert, insert


def upsert(table: Table) -> Insert:
    """The syntax is the same on SQLite and PostgreSQL."""
    statement = insert(table)
    keys = [column.name for column in table.primary_key.columns]
    values = {
        column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=values)


def insert_unless_there(table: Table) -> Insert:
    return insert(table).on_conflict_do_nothing()

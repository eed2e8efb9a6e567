"""Where rows lie on a distributed database: every table says it, and every key holds the column."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint, Update

from storage.postgres.distribution import MERCHANT, OF_NO_TENANT, column_of
from storage.statements import compile_statement
from storage.tables import metadata
from tests.storage.test_statements import STATEMENTS
from tests.support.each import for_each
from tests.support.parted import POSTGRES

TABLES = metadata.sorted_tables
DISTRIBUTED = [table for table in TABLES if column_of(table)]


def named(table: Table) -> str:
    return table.name


def unique_keys(table: Table) -> Iterator[list[str]]:
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            yield constraint.columns.keys()
    for index in table.indexes:
        if index.unique:
            yield index.columns.keys()


@for_each("table", TABLES)
def test_every_table_says_where_its_rows_lie(table: Table) -> None:
    assert column_of(table) in (None, *table.columns.keys())
    assert (column_of(table) == MERCHANT) == (table not in OF_NO_TENANT)


@pytest.mark.parametrize("table", DISTRIBUTED, ids=named)
def test_what_must_be_unique_is_looked_for_on_one_machine(table: Table) -> None:
    assert all(column_of(table) in key for key in unique_keys(table))


@for_each("table", TABLES)
def test_row_lies_where_the_rows_lie_that_it_belongs_to(table: Table) -> None:
    """The column stands in both halves of each foreign key, at the same place."""
    for key in table.constraints:
        if isinstance(key, ForeignKeyConstraint):
            here, there = column_of(table), column_of(key.referred_table)
            assert (here, there) in {(element.parent.name, element.column.name) for element in key.elements}


@for_each("name", [name for name, statement in STATEMENTS.items() if isinstance(statement, Update)])
def test_no_row_moves(name: str) -> None:
    """Citus refuses to change the column by which a row lies."""
    statement = STATEMENTS[name]
    assert isinstance(statement, Update)
    assert isinstance(statement.table, Table)
    changed = compile_statement(statement, POSTGRES).sql.partition(" SET ")[2].partition("WHERE")[0]
    assert not re.search(rf"\b{column_of(statement.table)}=", changed)

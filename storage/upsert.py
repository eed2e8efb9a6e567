"""Inserts for which a row of the same key may exist already. Each dialect has its own construct for them, which is
looked up when a statement is compiled, so that a program on SQLite loads nothing of PostgreSQL."""

from importlib import import_module
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class _Upsert(Insert):
    inherit_cache = True


class _InsertUnlessThere(Insert):
    inherit_cache = True


def upsert(table: Table) -> Insert:
    """Inserts a row, or replaces the row with its key."""
    return _Upsert(table)


def insert_unless_there(table: Table) -> Insert:
    return _InsertUnlessThere(table)


@compiles(_Upsert)
def _upsert(statement: _Upsert, compiler: SQLCompiler, **options: Any) -> str:
    insert, table = _insert(statement, compiler), statement.table
    keys = [column for column in table.columns if column.primary_key]
    values = {column.name: insert.excluded[column.name] for column in table.columns if column not in keys}
    return compiler.process(insert.on_conflict_do_update(index_elements=keys, set_=values), **options)


@compiles(_InsertUnlessThere)
def _insert_unless_there(statement: _InsertUnlessThere, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(_insert(statement, compiler).on_conflict_do_nothing(), **options)


def _insert(statement: Insert, compiler: SQLCompiler) -> Any:
    return import_module(f"sqlalchemy.dialects.{compiler.dialect.name}").insert(statement.table)

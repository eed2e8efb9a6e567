"""Columns of the types that both databases know, for the tables and for their migrations.

Migrations that have run use them too, so their meaning must never change.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.types import TypeEngine, UserDefinedType

# STRICT tables of SQLite know INTEGER, which holds 64 bits; PostgreSQL's holds 32.
LONG: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")

WHERE = "where"
"""The key, in an index's ``info``, of the condition on its rows: a dialect's own option would load that dialect."""


class Blob(UserDefinedType[bytes]):
    """Bytes as the driver takes and gives them; SQLAlchemy's own type would convert them."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "BLOB"

    @property
    def python_type(self) -> type[bytes]:
        return bytes


@compiles(Text, "postgresql")
def _in_bytes(_type: Text, _compiler: Any, **_options: Any) -> str:
    """Text sorts by its bytes, as in SQLite, whatever the language of the database."""
    return 'TEXT COLLATE "C"'


@compiles(Blob, "postgresql")
def _bytea(_type: Blob, _compiler: Any, **_options: Any) -> str:
    return "BYTEA"


@compiles(CreateIndex)
def _of_some_rows(creation: CreateIndex, compiler: Any, **options: Any) -> str:
    said: str = compiler.visit_create_index(creation, **options)
    where = creation.element.info.get(WHERE)
    if where is None:
        return said
    return f"{said} WHERE {compiler.sql_compiler.process(where, include_table=False, literal_binds=True)}"


def string(*names: str, null: bool = False) -> list[Column[str]]:
    return [Column(name, Text, nullable=null) for name in names]


def number(*names: str, null: bool = False) -> list[Column[int]]:
    return [Column(name, Integer, nullable=null) for name in names]


def long(*names: str, null: bool = False) -> list[Column[int]]:
    return [Column(name, LONG, nullable=null, autoincrement=False) for name in names]


def blob(*names: str) -> list[Column[bytes]]:
    return [Column(name, Blob(), nullable=False) for name in names]


def flag(*names: str) -> list[Column[int]]:
    """0 or 1."""
    return number(*names)

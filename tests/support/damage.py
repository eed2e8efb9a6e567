"""Damages rows, so that they are as no version has written them. Works on all tables: new ones are damaged too."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table

from storage.tables import metadata

WRONG = '{"cost": "much"}'
"""Neither a name, a number nor a date; JSON of a shape that nothing has."""
NOBODY = "ffffffff-ffff-7fff-bfff-ffffffffffff"


def wrong(column: Column[Any], value: Any) -> Any:
    """A wrong value. For a number the largest there is: as a moment, it is beyond the calendar. For an id in a key
    one that nothing has, so that the row belongs nowhere and others miss it."""
    if column.type.python_type is bytes:
        return WRONG.encode()
    if column.type.python_type is not str:
        return 2**63 - 1
    return NOBODY if column.primary_key and len(value) == len(NOBODY) else WRONG


def negative(column: Column[Any], _value: Any) -> Any:
    return None if column.type.python_type is not int else -(2**63)


def without_a_field(_column: Column[Any], value: Any) -> Any:
    try:
        kept = json.loads(value)
    except (TypeError, ValueError):
        return None
    if isinstance(kept, list):
        kept = [dict(list(each.items())[1:]) for each in kept if isinstance(each, dict)]
        return json.dumps(kept) if kept else None
    return json.dumps(dict(list(kept.items())[1:])) if isinstance(kept, dict) and kept else None


WAYS: dict[str, Callable[[Column[Any], Any], Any]] = {
    "wrong": wrong,
    "negative": negative,
    "without a field": without_a_field,
}
"""Each makes a value that is wrong in a column, or None where it has none for it."""
NULL = "null"
OF_NO_SHOP = ("fingerprints", "instances")
"""Not damaged: no bot starts with a wrong fingerprint, and a file has no instances."""
TABLES = [table for table in metadata.sorted_tables if table.name not in OF_NO_SHOP]


@dataclass(frozen=True)
class Damage:
    """Damage to these columns of a table, in one of WAYS or as NULL."""

    table: Table
    how: str
    columns: Sequence[Column[Any]]

    def __str__(self) -> str:
        return f"{self.table.name}.{self.columns[0].name if len(self.columns) == 1 else '*'} {self.how}"

    def inflicted_on(self, path: Path, merchant_id: str, people: Sequence[int]) -> int:
        """Damages the rows of a merchant, or of people who have to do with no other merchant; all rows of a table
        that has neither. Returns how many."""
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("PRAGMA ignore_check_constraints = ON")
            keys = [column.name for column in self.table.primary_key.columns]
            which, values = self._which(merchant_id, people)
            found = file.execute(f"SELECT {', '.join(keys)} FROM {self.table.name} {which}", values)
            return sum(self._one(file, dict(zip(keys, key, strict=True))) for key in found.fetchall())

    def _which(self, merchant_id: str, people: Sequence[int]) -> tuple[str, Sequence[object]]:
        theirs = ", ".join("?" * len(people))
        if "merchant_id" in self.table.c:
            return "WHERE merchant_id = ?", [merchant_id]
        for name in ("user_id", "person_key"):
            if name in self.table.c:
                return f"WHERE {name} IN ({theirs})", people
        return "", []

    def _one(self, file: sqlite3.Connection, key: dict[str, object]) -> bool:
        """Damages one row. If the new value would break a unique key, the row stays as it is."""
        where = " AND ".join(f"{name} = :{name}" for name in key)
        changes = {}
        for column in self.columns:
            [value] = file.execute(
                f"SELECT {column.name} FROM {self.table.name} WHERE {where}", key
            ).fetchone()
            new = None if self.how == NULL else WAYS[self.how](column, value)
            if new is not None or self.how == NULL:
                changes[f"new_{column.name}"] = new
        if not changes:
            return False
        into = ", ".join(f"{name.removeprefix('new_')} = :{name}" for name in changes)
        return (
            file.execute(
                f"UPDATE OR IGNORE {self.table.name} SET {into} WHERE {where}", key | changes
            ).rowcount
            > 0
        )


def whole_rows() -> Iterator[Damage]:
    """For each table, damage that leaves only the key of a row readable."""
    for table in TABLES:
        columns = [column for column in table.columns if not column.primary_key]
        yield Damage(table, "wrong", columns or list(table.columns)[1:])


def each_column() -> Iterator[Damage]:
    """Damage to every column of every table, in every way."""
    for table in TABLES:
        for column in table.columns:
            for how in WAYS:
                yield Damage(table, how, [column])
            if column.nullable:
                yield Damage(table, NULL, [column])

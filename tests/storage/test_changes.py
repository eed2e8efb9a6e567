"""Changes of fields as earlier versions of the program wrote them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from domain.fields import Target
from storage.sqlite.database import SqliteDatabase
from tests.support.async_shop import look, opens_counter

AS_OF_0005 = [
    ("m", "c1", "merchant", "m", "summary_hour", "20", "9", None, 1_000_000),
    ("m", "c2", "store", "m store", "name", "Gare", "Belval", "PAUL", 2_000_000),
    (
        "m",
        "c3",
        "program",
        "m program",
        "a field of once",
        "none",
        "50=An espresso\n90=A cake",
        None,
        3_000_000,
    ),
]


async def test_changes_are_read_as_they_were_first_written(path: Path, sqlite: SqliteDatabase) -> None:
    counter = await opens_counter(sqlite)
    paul = counter.paul.staff_id
    with closing(sqlite3.connect(path)) as file, file:
        rows = [(*row[:7], paul if row[7] else None, row[8]) for row in AS_OF_0005]
        file.executemany("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    found = await look(sqlite, lambda tx: tx.changes_of(counter.paul.merchant_id, 10))
    assert [
        (change.target_kind, change.target_id, change.field, change.before, change.after, change.staff_id)
        for change in found
    ] == [
        (Target.PROGRAM, "m program", "a field of once", "none", "50=An espresso\n90=A cake", None),
        (Target.STORE, "m store", "name", "Gare", "Belval", paul),
        (Target.MERCHANT, "m", "summary_hour", "20", "9", None),
    ]
    assert [change.changed_at.timestamp() for change in found] == [3, 2, 1]

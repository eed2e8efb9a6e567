"""What the database refuses by itself, whatever a program asks of it: I2, I3, I4, I5 and I8."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act
from storage.sqlite.database import SqliteDatabase
from tests.support.async_shop import opens_counter


@pytest.fixture
async def file(path: Path, sqlite: SqliteDatabase) -> AsyncIterator[sqlite3.Connection]:
    """Two merchants, each with an operation ``first``; at ``m``, one card with two stamps, the second voided."""
    counter = await opens_counter(sqlite)
    await sqlite.write(stamp_card, (await opens_counter(sqlite, name="n")).stamping("first"))
    await sqlite.write(stamp_card, counter.stamping("first"))
    second = await sqlite.write(stamp_card, counter.stamping("second"))
    await sqlite.write(void_act, counter.voiding("void", entry=second.entry.entry_id))
    await sqlite.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.row_factory = sqlite3.Row
        yield connection


def adds_like(file: sqlite3.Connection, table: str, where: str, **changed: Any) -> None:
    """Copies the one row of merchant ``m`` that ``where`` finds, with these columns changed."""
    [row] = file.execute(f"SELECT * FROM {table} WHERE merchant_id = 'm' AND {where}").fetchall()
    values = dict(row) | changed
    places = ", ".join(f":{column}" for column in values)
    file.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", values)


def adds_entry(file: sqlite3.Connection, where: str, **changed: Any) -> None:
    adds_like(file, "entries", where, **{"operation_key": "another", "entry_id": "another"} | changed)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("cards", "stamp_count"),
        ("cards", "points_balance"),
        ("cards", "stamps_today"),
        ("entries", "stamps_balance_after"),
        ("entries", "points_balance_after"),
    ],
)
def test_i2_balance_below_nought_is_refused(file: sqlite3.Connection, table: str, column: str) -> None:
    file.execute(f"UPDATE {table} SET {column} = 0")
    with pytest.raises(sqlite3.IntegrityError, match=f"CHECK constraint failed: ck_{table}_.*_not_negative"):
        file.execute(f"UPDATE {table} SET {column} = -1")


def test_i3_number_of_an_entry_is_refused_a_second_time(file: sqlite3.Connection) -> None:
    first = "kind = 'stamp_earned' AND entry_no = 1"
    with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed: .*entries\.entry_no"):
        adds_entry(file, first)
    adds_entry(file, first, entry_no=9)


def test_i4_second_void_of_an_entry_is_refused(file: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed: .*related_entry_id"):
        adds_entry(file, "kind = 'stamp_voided'", entry_no=9)
    adds_entry(file, "kind = 'stamp_voided'", entry_no=9, related_entry_id="another")


def test_i5_second_entry_of_an_operation_is_refused_at_its_merchant(file: sqlite3.Connection) -> None:
    first = "kind = 'stamp_earned' AND entry_no = 1"
    with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed: .*operation_key"):
        adds_entry(file, first, entry_no=9, operation_key="first", fingerprint="another")
    [[at_each]] = file.execute("SELECT count(*) FROM entries WHERE operation_key = 'first'")
    assert at_each == 2
    adds_entry(file, first, entry_no=9)


def test_i8_entry_of_another_merchants_card_is_refused(file: sqlite3.Connection) -> None:
    theirs = {"entry_no": 9, "merchant_id": "n", "store_id": None, "staff_id": None}
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY constraint failed"):
        adds_entry(file, "entry_no = 1", **theirs)
    adds_entry(file, "entry_no = 1", **theirs, card_id="n card 0000")

"""Gives a card a long history, without use cases: its entries, one a day, and the sums on its row."""

import sqlite3
from datetime import timedelta
from typing import Any

from domain.expiry import Unit
from domain.kinds import EntryKind
from storage import rows
from storage.rows import from_instant

A_ROUND = 11
"""Ten awards, and the redemption of all of them."""
KINDS = {
    Unit.STAMPS: (EntryKind.STAMP_EARNED, EntryKind.STAMP_REDEEMED),
    Unit.POINTS: (EntryKind.POINTS_EARNED, EntryKind.POINTS_REDEEMED),
}


def lives_long(connection: sqlite3.Connection, card_id: str, entries: int) -> None:
    """Gives a card that has one award so many entries, the newest a day ago."""
    names = [column.name for column in rows.ENTRY]
    said = ", ".join(names)
    [found] = connection.execute(f"SELECT {said} FROM entries WHERE card_id = ?", (card_id,)).fetchall()
    first = dict(zip(names, found, strict=True))
    unit = Unit.STAMPS if first["stamps_delta"] else Unit.POINTS
    given = first[f"{unit}_delta"]
    life = [_entry(first, unit, given, number, entries) for number in range(1, entries + 1)]
    connection.execute(
        "UPDATE entries SET local_date = ?, occurred_at = ? WHERE card_id = ?",
        (life[0]["local_date"], life[0]["occurred_at"], card_id),
    )
    marks = ", ".join("?" * len(names))
    connection.executemany(
        f"INSERT INTO entries ({said}) VALUES ({marks})", [tuple(each.values()) for each in life[1:]]
    )
    newest = life[-1]
    award = next(each for each in reversed(life) if each[f"{unit}_delta"] > 0)
    today = (1, award["local_date"], award["occurred_at"]) if unit is Unit.STAMPS else (0, None, None)
    connection.execute(
        "UPDATE cards SET entry_count = ?, stamp_count = ?, points_balance = ?, stamps_today = ?, stamp_day = ?,"
        " last_stamp_at = ? WHERE card_id = ?",
        (entries, newest["stamps_balance_after"], newest["points_balance_after"], *today, card_id),
    )
    connection.commit()


def _entry(first: dict[str, Any], unit: Unit, given: int, number: int, of: int) -> dict[str, Any]:
    is_award = number % A_ROUND != 0
    at = from_instant(first["occurred_at"]) - timedelta(days=of + 1 - number)
    return first | {
        "entry_id": first["entry_id"] if number == 1 else f"{first['entry_id'][:24]}f{number:011}",
        "entry_no": number,
        "kind": KINDS[unit][not is_award].value,
        f"{unit}_delta": given if is_award else -given * (A_ROUND - 1),
        f"{unit}_balance_after": given * (number % A_ROUND),
        "reward": None if is_award else "A reward",
        "operation_key": first["operation_key"] if number == 1 else f"{first['operation_key']} {number}",
        "local_date": at.date().isoformat(),
        "occurred_at": rows.to_instant(at),
    }

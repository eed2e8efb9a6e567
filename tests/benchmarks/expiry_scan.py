"""Finding the fifty thousand cards of a million that are due: the job's pages against a raw scan of the same
index."""

import asyncio
import sqlite3
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.jobs.expiry import PAGE, pages
from bot.kit.clock import chance_below, new_id, system_clock
from storage.rows import to_instant
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate

CARDS = 1_000_000
DUE = 50_000
MERCHANTS = 200
ROUNDS = 51
NOT_SOON = 10**12
SCAN = (
    "SELECT expiry_look_at, merchant_id, card_id FROM cards"
    " WHERE expiry_look_at IS NOT NULL AND expiry_look_at <= ?"
    " ORDER BY expiry_look_at, merchant_id, card_id"
)
COLUMNS = (
    "merchant_id, card_id, customer_id, program_id, number, token_hash, token_rotation, stamp_count, points_balance,"
    " stamps_today, stamp_day, last_stamp_at, entry_count, stamps_expire_at, points_expire_at, expiry_look_at,"
    " active, created_at"
)


def fill(path: Path, now: int) -> None:
    """Bare cards: the scan reads nothing else."""

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(CARDS):
            is_due = number % (CARDS // DUE) == 0
            look_at = now - number if is_due else now + NOT_SOON + number
            names = (
                f"merchant {number * MERCHANTS // CARDS:04}",
                f"card {number:09}",
                f"customer {number:09}",
                "program",
            )
            expiry = (None, None, look_at if number % 2 or is_due else None)
            yield (*names, f"{number:09}", f"{number:09}", 0, 7, 0, 0, None, None, 7, *expiry, 1, now)

    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-262144")
        marks = ", ".join("?" * 18)
        connection.executemany(f"INSERT INTO cards ({COLUMNS}) VALUES ({marks})", rows())
        connection.commit()
        connection.execute("ANALYZE")


def raw(path: Path, now: int) -> float:
    with closing(sqlite3.connect(path)) as connection:
        begun = time.perf_counter()
        found = sum(1 for _ in connection.execute(SCAN, (now,)))
        seconds = time.perf_counter() - begun
    assert found == DUE
    return seconds


async def paged(store: SqliteDatabase) -> float:
    begun, found = time.perf_counter(), 0
    async for page in pages(store):
        found += len(page)
    assert found == DUE
    return time.perf_counter() - begun


async def memory_kib(store: SqliteDatabase) -> tuple[float, float]:
    """The most that was held at once, in the first tenth of the pages and in all of them."""
    tracemalloc.start()
    first, number = 0, 0
    async for _ in pages(store):
        number += 1
        if number == DUE // PAGE // 10:
            first = tracemalloc.get_traced_memory()[1]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return first / 1024, most / 1024


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stempel.db"
        now = system_clock()
        migrate(path, now)
        fill(path, to_instant(now))
        store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
        raw(path, to_instant(now))
        await paged(store)
        pairs = [(raw(path, to_instant(now)), await paged(store)) for _ in range(ROUNDS)]
        first, most = await memory_kib(store)
        await store.close()
    ratios = sorted(ours / reference for reference, ours in pairs)
    print(f"expiry scan, {CARDS:,} cards of which {DUE:,} are due, pages of {PAGE}, {ROUNDS} rounds in turn")
    print(
        f"  {statistics.median(ours for _, ours in pairs) * 1000:5.0f} ms, raw scan"
        f" {statistics.median(reference for reference, _ in pairs) * 1000:5.0f} ms, ratio"
        f" {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )
    print(f"  memory: at most {first:,.0f} KiB in the first tenth of the pages, {most:,.0f} KiB in all")


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()

"""Stamps during an export of 200,000 entries against stamps alone in the same run: their p99, and the memory.

Printed by ``python -m tests.benchmarks.export``. The file is made as ``/export`` makes it, then packed
and read as if it were to be sent.
"""

import asyncio
import gc
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from itertools import count
from pathlib import Path

from bot.cli.running import GARBAGE_THRESHOLDS
from bot.kit.clock import chance_below, new_id, system_clock
from bot.owner.books import write_export
from bot.owner.exports import packed
from bot.owner.sheets import SheetFormat
from bot.texts import texts
from bot.views.exports import What
from domain.account import Locale
from domain.usecases.export import Export, open_whole_books
from domain.usecases.who_is import who_is
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.outbox import stamp
from tests.benchmarks.town import Town, build_town

ENTRIES, CARDS = 200_000, 2_000
ALONE_S = 15.0
BREATH_S = 0.01
LATER_MS_MAX, MEMORY_MIB_MAX = 50.0, 150.0
PAGE_BYTES = 4096
FILES = (
    (What.ENTRIES, SheetFormat.CSV),
    (What.ENTRIES, SheetFormat.XLSX),
    (What.CUSTOMERS, SheetFormat.CSV),
    (What.DAYS, SheetFormat.CSV),
)
COPIED = """
WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ?)
INSERT INTO entries ({columns}) SELECT {values} FROM entries CROSS JOIN copies
"""
CHANGED = {
    "entry_id": "entry_id || '-' || n",
    "operation_key": "operation_key || '-' || n",
    "entry_no": "entry_no + n",
    "stamps_balance_after": "stamps_balance_after + n",
    "local_date": "date(local_date, '-' || (n * 3) || ' days')",
    "occurred_at": "occurred_at - n * 3 * 86400000000",
}


async def fill(store: SqliteDatabase, path: Path) -> Town:
    """A stamp on each card, then its copies on days before."""
    town = await build_town(store, staff=1, customers=CARDS)
    for number in town.numbers:
        await stamp(store, town, number)
    copies = ENTRIES // CARDS - 1
    with closing(sqlite3.connect(path)) as connection:
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(entries)")]
        values = [CHANGED.get(name, name) for name in columns]
        connection.execute(COPIED.format(columns=", ".join(columns), values=", ".join(values)), (copies,))
        added = (copies, copies)
        connection.execute(
            "UPDATE cards SET entry_count = entry_count + ?, stamp_count = stamp_count + ?", added
        )
        connection.commit()
    return town


def memory_mib() -> float:
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return resident * PAGE_BYTES / 2**20


async def stamps(store: SqliteDatabase, town: Town, is_over: asyncio.Event) -> list[float]:
    """The milliseconds each took: who it is, and the stamp."""
    waited_ms: list[float] = []
    for number in count():
        if is_over.is_set():
            return waited_ms
        began = time.perf_counter()
        await store.glance(who_is, town.staff[0].account)
        await stamp(store, town, town.numbers[number % CARDS])
        waited_ms.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(BREATH_S)
    raise AssertionError("unreachable")


async def watched(is_over: asyncio.Event) -> float:
    """The most memory while it lasted."""
    most = memory_mib()
    while not is_over.is_set():
        most = max(most, memory_mib())
        await asyncio.sleep(BREATH_S)
    return max(most, memory_mib())


async def exported(store: SqliteDatabase, town: Town, path: Path, what: What, form: SheetFormat) -> int:
    """How many bytes would be sent."""

    async def told(_read: int) -> None: ...

    whole = await store.read(open_whole_books, Export(merchant_id=town.merchant_id, account=None))
    await write_export(store, whole, what, form, texts(Locale.FR), path, told)
    sent = await asyncio.to_thread(lambda: packed(path).read_bytes())
    return len(sent)


async def measure(folder: Path) -> None:
    path = folder / "export.db"
    migrate(path, system_clock())
    store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
    town = await fill(store, path)
    alone_ms = await alone(store, town)
    alone_p99 = statistics.quantiles(alone_ms, n=100)[-1]
    print(
        f"export of {ENTRIES:,} entries: a stamp alone, p99 {alone_p99:.1f} ms,"
        f" median {statistics.median(alone_ms):.1f} ms ({len(alone_ms):,} stamps)"
    )
    for what, form in FILES:
        is_over, before_mib, began = asyncio.Event(), memory_mib(), time.perf_counter()
        during = asyncio.gather(stamps(store, town, is_over), watched(is_over))
        size = await exported(store, town, folder / f"{what}.{form}", what, form)
        seconds = time.perf_counter() - began
        is_over.set()
        waited_ms, most_mib = await during
        p99 = statistics.quantiles(waited_ms, n=100)[-1]
        later_ms, more_mib = p99 - alone_p99, most_mib - before_mib
        verdict = "ok" if later_ms <= LATER_MS_MAX and more_mib <= MEMORY_MIB_MAX else "TOO MUCH"
        print(
            f"  {what} as {form}: {seconds:.1f} s, {size / 1e6:.1f} MB; memory +{more_mib:.0f} MiB"
            f" (at most {MEMORY_MIB_MAX:.0f}); a stamp's p99 {p99:.1f} ms, {later_ms:+.1f} ms"
            f" (at most {LATER_MS_MAX:.0f}), ratio {p99 / alone_p99:.1f} ({len(waited_ms):,} stamps): {verdict}"
        )
    await store.close()


async def alone(store: SqliteDatabase, town: Town) -> list[float]:
    is_over = asyncio.Event()
    asyncio.get_running_loop().call_later(ALONE_S, is_over.set)
    return await stamps(store, town, is_over)


def main() -> None:
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()

"""A ledger of ten million entries against an empty one, in the same run: a stamp, a day's summary, and ``verify``.

``python -m tests.benchmarks.big_ledger [--entries 1000000] [--folder PATH]``. The entries are other merchants',
written past the use cases, about 2.2 KB each with all that belongs to them; the files are deleted at the end.
"""

import argparse
import asyncio
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.jobs.violations import violations
from bot.kit.clock import chance_below, new_id, system_clock
from domain.ids import MerchantId
from domain.usecases.summarize import summarize
from storage.rows import to_instant
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.engine import sync_engine
from storage.sqlite.migrate import migrate
from storage.sqlite.session import SqliteSession
from storage.tx import Tx
from tests.benchmarks.export import memory_mib
from tests.benchmarks.stamp_usecase import stamps_per_second
from tests.benchmarks.town import Town, build_town

ENTRIES = 10_000_000
BYTES_EACH = 2_200
MERCHANTS, CARDS, DAYS = 200, 200, 365
OWN_DAY = 400
"""Stamps of the day that is summarized."""
STAMPS, ROUNDS, SUMMARIES = 400, 9, 21
CALLERS = 8
SHOP = ("merchants", "stores", "programs", "program_versions", "staff", "staff_stores", "customers", "cards")
TELLING = "outbox", "deliveries"
ENTRY_ID = "printf('01900000-0000-7000-8000-%03d%09d', :shop_no, n)"
INSTANT = "(:begins + n * :step)"
DAY = f"date({INSTANT} / 1000000, 'unixepoch')"
TOLD = {"merchant_id": ":shop", "message_id": ENTRY_ID}
MADE: dict[str, dict[str, str]] = {
    "entries": {
        "merchant_id": ":shop",
        "entry_id": ENTRY_ID,
        "operation_key": ENTRY_ID,
        "card_id": f"(SELECT card_id FROM places WHERE place = n % {CARDS})",
        "entry_no": f"n / {CARDS} + 1",
        "stamps_balance_after": f"n / {CARDS} + 1",
        "local_date": DAY,
        "occurred_at": INSTANT,
        "summarized_on": DAY,
    },
    "outbox": TOLD | {"created_at": INSTANT},
    "deliveries": TOLD | {"due_at": INSTANT, "delivered_at": INSTANT, "reference": "'1'"},
}
"""Of the n-th entry of a merchant; all else is as it is in the first."""
OF_NEWEST = """
UPDATE cards SET (entry_count, stamp_count, stamps_today, stamp_day, last_stamp_at) = (
  SELECT entry_no, stamps_balance_after, 1, local_date, occurred_at FROM entries
  WHERE entries.merchant_id = cards.merchant_id AND entries.card_id = cards.card_id ORDER BY entry_no DESC LIMIT 1)
WHERE merchant_id <> ? AND EXISTS (
  SELECT 1 FROM entries WHERE entries.merchant_id = cards.merchant_id AND entries.card_id = cards.card_id)
"""
Rows = dict[str, dict[str, Any]]
"""A row of each table."""


def opened(path: Path) -> SqliteDatabase:
    return SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)


async def lay_town(path: Path) -> tuple[Town, Rows]:
    """Nobody has stamped there; and what one stamp is, a row of each table."""
    migrate(path, system_clock())
    store = opened(path)
    town = await build_town(store, staff=1, customers=CARDS)
    await store.close()
    tried = path.with_name("tried.db")
    shutil.copy(path, tried)
    store = opened(tried)
    await stamps_per_second(store, town, 1, count(), 1)
    await store.close()
    with closing(sqlite3.connect(tried)) as connection:
        connection.row_factory = sqlite3.Row
        life = {"entries": dict(connection.execute("SELECT * FROM entries").fetchone())}
        message = (life["entries"]["entry_id"],)
        for table in TELLING:
            found = connection.execute(f"SELECT * FROM {table} WHERE message_id = ?", message)
            life[table] = dict(found.fetchone())
    tried.unlink()
    return town, life


def fill(path: Path, town: Town, life: Rows, entries: int) -> None:
    """So many of other merchants, a stamp a day at most on each of their cards."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-1048576"
        )
        connection.execute("BEGIN")
        shops = [f"other shop {number:03}" for number in range(MERCHANTS)]
        for table in SHOP:
            _copy(connection, table, town.merchant_id, shops)
        _lay_numbers(connection, town, entries // MERCHANTS)
        begins = to_instant(datetime.now(UTC) - timedelta(days=DAYS + 1))
        step = timedelta(days=DAYS) // timedelta(microseconds=1) * MERCHANTS // entries
        begun = time.monotonic()
        for number, shop in enumerate(shops, start=1):
            given = {"shop": shop, "shop_no": number, "begins": begins, "step": step}
            for table in ("entries", *TELLING):
                connection.execute(_living(table, life[table]), life[table] | given)
            if number * 10 % MERCHANTS == 0:
                print(
                    f"  {entries * number // MERCHANTS:,} entries, {time.monotonic() - begun:.0f} s",
                    flush=True,
                )
        connection.execute(OF_NEWEST, (town.merchant_id,))
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def _lay_numbers(connection: sqlite3.Connection, town: Town, entries: int) -> None:
    """Of each merchant's entries, as time goes on, and of their cards."""
    connection.execute("CREATE TEMP TABLE numbers (n INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO numbers VALUES (?)", ((n,) for n in range(entries)))
    connection.execute(
        "CREATE TEMP TABLE places AS SELECT row_number() OVER (ORDER BY card_id) - 1 AS place, card_id FROM cards"
        " WHERE merchant_id = ?",
        (town.merchant_id,),
    )
    connection.execute("CREATE UNIQUE INDEX temp.place ON places (place, card_id)")


def _living(table: str, life: dict[str, Any]) -> str:
    values = ", ".join(MADE[table].get(name, f":{name}") for name in life)
    return f"INSERT INTO {table} ({', '.join(life)}) SELECT {values} FROM numbers ORDER BY n"


def _copy(connection: sqlite3.Connection, table: str, merchant_id: MerchantId, shops: Sequence[str]) -> None:
    names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join("?2" if name == "merchant_id" else name for name in names)
    copied = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE merchant_id = ?1"
    connection.executemany(copied, [(merchant_id, shop) for shop in shops])


async def stamps(empty: SqliteDatabase, whole: SqliteDatabase, town: Town) -> None:
    ours, reference, keys = [], [], count()
    for store in (empty, whole):
        await stamps_per_second(store, town, CALLERS, keys, OWN_DAY)
    for _ in range(ROUNDS):
        reference.append(STAMPS / await stamps_per_second(empty, town, CALLERS, keys, STAMPS))
        ours.append(STAMPS / await stamps_per_second(whole, town, CALLERS, keys, STAMPS))
    say(f"{STAMPS} stamps of {CALLERS} callers", ours, reference, "of an empty ledger")


def summarized(path: Path, town: Town) -> float:
    """The seconds of the summary that is due tomorrow, which is not kept."""
    with sync_engine(path).connect() as connection:
        session = SqliteSession(connection)
        session.driver.execute("BEGIN IMMEDIATE")
        tx = Tx(session, new_id, chance_below)
        begun = time.perf_counter()
        assert summarize(tx=tx.begin(system_clock() + timedelta(days=1)), command=town.merchant_id)
        seconds = time.perf_counter() - begun
        session.driver.execute("ROLLBACK")
    return seconds


async def verified(store: SqliteDatabase, entries: int) -> None:
    memory: list[float] = []
    begun = time.perf_counter()
    found = [each async for each in violations(store, lambda _cards, _done: memory.append(memory_mib()))]
    seconds = time.perf_counter() - begun
    tenth = max(1, len(memory) // 10)
    print(
        f"  verify: {seconds:.0f} s, {seconds / entries * 1e6:.0f} us an entry, {len(found)} violations; memory"
        f" {max(memory[:tenth], default=0):.0f} MiB in the first tenth, {max(memory, default=0):.0f} MiB in all"
    )


def say(what: str, ours: Sequence[float], reference: Sequence[float], of_what: str) -> None:
    ratios = sorted(one / other for one, other in zip(ours, reference, strict=True))
    print(
        f"  {what}: {statistics.median(ours) * 1000:.1f} ms, {statistics.median(reference) * 1000:.1f} ms"
        f" {of_what}, ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )


async def measure(folder: Path, entries: int) -> None:
    empty, tenth, whole = (folder / f"{name}.db" for name in ("empty", "tenth", "whole"))
    town, life = await lay_town(empty)
    for path, count_of in ((tenth, entries // 10), (whole, entries)):
        shutil.copy(empty, path)
        fill(path, town, life, count_of)
    print(f"{entries:,} entries of {MERCHANTS} other merchants, {whole.stat().st_size / 1e9:.1f} GB, in turn")
    stores = {path: opened(path) for path in (empty, tenth, whole)}
    await stamps(stores[empty], stores[whole], town)
    day = STAMPS * ROUNDS + OWN_DAY
    await stamps_per_second(stores[tenth], town, CALLERS, count(), day)
    pairs = [(summarized(whole, town), summarized(tenth, town)) for _ in range(SUMMARIES)]
    ours, reference = zip(*pairs, strict=True)
    say(f"summary of a day of {day:,} stamps", ours, reference, "with a tenth of the others' entries")
    await verified(stores[whole], entries)
    for store in stores.values():
        await store.close()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.big_ledger", description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--folder", type=Path, help="where the files lie meanwhile")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        free, needed = shutil.disk_usage(folder).free, asked.entries * BYTES_EACH * 11 // 10
        print(f"{asked.entries:,} entries, about {needed / 1e9:.1f} GB in {folder}", flush=True)
        if needed > free:
            parser.error(f"only {free / 1e9:.1f} GB are free there")
        asyncio.run(measure(Path(folder), asked.entries))


if __name__ == "__main__":
    main()

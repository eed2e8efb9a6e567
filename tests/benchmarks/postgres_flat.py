"""A stamp over PostgreSQL where the ledger has 10,000,000 entries, against one in an empty ledger on the same server.

The full one has a card for every 50 entries, an operation for each entry and the messages of the newest third, as
after three years; its stamps go to cards from all over it, those of the empty one to the same 200. It takes minutes
and many gigabytes to fill, so that it is no part of ``make bench``.
"""

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import Table

from domain.ids import CardNumber
from storage import tables
from storage.postgres.migrate import migrate
from tests.benchmarks.postgres import opened
from tests.benchmarks.stamp_usecase import stamps_per_second
from tests.benchmarks.town import Town, build_town
from tests.support import postgres

ENTRIES = 10_000_000
ENTRIES_A_CARD = 50
STAMPED_CARDS = 5_000
CALLERS = (8, 64)
STAMPS = 2_000
ROUNDS = 7
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "512MB",
    "work_mem": "256MB",
}
UUID = "'00000000-0000-7000-8000-' || lpad(({})::text, 12, '0')"
"""Rising, as those of the product are."""
NUMBER = "(9000000000 + {})::text"
"""One digit longer than any that the product gives."""
MADE: dict[Table, dict[str, str]] = {
    tables.customers: {"customer_id": UUID.format("n"), "user_id": "1000000000 + n"},
    tables.cards: {
        "card_id": UUID.format("n"),
        "customer_id": UUID.format("n"),
        "number": NUMBER.format("n"),
        "token_hash": "md5(n::text)",
        "entry_count": f"{ENTRIES_A_CARD}",
    },
    tables.entries: {
        "entry_id": UUID.format("n"),
        "card_id": UUID.format("n % {cards}"),
        "entry_no": "n / {cards} + 1",
        "operation_key": "md5(n::text)",
        "occurred_at": "t.occurred_at - ({entries} - n) * 9500000",
        "local_date": "(DATE '2026-01-01' - (({entries} - n) * 1000 / {entries})::int)::text",
        "summarized_on": "'2026-01-01'",
    },
    tables.outbox: {"message_id": UUID.format("n"), "user_id": "1000000000 + n % {cards}"},
    tables.deliveries: {
        "message_id": UUID.format("n"),
        "address": "(1000000000 + n % {cards})::text",
        "delivered_at": "t.due_at",
        "reference": "n::text",
    },
}
"""What of a row is made of its number ``n``; all else is as in the row ``t`` that is there."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.postgres_flat", description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    entries = parser.parse_args(arguments).entries
    if not postgres.is_here():
        print(postgres.LEFT_OUT)
        return 2
    print(
        f"plan: fill one of two databases with {entries:,} entries on {entries // ENTRIES_A_CARD:,} cards, then"
        f" {STAMPS:,} stamps in each in turn, {ROUNDS} rounds, with {', '.join(map(str, CALLERS))} callers; fsync on",
        flush=True,
    )
    folder = Path(tempfile.mkdtemp(prefix="stempel-pg-"))
    postgres.start(folder, SETTINGS)
    try:
        asyncio.run(_measure(folder, entries))
    finally:
        postgres.stop(folder)
        shutil.rmtree(folder)
    return 0


async def _measure(folder: Path, entries: int) -> None:
    keys = count()
    server = f"postgresql+psycopg://postgres@/postgres?host={folder}"
    found = []
    for name in ("empty", "filled"):
        url = postgres.create_database(name, "template1", server)
        migrate(url)
        store = opened(url)
        town = await build_town(store, staff=1, customers=200)
        await stamps_per_second(store, town, 64, keys, STAMPS)
        if name == "filled":
            town = _fill(url, town, entries)
        with _connected(url) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
        found.append((store, town))
    (empty, its_town), (full, full_town) = found
    for callers in CALLERS:
        ratios = []
        for _ in range(ROUNDS):
            in_empty = await stamps_per_second(empty, its_town, callers, keys, STAMPS)
            in_full = await stamps_per_second(full, full_town, callers, keys, STAMPS)
            ratios.append(in_empty / in_full)
        print(
            f"  {callers:3d} callers: a stamp with {entries:,} entries takes {statistics.median(ratios):.2f} x as"
            f" long as in an empty ledger ({min(ratios):.2f} to {max(ratios):.2f}),"
            f" {in_full:,.0f}/s in the last round",
            flush=True,
        )
    for store, _ in found:
        await store.close()


def _fill(url: str, town: Town, entries: int) -> Town:
    """Returns the town with cards from all over the ledger."""
    cards = entries // ENTRIES_A_CARD
    rows = {
        tables.customers: (0, cards),
        tables.cards: (0, cards),
        tables.entries: (0, entries),
        tables.outbox: (entries * 2 // 3, entries),
        tables.deliveries: (entries * 2 // 3, entries),
    }
    begun = time.monotonic()
    with _connected(url) as connection, _without_indexes(connection):
        connection.execute("SET session_replication_role = replica")  # keys of others hold as they are made
        for table, (first, end) in rows.items():
            made = {name: said.format(cards=cards, entries=entries) for name, said in MADE[table].items()}
            wanted = ", ".join(made.get(column.name, f"t.{column.name}") for column in table.columns)
            names = ", ".join(column.name for column in table.columns)
            connection.execute(
                f"INSERT INTO {table.name} ({names}) SELECT {wanted} FROM (SELECT * FROM {table.name} LIMIT 1) t,"
                f" generate_series({first}::bigint, {end - 1}) n".encode()
            )
            print(f"  {table.name}: {end - first:,} rows, {time.monotonic() - begun:,.0f} s", flush=True)
        connection.execute("SET session_replication_role = origin")
    print(f"  indexes: {time.monotonic() - begun:,.0f} s, {_size(url) / 1e9:.1f} GB", flush=True)
    step = max(1, cards // STAMPED_CARDS)
    with _connected(url) as connection:
        numbers = connection.execute(
            f"SELECT {NUMBER.format('n')} FROM generate_series(0, {cards - 1}, {step}) n".encode()
        )
        return replace(town, numbers=tuple(CardNumber(number) for (number,) in numbers))


@contextmanager
def _without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    """But those of keys; all are there again afterwards."""
    found = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [[table.name for table in MADE]],
    ).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"'.encode())
    yield
    for _, definition in found:
        connection.execute(definition.encode())


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
        yield connection


def _size(url: str) -> int:
    with _connected(url) as connection:
        [size] = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    return int(size)


if __name__ == "__main__":
    sys.exit(main())

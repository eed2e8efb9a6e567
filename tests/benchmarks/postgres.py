"""The stamp use case over PostgreSQL with 1, 8, 32 and 64 callers, and with 64 in two processes, against pgbench with
the same stamp.

Both write the same rows into the same tables by the same socket; the server makes every commit durable. The reference
is SQL by hand, without rules, on eight connections of ``pgbench``: the card FOR UPDATE, a trip to the server for each
statement. It is run with each of its three protocols: ``prepared``, which the store uses too and which is the hardest
to keep up with; ``extended``, where each statement is parsed and planned as it comes; and ``simple``, pgbench's
default, which does the same in one message. One caller is compared with pgbench on one connection too. Python's
garbage collection runs as seldom as in the bot.
"""

import asyncio
import gc
import multiprocessing
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg

from bot.cli.running import GARBAGE_THRESHOLDS
from bot.kit.clock import chance_below, new_id, system_clock
from storage.postgres.database import PostgresDatabase
from storage.postgres.migrate import migrate
from tests.benchmarks.stamp_usecase import stamps_per_second
from tests.benchmarks.town import Town, build_town
from tests.support import postgres

ROUNDS = 5
STAMPS = 3_000
CALLERS = (1, 8, 32, 64)
PROCESSES = 2
CONNECTIONS = 8
SECONDS = 3
CARD_IN = {"prepared": ":card_id", "extended": ":card_id", "simple": "':card_id'"}
"""How a script of each protocol writes a text that it has read."""

SCRIPT = """
\\set number random(1, {cards})
\\set key random(1, 9000000000000000)
\\set at {at} + :key % 1000000
BEGIN;
SELECT 1 FROM entries WHERE merchant_id = '{merchant_id}' AND operation_key = 'raw-' || :key;
SELECT card_id, stamp_count, entry_count, stamps_today FROM cards WHERE merchant_id = '{merchant_id}'
 AND number = ('{{{numbers}}}'::text[])[:number] FOR UPDATE \\gset
INSERT INTO entries (merchant_id, entry_id, card_id, entry_no, store_id, staff_id, kind, stamps_delta,
 stamps_balance_after, points_delta, points_balance_after, stamps_shortfall, points_shortfall, amount_minor,
 program_version, reward, note, related_entry_id, operation_key, origin_bot_id, origin_user_id, origin_chat_id,
 origin_message_id, local_date, occurred_at, fingerprint)
 VALUES ('{merchant_id}', 'raw-' || :key, {card}, :entry_count + 1, '{store_id}', '{staff_id}', 'stamp_earned', 1,
 :stamp_count + 1, 0, 0, 0, 0, NULL, 1, NULL, NULL, NULL, 'raw-' || :key, 1, 2, 2, 3, '2026-06-15', :at,
 '{fingerprint}');
UPDATE cards SET stamp_count = :stamp_count + 1, entry_count = :entry_count + 1, stamps_today = :stamps_today + 1,
 stamp_day = '2026-06-15', last_stamp_at = :at WHERE merchant_id = '{merchant_id}' AND card_id = {card};
INSERT INTO outbox (merchant_id, message_id, bot_id, user_id, kind, facts, created_at)
 VALUES ('{merchant_id}', 'raw-' || :key, 1, 2, 'receipt', '{facts}', :at);
INSERT INTO deliveries (merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts,
 is_unreported) VALUES ('{merchant_id}', 'raw-' || :key, 'telegram', '1', 1, 0, :at, 0, 0);
COMMIT;
"""


def write_scripts(folder: Path, url: str, town: Town) -> Mapping[str, Path]:
    """One for each protocol."""
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as connection:
        [fingerprint] = connection.execute("SELECT fingerprint FROM entries LIMIT 1").fetchone() or ("",)
        [facts] = connection.execute(
            "SELECT facts FROM outbox WHERE kind = 'receipt' LIMIT 1"
        ).fetchone() or ("",)
    scripts = {}
    for mode, card in CARD_IN.items():
        scripts[mode] = folder / f"{mode}.sql"
        scripts[mode].write_text(
            SCRIPT.format(
                merchant_id=town.merchant_id,
                store_id=town.store_id,
                staff_id=town.staff[0].staff_id,
                cards=len(town.numbers),
                numbers=",".join(town.numbers),
                fingerprint=fingerprint,
                facts=facts.replace("'", "''").replace(":", "="),  # a colon begins a variable there
                at=int(system_clock().timestamp() * 1_000_000),
                card=card,
            )
        )
    return scripts


def reference(folder: Path, script: Path, connections: int = CONNECTIONS) -> float:
    """Stamps a second; the protocol is in the script's name."""
    program = str((postgres.binaries() or Path()) / "pgbench")
    words = [
        "-n",
        "-M",
        script.stem,
        "-c",
        str(connections),
        "-j",
        "2",
        "-T",
        str(SECONDS),
        "-f",
        str(script),
    ]
    where = ["-h", str(folder), "-U", "postgres", "bench"]
    done = subprocess.run([program, *words, *where], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None, done.stderr
    assert done.returncode == 0, done.stderr
    return float(found[1])


def opened(url: str) -> PostgresDatabase:
    return PostgresDatabase(url, clock=system_clock, new_id=new_id, chance_below=chance_below)


def analyze(url: str) -> None:
    """As autovacuum does within a minute: without it the plans are for empty tables."""
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute("ANALYZE")


async def measure(folder: Path) -> None:
    url = postgres.create_database(
        "bench", "template1", f"postgresql+psycopg://postgres@/postgres?host={folder}"
    )
    migrate(url)
    store = opened(url)
    town = await build_town(store, staff=1, customers=200)
    keys = count()
    await stamps_per_second(store, town, 64, keys)
    scripts = write_scripts(folder, url, town)
    reference(folder, scripts["prepared"])
    analyze(url)
    print(
        f"stamp use case, {STAMPS} stamps a round, {ROUNDS} rounds in turn; pgbench over {CONNECTIONS} connections;"
        " fsync on"
    )
    for callers in CALLERS:
        stamps = STAMPS if callers > 1 else STAMPS // 3
        table = Table()
        for _ in range(ROUNDS):
            table.ours.append(await stamps_per_second(store, town, callers, keys, stamps))
            for mode, script in scripts.items():
                table.note(mode, reference(folder, script))
            if callers == 1:
                table.note("prepared over 1 connection", reference(folder, scripts["prepared"], 1))
        table.show(f"{callers} callers")
    await store.close()
    with processes(url, town) as others:
        table = Table()
        for _ in range(ROUNDS):
            table.ours.append(in_processes(others))
            for mode, script in scripts.items():
                table.note(mode, reference(folder, script))
        table.show(f"{CALLERS[-1]} callers in {PROCESSES} processes")


class Table:
    """What was measured in turn."""

    def __init__(self) -> None:
        self.ours: list[float] = []
        self.theirs: dict[str, list[float]] = {}

    def note(self, name: str, per_second: float) -> None:
        self.theirs.setdefault(name, []).append(per_second)

    def show(self, title: str) -> None:
        print(f"  {title}: {statistics.median(self.ours):,.0f}/s")
        for name, found in self.theirs.items():
            ratios = sorted(one / other for one, other in zip(self.ours, found, strict=True))
            print(
                f"    x pgbench {name}, {statistics.median(found):,.0f}/s:"
                f" {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
                flush=True,
            )


@contextmanager
def processes(url: str, town: Town) -> Iterator[list[Connection]]:
    """Each does a round when it is told to."""
    context = multiprocessing.get_context("spawn")
    others, lines = [], []
    for number in range(PROCESSES):
        here, there = context.Pipe()
        others.append(context.Process(target=run_process, args=(url, town, number, there)))
        lines.append(here)
        others[-1].start()
    for line in lines:
        line.recv()
    yield lines
    for line, other in zip(lines, others, strict=True):
        line.send(False)
        other.join()


def in_processes(lines: list[Connection]) -> float:
    begun = time.perf_counter()
    for line in lines:
        line.send(True)
    for line in lines:
        line.recv()
    return STAMPS / (time.perf_counter() - begun)


def run_process(url: str, town: Town, number: int, line: Connection) -> None:
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    asyncio.run(_work(url, town, number, line))


async def _work(url: str, town: Town, number: int, line: Connection) -> None:
    store, keys = opened(url), count((number + 1) * 10**9)
    callers, stamps = CALLERS[-1] // PROCESSES, STAMPS // PROCESSES
    await stamps_per_second(store, town, callers, keys, stamps)
    line.send(True)
    while line.recv():
        await stamps_per_second(store, town, callers, keys, stamps)
        line.send(True)
    await store.close()


def main() -> None:
    if not postgres.is_here():
        print(postgres.LEFT_OUT)
        return
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    folder = Path(tempfile.mkdtemp(prefix="stempel-pg-"))
    postgres.start(folder, {"listen_addresses": "", "shared_buffers": "128MB"})
    try:
        asyncio.run(measure(folder))
    finally:
        postgres.stop(folder)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

"""The stamp use case over PostgreSQL with 1, 8, 32 and 64 callers, against pgbench with the same stamp.

Both write the same rows into the same tables on the same server, which makes every commit durable. The reference is
SQL by hand, without rules, on eight connections of ``pgbench``: the card FOR UPDATE, a trip to the server for each
statement; once with every statement prepared, once with each taken apart and planned as it comes.
"""

import asyncio
import re
import shutil
import statistics
import subprocess
import tempfile
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg

from bot.kit.clock import chance_below, new_id, system_clock
from storage.postgres.database import PostgresDatabase
from storage.postgres.migrate import migrate
from tests.benchmarks.stamp_usecase import stamps_per_second
from tests.benchmarks.town import Town, build_town
from tests.support import postgres

ROUNDS = 5
STAMPS = 3_000
CALLERS = (1, 8, 32, 64)
CONNECTIONS = 8
SECONDS = 4
MODES = ("prepared", "extended")

SCRIPT = """
\\set number random(1, {cards})
\\set key random(1, 9000000000000000)
\\set at {at} + :key % 1000000
BEGIN;
SELECT 1 FROM operations WHERE merchant_id = '{merchant_id}' AND operation_key = 'raw-' || :key;
SELECT card_id, stamp_count, entry_count, stamps_today FROM cards WHERE merchant_id = '{merchant_id}'
 AND number = ('{{{numbers}}}'::text[])[:number] FOR UPDATE \\gset
INSERT INTO entries (merchant_id, entry_id, card_id, entry_no, store_id, staff_id, kind, stamps_delta,
 stamps_balance_after, points_delta, points_balance_after, stamps_shortfall, points_shortfall, amount_minor,
 program_version, reward, note, related_entry_id, operation_key, origin_bot_id, origin_user_id, origin_chat_id,
 origin_message_id, local_date, occurred_at)
 VALUES ('{merchant_id}', 'raw-' || :key, :card_id, :entry_count + 1, '{store_id}', '{staff_id}', 'stamp_earned', 1,
 :stamp_count + 1, 0, 0, 0, 0, NULL, 1, NULL, NULL, NULL, 'raw-' || :key, 1, 2, 2, 3, '2026-06-15', :at);
UPDATE cards SET stamp_count = :stamp_count + 1, entry_count = :entry_count + 1, stamps_today = :stamps_today + 1,
 stamp_day = '2026-06-15', last_stamp_at = :at WHERE merchant_id = '{merchant_id}' AND card_id = :card_id;
INSERT INTO outbox (merchant_id, message_id, bot_id, user_id, kind, facts, created_at)
 VALUES ('{merchant_id}', 'raw-' || :key, 1, 2, 'receipt', '{facts}', :at);
INSERT INTO deliveries (merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts,
 is_unreported) VALUES ('{merchant_id}', 'raw-' || :key, 'telegram', '1', 1, 0, :at, 0, 0);
INSERT INTO operations (merchant_id, operation_key, fingerprint, entry_id, recorded_at)
 VALUES ('{merchant_id}', 'raw-' || :key, '{fingerprint}', 'raw-' || :key, :at);
COMMIT;
"""


def write_script(folder: Path, url: str, town: Town) -> Path:
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as connection:
        [fingerprint] = connection.execute("SELECT fingerprint FROM operations LIMIT 1").fetchone() or ("",)
        [facts] = connection.execute(
            "SELECT facts FROM outbox WHERE kind = 'receipt' LIMIT 1"
        ).fetchone() or ("",)
    script = folder / "stamp.sql"
    script.write_text(
        SCRIPT.format(
            merchant_id=town.merchant_id,
            store_id=town.store_id,
            staff_id=town.staff[0].staff_id,
            cards=len(town.numbers),
            numbers=",".join(town.numbers),
            fingerprint=fingerprint,
            facts=facts.replace("'", "''").replace(":", "="),  # a colon begins a variable there
            at=int(system_clock().timestamp() * 1_000_000),
        )
    )
    return script


def reference(folder: Path, script: Path, mode: str) -> float:
    program = str((postgres.binaries() or Path()) / "pgbench")
    words = ["-n", "-M", mode, "-c", str(CONNECTIONS), "-j", "2", "-T", str(SECONDS), "-f", str(script)]
    where = ["-h", str(folder), "-U", "postgres", "bench"]
    done = subprocess.run([program, *words, *where], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None, done.stderr
    assert done.returncode == 0, done.stderr
    return float(found[1])


async def measure(folder: Path) -> None:
    url = postgres.create_database(
        "bench", "template1", f"postgresql+psycopg://postgres@/postgres?host={folder}"
    )
    migrate(url)
    store = PostgresDatabase(url, clock=system_clock, new_id=new_id, chance_below=chance_below)
    town = await build_town(store, staff=1, customers=200)
    keys = count()
    await stamps_per_second(store, town, 64, keys)
    script = write_script(folder, url, town)
    reference(folder, script, MODES[0])
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute(
            "ANALYZE"
        )  # as autovacuum does within a minute: without it the plans are for empty tables
    print(
        f"stamp use case, {STAMPS} stamps a round, {ROUNDS} rounds in turn; pgbench over {CONNECTIONS} connections;"
        " fsync on"
    )
    for callers in CALLERS:
        stamps = STAMPS if callers > 1 else STAMPS // 3
        ours, theirs = [], {mode: list[float]() for mode in MODES}
        for _ in range(ROUNDS):
            ours.append(await stamps_per_second(store, town, callers, keys, stamps))
            for mode in MODES:
                theirs[mode].append(reference(folder, script, mode))
        print(f"  {callers:3d} callers: {statistics.median(ours):7,.0f}/s", end="")
        for mode, found in theirs.items():
            ratios = sorted(one / other for one, other in zip(ours, found, strict=True))
            print(f", pgbench {mode} {statistics.median(found):7,.0f}/s", end="")
            print(f" ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})", end="")
        print(flush=True)
    await store.close()


def main() -> None:
    if not postgres.is_here():
        print(postgres.LEFT_OUT)
        return
    folder = Path(tempfile.mkdtemp(prefix="stempel-pg-"))
    postgres.start(folder, {"listen_addresses": "", "shared_buffers": "128MB"})
    try:
        asyncio.run(measure(folder))
    finally:
        postgres.stop(folder)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

"""The stamp use case with 1, 8 and 64 callers, against raw sqlite3 with one transaction for each stamp.

Both sides write the same rows into the same tables with ``synchronous=FULL``. The reference is SQL by hand on one
connection, without rules: look the card up, check it, update it, insert entry and receipt, commit. Both run on
one core, and look for garbage as seldom as the bot does.

A group of stamps shares one flush of the disk, where the reference flushes for each stamp. How long a flush takes is
measured before each round and printed, since the ratio depends on it. So is the limit, the same SQL by hand with as
many stamps to a commit as there are callers; the share of it that our use case reaches is named last.
"""

import asyncio
import gc
import os
import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from bot.cli.running import GARBAGE_THRESHOLDS
from bot.kit.clock import chance_below, new_id, system_clock
from bot.kit.cores import any_core, one_core
from domain.account import Account
from domain.acts import Asked, Stamp
from domain.card import CardRef
from domain.entry import Origin
from domain.ids import CardNumber, OperationKey
from domain.ports import Database
from domain.staff import Actor
from domain.usecases.stamp_card import stamp_card
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.town import TIMEZONE, Town, build_town

ROUNDS = 5
FLUSHES = 100
CHECKPOINT_PAGES = 4_000
"""Of the reference: fewer, larger copies into the file than SQLite's 1,000 pages would be."""
A_COMMIT = bytes(40 * 1024)
"""Ten pages, as a stamp by itself leaves them in the WAL."""
STAMPS = 3_000
CALLERS = (1, 8, 64)

INSERT_ENTRY = (
    "INSERT INTO entries (merchant_id, entry_id, card_id, entry_no, store_id, staff_id, kind, stamps_delta,"
    " stamps_balance_after, points_delta, points_balance_after, stamps_shortfall, points_shortfall, amount_minor,"
    " program_version, reward, note, related_entry_id, operation_key, origin_bot_id, origin_user_id, origin_chat_id,"
    " origin_message_id, local_date, occurred_at, fingerprint)"
    " VALUES (?,?,?,?,?,?,'stamp_earned',1,?,0,0,0,0,NULL,1,NULL,NULL,NULL,?,?,?,?,?,?,?,?)"
)
INSERT_RECEIPT = (
    "INSERT INTO outbox (merchant_id, message_id, bot_id, user_id, kind, facts, created_at)"
    " VALUES (?,?,?,?,'receipt',?,?)"
)
INSERT_DELIVERY = (
    "INSERT INTO deliveries (merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts,"
    " is_unreported) VALUES (?,?,'telegram',?,?,0,?,0,0)"
)
UPDATE_CARD = (
    "UPDATE cards SET stamp_count=?, entry_count=?, stamps_today=?, stamp_day=?, last_stamp_at=?"
    " WHERE merchant_id=? AND card_id=?"
)
SELECT_CARD = (
    "SELECT card_id, stamp_count, entry_count, stamps_today FROM cards WHERE merchant_id=? AND number=?"
)


async def stamps_per_second(
    store: Database, town: Town, callers: int, keys: "count[int]", stamps: int = STAMPS
) -> float:
    staff = town.staff[0]
    actor = Actor(
        merchant_id=town.merchant_id, staff_id=staff.staff_id, store_id=town.store_id, account=staff.account
    )

    async def caller(first: int) -> None:
        for turn in range(first, stamps, callers):
            card = CardRef("number", town.numbers[turn % len(town.numbers)])
            act = Stamp(card=card, count=1, key=OperationKey(f"ours-{next(keys)}"))
            origin = Origin(account=staff.account, chat_id=staff.account.user_id, message_id=turn)
            await store.write(stamp_card, Asked(act=act, actor=actor, origin=origin))

    begun = time.perf_counter()
    await asyncio.gather(*(caller(first) for first in range(callers)))
    return stamps / (time.perf_counter() - begun)


def flush_us(folder: Path) -> float:
    """What is written over, as SQLite writes over its WAL, until the disk says that it has it."""
    found = []
    with (folder / "flushed").open("wb", buffering=0) as file:
        for _ in range(FLUSHES):
            file.seek(0)
            file.write(A_COMMIT)
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            found.append(time.perf_counter() - begun)
    return statistics.median(found) * 1e6


class RawStamps:
    """The reference."""

    def __init__(self, path: Path, town: Town) -> None:
        self._town = town
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        self._fingerprint = self._one("SELECT fingerprint FROM entries LIMIT 1")
        self._facts = self._one("SELECT facts FROM outbox WHERE kind='receipt' LIMIT 1")

    def stamps_per_second(self, keys: "count[int]", stamps: int = STAMPS, *, group: int = 1) -> float:
        """``group`` of them to a commit."""
        begun = time.perf_counter()
        for first in range(0, stamps, group):
            self._connection.execute("BEGIN IMMEDIATE")
            for turn in range(first, min(first + group, stamps)):
                self._stamp(self._town.numbers[turn % len(self._town.numbers)], f"raw-{next(keys)}", turn)
            self._connection.execute("COMMIT")
        return stamps / (time.perf_counter() - begun)

    def close(self) -> None:
        self._connection.close()

    def _one(self, sql: str) -> str:
        return str(self._connection.execute(sql).fetchone()[0])

    def _stamp(self, number: CardNumber, key: str, message_id: int) -> None:
        town, run = self._town, self._connection.execute
        staff, merchant_id = town.staff[0], town.merchant_id
        account: Account = staff.account
        if run(
            "SELECT 1 FROM entries WHERE merchant_id=? AND operation_key=?", (merchant_id, key)
        ).fetchone():
            raise AssertionError("a key was used twice")
        card_id, stamps, entries, today = run(SELECT_CARD, (merchant_id, number)).fetchone()
        now = datetime.now(UTC)
        at, entry_id = int(now.timestamp() * 1_000_000), new_id()
        day = now.astimezone(TIMEZONE).date().isoformat()
        run(
            INSERT_ENTRY,
            (
                *(
                    merchant_id,
                    entry_id,
                    card_id,
                    entries + 1,
                    town.store_id,
                    staff.staff_id,
                    stamps + 1,
                    key,
                ),
                *(account.bot_id, account.user_id, account.user_id, message_id, day, at, self._fingerprint),
            ),
        )
        run(UPDATE_CARD, (stamps + 1, entries + 1, today + 1, day, at, merchant_id, card_id))
        run(INSERT_RECEIPT, (merchant_id, entry_id, account.bot_id, 1, self._facts, at))
        run(INSERT_DELIVERY, (merchant_id, entry_id, "1", account.bot_id, at))


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        migrate(path, system_clock())
        store = SqliteDatabase(
            path, clock=system_clock, new_id=new_id, chance_below=chance_below, aside=any_core
        )
        town = await build_town(store, staff=1, customers=200)
        keys = count()
        await stamps_per_second(store, town, 64, keys)
        raw = RawStamps(path, town)
        print(f"stamp use case, {STAMPS} stamps a round, {ROUNDS} rounds in turn; synchronous=FULL")
        flushes = []
        for callers in CALLERS:
            ours, reference, limit = [], [], []
            for _ in range(ROUNDS):
                flushes.append(flush_us(path.parent))
                ours.append(await stamps_per_second(store, town, callers, keys))
                reference.append(raw.stamps_per_second(keys))
                limit.append(raw.stamps_per_second(keys, group=callers))
            ratios = sorted(one / other for one, other in zip(ours, reference, strict=True))
            share = statistics.median(one / other for one, other in zip(ours, limit, strict=True))
            at_most = statistics.median(one / other for one, other in zip(limit, reference, strict=True))
            print(
                f"  {callers:3d} callers: {statistics.median(ours):7,.0f}/s, raw sqlite3 one transaction each"
                f" {statistics.median(reference):7,.0f}/s, ratio {statistics.median(ratios):.2f}"
                f" ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            )
            if callers > 1:
                print(
                    f"              raw with {callers} to a commit {at_most:.2f}, of which ours are {share:.0%}"
                )
        flushes.sort()
        between = f"{flushes[0]:,.0f} to {flushes[-1]:,.0f}"
        print(f"  a flush of the disk takes {statistics.median(flushes):,.0f} µs ({between})")
        raw.close()
        await store.close()


def main() -> None:
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    with one_core():
        asyncio.run(measure())


if __name__ == "__main__":
    main()

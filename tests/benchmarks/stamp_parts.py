"""Where a stamp's processor time goes: each statement, the commit, and all else.

Stamps are made in one thread without an event loop, in groups of 64 on a file, as the writer carries them out. It
measures processor time, not the clock's, so that a busy machine shows nearly the same; each part also as a share of
the whole in the same run.
"""

import asyncio
import gc
import tempfile
import time
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

from bot.cli.running import GARBAGE_THRESHOLDS
from bot.kit.clock import chance_below, new_id, system_clock
from domain.acts import Asked, Stamp
from domain.card import CardRef
from domain.ids import OperationKey
from domain.staff import Actor
from domain.usecases.stamp_card import stamp_card
from storage.callers import GROUP_SIZE_MAX
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.engine import sync_engine
from storage.sqlite.migrate import migrate
from storage.sqlite.session import SqliteSession
from storage.sqlite.tx import SqliteTx
from tests.benchmarks.town import Town, build_town

GROUPS = 100
CUSTOMERS = 200
COMMIT = "COMMIT"


class Watched:
    """The session's cursor, or its connection, and how long each statement takes, by its text."""

    def __init__(self, cursor: Any, spent: "Counter[str]") -> None:
        self._cursor = cursor
        self._spent = spent
        self._sql = ""

    def execute(self, sql: str, values: Any = ()) -> "Watched":
        self._sql = sql
        begun = time.thread_time_ns()
        self._cursor.execute(sql, values)
        self._spent[sql] += time.thread_time_ns() - begun
        return self

    def executemany(self, sql: str, rows: Any) -> None:
        begun = time.thread_time_ns()
        self._cursor.executemany(sql, rows)
        self._spent[sql] += time.thread_time_ns() - begun

    def fetchone(self) -> Any:
        begun = time.thread_time_ns()
        found = self._cursor.fetchone()
        self._spent[self._sql] += time.thread_time_ns() - begun
        return found

    def fetchall(self) -> Any:
        return self._cursor.fetchall()

    @property
    def rowcount(self) -> int:
        found: int = self._cursor.rowcount
        return found


class InOneThread:
    def __init__(self, path: Path, town: Town) -> None:
        self._town = town
        self._keys = count()
        self._connection = sync_engine(path).connect()
        self.session = SqliteSession(self._connection)
        self._tx = SqliteTx(self.session, new_id, chance_below)

    def stamps(self, spent: "Counter[str]") -> None:
        """A group of them."""
        town, member = self._town, self._town.staff[0]
        actor = Actor(
            merchant_id=town.merchant_id,
            staff_id=member.staff_id,
            store_id=town.store_id,
            account=member.account,
        )
        self.session.driver.execute("BEGIN IMMEDIATE")
        self.session.begins(defers=True)
        for _ in range(GROUP_SIZE_MAX):
            self.session.has_written = False
            turn = next(self._keys)
            card = CardRef("number", town.numbers[turn % CUSTOMERS])
            act = Stamp(card=card, count=1, key=OperationKey(f"parts-{turn}"))
            stamp_card(tx=self._tx.begin(system_clock()), command=Asked(act=act, actor=actor))
            self._tx.confirm()
        self.session.deferred.flush()
        begun = time.thread_time_ns()
        self.session.driver.execute(COMMIT)
        spent[COMMIT] += time.thread_time_ns() - begun

    def close(self) -> None:
        self._connection.close()


async def _town_at(path: Path) -> Town:
    store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
    town = await build_town(store, staff=1, customers=CUSTOMERS)
    await store.close()
    return town


def main() -> None:
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        migrate(path, system_clock())
        counter = InOneThread(path, asyncio.run(_town_at(path)))
        wholes = []
        for _ in range(GROUPS):
            begun = time.thread_time_ns()
            counter.stamps(Counter())
            wholes.append(time.thread_time_ns() - begun)
        spent: Counter[str] = Counter()
        counter.session._cursor = Watched(counter.session._cursor, spent)  # type: ignore[assignment]
        counter.session.deferred._driver = Watched(counter.session.driver, spent)  # type: ignore[assignment]
        begun = time.thread_time_ns()
        for _ in range(GROUPS):
            counter.stamps(spent)
        whole = time.thread_time_ns() - begun
        counter.close()
    a_stamp = 1_000 * GROUP_SIZE_MAX
    low, middle = sorted(wholes)[GROUPS // 10] / a_stamp, sorted(wholes)[GROUPS // 2] / a_stamp
    print(
        f"a stamp in a group of {GROUP_SIZE_MAX}: {middle:.0f} µs of processor time, a tenth of the groups {low:.0f}"
    )
    spent["all else, the watching too"] = whole - spent.total()
    for what, part in spent.most_common():
        print(f"  {part / GROUPS / a_stamp:6.1f} µs {part / whole:5.0%}  {' '.join(what.split())[:32]}")


if __name__ == "__main__":
    main()

"""10,000 stamps on 20 cards from two processes on one PostgreSQL database, one of them killed in the middle with
SIGKILL and started again with what it was asked for: none is lost, none doubled. Leases of the outbox meanwhile. The
server is well all the time, so that whoever is told that it does not answer has found a stall: that is wrong too, and
the first of them in each process prints what its threads and the sessions of the server were at.
"""

import argparse
import asyncio
import contextlib
import faulthandler
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import psycopg

from bot.kit.clock import chance_below, new_id, system_clock
from domain.card import CardRef
from domain.delivery import ChannelKind
from domain.ids import CardId, MerchantId, StoreId
from domain.plumbing.outbox import LeaseDeliveries, lease_deliveries
from domain.ports import DatabaseUnavailable
from domain.staff import Actor
from domain.usecases.stamp_card import stamp_card
from storage.postgres.database import PostgresDatabase
from tests.support import postgres
from tests.support.async_shop import BOT, Counter, look, opens_counter, violations

T = TypeVar("T")

CARDS = 20
CALLERS = 16
LEASED_AT_ONCE = 50
SESSIONS = (
    "SELECT pid, state, wait_event_type, wait_event, now() - xact_start, pg_blocking_pids(pid), left(query, 80)"
    " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.processes", description=__doc__)
    parser.add_argument("--stamps", type=int, default=10_000)
    parser.add_argument("--works-at", help="for its own processes: the database")
    parser.add_argument("--half", type=int, default=0)
    asked = parser.parse_args(arguments)
    if asked.works_at:
        asyncio.run(_work(asked.works_at, asked.half, asked.stamps))
        return 0
    if not postgres.is_here():
        print(postgres.LEFT_OUT)
        return 2
    print(
        f"{asked.stamps:,} stamps on {CARDS} cards from 2 processes, one of them killed on the way",
        flush=True,
    )
    return asyncio.run(_soak(asked.stamps))


def _opened(url: str) -> PostgresDatabase:
    return PostgresDatabase(url, clock=system_clock, new_id=new_id, chance_below=chance_below)


async def _soak(stamps: int) -> int:
    url, _ = postgres.lend_database()
    store = _opened(url)
    counter = await opens_counter(store, cards=CARDS)
    began = time.monotonic()
    first, second = await asyncio.gather(*(_starts(url, half, stamps) for half in range(2)))
    while await _given(counter) < stamps // 4:  # noqa: ASYNC110 - other processes give them
        await asyncio.sleep(0.1)
    second.kill()
    await second.wait()
    print(f"killed after {await _given(counter):,} stamps", flush=True)
    second = await _starts(url, 1, stamps)
    told = await asyncio.gather(*(_told(process) for process in (first, second)))
    leased = [each for one in told for each in one.leased]
    outages, slowest_ms = sum(one.outages for one in told), max(one.slowest_ms for one in told)
    seconds = time.monotonic() - began
    given, broken = await _given(counter), await violations(store)
    twice = len(leased) - len(set(leased))
    await store.close()
    print(
        f"{given:,} stamps in {seconds:.0f} s, {len(leased):,} leases, {twice} twice, {len(broken)} violations, "
        f"the slowest answer after {slowest_ms:,} ms, {outages} times no answer of the database"
    )
    is_well = given == stamps and not twice and not broken and not outages
    print("VERDICT " + ("well" if is_well else "wrong"))
    return 0 if is_well else 1


async def _starts(url: str, half: int, stamps: int) -> asyncio.subprocess.Process:
    words = ("-m", "tests.soak.processes", "--works-at", url, "--half", str(half), "--stamps", str(stamps))
    return await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)


@dataclass(frozen=True, slots=True)
class Told:
    """What a process says at its end. ``slowest_ms`` is of a stamp or a lease, until it was answered."""

    leased: Sequence[str]
    outages: int
    slowest_ms: int


async def _told(process: asyncio.subprocess.Process) -> Told:
    told, _ = await process.communicate()
    assert process.returncode == 0
    *leased, outages, slowest_ms = told.decode().split()
    return Told(leased, int(outages), int(slowest_ms))


async def _given(counter: Counter) -> int:
    return sum([line.stamp_count async for line in counter.store.cards(counter.paul.merchant_id)])


@dataclass
class Asking:
    """Of one process: how often it had to ask again, and how long it took at most until it was answered."""

    url: str
    half: int
    outages: int = 0
    slowest_s: float = 0.0

    async def until_answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Whoever asks again has one effect."""
        asked_at = time.monotonic()
        while True:
            try:
                answer = await ask()
            except DatabaseUnavailable as error:
                self._tells(error, time.monotonic() - asked_at)
                self.outages += 1
            else:
                self.slowest_s = max(self.slowest_s, time.monotonic() - asked_at)
                return answer

    def _tells(self, error: DatabaseUnavailable, after_s: float) -> None:
        """Nobody has caused it: the first time, with all that explains it."""
        said = [f"process {self.half}: {error}, after {after_s:.1f} s, at {datetime.now(UTC):%H:%M:%S}"]
        if not self.outages:
            faulthandler.dump_traceback()
            with contextlib.closing(psycopg.connect(self.url.replace("+psycopg", ""))) as beside:
                said += [" | ".join(map(str, row)) for row in beside.execute(SESSIONS)]
        sys.stderr.write("".join(f"{line}\n" for line in said))


async def _work(url: str, half: int, stamps: int) -> None:
    """Every second of them, by keys that are the same after a kill; and leases, each printed."""
    store = _opened(url)
    counter = await _known_counter(store)
    ends, asks = asyncio.Event(), Asking(url, half)

    async def leases() -> None:
        asked = LeaseDeliveries(
            bot_id=BOT, channel=ChannelKind.TELEGRAM, holder=f"{half}", limit=LEASED_AT_ONCE
        )
        while not ends.is_set():
            for each in await asks.until_answered(lambda: store.write(lease_deliveries, asked)):
                sys.stdout.write(f"{each.message_id}\n")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ends.wait(), 0.05)

    async def caller(first: int) -> None:
        for number in range(2 * first + half, stamps, 2 * CALLERS):
            stamp = counter.stamping(f"stamp {number}", counter.cards[number // 2 % CARDS])
            await asks.until_answered(partial(store.write, stamp_card, stamp))

    leasing = asyncio.create_task(leases())
    await asyncio.gather(*(caller(first) for first in range(CALLERS)))
    ends.set()
    await leasing
    await store.close()
    print(asks.outages, int(asks.slowest_s * 1000))


async def _known_counter(store: PostgresDatabase) -> Counter:
    """Of the shop that is there."""
    merchant_id = MerchantId("m")
    [paul] = await look(store, lambda tx: tx.staff_of(merchant_id))
    assert paul.account is not None
    actor = Actor(
        merchant_id=merchant_id, staff_id=paul.staff_id, store_id=StoreId("m store"), account=paul.account
    )
    return Counter(store, actor, tuple(CardRef("id", CardId(f"m card {n:04d}")) for n in range(CARDS)))


if __name__ == "__main__":
    sys.exit(main())

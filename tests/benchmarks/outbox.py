"""A pile of messages in the outbox: how fast it is sent, how it delays those who wait for an answer, and what is sent
twice after a crash.

Several shops owe their customers 10,000 receipts for stamps taken back, which are all sent, however many follow. Half
of the shops took them back card after card, so that the receipts of one chat stand in a row. A bot in a process of
its own sends them to the sandbox, which enforces Telegram's limits; in the middle it is killed by SIGKILL and started
again. Meanwhile a member of staff stamps and waits for each answer.

Time is scaled: the bot and the sandbox both keep limits five times Telegram's (150 messages a second over all, 5 in a
chat), so that the run takes two minutes instead of six. The processor gets no faster for it, so the rate and the
latency are harder to reach than at Telegram's own pace.
"""

import asyncio
import os
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.delivery.dispatcher import IN_FLIGHT_MAX
from bot.kit.clock import chance_below, new_id, system_clock
from bot.sandbox import Person, Sandbox
from bot.sandbox.changes import Change, ChangeKind
from bot.sandbox.limits import Limits
from domain.acts import Asked, Stamp, TakeBack
from domain.acts import Change as ActOnCard
from domain.card import CardRef
from domain.entry import Origin
from domain.ids import CardNumber, OperationKey
from domain.ports import Database
from domain.staff import Actor
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.town import FIRST_CUSTOMER, FIRST_STAFF, SECRET, Town, build_town
from tests.support.receipts import entry_of

SCALE = 5
MESSAGES = 10_000
SHOPS = 4
ROUNDS = 5
"""Receipts for each customer."""
REGULARS = 20
"""Customers of the first shop whom nobody has stamped before: the member of staff stamps them meanwhile."""
IDLE_STAMPS = 30
"""Before the pile, and again after it."""
BREATH_S = 1.5 / SCALE
"""Between an answer and the next stamp: the staff's chat has its limit too."""
FIRST_SECONDS = 10 / SCALE
"""In a life's first ten seconds, scaled, Telegram may say 429: nobody remembers what the life before has sent."""
PATIENCE_S = 120.0
TOLD = "SELECT entry_id FROM entries WHERE kind = 'stamp_voided'"
ChangeT = TypeVar("ChangeT", bound=ActOnCard)


@dataclass(slots=True)
class Witness:
    """Sees what arrives in the chats and what the sandbox refuses."""

    sandbox: Sandbox
    arrived_at: dict[str, list[float]] = field(default_factory=dict)
    """Receipts, by the entry they are about."""
    last_order: dict[int, str] = field(default_factory=dict)
    out_of_order: int = 0
    sent_at: list[float] = field(default_factory=list)
    """Every message to anybody."""
    refused_at: list[float] = field(default_factory=list)
    _calls_seen: float = 0.0

    def watches(self) -> None:
        self.sandbox.world.changes.watch(self._look)

    def counts_refusals(self) -> None:
        """The sandbox keeps the last calls only: to be asked now and then."""
        newest = self._calls_seen
        for call in reversed(self.sandbox.calls):
            if call.at <= self._calls_seen:
                break
            newest = max(newest, call.at)
            if call.error is not None and call.error.status == 429:
                self.refused_at.append(call.at)
        self._calls_seen = newest

    @property
    def repeated(self) -> int:
        return sum(len(times) - 1 for times in self.arrived_at.values())

    def _look(self, change: Change) -> None:
        if change.kind is not ChangeKind.MESSAGE or change.chat_id is None:
            return
        message = self.sandbox.world.chats[change.chat_id].messages[int(change.ref or 0)]
        if not message.from_bot:
            return
        self.sent_at.append(time.time())
        entry = entry_of(message)
        if entry is not None:
            self._counts(entry, message.chat_id)

    def _counts(self, entry: str, chat_id: int) -> None:
        times = self.arrived_at.setdefault(entry, [])
        if not times:
            self.out_of_order += entry < self.last_order.get(chat_id, "")
            self.last_order[chat_id] = entry
        times.append(time.time())


@dataclass(frozen=True, slots=True)
class Life:
    """One process of the bot with a pile to send, and when it did so, in Unix seconds."""

    began_at: float
    ended_at: float

    @property
    def steady_at(self) -> float:
        return self.began_at + FIRST_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    per_second: list[float]
    refused_early: int
    refused_late: int
    idle_ms: list[float]
    loaded_ms: list[float]
    missing: int
    repeated: int
    out_of_order: int

    @property
    def rate_ratio(self) -> float:
        return min(self.per_second) / (Limits().overall_per_second * SCALE)

    @property
    def latency_ratio(self) -> float:
        return statistics.median(self.loaded_ms) / statistics.median(self.idle_ms)


@dataclass(slots=True)
class Run:
    sandbox: Sandbox
    database: Path
    witness: Witness
    staff: Person
    regulars: tuple[CardNumber, ...]
    lives: list[Life] = field(default_factory=list)
    stamps: int = 0

    @asynccontextmanager
    async def bot(self, how_it_ends: signal.Signals) -> AsyncIterator[None]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.benchmarks.scaled_bot",
            str(SCALE),
            env={
                **os.environ,
                "BOT_TOKEN": self.sandbox.token,
                "BOT_API_URL": self.sandbox.url,
                "DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
                "SECRET_KEY": SECRET,
                "LOG_LEVEL": "ERROR",
            },
        )
        try:
            await self.sandbox.until(lambda: self.sandbox.world.updates.poller, timeout=PATIENCE_S)
            yield
        finally:
            process.send_signal(how_it_ends)
            await process.wait()
            self.witness.counts_refusals()

    async def stamps_until(self, is_over: asyncio.Event) -> list[float]:
        """One stamp after the other; the milliseconds each answer took."""
        waited_ms = []
        while not is_over.is_set():
            waited_ms.append(await self.stamps_once())
            self.witness.counts_refusals()
            await asyncio.sleep(BREATH_S)
        return waited_ms

    async def stamps_once(self) -> float:
        number = self.regulars[self.stamps % len(self.regulars)]
        self.stamps += 1
        began = time.perf_counter()
        await self.staff.sends(f"/stamp {number}")
        await self.staff.sees("✅", new=True, timeout=PATIENCE_S)
        return (time.perf_counter() - began) * 1000

    async def is_idle(self) -> list[float]:
        return [await self._after_a_breath() for _ in range(IDLE_STAMPS)]

    async def _after_a_breath(self) -> float:
        await asyncio.sleep(BREATH_S)
        return await self.stamps_once()

    async def sends_pile(self, until_arrived: int) -> list[float]:
        """Stamps until so many receipts have arrived."""
        is_over, began_at = asyncio.Event(), time.time()
        stamping = asyncio.create_task(self.stamps_until(is_over))
        await self.sandbox.until(lambda: len(self.witness.arrived_at) >= until_arrived, timeout=PATIENCE_S)
        self.lives.append(Life(began_at, time.time()))
        is_over.set()
        return await stamping


async def build(database: Path) -> list[Town]:
    """The shops, their customers, and nobody owed anything yet."""
    migrate(database, system_clock())
    store = SqliteDatabase(database, clock=system_clock, new_id=new_id, chance_below=chance_below)
    each = MESSAGES // ROUNDS // SHOPS
    towns = [
        await build_town(
            store,
            staff=1,
            customers=each + (0 if shop else REGULARS),
            first_staff=FIRST_STAFF + shop,
            first_customer=FIRST_CUSTOMER * (shop + 1),
        )
        for shop in range(SHOPS)
    ]
    await store.close()
    return towns


async def pile_up(database: Path, towns: list[Town]) -> None:
    """Every customer but the regulars is owed their receipts; every other shop went card after card."""
    store = SqliteDatabase(database, clock=system_clock, new_id=new_id, chance_below=chance_below)
    for shop, town in enumerate(towns):
        numbers = town.numbers[REGULARS:] if shop == 0 else town.numbers
        in_a_row = [number for number in numbers for _ in range(ROUNDS)]
        turns = in_a_row if shop % 2 else list(numbers) * ROUNDS
        for number in numbers:
            await stamp(store, town, number, ROUNDS)
        for start in range(0, len(turns), 50):
            await asyncio.gather(*(take_back(store, town, number) for number in turns[start : start + 50]))
    await store.close()


async def stamp(store: Database, town: Town, number: CardNumber, count: int = 1) -> None:
    act = Stamp(card=CardRef("number", number), count=count, key=OperationKey(new_id()))
    await store.write(stamp_card, _asked(town, act))


async def take_back(store: Database, town: Town, number: CardNumber) -> None:
    """One stamp."""
    act = TakeBack(card=CardRef("number", number), count=1, key=OperationKey(new_id()))
    await store.write(void_act, _asked(town, act))


def _asked(town: Town, act: ChangeT) -> Asked[ChangeT]:
    [member] = town.staff
    actor = Actor(
        merchant_id=town.merchant_id,
        staff_id=member.staff_id,
        store_id=town.store_id,
        account=member.account,
    )
    origin = Origin(account=member.account, chat_id=member.account.user_id, message_id=None)
    return Asked(act=act, actor=actor, origin=origin)


def populate(sandbox: Sandbox, towns: list[Town]) -> Person:
    """Everybody has started the bot; returns the one who stamps."""
    for shop, town in enumerate(towns):
        for number in range(len(town.numbers)):
            person_id = FIRST_CUSTOMER * (shop + 1) + number
            sandbox.person(f"Customer {person_id}", user_id=person_id)
            sandbox.world.chats[person_id].started = True
    staff = sandbox.person("Anna", user_id=FIRST_STAFF, role_hint="staff")
    sandbox.world.chats[staff.id].started = True
    return staff


def judge(run: Run, idle_ms: list[float], loaded_ms: list[float]) -> Results:
    witness = run.witness
    with closing(sqlite3.connect(run.database)) as database:
        owed = {str(entry) for (entry,) in database.execute(TOLD)}
    late = [at for at in witness.refused_at if not any(_is_early(at, life) for life in run.lives)]
    return Results(
        per_second=[_rate(witness.sent_at, life) for life in run.lives],
        refused_early=len(witness.refused_at) - len(late),
        refused_late=len(late),
        idle_ms=idle_ms,
        loaded_ms=loaded_ms,
        missing=len(owed - set(witness.arrived_at)),
        repeated=witness.repeated,
        out_of_order=witness.out_of_order,
    )


def _rate(sent_at: list[float], life: Life) -> float:
    sent = sum(life.steady_at < at <= life.ended_at for at in sent_at)
    return sent / (life.ended_at - life.steady_at)


def _is_early(at: float, life: Life) -> bool:
    return life.began_at <= at <= life.steady_at


async def measure() -> Results:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "outbox.db"
        towns = await build(database)
        async with Sandbox(limits=Limits().scaled(SCALE)) as sandbox:
            staff = populate(sandbox, towns)
            run = Run(sandbox, database, Witness(sandbox), staff, towns[0].numbers[:REGULARS])
            run.witness.watches()
            async with run.bot(signal.SIGTERM):
                idle_ms = await run.is_idle()
            await pile_up(database, towns)
            async with run.bot(signal.SIGKILL):
                loaded_ms = await run.sends_pile(MESSAGES // 2)
            async with run.bot(signal.SIGTERM):
                loaded_ms += await run.sends_pile(MESSAGES)
                await run.sandbox.until(lambda: not _owed(database), timeout=PATIENCE_S)
                idle_ms += await run.is_idle()
            return judge(run, idle_ms, loaded_ms)


def _owed(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        [owed] = connection.execute("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL").fetchone()
    return int(owed)


def show(found: Results) -> None:
    idle, loaded = statistics.median(found.idle_ms), statistics.median(found.loaded_ms)
    limit = Limits().overall_per_second * SCALE
    rates = " and ".join(f"{rate:.0f}" for rate in found.per_second)
    print(f"outbox: {MESSAGES} messages from {SHOPS} shops, one kill -9 in the middle")
    print(f"  time is scaled: the bot and the sandbox keep limits {SCALE} times Telegram's")
    print(f"  rate over the limit {found.rate_ratio:.2f} ({rates} a second of {limit:.0f})")
    print(
        f"  429 after the first ten (scaled) seconds of a life: {found.refused_late}, before: {found.refused_early}"
    )
    print(
        f"  an answer to staff, median: {idle:.1f} ms idle, {loaded:.1f} ms meanwhile, ratio"
        f" {found.latency_ratio:.2f} ({len(found.idle_ms)} and {len(found.loaded_ms)} stamps)"
    )
    print(
        f"  missing {found.missing}, out of order {found.out_of_order}, repeated {found.repeated}"
        f" of at most {IN_FLIGHT_MAX} in flight"
    )


def main() -> None:
    show(asyncio.run(measure()))


if __name__ == "__main__":
    main()

"""A crowd of strangers who write once a second, and a crowd of chats that do not answer, at Telegram's own limits.

Prints what staff and customers notice of them: ``python -m tests.benchmarks.noise``. A member of staff stamps card
after card meanwhile; the sandbox answers 429 to whatever is over the limits.
"""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bot.app.process import Surroundings
from bot.sandbox import Message, Person, Sandbox
from bot.sandbox.changes import Change, ChangeKind
from bot.sandbox.limits import Limits
from bot.telegram.pacing import SendingLimits
from tests.benchmarks.outbox import stamp
from tests.benchmarks.town import FIRST_CUSTOMER, build_town
from tests.support.house import House, house, number_of

CROWD, SECONDS, CUSTOMERS = 40, 30, 10
BREATH_S = 1.1
PATIENCE_S = 60.0


@dataclass
class Run:
    home: House
    staff: Person
    customers: list[Person]
    crowd: list[Person]
    answers_s: list[float] = field(default_factory=list)
    receipts_s: list[float] = field(default_factory=list)
    waiting: dict[int, list[float]] = field(default_factory=dict)
    answered_strangers: int = 0

    def looks(self, change: Change) -> None:
        if change.kind is not ChangeKind.MESSAGE or change.chat_id is None:
            return
        message: Message = self.home.sandbox.world.chats[change.chat_id].messages[int(change.ref or 0)]
        if not message.from_bot:
            return
        if change.chat_id in self.waiting and "+1 stamp" in message.text:
            self.receipts_s.append(time.perf_counter() - self.waiting[change.chat_id].pop(0))
        elif change.chat_id in {person.id for person in self.crowd}:
            self.answered_strangers += 1

    async def writes(self, stranger: Person, until: float) -> None:
        while time.perf_counter() < until:
            began = time.perf_counter()
            await stranger.sends("/help")
            await asyncio.sleep(max(0.0, began + 1 - time.perf_counter()))

    async def stamps(self, until: float) -> None:
        turn = 0
        while time.perf_counter() < until:
            customer, began = self.customers[turn % CUSTOMERS], time.perf_counter()
            turn += 1
            self.waiting.setdefault(customer.id, []).append(began)
            await self.staff.sends(f"/stamp {number_of(customer)}")
            await self.staff.sees("✅", new=True, timeout=PATIENCE_S)
            self.answers_s.append(time.perf_counter() - began)
            await asyncio.sleep(BREATH_S)


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        around = Surroundings(limits=SendingLimits())
        limits = Limits(chat_burst=2)
        async with Sandbox(limits=limits) as sandbox, house(Path(folder) / "a.db", around, sandbox) as home:
            shop = await home.opens_shop()
            customers = [await home.customer(shop, f"Customer {number}") for number in range(CUSTOMERS)]
            staff = await home.owner(shop)
            crowd = [sandbox.person(f"Stranger {number}") for number in range(CROWD)]
            run = Run(home, staff, customers, crowd)
            sandbox.world.changes.watch(run.looks)
            await asyncio.sleep(BREATH_S)
            assert sandbox.limiter is not None
            sandbox.limiter.refused.clear()
            until = time.perf_counter() + SECONDS
            await asyncio.gather(run.stamps(until), *(run.writes(stranger, until) for stranger in crowd))
            in_time = len(run.receipts_s)
            show(run, in_time, sum(sandbox.limiter.refused.values()))


def show(run: Run, in_time: int, refused: int) -> None:
    print(
        f"noise: {CROWD} strangers write once a second for {SECONDS} s; {run.answered_strangers} answers to them"
    )
    print(
        f"  an answer to staff: median {statistics.median(run.answers_s) * 1000:.0f} ms,"
        f" longest {max(run.answers_s) * 1000:.0f} ms ({len(run.answers_s)} stamps)"
    )
    longest = f"longest {max(run.receipts_s) * 1000:.0f} ms" if run.receipts_s else "none"
    print(f"  receipts while it lasted: {in_time} of {len(run.answers_s)}, {longest} after the command")
    print(f"  429: {refused}")


async def measure_silence() -> None:
    """As many chats in a time-out, and one that is well behind them."""
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder) / "a.db", Surroundings(limits=SendingLimits())) as home:
            town = await build_town(home.store, staff=1, customers=CROWD + 1)
            people = [home.sandbox.person(f"{n}", user_id=FIRST_CUSTOMER + n) for n in range(CROWD + 1)]
            for person in people:
                home.sandbox.world.chats[person.id].started = True
            for person in people[:-1]:
                home.sandbox.faults.stall(method="sendPhoto", chat_id=person.id)
            began = time.perf_counter()
            for number in town.numbers:
                await stamp(home.store, town, number)
            await people[-1].sees("+1 stamp", timeout=PATIENCE_S)
            print(f"  behind {CROWD} silent chats: a receipt after {time.perf_counter() - began:.1f} s")
            home.sandbox.faults.clear()


def main() -> None:
    asyncio.run(measure())
    asyncio.run(measure_silence())


if __name__ == "__main__":
    main()

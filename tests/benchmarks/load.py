"""Shops at work, for minutes: the real bot in a process of its own, over HTTP, with the sandbox for Telegram.

    python -m tests.benchmarks.load --rate 30 --minutes 5 --shops 12        (make load RATE= MINUTES= SHOPS=)

A day from 7 to 19 o'clock is run through in the time given, with a rush at 8 and one at 13; ``--flat`` leaves
the rushes out. Either way there are ``--rate`` stamps a second on average. Shops have 1 to 50 tills. Most
stamps are typed, the rest pressed on the panel; full cards are redeemed, some stamps taken back, and customers
look at their cards. Each act comes when it is due, whether or not those before it were answered, and its time
is counted from then until the answer stands in the chat: what waits for a till counts as waiting. The sandbox
is as strict as ever, but does not enforce Telegram's limits; the bot still keeps to its own. A customer who looks at
a card gets a picture, which the sandbox turns into a photo before it answers, on the same processors.

DATABASE_URL names another database than a SQLite file made for it, an empty one. Ends with ``stempel verify``; exit
status 1 when an answer was wrong or missing, the bot complained, or an invariant is broken.
"""

import argparse
import asyncio
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.app.database import migrate_database, open_database
from bot.kit.settings import Settings
from bot.sandbox import Message, Person, Sandbox
from bot.sandbox.changes import Change, ChangeKind
from bot.sandbox.people import CannotDo
from domain.ids import CardNumber
from tests.benchmarks.load_picture import draw_load
from tests.benchmarks.town import FIRST_CUSTOMER, FIRST_STAFF, SECRET, build_town

OPENS, CLOSES = 7.0, 19.0
RUSHES = (8.0, 13.0)
STAMPS = ("type a stamp", "press +1")
RUSH_HOURS, RUSH_TIMES = 0.6, 3.0
"""How wide a rush is, and how many times as many come at its height as at other times."""
TILLS = (50, 20, 10, 8, 5, 4, 3, 2, 2, 1, 1, 1)
"""Of each shop, over and over."""
CUSTOMERS_A_TILL = 20
TARGET = 10
PRESSED, TAKEN_BACK, LOOKED_AT = 0.3, 0.03, 0.1
"""Shares of the stamps."""
PATIENCE_S = 300.0
SAYS_EVERY_S = 5.0
SEED = 8


@dataclass
class Card:
    number: CardNumber
    owner: Person
    stamps: int = 0


@dataclass
class Shop:
    """Tills and cards that nobody is at, at the moment."""

    tills: asyncio.Queue[Person]
    cards: list[Card]
    weight: int


@dataclass(frozen=True, slots=True)
class Answered:
    """When an act was due, in seconds from the beginning, and how long its answer took."""

    act: str
    due_s: float
    took_s: float


@dataclass
class Record:
    answers: list[Answered] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    stamps: int = 0


class Witness:
    """Wakes who waits for an answer, at the moment it stands in the chat."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._world = sandbox.world
        self._waiting: dict[int | str, tuple[Callable[[Message], object], asyncio.Future[Message]]] = {}
        self._world.changes.watch(self._look)

    def expects(self, key: int | str, fits: Callable[[Message], object]) -> "asyncio.Future[Message]":
        """A chat's next message of the bot that fits, or the answer to the tap whose id is ``key``."""
        coming: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[key] = (fits, coming)
        return coming

    def _look(self, change: Change) -> None:
        if change.kind is not ChangeKind.MESSAGE or change.chat_id not in self._waiting:
            return
        message = self._world.chats[change.chat_id].messages[int(change.ref or 0)]
        fits, coming = self._waiting[change.chat_id]
        if message.from_bot and fits(message):
            del self._waiting[change.chat_id]
            if not coming.done():
                coming.set_result(message)


class Street:
    """The shops, and what goes on in them."""

    def __init__(self, sandbox: Sandbox, shops: Sequence[Shop], chance: random.Random) -> None:
        self.record = Record()
        self._witness = Witness(sandbox)
        self._shops = shops
        self._chance = chance
        self._began = 0.0
        self._under_way: set[asyncio.Task[None]] = set()

    async def works(self, rate: float, seconds: float, *, is_flat: bool) -> None:
        self._began = time.perf_counter()
        speaks = asyncio.create_task(self._speaks(rate, seconds, is_flat=is_flat))
        for due_s in arrivals(self._chance, rate, seconds, is_flat=is_flat):
            await asyncio.sleep(max(0.0, self._began + due_s - time.perf_counter()))
            [shop] = self._chance.choices(self._shops, [shop.weight for shop in self._shops])
            task = asyncio.create_task(self._serves(shop, due_s))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        await asyncio.gather(*self._under_way)
        speaks.cancel()

    async def _serves(self, shop: Shop, due_s: float) -> None:
        """One customer: what their card needs, and at times a look at it."""
        till = await shop.tills.get()
        card = shop.cards.pop(self._chance.randrange(len(shop.cards)))
        try:
            if card.stamps >= TARGET:
                await self._act("redeem", due_s, till, "", sending(till, f"/redeem {card.number}"))
                card.stamps, due_s = card.stamps - TARGET, self._now()
            if self._chance.random() < PRESSED:
                shown = await self._act("show a card", due_s, till, str(TARGET), sending(till, card.number))
                if shown is not None:
                    await self._act(
                        "press +1", self._now(), till, r"✅", lambda: till.taps("+1", on=shown), on=shown
                    )
            else:
                said = await self._act(
                    "type a stamp", due_s, till, r"✅", sending(till, f"/stamp {card.number}")
                )
                if said is not None and self._chance.random() < TAKEN_BACK:
                    await self._act(
                        "take back", self._now(), till, "", lambda: till.taps("Undo", on=said), on=said
                    )
                    card.stamps -= 1
            card.stamps += 1
            self.record.stamps += 1
            if self._chance.random() < LOOKED_AT:
                await self._act(
                    "look at the card",
                    self._now(),
                    card.owner,
                    "",
                    sending(card.owner, "/card"),
                    has_photo=True,
                )
        finally:
            shop.cards.append(card)
            shop.tills.put_nowait(till)

    async def _act(
        self,
        act: str,
        due_s: float,
        who: Person,
        wanted: str,
        does: Callable[[], Awaitable[object]],
        *,
        on: Message | None = None,
        has_photo: bool = False,
    ) -> Message | None:
        """What came back, None where that was not it."""
        newest = max(who.history, key=lambda message: message.id).id if who.history else 0

        def is_answer(message: Message) -> bool:
            """A new one, or the one that was tapped; what is changed of others meanwhile is not."""
            is_it = message.id > newest or (on is not None and message.id == on.id)
            return is_it and (message.photo is not None or not has_photo)

        coming = self._witness.expects(who.id, is_answer)
        try:
            await does()
        except CannotDo as why:
            self.record.wrong.append(f"{act}: {why}")
            return None
        try:
            message = await asyncio.wait_for(coming, PATIENCE_S)
        except TimeoutError:
            self.record.wrong.append(f"{act}: no answer in {PATIENCE_S:.0f} s")
            return None
        self.record.answers.append(Answered(act, due_s, self._now() - due_s))
        if not re.search(wanted, message.content.body.text):
            self.record.wrong.append(f"{act}: {message.content.body.text!r}")
            return None
        return message

    def _now(self) -> float:
        return time.perf_counter() - self._began

    async def _speaks(self, rate: float, seconds: float, *, is_flat: bool) -> None:
        said = 0
        while True:
            await asyncio.sleep(SAYS_EVERY_S)
            now, new = self._now(), self.record.answers[said:]
            said = len(self.record.answers)
            times = [one.took_s for one in new] or [0.0]
            print(
                f"{now:5.0f} s  {_hour(now, seconds)}  due {_rate(rate, seconds, now, is_flat=is_flat):5.1f} stamps/s"
                f"  answers {len(new) / SAYS_EVERY_S:6.1f}/s  median {_ms(statistics.median(times))}"
                f"  slowest {_ms(max(times))}  under way {len(self._under_way)}  wrong {len(self.record.wrong)}",
                flush=True,
            )


def sending(person: Person, text: str) -> Callable[[], Awaitable[object]]:
    return lambda: person.sends(text)


def arrivals(chance: random.Random, rate: float, seconds: float, *, is_flat: bool) -> Sequence[float]:
    """When customers come, in seconds, in order: ``rate`` a second on average, each by themselves."""
    highest = max(_rate(rate, seconds, each * seconds / 500, is_flat=is_flat) for each in range(500))
    now, found = 0.0, []
    while (now := now + chance.expovariate(highest)) < seconds:
        if chance.random() * highest < _rate(rate, seconds, now, is_flat=is_flat):
            found.append(now)
    return found


def _shape(hour: float) -> float:
    return 1 + sum((RUSH_TIMES - 1) * 2 ** -(((hour - rush) / RUSH_HOURS) ** 2) for rush in RUSHES)


MEAN = statistics.fmean(_shape(OPENS + each * (CLOSES - OPENS) / 1000) for each in range(1000))


def _rate(rate: float, seconds: float, now: float, *, is_flat: bool) -> float:
    return rate if is_flat else rate * _shape(OPENS + now / seconds * (CLOSES - OPENS)) / MEAN


def _hour(now: float, seconds: float) -> str:
    minutes = int((OPENS + min(1.0, now / seconds) * (CLOSES - OPENS)) * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:6.0f} ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    record: Record
    complaints: str
    """What the bot wrote to standard error."""
    verified: str
    is_sound: bool

    @property
    def is_well(self) -> bool:
        return self.is_sound and not self.record.wrong and not self.complaints


async def load(
    *, rate: float, seconds: float, shops: int, is_flat: bool, folder: Path, url: str = ""
) -> Outcome:
    """``url`` names the database, an empty one; else it is a file in ``folder``."""
    async with Sandbox() as sandbox:
        settings = Settings(
            bot_token=sandbox.token,
            bot_api_url=sandbox.url,
            bot_username=sandbox.username,
            database_url=url or f"sqlite+aiosqlite:///{folder / 'load.db'}",
            secret_key=SECRET,
        )
        street = Street(sandbox, await _built(sandbox, settings, shops), random.Random(SEED))
        async with _bot(sandbox, settings, folder) as complaints:
            await street.works(rate, seconds, is_flat=is_flat)
        ran = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "verify", env=_around(settings), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await ran.communicate()
    return Outcome(
        record=street.record,
        complaints=complaints.read_text(),
        verified=said.decode().strip(),
        is_sound=ran.returncode == 0,
    )


async def _built(sandbox: Sandbox, settings: Settings, shops: int) -> Sequence[Shop]:
    migrate_database(settings)
    built, first_staff, first_customer = [], FIRST_STAFF, FIRST_CUSTOMER
    async with open_database(settings) as database:
        for number in range(shops):
            tills = TILLS[number % len(TILLS)]
            customers = tills * CUSTOMERS_A_TILL
            town = await build_town(
                database,
                staff=tills,
                customers=customers,
                first_staff=first_staff,
                first_customer=first_customer,
            )
            queue: asyncio.Queue[Person] = asyncio.Queue()
            for member in town.staff:
                queue.put_nowait(_person(sandbox, "Staff", member.account.user_id))
            cards = [
                Card(number, _person(sandbox, "Customer", first_customer + place))
                for place, number in enumerate(town.numbers)
            ]
            built.append(Shop(queue, cards, tills))
            first_staff, first_customer = first_staff + tills, first_customer + customers
    return built


def _person(sandbox: Sandbox, name: str, user_id: int) -> Person:
    """Who has started the bot before."""
    person = sandbox.person(name, user_id=user_id)
    sandbox.world.chats[user_id].started = True
    return person


@asynccontextmanager
async def _bot(sandbox: Sandbox, settings: Settings, folder: Path) -> AsyncIterator[Path]:
    """Gives the file into which it writes what it complains of."""
    path = folder / "complaints"
    with path.open("w") as complaints:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=_around(settings), stderr=complaints
        )
        try:
            polls = asyncio.ensure_future(
                sandbox.until(lambda: sandbox.world.updates.poller, timeout=PATIENCE_S)
            )
            ended = asyncio.ensure_future(process.wait())
            await asyncio.wait({polls, ended}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise RuntimeError(f"the bot did not start: {path.read_text()}")
            await polls
            yield path
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _around(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "BOT_TOKEN": settings.token,
        "BOT_API_URL": settings.bot_api_url,
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": SECRET,
        "LOG_LEVEL": "ERROR",
    }


def _print(outcome: Outcome) -> None:
    answers = outcome.record.answers
    print(
        f"\n{'update to answer':<20}{'count':>8}{'median':>12}{'p95':>12}{'p99':>12}"
        f"{'slowest':>12}{'p99 / median':>14}"
    )
    for act in Counter(one.act for one in answers):
        _print_line(act, [one for one in answers if one.act == act])
    _print_line("all stamps", [one for one in answers if one.act in STAMPS])
    _print_line("all", answers)
    print(f"{outcome.record.stamps} stamps, {len(outcome.record.wrong)} wrong answers")
    for said, count in Counter(outcome.record.wrong).most_common(5):
        print(f"  {count} x {said}")
    print(outcome.complaints, end="")
    print(f"verify: {outcome.verified}")
    print("VERDICT " + ("well" if outcome.is_well else "wrong"))


def _print_line(name: str, answers: Sequence[Answered]) -> None:
    marks = [percentile(answers, share) for share in (0.5, 0.95, 0.99, 1.0)]
    print(
        f"{name:<20}{len(answers):>8}{''.join(f'{_ms(mark):>12}' for mark in marks)}{marks[2] / marks[0]:>14.1f}"
    )


def percentile(answers: Sequence[Answered], share: float) -> float:
    times = sorted(one.took_s for one in answers)
    return times[min(len(times) - 1, int(len(times) * share))]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.load")
    parser.add_argument("--rate", type=float, default=30.0, help="stamps a second, on average")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--shops", type=int, default=12)
    parser.add_argument("--flat", action="store_true", help="without rushes")
    parser.add_argument("--picture", type=Path, help="the SVG to write")
    asked = parser.parse_args(arguments)
    seconds = asked.minutes * 60
    print(
        f"{asked.rate:g} stamps/s on average for {asked.minutes:g} minutes, {asked.shops} shops", flush=True
    )
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(
            load(
                rate=asked.rate,
                seconds=seconds,
                shops=asked.shops,
                is_flat=asked.flat,
                folder=Path(folder),
                url=os.environ.get("DATABASE_URL", ""),
            )
        )
    _print(outcome)
    if asked.picture:
        points = [(one.due_s, one.took_s) for one in outcome.record.answers]
        asked.picture.write_text(draw_load(points, seconds))
        print(f"picture: {asked.picture}")
    return 0 if outcome.is_well else 1


if __name__ == "__main__":
    sys.exit(main())

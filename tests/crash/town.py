"""The story during the crashes: two shops, their teams and customers, all at work at once and without a pause."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from typing import Any

from bot.app.database import open_database
from bot.app.process import Surroundings
from bot.kit.links import Links
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens
from bot.sandbox import Sandbox
from tests.crash.book import Book, CardPage
from tests.crash.people import Clerk, Guest, Somebody
from tests.support.databases import lay_empty_database
from tests.support.house import SECRET, House, Shop

CAFE, BAKERY = "Café Knätsch", "Bäckerei Öttil & <Jong>"
COFFEE, BREAD = "A coffee", "A loaf & a <bun>"
NEWCOMERS = 120
VISITS_PER_GUEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The links that lead into the two shops: a café without PINs and a bakery that wants one every time."""

    cafe: Shop
    bakery: Shop
    anna: str
    pia: str
    newcomers: tuple[str, ...]


async def found_shops(sandbox: Sandbox, settings: Settings) -> Doors:
    lay_empty_database(settings.database_path)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_database(settings))
        links = Links(sandbox.username, Tokens(SECRET))
        house = House(sandbox, settings, store, links, Surroundings().clock)
        cafe = await house.opens_shop(CAFE, stamps_target=5, reward=COFFEE)
        bakery = await house.opens_shop(
            BAKERY, stamps_target=3, reward=BREAD, require_staff_pin=True, pin_window_minutes=0
        )
        return Doors(
            cafe=cafe,
            bakery=bakery,
            anna=(await house.invites(cafe, "Anna"))[1],
            pia=(await house.invites(bakery, "Pia"))[1],
            newcomers=tuple(
                [(await house.invites(bakery, f"Newcomer {number}"))[1] for number in range(NEWCOMERS)]
            ),
        )


class Town:
    """Everybody works until the town closes; what they asked for is in the book."""

    def __init__(self, sandbox: Sandbox, doors: Doors, seed: int) -> None:
        self.sandbox = sandbox
        self.doors = doors
        self.book = Book()
        self._chance = Random(seed)
        self._is_open = True
        self._guests = 0
        self._workers: dict[str, list[Somebody]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._family: asyncio.Future[CardPage] = asyncio.get_running_loop().create_future()
        """A card on which several people act at once."""

    def opens(self) -> None:
        for work in (self._anna, self._owner, self._pia, self._newcomers, self._stroller):
            name = work.__name__
            self._workers[name] = []
            self._tasks.append(asyncio.create_task(work(Random(self._chance.random())), name=name))

    async def moves_on(self) -> None:
        """Waits until everybody who is still at work got at least one more answer."""
        before = {name: self._steps(name) for name in self._workers}

        def have_all_moved() -> bool:
            self._check()
            return all(
                task.done() or self._steps(task.get_name()) > before[task.get_name()] for task in self._tasks
            )

        await self.sandbox.until(have_all_moved, timeout=120)

    async def closes(self) -> None:
        """Everybody finishes what they are at. Raises what went wrong for any of them."""
        self._is_open = False
        await asyncio.gather(*self._tasks)

    async def is_evacuated(self) -> None:
        """Stops everybody at once, whatever has gone wrong."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _check(self) -> None:
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    def _steps(self, name: str) -> int:
        return sum(somebody.steps for somebody in self._workers[name])

    # -- who works ----------------------------------------------------------------------------------------

    async def _anna(self, chance: Random) -> None:
        """Staff of the café: types, scans, taps twice, takes back."""
        anna = self._clerk("_anna", "Anna", pin=False)
        await anna.starts_work(self.doors.anna, messages=2)
        family = await self._family
        async for guest, card in self._cafe_guests("_anna"):
            await self._visit(anna, guest, card, chance)
            await anna.types_stamps_among_others(family, chance.randint(1, 3))

    async def _owner(self, chance: Random) -> None:
        """The owner of the café, who hears of disputes."""
        paul = self._clerk("_owner", "Paul", pin=False)
        await paul.starts_work(self.doors.cafe.owner_link, messages=3)
        family = await self._family
        async for guest, card in self._cafe_guests("_owner"):
            await self._visit(paul, guest, card, chance)
            await guest.disputes()
            await paul.types_stamps_among_others(family, chance.randint(1, 3))

    async def _pia(self, chance: Random) -> None:
        """Staff of the bakery: a PIN for every act."""
        pia = self._clerk("_pia", "Pia", pin=True)
        await pia.starts_work(self.doors.pia, messages=2)
        async for guest, card in self._bakery_guests("_pia"):
            await self._visit(pia, guest, card, chance)

    async def _newcomers(self, chance: Random) -> None:
        """One after the other joins the bakery's team, chooses a PIN and stamps for the first time."""
        waiting = list(enumerate(self.doors.newcomers))
        async for _, card in self._bakery_guests("_newcomers"):
            if not waiting:
                return
            number, link = waiting.pop(0)
            newcomer = self._clerk("_newcomers", f"Newcomer {number}", pin=True)
            await newcomer.starts_work(link, messages=2)
            await newcomer.types_stamps(card, chance.randint(1, 3))

    async def _stroller(self, chance: Random) -> None:
        """A customer who looks at a card all the time; before, the family gets the card that several people stamp."""
        family = self._guest("_stroller", "Family")
        shared = await family.joins(CAFE, self.doors.cafe.join_link, 5, COFFEE)
        shared.is_shared = True
        self._family.set_result(shared)
        stroller = self._guest("_stroller", "Noa")
        card = await stroller.joins(CAFE, self.doors.cafe.join_link, 5, COFFEE)
        while self._is_open:
            await stroller.shows(card)
            await stroller.reads(card)

    # -- what they do -------------------------------------------------------------------------------------

    async def _visit(self, clerk: Clerk, guest: Guest, card: CardPage, chance: Random) -> None:
        """Three of the things that happen at a counter; then the customer looks at the card."""
        acts: list[Callable[[], Coroutine[Any, Any, object]]] = [
            lambda: self._types(clerk, card, chance),
            lambda: self._scans(clerk, card),
            lambda: self._slips(clerk, card),
            lambda: self._redeems(clerk, card),
            lambda: clerk.types_redeem(card),
            lambda: clerk.is_asked_which_card(card),
        ]
        for act in chance.sample(acts, 3):
            await act()
        await guest.shows(card)

    async def _types(self, clerk: Clerk, card: CardPage, chance: Random) -> None:
        counts = chance.sample([1, 2, 3], 1 if clerk.pin else 3)
        await clerk.types_stamps(card, *counts)

    async def _scans(self, clerk: Clerk, card: CardPage) -> None:
        """A double tap on +1, a double tap on *Undo*, then +2 on a new panel."""
        done = await clerk.taps_stamp(await clerk.scans(card), card, times=2)
        await clerk.taps_undo(done, card, times=2)
        await clerk.taps_stamp(await clerk.scans(card), card, count=2)

    async def _slips(self, clerk: Clerk, card: CardPage) -> None:
        await clerk.types_stamps(card, 3)
        await clerk.types_void(card, card.lines[-1])

    async def _redeems(self, clerk: Clerk, card: CardPage) -> None:
        """A card is filled, its reward handed out by a double tap, given back, and handed out again."""
        done = await clerk.types_stamps(card, card.target)
        done = await clerk.taps_redeem(done, card, times=2)
        await clerk.taps_undo(done, card)
        await clerk.types_redeem(card)

    # -- who comes ----------------------------------------------------------------------------------------

    async def _cafe_guests(self, worker: str) -> AsyncIterator[tuple[Guest, CardPage]]:
        async for found in self._visits(worker, CAFE, self.doors.cafe.join_link, 5, COFFEE):
            yield found

    async def _bakery_guests(self, worker: str) -> AsyncIterator[tuple[Guest, CardPage]]:
        async for found in self._visits(worker, BAKERY, self.doors.bakery.join_link, 3, BREAD):
            yield found

    async def _visits(
        self, worker: str, merchant: str, link: str, target: int, reward: str
    ) -> AsyncIterator[tuple[Guest, CardPage]]:
        """A customer who joins now, for a few visits, then the next, until the town closes."""
        while self._is_open:
            guest = self._guest(worker, "Guest")
            card = await guest.joins(merchant, link, target, reward)
            for _ in range(VISITS_PER_GUEST):
                if self._is_open:
                    yield guest, card

    def _clerk(self, worker: str, name: str, *, pin: bool) -> Clerk:
        clerk = Clerk(self.sandbox, self.book, self.sandbox.person(name, role_hint="staff"), pin=pin)
        self._workers[worker].append(clerk)
        return clerk

    def _guest(self, worker: str, name: str) -> Guest:
        self._guests += 1
        guest = Guest(self.sandbox, self.book, self.sandbox.person(f"{name} & <{self._guests}>"))
        self._workers[worker].append(guest)
        return guest

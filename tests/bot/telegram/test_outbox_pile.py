"""A pile of messages in the outbox, with limits ten times Telegram's enforced: what holds whatever the speed.

``tests/benchmarks/outbox.py`` measures the rest with 10,000 messages and a crash in the middle.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.sandbox import Sandbox
from bot.sandbox.limits import Limits
from domain.ids import CardNumber
from tests.benchmarks.outbox import TOLD, stamp, take_back
from tests.benchmarks.scaled_bot import scaled
from tests.benchmarks.town import FIRST_CUSTOMER, Town, build_town
from tests.support.house import House, house
from tests.support.receipts import entry_of

SCALE = 10
CUSTOMERS, EACH = 60, 5
STRANGERS = 10
OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL"


@dataclass
class Pile:
    """Half of the customers are owed their receipts in a row, the others in turn."""

    home: House
    town: Town

    @property
    def turns(self) -> list[CardNumber]:
        half = len(self.town.numbers) // 2
        in_a_row = [number for number in self.town.numbers[:half] for _ in range(EACH)]
        in_turn = list(self.town.numbers[half:]) * EACH
        pairs = chain.from_iterable(zip_longest(in_a_row, in_turn))
        return [number for number in pairs if number is not None]

    async def grows(self) -> None:
        """Of stamps taken back: what must be noticed is told, however much follows."""
        store, town = self.home.store, self.town
        await asyncio.gather(*(stamp(store, town, number, EACH) for number in town.numbers))
        await asyncio.gather(*(take_back(store, town, number) for number in self.turns))

    def left(self) -> int:
        [[owed]] = self.home.rows(OWED)
        return int(owed)

    def receipts(self) -> dict[int, list[str]]:
        """The entries each customer was told of, in the order in which they were told."""
        found = defaultdict(list)
        for person in self.home.sandbox.people:
            for message in person.messages:
                if (entry := entry_of(message)) is not None and "taken back" in message.content.body.text:
                    found[person.id].append(entry)
        return found

    def entries(self) -> list[str]:
        return [str(entry) for (entry,) in self.home.rows(f"{TOLD} ORDER BY entry_id")]


@pytest.fixture
async def pile(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Pile]:
    scale = getattr(request, "param", SCALE)
    around = Surroundings(limits=scaled(scale))
    async with (
        Sandbox(limits=Limits().scaled(scale)) as sandbox,
        house(tmp_path / "a.db", around, sandbox) as home,
    ):
        town = await build_town(home.store, staff=1, customers=CUSTOMERS)
        for number in range(CUSTOMERS):
            person = sandbox.person(f"Customer {number}", user_id=FIRST_CUSTOMER + number)
            sandbox.world.chats[person.id].started = True
        yield Pile(home, town)


async def test_pile_goes_out_whole_in_each_ones_order_and_below_the_limits(pile: Pile) -> None:
    await pile.grows()
    await pile.home.sandbox.until(lambda: pile.left() == 0)
    told = pile.receipts()
    assert sorted(chain.from_iterable(told.values())) == pile.entries(), "nothing missing, nothing twice"
    assert len(pile.entries()) == CUSTOMERS * EACH
    assert all(entries == sorted(entries) for entries in told.values())
    limiter = pile.home.sandbox.limiter
    assert limiter is not None
    assert not limiter.refused, "no 429"


@pytest.mark.parametrize("pile", [1], indirect=True, ids=["at Telegram's own pace"])
async def test_direct_answers_come_before_the_pile(pile: Pile) -> None:
    strangers = [pile.home.sandbox.person(f"Stranger {number}") for number in range(STRANGERS)]
    await pile.grows()
    left = []
    for stranger in strangers:
        await stranger.sends("/help")
        await stranger.sees("Your card")
        left.append(pile.left())
    assert left[0] > CUSTOMERS * EACH / 2, "the first is answered while most of the pile waits"
    assert left[-1] > 0
    limiter = pile.home.sandbox.limiter
    assert limiter is not None
    assert not limiter.refused

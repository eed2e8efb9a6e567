"""A dispatcher among other processes: while it may count as dead it hands nothing over, and when it did it lets go of
what waits."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest

from bot.delivery.dispatcher import Dispatcher
from bot.kit.lull import Lull
from bot.kit.metrics import BotMetrics, Metrics
from bot.telegram.pacing import Pacer, SendingLimits
from domain.delivery import ChannelKind, Delivered, Delivery
from domain.ids import MessageId
from domain.plumbing import outbox as usecases
from domain.steps import untraced
from tests.bot.telegram.test_bounds import BOT
from tests.bot.telegram.test_lines import leased
from tests.support.clock import Clock
from tests.support.others import ME, Others
from tests.support.patience import PATIENCE_S

ANNA = "1"
HURRIED = SendingLimits(private_chat_per_second=1_000.0)


class Shelf:
    """An outbox and a channel: what is owed is leased once, and handed over when the test lets it."""

    kind = ChannelKind.TELEGRAM
    gives_way = False

    def __init__(self) -> None:
        self.pacer = Pacer(HURRIED, time.monotonic)
        self.owed: list[Delivery] = []
        self.holders: list[str] = []
        self.handed_over: list[MessageId] = []
        self.goes_on = asyncio.Event()
        self.changed = asyncio.Event()

    async def write(self, usecase: Any, command: Any) -> Any:
        if usecase is not usecases.lease_deliveries:
            return 0
        self.holders.append(command.holder)
        found, self.owed = self.owed, []
        return found

    async def glance(self, _usecase: Any, delivery: Delivery) -> Any:
        return SimpleNamespace(message=SimpleNamespace(kind=ChannelKind.TELEGRAM), delivery=delivery)

    async def deliver(self, letter: Any) -> Delivered:
        self.handed_over.append(letter.delivery.message_id)
        self.changed.set()
        await self.goes_on.wait()
        return Delivered("1")

    async def has_handed_over(self, *numbers: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.handed_over != [*numbers]:
                self.changed.clear()
                await self.changed.wait()


class Room:
    def __init__(self) -> None:
        self.shelf, self.others = Shelf(), Others(BOT)
        made: Any = {"channel": self.shelf, "database": self.shelf}  # as much of each as is asked for
        self.dispatcher = Dispatcher(
            **made,
            bot_id=BOT,
            clock=Clock(),
            trace=untraced,
            metrics=BotMetrics(Metrics(), BOT, untraced),
            peers=self.others,
            failed=lambda: None,
            lull=Lull(time.monotonic),
        )


@pytest.fixture
def room() -> Room:
    return Room()


async def some_turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_while_it_may_count_as_dead_it_leases_nothing_and_hands_nothing_over(room: Room) -> None:
    shelf, dispatcher = room.shelf, room.dispatcher
    room.others.is_alive = False
    shelf.owed = [leased(ANNA, 1)]
    works = asyncio.create_task(dispatcher.run())
    await some_turns()
    assert (shelf.holders, shelf.handed_over) == ([], [])
    room.others.is_alive = True
    await shelf.has_handed_over("0001")
    assert set(shelf.holders) == {ME}
    shelf.goes_on.set()
    dispatcher.stop()
    await works


async def test_when_it_counted_as_dead_it_lets_go_of_what_waits(room: Room) -> None:
    """What is being handed over is brought to its end; what waits behind it is the others'."""
    shelf, dispatcher = room.shelf, room.dispatcher
    shelf.owed = [leased(ANNA, 1), leased(ANNA, 2)]
    works = asyncio.create_task(dispatcher.run())
    await shelf.has_handed_over("0001")
    for tell in room.others.losses:
        tell()
    shelf.owed = [leased(ANNA, 3)]
    dispatcher.wake()
    shelf.goes_on.set()
    await shelf.has_handed_over("0001", "0003")
    dispatcher.stop()
    await works


async def test_what_is_leased_again_while_it_is_here_is_handed_over_once(room: Room) -> None:
    """A lease may end while a chat is slow: of what is being handed over, and of what waits behind it."""
    shelf, dispatcher = room.shelf, room.dispatcher
    shelf.owed = [leased(ANNA, 1), leased(ANNA, 2)]
    works = asyncio.create_task(dispatcher.run())
    await shelf.has_handed_over("0001")
    shelf.owed = [leased(ANNA, 1), leased(ANNA, 2), leased(ANNA, 3)]
    dispatcher.wake()
    await some_turns()
    assert shelf.owed == []
    shelf.goes_on.set()
    await shelf.has_handed_over("0001", "0002", "0003")
    dispatcher.stop()
    await works

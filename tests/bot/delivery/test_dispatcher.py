"""A dispatcher by itself: what it begins, lets go of, and leaves for later."""

import asyncio
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot.delivery import dispatcher as module
from bot.delivery.channel import Outcome
from bot.delivery.dispatcher import Dispatcher
from bot.kit.lull import Lull
from bot.kit.metrics import BotMetrics, Metrics
from bot.telegram.pacing import Pacer, SendingLimits
from domain.delivery import ChannelKind, Delivered, Delivery, Later, PredecessorOwed
from domain.ids import MessageId
from domain.plumbing import outbox as usecases
from domain.steps import untraced
from tests.bot.telegram.test_bounds import BOT
from tests.bot.telegram.test_lines import leased
from tests.support.clock import Clock
from tests.support.others import ME, Others
from tests.support.patience import PATIENCE_S

ANNA, BEN, EVA = "1", "2", "3"
HURRIED = SendingLimits(overall_per_second=1_000_000.0, private_chat_per_second=1_000_000.0)


class Shelf:
    """An outbox and a channel: what is owed is leased once, and handed over when the test lets it."""

    kind = ChannelKind.TELEGRAM
    gives_way = False

    def __init__(self) -> None:
        self.pacer = Pacer(HURRIED, time.monotonic)
        self.owed: list[Delivery] = []
        self.holders: list[str] = []
        self.handed_over: list[MessageId] = []
        self.says: list[Outcome] = []
        self.waits: list[usecases.Waits] = []
        self.due_again: list[int] = []
        self.replaces: dict[MessageId, MessageId] = {}
        self.marked: set[MessageId] = set()
        self.goes_on = asyncio.Event()
        self.changed = asyncio.Event()

    async def write(self, usecase: Any, command: Any) -> Any:
        if usecase is usecases.deliveries_wait:
            self.waits += command
            self.changed.set()
        if usecase is usecases.deliveries_made:
            self.marked |= {made.delivery.message_id for made in command}
            return self.due_again.pop(0) if self.due_again else 0
        if usecase is not usecases.lease_deliveries:
            return 0
        self.holders.append(command.holder)
        self.changed.set()
        found, self.owed = self.owed[: command.limit], self.owed[command.limit :]
        return found

    async def glance(self, _usecase: Any, delivery: Delivery) -> Any:
        predecessor = self.replaces.get(delivery.message_id)
        if predecessor is not None and predecessor not in self.marked:
            raise PredecessorOwed
        return SimpleNamespace(message=SimpleNamespace(kind=ChannelKind.TELEGRAM), delivery=delivery)

    async def deliver(self, letter: Any) -> Outcome:
        self.handed_over.append(letter.delivery.message_id)
        self.changed.set()
        await self.goes_on.wait()
        return self.says.pop(0) if self.says else Delivered("1")

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    async def has_handed_over(self, *numbers: str) -> None:
        await self.until(lambda: self.handed_over == [*numbers])


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


async def test_what_replaces_a_message_just_delivered_waits_only_until_that_is_marked(room: Room) -> None:
    shelf, dispatcher = room.shelf, room.dispatcher
    shelf.owed = [leased(ANNA, 1), leased(ANNA, 2)]
    shelf.replaces = {MessageId("0002"): MessageId("0001")}
    shelf.goes_on.set()
    works = asyncio.create_task(dispatcher.run())
    await shelf.has_handed_over("0001", "0002")
    assert shelf.waits == []
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


async def test_what_is_newer_comes_behind_what_had_to_wait(room: Room) -> None:
    """Though its address could have it by now."""
    shelf, dispatcher = room.shelf, room.dispatcher
    shelf.goes_on.set()
    shelf.owed, shelf.says = [leased(ANNA, 1)], [Later("retry_after", 0.0)]
    works = asyncio.create_task(dispatcher.run())
    await shelf.until(lambda: len(shelf.waits) == 1)
    shelf.owed = [leased(ANNA, 2)]
    dispatcher.wake()
    await shelf.until(lambda: len(shelf.waits) == 2)
    older, newer = shelf.waits
    assert (older.delivery, newer.delivery) == (leased(ANNA, 1), leased(ANNA, 2))
    assert older.until < newer.until
    assert shelf.handed_over == ["0001"]
    shelf.owed = [leased(ANNA, 1), leased(ANNA, 2)]
    dispatcher.wake()
    await shelf.has_handed_over("0001", "0001", "0002")
    dispatcher.stop()
    await works


async def test_so_many_chats_that_are_silent_hold_up_all_others(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hangs is bounded."""
    monkeypatch.setattr(module, "SILENT_MAX", 2)
    monkeypatch.setattr(module, "SILENT_AFTER_S", 0.0)
    shelf, dispatcher = room.shelf, room.dispatcher
    shelf.owed = [leased(ANNA, 1), leased(BEN, 2)]
    works = asyncio.create_task(dispatcher.run())
    await shelf.has_handed_over("0001", "0002")
    await some_turns()
    assert len(dispatcher._silent) == 2
    shelf.owed = [leased(EVA, 3)]
    dispatcher.wake()
    await some_turns()
    assert (shelf.owed, shelf.handed_over) == ([], ["0001", "0002"])
    shelf.goes_on.set()
    await shelf.has_handed_over("0001", "0002", "0003")
    dispatcher.stop()
    await works


async def test_pile_is_sent_to_its_end_though_nobody_wakes_who_sends(room: Room) -> None:
    shelf, dispatcher = room.shelf, room.dispatcher
    shelf.goes_on.set()
    shelf.owed = [leased(str(number), number) for number in range(3 * module.LEASED_AT_ONCE_MAX)]
    works = asyncio.create_task(dispatcher.run())
    await shelf.until(lambda: len(shelf.handed_over) == 3 * module.LEASED_AT_ONCE_MAX)
    dispatcher.stop()
    await works


async def test_what_is_due_again_when_it_is_marked_is_looked_for_at_once(room: Room) -> None:
    shelf, dispatcher = room.shelf, room.dispatcher
    shelf.goes_on.set()
    shelf.owed, shelf.due_again = [leased(ANNA, 1)], [1]
    works = asyncio.create_task(dispatcher.run())
    await shelf.until(lambda: len(shelf.holders) == 2)
    dispatcher.stop()
    await works

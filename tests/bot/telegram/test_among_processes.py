"""An inbox among other processes: what they leave to it is handled once, and while it may count as dead it begins
nothing, and lets go of what waits when it did."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from telegram import Bot, Update

from bot.telegram import inbox
from bot.telegram.handling import Answers
from bot.telegram.inbox import Inbox
from domain.ids import UpdateId
from domain.plumbing import inbox as usecases
from domain.steps import untraced
from domain.update import Kept, ReceivedUpdate
from tests.bot.telegram.test_bounds import ANNA, BEN, BOT, says
from tests.support.clock import Clock
from tests.support.others import Others


class Shelf:
    """A database that answers what a test has put there, when the test lets it."""

    def __init__(self) -> None:
        self.for_me: list[ReceivedUpdate] = []
        self.nobodys: list[ReceivedUpdate] = []
        self.after: UpdateId | None = None
        self.may_answer_keeping = asyncio.Event()
        self.may_answer_keeping.set()
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def read(self, usecase: Any, query: Any) -> Any:
        if usecase is usecases.is_something_left:
            return bool(self.nobodys)
        assert usecase is usecases.updates_called_for
        found = [each for each in self.for_me if each.update_id not in query.known][: query.limit]
        self.asked.set()
        await self.may_answer.wait()
        return found

    async def write(self, usecase: Any, command: Any) -> Any:
        if usecase is usecases.take_over:
            taken, self.nobodys = self.nobodys, []
            return taken
        if usecase is usecases.receive_updates:
            await self.may_answer_keeping.wait()
            return [Kept(is_mine=True, after=self.after) for _ in command]
        return None


class Room:
    def __init__(self) -> None:
        self.shelf, self.others = Shelf(), Others(BOT)
        self.handled: list[int] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.changed = asyncio.Event()
        self.inbox = Inbox(
            bot=Bot("1:x"),
            bot_id=BOT,
            database=self.shelf,  # type: ignore[arg-type]  # as much of one as is asked for
            trace=untraced,
            clock=Clock(),
            answers=Answers(
                handle=self._handle,
                apologize=self._never,
                put_off=self._nothing,
                made_good=self._nothing,
            ),
            failed=lambda: None,
            peers=self.others,
        )

    async def _handle(self, update: Update, _came_at: datetime) -> None:
        self.handled.append(update.update_id)
        self.changed.set()
        await self.goes_on.wait()

    async def _nothing(self, _update: Update) -> None: ...

    async def _never(self, _update: Update, _reference: str) -> None:
        raise AssertionError("something was kept aside")

    async def has_handled(self, *numbers: int) -> None:
        async with asyncio.timeout(60):
            while sorted(self.handled) != [*numbers]:
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
def room() -> Room:
    return Room()


async def test_what_others_have_received_is_handled_once_in_order(room: Room) -> None:
    room.shelf.for_me = [says(ANNA, 1), says(ANNA, 2), says(BEN, 3)]
    await room.inbox.fetch()
    await room.inbox.fetch()
    await room.has_handled(1, 2, 3)
    assert [each for each in room.handled if each != 3] == [1, 2]
    await room.inbox.stop()


async def test_what_comes_later_waits_for_what_another_process_has_kept(room: Room) -> None:
    room.shelf.after = UpdateId(1)
    await room.inbox.keep(says(ANNA, 2))
    for _ in range(20):
        await asyncio.sleep(0)
    assert room.handled == []
    room.shelf.for_me = [says(ANNA, 1), says(ANNA, 2)]
    await room.inbox.fetch()
    await room.inbox.keep(says(ANNA, 3))
    room.shelf.after = UpdateId(3)
    await room.inbox.keep(says(ANNA, 4))
    await room.has_handled(1, 2, 3, 4)
    assert room.handled == [1, 2, 3, 4]
    await room.inbox.stop()


async def test_what_is_fetched_before_its_keeping_is_answered_is_handled_once(room: Room) -> None:
    room.shelf.may_answer_keeping.clear()
    keeping = asyncio.create_task(room.inbox.keep(says(ANNA, 1)))
    room.shelf.for_me = [says(ANNA, 1)]
    await room.inbox.fetch()
    await room.has_handled(1)
    room.shelf.may_answer_keeping.set()
    await keeping
    await asyncio.gather(*room.inbox._serving)
    assert room.handled == [1]
    await room.inbox.keep(says(ANNA, 2))
    await room.has_handled(1, 2)
    await room.inbox.stop()


async def test_what_is_marked_while_the_database_answers_is_not_handled_again(room: Room) -> None:
    """Its answer may be older than the mark."""
    room.shelf.for_me = [says(ANNA, 1)]
    room.shelf.may_answer.clear()
    fetching = asyncio.create_task(room.inbox.fetch())
    await room.shelf.asked.wait()
    await room.inbox.keep(says(ANNA, 1))
    await room.has_handled(1)
    marking = asyncio.create_task(room.inbox.marks.run())
    await asyncio.gather(*room.inbox._serving)
    room.inbox.marks.close()
    await marking
    room.shelf.may_answer.set()
    await fetching
    await room.inbox.stop()
    assert room.handled == [1]
    assert not room.inbox._known.all()


async def test_while_it_may_count_as_dead_it_begins_nothing(room: Room) -> None:
    room.others.is_alive = False
    room.shelf.for_me, room.shelf.nobodys = [says(BEN, 2)], [says(BEN, 3)]
    await room.inbox.keep(says(ANNA, 1))
    await room.inbox.fetch()
    assert await room.inbox.look_after() == 0
    for _ in range(20):
        await asyncio.sleep(0)
    assert room.handled == []
    room.others.is_alive = True
    await room.has_handled(1)
    await room.inbox.stop()


async def test_who_counted_as_dead_lets_go_of_what_waits(room: Room) -> None:
    """What is under way is brought to its end; the rest is the others', and may come back."""
    room.goes_on.clear()
    await room.inbox.keep(says(ANNA, 1), says(ANNA, 2), says(BEN, 3))
    await room.has_handled(1, 3)
    for tell in room.others.losses:
        tell()
    room.goes_on.set()
    await asyncio.gather(*room.inbox._serving)
    assert sorted(room.handled) == [1, 3]
    room.shelf.nobodys = [says(ANNA, 2)]
    assert await room.inbox.look_after() == 1
    await room.has_handled(1, 2, 3)
    await room.inbox.stop()


async def test_the_eldest_takes_over_and_nobody_else(room: Room) -> None:
    room.shelf.nobodys = [says(ANNA, 1)]
    room.others.comes()
    assert await room.inbox.look_after() == 0
    room.others.goes()
    assert await room.inbox.look_after() == 1
    await room.has_handled(1)
    assert UpdateId(1) in room.inbox._known
    await room.inbox.stop()


async def test_what_was_under_way_in_a_crash_waits_for_nothing_that_its_own_sender_sent_later(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That comes behind it: they would wait for each other."""
    monkeypatch.setattr(inbox, "AHEAD_WITHIN_S", 3_600.0)
    room.shelf.nobodys = [replace(says(ANNA, 1), attempts=1), says(ANNA, 2), says(BEN, 3)]
    assert await room.inbox.replay() == 3
    await room.has_handled(1, 2, 3)
    assert room.handled == [3, 1, 2]
    await room.inbox.stop()

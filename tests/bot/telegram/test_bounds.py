"""What waits takes no more memory than is stated, and what is large holds up nobody who sends little."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot, Update

from bot.app.database import open_database
from bot.sandbox import Sandbox
from bot.sandbox.qr import draw_qr
from bot.telegram import handling
from bot.telegram import inbox as inbox_room
from bot.telegram.handling import PICTURES_MAX, Answers
from bot.telegram.inbox import Inbox
from bot.telegram.updates import received_update
from domain.ids import BotId
from domain.ports import Database
from domain.steps import untraced
from domain.update import ReceivedUpdate
from tests.bot.telegram.test_webhook import Hook, help_wanted, hook  # noqa: F401
from tests.bot.telegram.updates import in_update, message
from tests.support.clock import Clock
from tests.support.databases import lay_empty_database
from tests.support.house import house, settings_for

BOT = BotId(1)
ANNA, BEN = 1, 2


def says(user_id: int, number: int, text: str = "/help") -> ReceivedUpdate:
    sender = {"id": user_id, "is_bot": False, "first_name": "A"}
    content = message(text=text) | {"from": sender}
    return received_update(BOT, in_update({"message": content}, number))


class Held:
    """An inbox that answers Ben at once and Anna when it is told to."""

    def __init__(self, database: Database) -> None:
        self.goes_on, self.answered = asyncio.Event(), asyncio.Event()
        self.inbox = Inbox(
            bot=Bot("1:x"),
            bot_id=BOT,
            database=database,
            trace=untraced,
            clock=Clock(),
            answers=Answers(
                handle=self._handle,
                apologize=self._nobody,
                put_off=self._nobody_waits,
                made_good=self._nobody_waits,
            ),
            failed=lambda: None,
        )

    async def _handle(self, update: Update, _came_at: datetime) -> None:
        if update.effective_user is not None and update.effective_user.id == ANNA:
            await self.goes_on.wait()
        else:
            asyncio.get_running_loop().call_later(0, self.answered.set)

    async def _nobody_waits(self, _update: Update) -> None: ...

    async def _nobody(self, _update: Update, _reference: str) -> None:
        raise AssertionError("something was kept aside")


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[Held]:
    async with Sandbox() as sandbox:
        lay_empty_database(tmp_path / "a.db")
        async with open_database(settings_for(sandbox, tmp_path / "a.db")) as database:
            held = Held(database)
            yield held
            held.goes_on.set()
            await held.inbox.stop()


async def test_who_is_answered_makes_room_only_when_there_is_some(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch may be more than fits: one that is done does not let the next batch in."""
    monkeypatch.setattr(inbox_room, "BACKLOG_BYTES_MAX", 3 * inbox_room._size_bytes(says(ANNA, 1)))
    await held.inbox.keep(*(says(ANNA, number) for number in range(1, 6)), says(BEN, 6))
    await held.answered.wait()
    assert not held.inbox.has_room.is_set()
    held.goes_on.set()
    await held.inbox.has_room.wait()


async def test_backlog_is_bounded_by_what_it_takes_and_not_by_how_many_it_holds(held: Held) -> None:
    """About the longest text with its entities, and the one that it answers."""
    kept_bytes = longest = 0
    for number in range(1, 200):
        update = says(ANNA, number, "💬" * 10_000)
        longest = len(update.payload)
        kept_bytes += longest
        await held.inbox.keep(update)
        if not held.inbox.has_room.is_set():
            break
    assert inbox_room.BACKLOG_BYTES_MAX / 2 < kept_bytes < inbox_room.BACKLOG_BYTES_MAX + longest


async def test_more_than_fits_is_left_to_telegram_until_there_is_room(
    hook: Hook,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anna = hook.home.sandbox.person("Anna")
    wanted = [help_wanted(anna, number) for number in range(1, 10)]
    one_bytes = inbox_room._size_bytes(received_update(BOT, wanted[0]))
    monkeypatch.setattr(inbox_room, "BACKLOG_BYTES_MAX", 3 * one_bytes)
    slow = hook.home.sandbox.faults.stall(method="sendMessage", chat_id=anna.id)
    assert [await hook.gets(body) for body in wanted] == [200] * 3 + [503] * 6
    assert hook.home.rows("SELECT count(*) FROM inbox") == [(3,)]
    slow.release()
    await hook.home.at_rest()
    assert await hook.gets(wanted[3]) == 200
    await hook.home.at_rest()


async def test_few_pictures_are_in_memory_and_those_that_wait_hold_up_no_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "IN_FLIGHT_MAX", PICTURES_MAX + 1)
    async with house(tmp_path / "a.db") as home:
        looked_at = home.sandbox.faults.stall(method="getFile", count=None)
        people = [home.sandbox.person(f"Person {number}") for number in range(3 * PICTURES_MAX)]
        picture: Any = draw_qr("https://example.com/nobody's")
        for person in people:
            await person.sends_photo(picture)
        await home.until_rows("SELECT count(*) FROM inbox", [(len(people),)])
        await home.sandbox.until(lambda: looked_at.hits == PICTURES_MAX)
        dan = home.sandbox.person("Dan")
        await dan.sends("/help")
        await dan.sees("Your card")
        assert looked_at.hits == PICTURES_MAX
        home.sandbox.faults.clear()
        looked_at.release()
        for person in people:
            await person.sees("This code is not one of our cards")

"""What a crash left: everybody's updates are taken up, and one that may have been the cause holds up nobody.

A crash is what it leaves in the inbox: updates that wait, and some of which it was noted that they were under way.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.app.database import open_database
from bot.sandbox import Fault, FaultKind, Message, Person, Sandbox
from bot.sandbox.qr import draw_qr
from bot.telegram import chat, handling
from domain.ids import UpdateId
from domain.plumbing.inbox import UpdateRef, begin_update, receive_updates
from domain.update import ReceivedUpdate
from tests.support.house import House, house, settings_for

ASIDE = "SELECT update_id FROM inbox WHERE failed_at IS NOT NULL ORDER BY update_id"
ATTEMPTS = (
    "SELECT update_id, attempts FROM inbox WHERE update_id < 100 AND done_at IS NULL ORDER BY update_id"
)
PICTURE = {"photo": [{"file_id": "gone", "file_unique_id": "gone", "width": 90, "height": 90}]}
HELP = {"text": "/help", "entities": [{"type": "bot_command", "offset": 0, "length": 5}]}
PNG = draw_qr("https://example.com/nobody's")
APOLOGY = "tell the shop this reference:"


@dataclass
class Left:
    """An update that nobody brought to its end, and in how many crashes it was under way."""

    person: Person
    what: dict[str, Any]
    crashes: int = 0


@dataclass
class Town:
    sandbox: Sandbox
    path: Path

    def person(self, name: str) -> Person:
        [found] = [person for person in self.sandbox.people if person.name == name]
        return found

    @asynccontextmanager
    async def starts_with(self, *left: Left) -> AsyncIterator[House]:
        settings = settings_for(self.sandbox, self.path)
        async with open_database(settings) as database:
            for number, each in enumerate(left, 1):
                await database.write(receive_updates, [received(settings.bot_id, number, each)])
                for _ in range(each.crashes):
                    ref = UpdateRef(bot_id=settings.bot_id, update_id=UpdateId(number))
                    await database.write(begin_update, ref)
        async with house(self.path, None, self.sandbox) as home:
            yield home


def received(bot_id: Any, number: int, left: Left) -> ReceivedUpdate:
    sender: dict[str, Any] = {"id": left.person.id, "first_name": left.person.name}
    message = {
        "message_id": 1_000 + number,
        "date": 1_781_514_000,
        "chat": sender | {"type": "private"},
        "from": sender | {"is_bot": False},
    }
    payload = json.dumps({"update_id": number, "message": message | left.what})
    return ReceivedUpdate(
        bot_id=bot_id, update_id=UpdateId(number), person_key=left.person.id, payload=payload
    )


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Anna, Ben, Carla and Dan, who have all written to the bot before."""
    async with Sandbox() as sandbox:
        town = Town(sandbox, tmp_path / "a.db")
        async with house(town.path, None, sandbox) as home:
            for name in ("Anna", "Ben", "Carla", "Dan"):
                person = sandbox.person(name)
                await person.sends("/help")
                await person.sees("Your card")
            await home.at_rest()
        yield town


def is_refusal(message: Message) -> bool:
    """Of a picture that Telegram has no longer."""
    return message.from_bot and not message.text.startswith("Your card")


def answered(town: Town) -> list[str]:
    """To whom messages went, in order, since everybody's first."""
    names = {person.id: person.name for person in town.sandbox.people}
    return [names[call.parameters["chat_id"]] for call in town.sandbox.calls_of("sendMessage")[4:]]


async def test_what_was_under_way_in_a_crash_comes_after_everybody_elses(town: Town) -> None:
    anna, ben, carla = (town.person(name) for name in ("Anna", "Ben", "Carla"))
    slow = town.sandbox.faults.stall(method="sendMessage", chat_id=carla.id)
    left = [Left(anna, PICTURE, crashes=1), Left(anna, HELP), Left(ben, HELP), Left(carla, HELP)]
    async with town.starts_with(*left) as home:
        await ben.sees("Your card", new=True)
        await town.sandbox.until(lambda: slow.hits)
        await town.person("Dan").sends("/help")
        await town.person("Dan").sees("Your card", new=True)
        assert "Anna" not in answered(town)
        slow.release()
        await anna.sees("Your card", new=True)
        await home.at_rest()
        assert home.rows(ASIDE) == []
        assert sorted(answered(town)[:3]) == ["Ben", "Carla", "Dan"]
        assert answered(town)[3:] == ["Anna", "Anna"]


async def test_two_that_were_under_way_in_a_crash_are_never_under_way_together_again(town: Town) -> None:
    anna, ben, carla = (town.person(name) for name in ("Anna", "Ben", "Carla"))
    slow = town.sandbox.faults.stall(method="getFile")
    left = [Left(anna, PICTURE, crashes=1), Left(ben, PICTURE, crashes=1), Left(carla, PICTURE)]
    async with town.starts_with(*left) as home:
        await town.sandbox.until(lambda: slow.hits)
        await town.person("Dan").sends("/help")
        await town.person("Dan").sees("Your card", new=True)
        assert home.rows(ATTEMPTS)[:2] == [(1, 1), (2, 1)]
        slow.release()
        slow = town.sandbox.faults.stall(method="getFile")
        await town.sandbox.until(lambda: slow.hits)
        assert home.rows(ATTEMPTS)[:2] == [(1, 2), (2, 1)]
        slow.release()
        await ben.sees(is_refusal, new=True)
        await home.at_rest()
        assert home.rows(ASIDE) == []


async def test_picture_that_was_under_way_in_two_crashes_is_kept_aside_and_its_sender_told(
    town: Town,
) -> None:
    anna, ben = town.person("Anna"), town.person("Ben")
    left = [Left(anna, PICTURE, crashes=2), Left(anna, HELP), Left(ben, PICTURE)]
    async with town.starts_with(*left) as home:
        await anna.sees(APOLOGY, new=True)
        await anna.sees("Your card", new=True)
        await ben.sees(is_refusal, new=True)
        await home.at_rest()
        assert home.rows(ASIDE) == [(1,)]
        assert not town.sandbox.calls_of("getFile")[1:]


@pytest.mark.parametrize(("crashes", "aside"), [(9, []), (10, [(1,)])])
async def test_words_that_were_under_way_in_too_many_crashes_are_kept_aside(
    crashes: int, aside: list[tuple[int]], town: Town
) -> None:
    anna = town.person("Anna")
    async with town.starts_with(Left(anna, HELP, crashes=crashes)) as home:
        await anna.sees(APOLOGY if aside else "Your card", new=True)
        await home.at_rest()
        assert home.rows(ASIDE) == aside


async def test_only_what_has_begun_counts_however_often_the_bot_starts(town: Town) -> None:
    anna = town.person("Anna")
    slow = town.sandbox.faults.stall(method="sendMessage", chat_id=anna.id)
    async with town.starts_with(Left(anna, HELP), Left(anna, HELP)) as home:
        await town.sandbox.until(lambda: slow.hits)
        assert home.rows(ATTEMPTS) == [(1, 1), (2, 0)]
        slow.release()
        await home.at_rest()


async def test_picture_is_noted_before_anybody_looks_at_it_and_words_never(town: Town) -> None:
    anna, ben = town.person("Anna"), town.person("Ben")
    async with town.starts_with() as home:
        slow = [town.sandbox.faults.stall(method=method) for method in ("getFile", "sendMessage")]
        await anna.sends_photo(PNG)
        await ben.sends("/help")
        await town.sandbox.until(lambda: all(each.hits for each in slow))
        found = home.rows("SELECT person_key, attempts FROM inbox WHERE done_at IS NULL")
        assert sorted(found) == sorted([(anna.id, 1), (ben.id, 0)])
        for each in slow:
            each.release()
        await home.at_rest()


async def test_try_that_failed_without_ending_the_process_does_not_count(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(handling, "FIRST_WAIT_S", 3600.0)
    anna = town.person("Anna")
    town.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, method="getFile", count=None))
    async with town.starts_with(Left(anna, PICTURE)) as home:
        await town.sandbox.until(lambda: len(town.sandbox.calls_of("getFile")) == chat.QUICK_TRIES)
        await home.until_rows(ATTEMPTS, [(1, 0)])
    town.sandbox.faults.clear()
    async with town.starts_with() as home:
        await anna.sees(is_refusal, new=True)
        await home.at_rest()
        assert home.rows(ASIDE) == []


async def test_starts_are_no_crashes_however_many_an_update_waits_through(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each start tries it, and is stopped in order while it waits for another try."""
    monkeypatch.setattr(chat, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(handling, "FIRST_WAIT_S", 3600.0)
    anna = town.person("Anna")
    town.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, method="getFile", count=None))
    left = [Left(anna, PICTURE)]
    for number in range(1, handling.PICTURE_CRASHES_MAX + 3):
        async with town.starts_with(*left) as home:
            tries = number * chat.QUICK_TRIES
            await town.sandbox.until(lambda tries=tries: len(town.sandbox.calls_of("getFile")) == tries)  # type: ignore[misc]
            await home.until_rows(ATTEMPTS, [(1, 0)])
        left = []
    town.sandbox.faults.clear()
    async with town.starts_with() as home:
        await anna.sees(is_refusal, new=True)
        await home.at_rest()
        assert home.rows(ASIDE) == []

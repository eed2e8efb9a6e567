"""The inbox: what nobody can read holds up nobody, whether it comes from Telegram or lies there at the start."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.app.main import open_database
from bot.app.process import Surroundings
from bot.sandbox import Sandbox
from domain.ids import UpdateId
from domain.plumbing import inbox
from domain.plumbing.inbox import receive_updates
from domain.ports import DatabaseUnavailable, Tx
from domain.update import ReceivedUpdate
from tests.support.house import UNHURRIED, House, house, settings_for

ASIDE = "SELECT update_id, payload FROM inbox WHERE failed_at IS NOT NULL ORDER BY update_id"
UNREADABLE: dict[str, Any] = {"message_id": 1, "date": "yesterday", "chat": 7}


async def test_update_that_cannot_be_read_is_kept_aside_as_it_came_and_holds_up_no_other(home: House) -> None:
    anna, ben = home.sandbox.person("Anna"), home.sandbox.person("Ben")
    update = home.sandbox.world.updates.add("message", UNREADABLE)
    assert update is not None
    for person in (anna, ben):
        await person.sends("/help")
        await person.sees("Your card")
    await home.at_rest()
    [(update_id, payload)] = home.rows(ASIDE)
    assert update_id == update.update_id
    assert '"date":"yesterday"' in payload.replace(" ", "")


async def test_start_with_an_update_that_cannot_be_read_goes_on_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with Sandbox() as sandbox:
        async with open_database(settings_for(sandbox, path)) as database:
            bot_id = settings_for(sandbox, path).bot_id
            left = [
                ReceivedUpdate(bot_id=bot_id, update_id=UpdateId(number), person_key=7, payload=payload)
                for number, payload in enumerate(("{}", "no JSON", '{"update_id": 3, "message": "x"}'), 1)
            ]
            await database.write(receive_updates, left)
        async with house(path, Surroundings(limits=UNHURRIED), sandbox) as home:
            anna = sandbox.person("Anna")
            await anna.sends("/help")
            await anna.sees("Your card")
            await home.at_rest()
            assert home.rows(ASIDE) == [(each.update_id, each.payload) for each in left]


async def test_update_that_cannot_be_kept_is_not_confirmed_and_comes_again(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    outages = [DatabaseUnavailable("the disk is full")]

    def fails_once(*, tx: Tx, command: Sequence[ReceivedUpdate]) -> Sequence[bool]:
        if outages:
            raise outages.pop()
        return receive_updates(tx=tx, command=command)

    monkeypatch.setattr(inbox, "receive_updates", fails_once)
    anna = home.sandbox.person("Anna")
    await anna.sends("/help")
    await anna.sees("Your card")
    assert not outages


async def test_updates_of_one_person_are_answered_one_after_the_other(home: House) -> None:
    anna, ben = home.sandbox.person("Anna"), home.sandbox.person("Ben")
    stalled = home.sandbox.faults.stall(method="sendMessage", chat_id=anna.id, count=None)
    await anna.sends("/help")
    await home.sandbox.until(lambda: stalled.hits)
    await anna.sends("/language")
    await ben.sends("/help")
    await ben.sees("Your card")
    assert stalled.hits == 1
    stalled.release()
    await anna.sees("Which language")
    await home.at_rest()
    assert home.rows("SELECT count(*) FROM inbox WHERE done_at IS NULL") == [(0,)]

"""The inbox: what nobody can read holds up nobody, whether it comes from Telegram or lies there at the start."""

from pathlib import Path
from typing import Any

from bot.app.main import open_database
from bot.app.process import Surroundings
from bot.sandbox import Sandbox
from domain.ids import UpdateId
from domain.plumbing.inbox import receive_updates
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

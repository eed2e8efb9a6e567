"""The inbox: what nobody can read holds up nobody, whether it comes from Telegram or lies there at the start."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.app.database import open_database
from bot.app.process import Surroundings
from bot.jobs.dead_letters import report_dead_letters
from bot.jobs.means import Means
from bot.sandbox import Person, Sandbox
from domain.ids import UpdateId
from domain.plumbing import inbox
from domain.plumbing.inbox import receive_updates
from domain.ports import DatabaseUnavailable, Tx
from domain.update import Kept, ReceivedUpdate
from tests.support.databases import lay_empty_database
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


async def test_updates_of_one_person_are_answered_one_after_the_other(home: House) -> None:
    anna, ben = home.sandbox.person("Anna"), home.sandbox.person("Ben")
    slow = home.sandbox.faults.stall(method="sendMessage", chat_id=anna.id)
    for words in ("/help", "/balance", "/help"):
        await anna.sends(words)
    await home.sandbox.until(lambda: slow.hits)
    await ben.sends("/help")
    await ben.sees("Your card")
    assert len([message for message in anna.messages if message.from_bot]) == 1
    slow.release()
    await home.at_rest()
    said = [message.text[:9] for message in anna.messages if message.from_bot]
    assert said == ["Your card", "You have ", "Your card"]


def writes(person: Person, **others: Any) -> dict[str, Any]:
    """A message as Telegram writes it, with ``others`` among its fields."""
    sender = {"id": person.id, "first_name": person.name}
    chat = sender | {"type": "private"}
    return {
        "message_id": 99,
        "date": 1_781_514_000,
        "chat": chat,
        "from": sender | {"is_bot": False},
    } | others


POLL = {"id": "5", "question": "Tea?", "options": [], "total_voter_count": 0, "is_closed": False}
"""As Telegram wrote polls before version 9.6 of its Bot API; python-telegram-bot cannot read them any more."""
DEEP = msgspec.Raw(b'{"quote":' * 2_000 + b'"[{\\"]}"' + b"}" * 2_000)
STRANGE: dict[str, dict[str, Any]] = {
    "a poll of before": {"poll": POLL},
    "an answer to a poll of before": {"reply_to_message": {"message_id": 1, "date": 1, "poll": POLL}},
    "a date past the calendar": {"date": 10**12},
    "a date past 63 bits": {"date": 2**63},
    "a person past 63 bits": {"from": {"id": 2**63, "first_name": "A", "is_bot": False}},
    "a chat that is a word": {"chat": "x"},
    "two thousand levels": {"quote": DEEP},
}


@pytest.mark.parametrize("what", STRANGE)
async def test_update_that_no_telegram_sends_or_nobody_reads_is_kept_aside_and_the_rest_of_its_batch_answered(
    what: str, home: House
) -> None:
    anna, ben = home.sandbox.person("Anna"), home.sandbox.person("Ben")
    await anna.sends("/help")
    strange = home.sandbox.world.updates.add("message", writes(anna, **STRANGE[what]))
    await ben.sends("/help")
    for person in (anna, ben):
        await person.sees("Your card")
    await home.at_rest()
    assert strange is not None
    [(update_id, payload)] = home.rows(ASIDE)
    assert update_id == strange.update_id
    assert payload == msgspec.json.encode(strange.as_json()).decode()


async def test_operators_hear_of_an_update_that_nobody_can_read(
    tmp_path: Path, all_means: list[Means]
) -> None:
    olivia_id = 7_200_000_001
    async with (
        Sandbox() as sandbox,
        house(tmp_path / "a.db", None, sandbox, operator_ids=(olivia_id,)) as home,
    ):
        olivia = sandbox.person("Olivia", user_id=olivia_id)
        await olivia.sends("/help")
        strange = sandbox.world.updates.add("message", writes(olivia, poll=POLL))
        await home.at_rest()
        assert strange is not None
        assert await report_dead_letters(all_means[0]) == 1
        told = await olivia.sees("1 message to the bot could not be handled", new=True)
        assert f"{strange.update_id}: " in told.text


async def test_update_whose_number_no_telegram_gives_holds_up_no_other(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    anna, ben = home.sandbox.person("Anna"), home.sandbox.person("Ben")
    queue = home.sandbox.world.updates
    next_id, queue._next_id = queue._next_id, 2**63
    queue.add("message", writes(anna, text="my PIN is 2580"))
    queue._next_id = next_id
    for person in (anna, ben):
        await person.sends("/help")
        await person.sees("Your card")
    assert "whose number nobody can confirm" in caplog.text
    assert "2580" not in caplog.text


async def test_start_with_an_update_that_cannot_be_read_goes_on_with_the_rest(tmp_path: Path) -> None:
    path = lay_empty_database(tmp_path / "a.db")
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

    def fails_once(*, tx: Tx, command: Sequence[ReceivedUpdate]) -> Sequence[Kept]:
        if outages:
            raise outages.pop()
        return receive_updates(tx=tx, command=command)

    monkeypatch.setattr(inbox, "receive_updates", fails_once)
    anna = home.sandbox.person("Anna")
    await anna.sends("/help")
    await anna.sees("Your card")
    assert not outages


async def test_update_that_was_kept_by_a_disk_that_stood_still_until_nobody_waited_is_handled_all_the_same(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    outages = [DatabaseUnavailable("the disk does not answer")]
    write = home.store.write

    async def writes_late(usecase: Any, command: Any) -> Any:
        done = await write(usecase, command)
        if usecase is receive_updates and outages:
            raise outages.pop()
        return done

    monkeypatch.setattr(home.store, "write", writes_late)
    anna = home.sandbox.person("Anna")
    await anna.sends("/help")
    await anna.sees("Your card")
    await home.at_rest()
    assert not outages
    assert sum("Your card" in message.text for message in anna.messages) == 1

"""getUpdates: what is confirmed, what comes again, who is told to stop."""

import asyncio
from typing import Any

import pytest

from bot.sandbox import Person, Sandbox
from bot.sandbox.people import CannotDo
from tests.bot.sandbox.api import Api, keyboard, png

CONFLICT = (
    "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def polling(sandbox: Sandbox, older: object = None) -> object:
    """Waits until a poll other than `older` waits for updates."""
    updates = sandbox.world.updates
    return await sandbox.until(lambda: updates.poller if updates.poller is not older else None)


async def test_unconfirmed_updates_come_again(api: Api, anna: Person) -> None:
    await anna.sends("one")
    await anna.sends("two")
    first = await api.ok("getUpdates")
    assert texts(first) == ["one", "two"]
    assert await api.ok("getUpdates") == first
    assert await api.ok("getUpdates", offset=first[0]["update_id"]) == first
    assert texts(await api.ok("getUpdates", offset=first[1]["update_id"])) == ["two"]
    assert await api.ok("getUpdates", offset=first[1]["update_id"] + 1) == []
    assert await api.ok("getUpdates") == []


async def test_update_ids_grow_by_one(api: Api, anna: Person) -> None:
    for text in ("one", "two", "three"):
        await anna.sends(text)
    ids = [update["update_id"] for update in await api.ok("getUpdates")]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]


async def test_limit_bounds_what_comes_at_once(api: Api, anna: Person) -> None:
    for text in ("one", "two", "three"):
        await anna.sends(text)
    assert texts(await api.ok("getUpdates", limit=2)) == ["one", "two"]
    assert await api.refused("getUpdates", limit=101) == "400 Bad Request: limit must be from 1 to 100"
    assert await api.refused("getUpdates", limit=0) == "400 Bad Request: limit must be from 1 to 100"


async def test_negative_offset_forgets_all_but_the_last(api: Api, anna: Person) -> None:
    for text in ("one", "two", "three"):
        await anna.sends(text)
    assert texts(await api.ok("getUpdates", offset=-2)) == ["two", "three"]
    assert texts(await api.ok("getUpdates")) == ["two", "three"]


async def test_long_poll_ends_when_an_update_comes(api: Api, anna: Person, sandbox: Sandbox) -> None:
    poll = asyncio.create_task(api.ok("getUpdates", timeout=50))
    await polling(sandbox)
    await anna.sends("now")
    assert texts(await poll) == ["now"]


async def test_long_poll_ends_empty_after_its_timeout(api: Api, anna: Person) -> None:
    assert await api.ok("getUpdates", timeout=1) == []
    assert (await api.refused("getUpdates", timeout=-1)).startswith("400")


async def test_older_of_two_pollers_is_told_to_stop(api: Api, anna: Person, sandbox: Sandbox) -> None:
    older = asyncio.create_task(api.refused("getUpdates", timeout=50))
    waiting = await polling(sandbox)
    newer = asyncio.create_task(api.ok("getUpdates", timeout=50))
    assert await older == CONFLICT
    await polling(sandbox, waiting)
    await anna.sends("mine")
    assert texts(await newer) == ["mine"]


async def test_poll_while_a_webhook_is_set_is_a_conflict(api: Api, sandbox: Sandbox) -> None:
    poll = asyncio.create_task(api.refused("getUpdates", timeout=50))
    await polling(sandbox)
    await api.ok("setWebhook", url="http://127.0.0.1:9/")
    assert await poll == "409 Conflict: terminated by setWebhook request"
    assert (await api.refused("getUpdates")).startswith(
        "409 Conflict: can't use getUpdates method while webhook"
    )
    await api.ok("deleteWebhook")
    assert await api.ok("getUpdates") == []


async def test_allowed_updates_are_remembered(api: Api, anna: Person) -> None:
    await api.ok("getUpdates", allowed_updates=["callback_query"])
    await anna.sends("unheard")
    assert await api.ok("getUpdates") == []
    await api.ok("getUpdates", allowed_updates=[])
    await anna.sends("heard")
    assert texts(await api.ok("getUpdates")) == ["heard"]
    refusal = await api.refused("getUpdates", allowed_updates=["mesage"])
    assert refusal == "400 Bad Request: allowed_updates: unknown update type mesage"


async def test_stop_ends_a_waiting_poll(api: Api, sandbox: Sandbox) -> None:
    poll = asyncio.create_task(api.ok("getUpdates", timeout=50))
    await polling(sandbox)
    await sandbox.stop()
    assert await poll == []


# -- what the updates say ----------------------------------------------------------------------------------


async def test_message_update_is_as_telegram_writes_it(api: Api, anna: Person) -> None:
    await anna.sends("/stamp 482 109 375")
    message = (await api.ok("getUpdates"))[0]["message"]
    assert message["from"] == {"id": anna.id, "is_bot": False, "first_name": "Anna", "language_code": "de"}
    assert message["chat"] == {"id": anna.id, "type": "private", "first_name": "Anna"}
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert anna.id > 2**32


async def test_photo_update_lists_its_sizes(api: Api, anna: Person) -> None:
    await anna.sends_photo(png(400, 200), caption="Look")
    message = (await api.ok("getUpdates"))[0]["message"]
    assert [(size["width"], size["height"]) for size in message["photo"]] == [
        (90, 45),
        (320, 160),
        (400, 200),
    ]
    assert message["caption"] == "Look"


async def test_document_update_carries_the_file(api: Api, anna: Person) -> None:
    await anna.sends_document(b"1;2", "list.csv")
    document = (await api.ok("getUpdates"))[0]["message"]["document"]
    assert (document["file_name"], document["file_size"]) == ("list.csv", 3)


async def test_location_is_a_message_without_words(api: Api, anna: Person) -> None:
    await anna.sends_location(49.6116, 6.1319)
    message = (await api.ok("getUpdates"))[0]["message"]
    assert message["location"] == {"latitude": 49.6116, "longitude": 6.1319}
    assert "text" not in message
    with pytest.raises(CannotDo, match="no such place"):
        await anna.sends_location(91, 0)


async def test_press_carries_the_message_and_the_chat_instance(api: Api, anna: Person) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="?", reply_markup=keyboard(callback_data="yes"))
    await anna.taps("yes")
    query = (await api.ok("getUpdates"))[0]["callback_query"]
    assert (query["data"], query["message"]["text"], query["from"]["id"]) == ("yes", "?", anna.id)
    assert query["chat_instance"]


async def test_forged_press_arrives_and_so_does_one_on_a_deleted_message(api: Api, anna: Person) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="?", reply_markup=keyboard(callback_data="yes"))
    message = anna.last
    await anna.presses_raw("admin", message)
    await api.ok("deleteMessage", chat_id=anna.id, message_id=message.id)
    await anna.presses_raw("late", message)
    forged, late = [update["callback_query"] for update in await api.ok("getUpdates")]
    assert forged["data"] == "admin"
    assert late["message"] == {"chat": forged["message"]["chat"], "message_id": message.id, "date": 0}


async def test_blocking_and_unblocking_tell_the_bot(api: Api, anna: Person) -> None:
    anna.blocks_bot()
    anna.blocks_bot()
    await anna.opens("https://t.me/stempel_demo_bot?start=again")
    blocked, unblocked, start = await api.ok("getUpdates")
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert unblocked["my_chat_member"]["old_chat_member"]["status"] == "kicked"
    assert unblocked["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert start["message"]["text"] == "/start again"


@pytest.mark.parametrize("name_wanted", [True, False])
async def test_picked_people_are_shared(name_wanted: bool, api: Api, anna: Person, sandbox: Sandbox) -> None:
    ben = sandbox.person("Ben", username="ben_k")
    request = {"request_id": 7, "request_name": name_wanted}
    await api.ok(
        "sendMessage",
        chat_id=anna.id,
        text="Who?",
        reply_markup={"keyboard": [[{"text": "Pick", "request_users": request}]]},
    )
    await anna.taps("Pick", picks=[ben])
    shared = (await api.ok("getUpdates"))[0]["message"]["users_shared"]
    name = {"first_name": "Ben"} if name_wanted else {}
    assert shared == {"request_id": 7, "users": [{"user_id": ben.id, **name}]}


async def test_chats_survive_an_outage(api: Api, anna: Person, sandbox: Sandbox) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    await anna.sends("before")
    await sandbox.stop()
    await anna.sends("meanwhile")
    await sandbox.start(port=port)
    updates = await api.ok("getUpdates")
    assert texts(updates) == ["before", "meanwhile"]
    poll = asyncio.create_task(api.ok("getUpdates", offset=updates[-1]["update_id"] + 1, timeout=50))
    await polling(sandbox)
    await anna.sends("after")
    assert texts(await poll) == ["after"]

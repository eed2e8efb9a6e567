"""Editing, deleting, and answering presses."""

from typing import Any

import aiohttp
import pytest

from bot.sandbox import Person, Sandbox
from tests.bot.sandbox.api import Api, keyboard, png

NOT_MODIFIED = (
    "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
ROW = keyboard(callback_data="a")


async def sent(api: Api, person: Person, **more: Any) -> dict[str, int]:
    """A message of the bot, as the parameters that name it."""
    message = await api.ok("sendMessage", **{"chat_id": person.id, "text": "Hello", **more})
    return {"chat_id": person.id, "message_id": message["message_id"]}


async def sent_photo(api: Api, person: Person, **more: Any) -> dict[str, int]:
    body = await api.upload("sendPhoto", {"photo": ("a.png", png())}, chat_id=person.id, **more)
    return {"chat_id": person.id, "message_id": body["result"]["message_id"]}


async def test_edited_text_shows_in_place(api: Api, anna: Person) -> None:
    place = await sent(api, anna, reply_markup=ROW)
    result = await api.ok("editMessageText", **place, text="<b>Bye</b>", parse_mode="HTML")
    assert result["edit_date"] >= result["date"]
    assert "reply_markup" not in result
    assert (anna.last.text, anna.last.html, anna.last.inline, anna.last.edited) == (
        "Bye",
        "<b>Bye</b>",
        (),
        True,
    )
    assert len(anna.messages) == 2


@pytest.mark.parametrize(
    ("before", "edit"),
    [
        ({}, {"text": "Hello"}),
        ({}, {"text": " Hello\n"}),
        ({"reply_markup": ROW}, {"text": "Hello", "reply_markup": ROW}),
        (
            {"text": "<b>Hello</b>", "parse_mode": "HTML"},
            {"text": "<strong>Hello</strong>", "parse_mode": "HTML"},
        ),
        ({}, {"text": "Hello", "reply_markup": {"inline_keyboard": []}}),
    ],
    ids=["text", "trimmed text", "text and keyboard", "other tag for the same", "empty keyboard for none"],
)
async def test_edit_that_changes_nothing_is_refused(
    before: dict[str, Any], edit: dict[str, Any], api: Api, anna: Person
) -> None:
    place = await sent(api, anna, **before)
    assert await api.refused("editMessageText", **place, **edit) == NOT_MODIFIED


async def test_edit_of_the_keyboard_alone_is_a_change(api: Api, anna: Person) -> None:
    place = await sent(api, anna)
    await api.ok("editMessageReplyMarkup", **place, reply_markup=ROW)
    assert (list(anna.last.button_texts), anna.last.edited) == (["Tap"], False)
    assert await api.refused("editMessageReplyMarkup", **place, reply_markup=ROW) == NOT_MODIFIED
    await api.ok("editMessageReplyMarkup", **place)
    assert list(anna.last.button_texts) == []


@pytest.mark.parametrize("method", ["editMessageText", "editMessageCaption", "editMessageReplyMarkup"])
async def test_only_a_message_that_is_there_can_be_edited(method: str, api: Api, anna: Person) -> None:
    text = {"text": "x"} if method == "editMessageText" else {}
    missing = {"chat_id": anna.id, "message_id": 99}
    assert await api.refused(method, **missing, **text) == "400 Bad Request: message to edit not found"
    nameless = await api.refused(method, chat_id=anna.id, **text)
    assert nameless == "400 Bad Request: message identifier is not specified"


async def test_message_of_the_person_cannot_be_edited(api: Api, anna: Person) -> None:
    own = await anna.sends("Hello")
    refusal = await api.refused("editMessageText", chat_id=anna.id, message_id=own.id, text="x")
    assert refusal == "400 Bad Request: message can't be edited"


@pytest.mark.parametrize("markup", [{"keyboard": [["A"]]}, {"remove_keyboard": True}, {"force_reply": True}])
async def test_message_with_another_keyboard_cannot_be_edited(
    markup: dict[str, Any], api: Api, anna: Person
) -> None:
    place = await sent(api, anna, reply_markup=markup)
    assert (
        await api.refused("editMessageText", **place, text="x") == "400 Bad Request: message can't be edited"
    )


async def test_text_and_caption_are_not_mixed_up(api: Api, anna: Person) -> None:
    text, photo = await sent(api, anna), await sent_photo(api, anna)
    no_caption = await api.refused("editMessageCaption", **text, caption="x")
    assert no_caption == "400 Bad Request: there is no caption in the message to edit"
    no_text = await api.refused("editMessageText", **photo, text="x")
    assert no_text == "400 Bad Request: there is no text in the message to edit"


async def test_caption_is_edited_within_its_length(api: Api, anna: Person) -> None:
    place = await sent_photo(api, anna, caption="Old")
    assert (await api.ok("editMessageCaption", **place, caption="New"))["caption"] == "New"
    too_long = await api.refused("editMessageCaption", **place, caption="x" * 1025)
    assert too_long == "400 Bad Request: message caption is too long"
    assert "caption" not in await api.ok("editMessageCaption", **place)


async def test_media_is_replaced_by_an_upload_or_a_file_id(api: Api, anna: Person) -> None:
    place = await sent_photo(api, anna)
    first = anna.last.photo
    media = {"type": "photo", "media": "attach://new", "caption": "Two"}
    body = await api.upload("editMessageMedia", {"new": ("b.png", png(80, 80))}, **place, media=media)
    assert body["result"]["caption"] == "Two"
    assert anna.last.photo not in (first, None)
    same = {"type": "photo", "media": body["result"]["photo"][0]["file_id"], "caption": "Two"}
    assert await api.refused("editMessageMedia", **place, media=same) == NOT_MODIFIED
    lost = {"type": "photo", "media": "attach://gone"}
    assert 'no file part is named "gone"' in await api.refused("editMessageMedia", **place, media=lost)


async def test_media_may_become_a_document(api: Api, anna: Person) -> None:
    place = await sent(api, anna)
    media = {"type": "document", "media": "attach://file"}
    body = await api.upload("editMessageMedia", {"file": ("a.csv", b"1")}, **place, media=media)
    assert body["result"]["document"]["file_name"] == "a.csv"


async def test_blocked_bot_cannot_edit(api: Api, anna: Person) -> None:
    place = await sent(api, anna)
    anna.blocks_bot()
    assert (
        await api.refused("editMessageText", **place, text="x")
        == "403 Forbidden: bot was blocked by the user"
    )


# -- deleting ----------------------------------------------------------------------------------------------


async def test_message_is_deleted_once(api: Api, anna: Person) -> None:
    place = await sent(api, anna)
    assert await api.ok("deleteMessage", **place) is True
    assert all(not message.from_bot for message in anna.messages)
    assert anna.history[-1].deleted
    assert await api.refused("deleteMessage", **place) == "400 Bad Request: message to delete not found"
    assert (
        await api.refused("editMessageText", **place, text="x")
        == "400 Bad Request: message to edit not found"
    )


async def test_message_of_the_person_can_be_deleted(api: Api, anna: Person) -> None:
    pin = await anna.sends("4711")
    await api.ok("deleteMessage", chat_id=anna.id, message_id=pin.id)
    assert "4711" not in [message.text for message in anna.messages]


async def test_message_older_than_48_hours_stays() -> None:
    now = [1_000_000.0]
    async with Sandbox(clock=lambda: now[0]) as sandbox:
        anna = sandbox.person("Anna")
        old = await anna.sends("Hello")
        now[0] += 48 * 3600 + 1
        async with aiohttp.ClientSession() as http:
            refusal = await Api(sandbox, http).refused("deleteMessage", chat_id=anna.id, message_id=old.id)
    assert refusal == "400 Bad Request: message can't be deleted"


# -- answering presses -------------------------------------------------------------------------------------


async def press(api: Api, person: Person) -> str:
    """The id of a callback query that waits for an answer."""
    await sent(api, person, reply_markup=ROW)
    await person.taps("Tap")
    updates = await api.ok("getUpdates")
    query_id: str = updates[-1]["callback_query"]["id"]
    return query_id


async def test_press_is_answered_once(api: Api, anna: Person) -> None:
    query_id = await press(api, anna)
    assert (
        await api.ok("answerCallbackQuery", callback_query_id=query_id, text="Done", show_alert=True) is True
    )
    answer = await anna.answered("Done")
    assert (answer.text, answer.alert) == ("Done", True)
    refusal = await api.refused("answerCallbackQuery", callback_query_id=query_id)
    assert refusal == (
        "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"callback_query_id": "5"}, "query is too old and response timeout expired or query ID is invalid"),
        ({"text": "x" * 201}, "MESSAGE_TOO_LONG"),
        ({"url": "https://a.lu"}, "URL_INVALID"),
        ({"url": "https://t.me/other_bot?start=x"}, "URL_INVALID"),
    ],
)
async def test_wrong_answer_is_refused(answer: dict[str, Any], expected: str, api: Api, anna: Person) -> None:
    query_id = await press(api, anna)
    refusal = await api.refused("answerCallbackQuery", **{"callback_query_id": query_id, **answer})
    assert refusal == f"400 Bad Request: {expected}"


async def test_answer_may_be_200_long_or_a_link_to_the_bot(api: Api, anna: Person, sandbox: Sandbox) -> None:
    await api.ok("answerCallbackQuery", callback_query_id=await press(api, anna), text="x" * 200)
    await api.ok("answerCallbackQuery", callback_query_id=await press(api, anna), url=sandbox.link("x"))
    assert (await anna.answered()).url == sandbox.link("x")

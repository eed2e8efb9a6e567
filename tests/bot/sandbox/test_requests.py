"""How a request may arrive, and what is refused before anything happens."""

import json
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Person, Sandbox
from tests.bot.sandbox.api import Api, keyboard, png

BUTTONS = {"inline_keyboard": [[{"text": "A", "callback_data": "a", "style": "danger"}]]}


async def test_wrong_token_is_unauthorized(sandbox: Sandbox, api: Api) -> None:
    async with api.http.get(f"{sandbox.url}/bot1:WRONG/getMe") as answer:
        body = await answer.text()
    assert json.loads(body) == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert answer.status == 401


async def test_unknown_method_is_not_found(api: Api) -> None:
    assert await api.refused("sendKiss") == "404 Not Found: method not found"


async def test_method_names_do_not_mind_case(api: Api) -> None:
    assert (await api.ok("GETME"))["username"] == "stempel_demo_bot"


def parameters(anna: Person) -> dict[str, str]:
    """As a form carries them: strings, nested objects as JSON."""
    return {
        "chat_id": str(anna.id),
        "text": "Hello",
        "disable_notification": "true",
        "reply_markup": json.dumps(BUTTONS),
    }


async def send_by(way: str, api: Api, anna: Person) -> dict[str, Any]:
    url, form = api.url("sendMessage"), parameters(anna)
    multipart = aiohttp.FormData(form, default_to_multipart=True)
    typed = {"chat_id": anna.id, "text": "Hello", "disable_notification": True, "reply_markup": BUTTONS}
    requests = {
        "GET": lambda: api.http.get(url, params=form),
        "query of a POST": lambda: api.http.post(url, params=form),
        "urlencoded": lambda: api.http.post(url, data=form),
        "multipart": lambda: api.http.post(url, data=multipart),
        "JSON": lambda: api.http.post(url, json=typed),
        "JSON with strings": lambda: api.http.post(url, json=form),
    }
    async with requests[way]() as answer:
        body: dict[str, Any] = await answer.json()
        return body


@pytest.mark.parametrize(
    "way", ["GET", "query of a POST", "urlencoded", "multipart", "JSON", "JSON with strings"]
)
async def test_parameters_arrive_in_every_way(way: str, api: Api, anna: Person, sandbox: Sandbox) -> None:
    body = await send_by(way, api, anna)
    assert body["ok"], body
    assert body["result"]["reply_markup"] == BUTTONS
    assert sandbox.calls[-1].parameters == {
        "chat_id": anna.id,
        "text": "Hello",
        "disable_notification": True,
        "reply_markup": BUTTONS,
    }


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("missing parameter", {"text": None}, 'parameter "text" of sendMessage is required'),
    ("unknown parameter", {"silent": True}, 'unknown parameter "silent" of sendMessage'),
    ("wrong Integer or String", {"chat_id": 1.5}, '"chat_id" must be Integer or String'),
    ("number for a String", {"text": 5}, '"text" must be String'),
    ("Boolean for an Integer", {"chat_id": True}, '"chat_id" must be Integer or String'),
    ("number for a Boolean", {"disable_notification": 7}, '"disable_notification" must be Boolean'),
    ("word for a Boolean", {"disable_notification": "maybe"}, '"disable_notification" must be Boolean'),
    (
        "no JSON for an object",
        {"reply_markup": "{"},
        'can\'t parse parameter "reply_markup": it must be JSON-serialized',
    ),
    ("list for an object", {"link_preview_options": []}, '"link_preview_options" must be LinkPreviewOptions'),
    (
        "unknown nested field",
        {"reply_markup": keyboard(callback_data="a", colour="red")},
        'unknown field "colour" of InlineKeyboardButton at "reply_markup.inline_keyboard[0][0]"',
    ),
    (
        "missing nested field",
        {"reply_markup": {"inline_keyboard": [[{"callback_data": "a"}]]}},
        'field "text" of InlineKeyboardButton at "reply_markup.inline_keyboard[0][0]" is required',
    ),
    (
        "wrong nested type",
        {"reply_markup": keyboard(callback_data=5)},
        '"reply_markup.inline_keyboard[0][0].callback_data" must be String',
    ),
    (
        "flat keyboard",
        {"reply_markup": {"inline_keyboard": [{"text": "A", "callback_data": "a"}]}},
        '"reply_markup.inline_keyboard[0]" must be Array of InlineKeyboardButton',
    ),
    (
        "keyboard of no kind",
        {"reply_markup": {"buttons": []}},
        '"reply_markup" must be exactly one of InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove',
    ),
    (
        "keyboard of two kinds",
        {"reply_markup": {"inline_keyboard": [], "remove_keyboard": True}},
        '"reply_markup" must be exactly one of InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove',
    ),
    (
        "left-out parameter",
        {"business_connection_id": "x"},
        "the sandbox does not carry out business_connection_id",
    ),
    (
        "left-out nested field",
        {"reply_markup": keyboard(pay=True)},
        "the sandbox does not carry out reply_markup.inline_keyboard[0][0].pay",
    ),
    ("file where none belongs", {"text": "attach://x", "entities": "attach://x"}, "can't parse parameter"),
]


@pytest.mark.parametrize(("wrong", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_malformed_request_is_refused(
    wrong: dict[str, Any], expected: str, api: Api, anna: Person
) -> None:
    whole = {"chat_id": anna.id, "text": "Hello", **wrong}
    given = {name: value for name, value in whole.items() if value is not None}
    assert (await api.refused("sendMessage", **given)).startswith(f"400 Bad Request: {expected}")
    assert [message for message in anna.messages if message.from_bot] == []


@pytest.mark.parametrize(
    ("method", "wrong", "expected"),
    [
        ("setMyCommands", {"commands": [], "scope": {"type": "moon"}}, '"scope.type" must be one of'),
        (
            "setMyCommands",
            {"commands": [], "scope": {"type": "chat"}},
            'field "chat_id" of BotCommandScopeChat',
        ),
        (
            "setMyCommands",
            {"commands": [], "scope": {"type": "chat_member", "chat_id": 1, "user_id": 2}},
            "the sandbox does not carry out scope: BotCommandScopeChatMember",
        ),
        (
            "editMessageMedia",
            {"chat_id": 1, "message_id": 1, "media": {"type": "video", "media": "x"}},
            "the sandbox does not carry out media: InputMediaVideo",
        ),
    ],
)
async def test_one_of_several_types_is_told_by_its_type(
    method: str, wrong: dict[str, Any], expected: str, api: Api
) -> None:
    assert (await api.refused(method, **wrong)).startswith(f"400 Bad Request: {expected}")


async def test_body_that_is_no_json_object_is_refused(api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    async with api.http.post(api.url("getMe"), data=b"[1]", headers=headers) as answer:
        assert (await answer.json())["description"] == "Bad Request: can't parse JSON object of the request"


async def test_text_that_is_no_utf8_is_refused(api: Api, anna: Person) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with api.http.post(api.url("sendMessage"), data=part, headers=headers) as answer:
        assert (await answer.json())["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_parameter_given_twice_is_refused(api: Api, anna: Person) -> None:
    twice = {"chat_id": str(anna.id), "text": "Hello"}
    async with api.http.post(api.url("sendMessage"), params={"text": "Hi"}, data=twice) as answer:
        assert (await answer.json())["description"] == 'Bad Request: parameter "text" is given twice'


async def test_file_part_that_nothing_refers_to_is_refused(api: Api, anna: Person) -> None:
    files = {"photo": ("a.png", png()), "extra": ("b.png", png())}
    body = await api.upload("sendPhoto", files, chat_id=anna.id)
    assert body["description"] == 'Bad Request: file part "extra" is not used by any parameter'


async def test_reply_keyboard_button_may_be_a_string(api: Api, anna: Person) -> None:
    await api.ok(
        "sendMessage", chat_id=anna.id, text="?", reply_markup={"keyboard": [["Yes", {"text": "No"}]]}
    )
    assert anna.last.button_texts == ("Yes", "No")


async def test_calls_keep_what_was_refused(api: Api, sandbox: Sandbox) -> None:
    await api.refused("sendMessage", chat_id=1)
    call = sandbox.calls[-1]
    assert (call.method, call.ok, call.parameters) == ("sendMessage", False, {"chat_id": 1})
    assert call.error is not None
    assert call.error.status == 400

"""The updates of every day come out as python-telegram-bot reads them, in every attribute."""

import json
from typing import Any

import pytest
from telegram import Bot, TelegramObject, Update

from bot.sandbox.sandbox import TOKEN
from bot.telegram.common_updates import common_update
from bot.telegram.updates import read_update
from tests.bot.telegram.updates import PERSON, callback, in_update, message, photo

FULL_NAME = PERSON | {"last_name": "Ü", "username": "anna", "is_premium": True}
COMMAND = [{"type": "bot_command", "offset": 0, "length": 6}]
BUTTONS = [
    [{"text": "+1", "callback_data": "s:1", "style": "primary"}, {"text": "Open", "url": "https://t.me/x"}],
    [{"text": "482 109 375", "copy_text": {"text": "482109375"}}],
]
PICTURE = {
    "photo": [photo()[0] | {"file_size": 1_000}],
    "caption": "a card",
    "caption_entities": [{"type": "bold", "offset": 0, "length": 1}],
}

CHOSEN = {
    "user_shared": {"request_id": 7, "user_id": 5},
    "users_shared": {"request_id": 7, "user_ids": [5], "users": [{"user_id": 5, "first_name": "Léa"}]},
}
"""As Telegram sends it, with what it was called before version 7.0 of its interface."""


def tap(**content: Any) -> dict[str, Any]:
    return {"callback_query": callback("s:1") | {"message": message(**content)}}


COMMON = {
    "text": {"message": message(text="hello")},
    "command": {"message": message(text="/stamp 482 109 375", entities=COMMAND)},
    "entity of tomorrow": {"message": message(text="hello", entities=[COMMAND[0] | {"type": "glow"}])},
    "all that a person has": {"message": message(text="é", **{"from": FULL_NAME})},
    "picture": {"message": message(**PICTURE)},
    "tap": tap(text="a card", edit_date=1_781_514_001, reply_markup={"inline_keyboard": BUTTONS}),
    "tap under a picture": tap(**PICTURE, reply_markup={"inline_keyboard": BUTTONS}),
    "tap on what is gone": {"callback_query": {n: v for n, v in callback("s:1").items() if n != "message"}},
    "no date": {"message": message(text="hello", date=0)},
}
OTHER = {
    "a reply": {"message": message(text="hello", reply_to_message=message(text="a"))},
    "a field of tomorrow": {"message": message(text="hello", mood="good")},
    "a group": {"message": message(text="hello", chat={"id": -1, "type": "group", "title": "us"})},
    "a link's preview": {"message": message(text="hello", link_preview_options={"is_disabled": True})},
    "a key that opens a page": tap(
        reply_markup={"inline_keyboard": [[{"text": "x", "web_app": {"url": "https://a.lu"}}]]}
    ),
    "a person who was chosen": {"message": message(**CHOSEN)},
    "an edited message": {"edited_message": message(text="hello")},
    "a file": {"message": message(document={"file_id": "1", "file_unique_id": "1"})},
    "a date past the calendar": {"message": message(text="hello", date=2**40)},
    "an edit past 63 bits": {"message": message(text="hello", edit_date=2**63)},
    "nobody's": {"message": {name: each for name, each in message(text="hello").items() if name != "from"}},
}


@pytest.fixture(scope="module")
def bot() -> Bot:
    return Bot(TOKEN)


def laid_out(value: object) -> object:
    """All that a value holds, with the types of it."""
    if isinstance(value, TelegramObject):
        slots = [name for base in type(value).__mro__ for name in getattr(base, "__slots__", ())]
        return type(value), {name: laid_out(getattr(value, name)) for name in slots}
    if isinstance(value, tuple | list):
        return type(value), [laid_out(each) for each in value]
    return type(value), value if not isinstance(value, Bot) else id(value)


@pytest.mark.parametrize("content", COMMON.values(), ids=COMMON)
def test_common_update_is_what_python_telegram_bot_makes_of_it(content: dict[str, Any], bot: Bot) -> None:
    text = in_update(content)
    found = common_update(text, bot)
    assert found is not None
    assert laid_out(found) == laid_out(Update.de_json(json.loads(text), bot))


@pytest.mark.parametrize("content", OTHER.values(), ids=OTHER)
def test_whatever_else_an_update_has_is_left_to_python_telegram_bot(
    content: dict[str, Any], bot: Bot
) -> None:
    assert common_update(in_update(content), bot) is None


def test_person_who_was_chosen_is_read(bot: Bot) -> None:
    found = read_update(in_update({"message": message(**CHOSEN)}), bot)
    assert found.message is not None
    shared = found.message.users_shared
    assert shared is not None
    [user] = shared.users
    assert (shared.request_id, user.user_id, user.first_name) == (7, 5, "Léa")


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"update_id": "x"}', "[" * 100_000])
def test_what_nobody_can_read_is_left_to_python_telegram_bot(text: str, bot: Bot) -> None:
    assert common_update(text, bot) is None

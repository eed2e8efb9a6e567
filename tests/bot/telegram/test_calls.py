"""The check of the bot's calls would find what is wrong with them."""

from typing import Any

import pytest

from bot.sandbox import Call
from tests.support.bot_api.checks import complaints

BUTTON = {"text": "+1", "callback_data": "s", "style": "primary"}


def call(method: str, **parameters: Any) -> Call:
    return Call(method=method, parameters=parameters, result=True, error=None, fault=None, at=0, seconds=0)


def keyboard(**changes: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{**BUTTON, **changes}]]}


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (call("sendMessage", chat_id=1, text="x", reply_markup=keyboard()), []),
        (call("sendMesage", chat_id=1), ["sendMesage is unknown"]),
        (call("sendMessage", chat_id=1), ["sendMessage lacks text"]),
        (call("sendMessage", chat_id=1, text=2), ["sendMessage.text is no String"]),
        (call("sendMessage", chat_id=1, text="x", colour="red"), ["sendMessage has no colour"]),
        (
            call("sendMessage", chat_id=1, text="x", reply_markup=keyboard(styel="primary")),
            ["sendMessage.reply_markup.inline_keyboard[0][0] has no styel"],
        ),
        (
            call("sendMessage", chat_id=1, text="x", reply_markup=keyboard(copy_text={"txt": "1"})),
            [
                "sendMessage.reply_markup.inline_keyboard[0][0].copy_text has no txt",
                "sendMessage.reply_markup.inline_keyboard[0][0].copy_text lacks text",
            ],
        ),
        (
            call("sendMessage", chat_id=1, text="x", reply_markup=keyboard(style="red")),
            [
                "sendMessage.reply_markup.inline_keyboard[0][0].style is none of danger, success, primary",
            ],
        ),
        (call("sendPhoto", chat_id=1, photo="card.png"), []),
        (
            call("setMyCommands", commands=[{"command": "card"}]),
            ["setMyCommands.commands[0] lacks description"],
        ),
    ],
    ids=lambda value: value.method if isinstance(value, Call) else "",
)
def test_what_is_wrong_with_a_call_is_found(made: Call, complaint: list[str]) -> None:
    assert complaints(made) == complaint

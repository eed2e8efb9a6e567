"""Which handler takes which update, and what is for nobody here."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.customer import cards
from bot.kit.buttons import Verb
from bot.routes import entrance
from bot.routes.table import BUTTONS, COMMANDS, handler_of
from bot.sandbox import Sandbox
from bot.screens.turn import Handler, outdated_button
from bot.staff import counter
from bot.telegram.client import DirectBot
from bot.telegram.updates import read_update
from tests.bot.telegram.updates import callback, in_update, message, photo
from tests.support.house import settings_for


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[DirectBot]:
    """@stempel_demo_bot."""
    async with Sandbox() as sandbox, DirectBot(settings_for(sandbox, tmp_path / "a.db")) as found:
        yield found


def command(text: str, **changes: Any) -> dict[str, Any]:
    """A message that begins with a command, as Telegram marks it."""
    entity = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
    return message(text=text, entities=[entity], **changes)


GROUP = {"id": -100, "type": "supergroup", "title": "Café"}
FILE = {"file_id": "1", "file_unique_id": "1"}
DICE = {"emoji": "🎲", "value": 6}

CASES: dict[str, tuple[dict[str, Any], Handler | None]] = {
    "a command": ({"message": command("/stamp 482")}, counter.stamp_command),
    "a command in capitals": ({"message": command("/Stamp 482")}, counter.stamp_command),
    "one to this bot": ({"message": command("/stamp@stempel_demo_bot 482")}, counter.stamp_command),
    "one to this bot in capitals": ({"message": command("/stamp@STEMPEL_DEMO_BOT")}, counter.stamp_command),
    "one to another bot": ({"message": command("/stamp@another_bot 482")}, entrance.text_sent),
    "one that nobody knows": ({"message": command("/nonsense")}, entrance.text_sent),
    "one further on": ({"message": message(text="say /stamp")}, entrance.text_sent),
    "text that only looks like one": ({"message": message(text="/stamp 482")}, entrance.text_sent),
    "one in a group": ({"message": command("/stamp 482", chat=GROUP)}, None),
    "one that was edited": ({"edited_message": command("/stamp 482")}, None),
    "a channel's post": ({"channel_post": command("/stamp 482")}, None),
    "text": ({"message": message(text="2580")}, entrance.text_sent),
    "a photo": ({"message": message(photo=photo())}, entrance.photo_sent),
    "a photo in a group": ({"message": message(photo=photo(), chat=GROUP)}, None),
    "a picture sent as a file": (
        {"message": message(document=FILE | {"mime_type": "image/png"})},
        entrance.photo_sent,
    ),
    "another file": (
        {"message": message(document=FILE | {"mime_type": "application/pdf"})},
        entrance.text_sent,
    ),
    "a file of no kind": ({"message": message(document=FILE)}, entrance.text_sent),
    "neither text nor picture": ({"message": message(dice=DICE)}, entrance.text_sent),
    "a button": ({"callback_query": callback("s:1:2:3")}, counter.stamp_button),
    "a button without more": ({"callback_query": callback("b")}, cards.balance_command),
    "a button that nobody knows": ({"callback_query": callback("zz:1")}, outdated_button),
    "a button that begins like one": ({"callback_query": callback("bb")}, outdated_button),
    "a button without data": ({"callback_query": callback(None)}, outdated_button),
    "what is new to python-telegram-bot": ({"something": {}}, None),
}


@pytest.mark.parametrize(("content", "handler"), CASES.values(), ids=CASES)
async def test_update_goes_to_its_handler(
    bot: DirectBot, content: dict[str, Any], handler: Handler | None
) -> None:
    assert handler_of(read_update(in_update(content), bot)) is handler


def test_every_button_has_a_handler_and_commands_are_lower_case() -> None:
    assert set(BUTTONS) == set(Verb)
    assert all(name == name.lower() for name in COMMANDS)

"""No text with a NUL comes any further than the door: PostgreSQL keeps none."""

import json

import pytest

from bot.telegram.updates import numbered_update, received_update
from domain.ids import BotId

BOT = BotId(1)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00\x00b", "a\ufffd\ufffdb"),
        ("\x00", "\ufffd"),
        (r"\u0000", r"\u0000"),
        ("\\\x00", "\\\ufffd"),
        (r"\n", r"\n"),
    ],
)
def test_nul_is_replaced_and_nothing_else_is(text: str, kept: str) -> None:
    update = json.dumps({"update_id": 1, "poll": {"question": text}})
    assert json.loads(received_update(BOT, update).payload)["poll"]["question"] == kept


def test_what_is_no_json_is_kept_without_it_too() -> None:
    found = numbered_update(BOT, '{"update_id": 7, "poll": "\x00')
    assert found is not None
    assert found.payload == '{"update_id": 7, "poll": "\ufffd'

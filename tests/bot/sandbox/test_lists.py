"""Telegram's lists as the tests have them are whole, and are made from the full ones."""

import json
from typing import Any

import pytest

from tests.support.bot_api.__main__ import reduced
from tests.support.bot_api.checks import METHODS, SIMPLE, TYPES


def field(name: str, *types: str, required: bool = True, description: str = "") -> dict[str, Any]:
    return {"name": name, "types": list(types), "required": required, "description": description}


def test_lists_are_those_of_bot_api_10_and_say_all_that_they_name() -> None:
    assert (len(METHODS), len(TYPES)) == (176, 303)
    entries = [*METHODS.values(), *TYPES.values()]
    named = {name for entry in entries for name in (*entry.subtypes, *entry.returns)}
    named |= {name for entry in entries for field in entry.fields.values() for name in field.types}
    while arrays := {name for name in named if name.startswith("Array of ")}:
        named = named - arrays | {name.removeprefix("Array of ") for name in arrays}
    assert named - SIMPLE.keys() <= TYPES.keys()
    assert sum(len(entry.fields) for entry in entries) == 2453
    assert all(entry.returns for entry in METHODS.values())


def test_full_list_is_reduced_to_one_line_for_each_method_and_type() -> None:
    prose = {"href": "https://core.telegram.org", "description": ["Long."]}
    full = {
        "version": "Bot API 11.0",
        "release_date": "May 8, 2027",
        "methods": {
            "send": prose
            | {
                "returns": ["Message"],
                "fields": [field("text", "String"), field("chat_id", "Integer", "String", required=False)],
            },
            "getMe": prose | {"returns": ["User"]},
        },
        "types": {"Choice": prose | {"subtypes": ["B", "A"]}},
    }
    said = reduced(full)
    assert json.loads(said) == {
        "version": "Bot API 11.0",
        "methods": {
            "getMe": {"returns": ["User"]},
            "send": {"fields": {"chat_id?": "Integer|String", "text": "String"}, "returns": ["Message"]},
        },
        "types": {"Choice": {"subtypes": ["A", "B"]}},
    }
    assert [line[:8] for line in said.splitlines()] == [
        *('{"versio', '"methods', '"getMe":', '"send": ', "},"),
        *('"types":', '"Choice"', "}}"),
    ]


@pytest.mark.parametrize(
    ("description", "values"),
    [
        ("Type of the result, must be photo", ["photo"]),
        ('Type of the message origin, always "user"', ["user"]),
        ('Type of the chat, can be either "private", "group" or "channel"', ["private", "group", "channel"]),
        (
            'Optional. Style. Must be one of "danger" (red) or "primary" (blue). If omitted',
            ["danger", "primary"],
        ),
        ('Format, must be one of "static" for a .WEBP image, "video" for a .WEBM video', ["static", "video"]),
        ('Poll type, "quiz" or "regular", defaults to "regular"', ["quiz", "regular"]),
        ('Optional. For "pre" only, the programming language', None),
        ('Codec of the video, for example, "h264", or "av01"', None),
        ('Three-letter ISO 4217 currency code. Pass "XTR" for payments in Telegram Stars.', None),
    ],
)
def test_values_are_kept_where_the_description_lists_them_all(
    description: str, values: list[str] | None
) -> None:
    full = {
        "version": "",
        "methods": {},
        "types": {"T": {"fields": [field("f", "String", description=description)]}},
    }
    assert json.loads(reduced(full))["types"]["T"].get("values") == (values and {"f": values})

"""Whether a call of the bot is one that Telegram's own lists know, down to the last button."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.sandbox import Call

SPEC_FILE = Path(__file__).parents[3] / "shared" / "botapi" / "api-10.0.json"
SPEC: dict[str, Any] = json.loads(SPEC_FILE.read_text()) if SPEC_FILE.exists() else {}
"""Empty where the lists are not at hand."""

SIMPLE: dict[str, type] = {"Integer": int, "String": str, "Boolean": bool, "Float": float, "InputFile": str}
"""The sandbox tells of a file by its name."""


def complaints(call: Call) -> list[str]:
    """What is not in the lists: the method, a parameter, one that is missing, a type however deep inside."""
    if call.method not in SPEC["methods"]:
        return [f"{call.method} is unknown"]
    return list(_object(call.parameters, SPEC["methods"][call.method], call.method))


def _object(value: Any, declared: dict[str, Any], path: str) -> Iterator[str]:
    fields = {field["name"]: field for field in declared.get("fields", [])}
    for name, inner in value.items():
        if name not in fields:
            yield f"{path} has no {name}"
        else:
            yield from _any_of(inner, fields[name]["types"], f"{path}.{name}")
    for name, field in fields.items():
        if field["required"] and name not in value:
            yield f"{path} lacks {name}"


def _any_of(value: Any, types: list[str], path: str) -> list[str]:
    """The shortest list of complaints among the types that it may have."""
    return min((list(_one(value, name, path)) for name in types), key=len)


def _one(value: Any, name: str, path: str) -> Iterator[str]:
    if name.startswith("Array of "):
        if not isinstance(value, list):
            yield f"{path} is no array"
            return
        for position, item in enumerate(value):
            yield from _one(item, name.removeprefix("Array of "), f"{path}[{position}]")
    elif name in SIMPLE:
        if type(value) is not SIMPLE[name]:
            yield f"{path} is no {name}"
    elif not isinstance(value, dict):
        yield f"{path} is no {name}"
    elif subtypes := SPEC["types"][name].get("subtypes"):
        yield from _any_of(value, subtypes, path)
    else:
        yield from _object(value, SPEC["types"][name], path)

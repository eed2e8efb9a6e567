"""Checks whether a value is as Telegram's own lists say, down to the last button.

``api.json`` has the part of the lists that tests need; ``python -m tests.support.bot_api FULL.json`` makes it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox import Call

LISTS = Path(__file__).with_name("api.json")
SIMPLE: dict[str, type] = {"Integer": int, "String": str, "Boolean": bool, "Float": float, "InputFile": str}
"""The sandbox names a file instead of giving it, so an InputFile is a string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """``values`` are all values that a string may have; empty if it may have any."""

    types: tuple[str, ...]
    required: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A method or a type. A type has either fields or subtypes."""

    fields: dict[str, Field]
    subtypes: tuple[str, ...]
    returns: tuple[str, ...]


def _entry(line: dict[str, Any]) -> Entry:
    values = line.get("values", {})
    fields = {
        name.removesuffix("?"): Field(
            types=tuple(types.split("|")),
            required=not name.endswith("?"),
            values=tuple(values.get(name.removesuffix("?"), ())),
        )
        for name, types in line.get("fields", {}).items()
    }
    return Entry(
        fields=fields, subtypes=tuple(line.get("subtypes", ())), returns=tuple(line.get("returns", ()))
    )


def _lists(kind: str) -> dict[str, Entry]:
    lines: dict[str, Any] = json.loads(LISTS.read_text())[kind]
    return {name: _entry(line) for name, line in lines.items()}


METHODS = _lists("methods")
TYPES = _lists("types")


def complaints(call: Call) -> list[str]:
    """What is wrong with a call by the lists: its method, a parameter, a missing one, a type, a value."""
    if call.method not in METHODS:
        return [f"{call.method} is unknown"]
    return list(_object(call.parameters, METHODS[call.method], call.method))


def deviations(value: Any, types: tuple[str, ...], path: str) -> list[str]:
    """What is wrong with a value that may be any of the types: the shortest list of complaints among them."""
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
    elif TYPES[name].subtypes:
        yield from deviations(value, TYPES[name].subtypes, path)
    else:
        yield from _object(value, TYPES[name], path)


def _object(value: Mapping[str, Any], declared: Entry, path: str) -> Iterator[str]:
    for name, inner in value.items():
        field = declared.fields.get(name)
        if field is None:
            yield f"{path} has no {name}"
            continue
        yield from deviations(inner, field.types, f"{path}.{name}")
        if field.values and inner not in field.values:
            yield f"{path}.{name} is none of {', '.join(field.values)}"
    for name, field in declared.fields.items():
        if field.required and name not in value:
            yield f"{path} lacks {name}"

"""The hand-written declarations equal Telegram's own lists, where those are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import api_types
from bot.sandbox.api_types import Choice, InputFile, NotInSandbox
from bot.sandbox.checking import fields_of, type_name
from bot.sandbox.methods import HANDLERS, METHODS
from bot.sandbox.updates import UPDATE_KINDS

SPEC_FILE = Path(__file__).parents[4] / "shared" / "botapi" / "api-10.0.json"
SPEC: dict[str, Any] = (
    json.loads(SPEC_FILE.read_text()) if SPEC_FILE.exists() else {"methods": {}, "types": {}}
)
TYPES = {
    name: kind
    for name, kind in vars(api_types).items()
    if isinstance(kind, type)
    and hasattr(kind, "__dataclass_fields__")
    and kind is not InputFile
    and not issubclass(kind, NotInSandbox)
}
CHOICES = [kind for kind in vars(api_types).values() if isinstance(kind, type) and kind.__base__ is Choice]
pytestmark = pytest.mark.skipif(
    not SPEC_FILE.exists(), reason="Telegram's lists (api-10.0.json) are not at hand"
)


def telegram_fields(entry: dict[str, Any]) -> dict[str, tuple[set[str], bool]]:
    return {field["name"]: (set(field["types"]), field["required"]) for field in entry.get("fields", [])}


def our_fields(declared: Any) -> dict[str, tuple[set[str], bool]]:
    return {
        field.name: ({type_name(kind) for kind in field.types}, field.required)
        for field in fields_of(declared)
    }


@pytest.mark.parametrize("name", sorted(METHODS))
def test_method_has_the_fields_of_the_bot_api(name: str) -> None:
    assert our_fields(METHODS[name]) == telegram_fields(SPEC["methods"][name])


@pytest.mark.parametrize("name", sorted(TYPES))
def test_type_has_the_fields_of_the_bot_api(name: str) -> None:
    assert our_fields(TYPES[name]) == telegram_fields(SPEC["types"][name])


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.__name__)
def test_choice_has_the_subtypes_of_the_bot_api(choice: type[Choice]) -> None:
    assert {option.__name__ for option in choice.options().values()} == set(
        SPEC["types"][choice.__name__]["subtypes"]
    )


def test_types_known_by_name_only_exist() -> None:
    names = {kind.__name__ for kind in NotInSandbox.__subclasses__()}
    assert names
    assert names <= set(SPEC["types"])


def test_update_kinds_are_those_of_the_bot_api() -> None:
    assert {field["name"] for field in SPEC["types"]["Update"]["fields"]} - {"update_id"} == UPDATE_KINDS


def test_every_declared_method_is_carried_out() -> None:
    assert len(HANDLERS) == len(METHODS) == 28

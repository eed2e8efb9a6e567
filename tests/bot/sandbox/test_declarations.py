"""The hand-written declarations equal Telegram's own lists."""

from typing import Any

import pytest

from bot.sandbox import api_types
from bot.sandbox.api_types import Choice, InputFile, NotInSandbox
from bot.sandbox.checking import fields_of, type_name
from bot.sandbox.methods import HANDLERS, METHODS
from bot.sandbox.updates import UPDATE_KINDS
from tests.support.bot_api import checks

TYPES = {
    name: kind
    for name, kind in vars(api_types).items()
    if isinstance(kind, type)
    and hasattr(kind, "__dataclass_fields__")
    and kind is not InputFile
    and not issubclass(kind, NotInSandbox)
}
CHOICES = [kind for kind in vars(api_types).values() if isinstance(kind, type) and kind.__base__ is Choice]


def telegram_fields(entry: checks.Entry) -> dict[str, tuple[set[str], bool]]:
    return {name: (set(field.types), field.required) for name, field in entry.fields.items()}


def our_fields(declared: Any) -> dict[str, tuple[set[str], bool]]:
    return {
        field.name: ({type_name(kind) for kind in field.types}, field.required)
        for field in fields_of(declared)
    }


@pytest.mark.parametrize("name", sorted(METHODS))
def test_method_has_the_fields_of_the_bot_api(name: str) -> None:
    assert our_fields(METHODS[name]) == telegram_fields(checks.METHODS[name])


@pytest.mark.parametrize("name", sorted(TYPES))
def test_type_has_the_fields_of_the_bot_api(name: str) -> None:
    assert our_fields(TYPES[name]) == telegram_fields(checks.TYPES[name])


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.__name__)
def test_choice_has_the_subtypes_of_the_bot_api(choice: type[Choice]) -> None:
    subtypes = checks.TYPES[choice.__name__].subtypes
    assert {option.__name__ for option in choice.options().values()} == set(subtypes)
    tags = {name: checks.TYPES[name].fields["type"].values for name in subtypes}
    assert tags == {option.__name__: (tag,) for tag, option in choice.options().items()}


def test_types_known_by_name_only_exist() -> None:
    names = {kind.__name__ for kind in NotInSandbox.__subclasses__()}
    assert names
    assert names <= set(checks.TYPES)


def test_update_kinds_are_those_of_the_bot_api() -> None:
    assert set(checks.TYPES["Update"].fields) - {"update_id"} == UPDATE_KINDS


def test_every_declared_method_is_carried_out() -> None:
    assert len(HANDLERS) == len(METHODS) == 28

"""The fields of a target lie on a few pages, each of which a phone shows without scrolling."""

from collections import Counter
from itertools import product
from typing import Any, cast

import pytest

from bot.kit.buttons import ButtonUnknown, Verb, parse_press
from bot.texts import texts
from bot.views.field_pages import OF_FLAGS, PAGES, coded_field, field_code
from bot.views.field_screens import field_list
from domain.account import Locale
from domain.fields import FIELDS, Target
from domain.merchant import ProgramKind
from domain.usecases.see_shop import Shop
from tests.bot.views.scenes import ORDINARY
from tests.bot.views.settings_scenes import MERCHANT, PROGRAM, shop

ROWS_MAX = 13
KINDS = [*product(ProgramKind, (False, True))]


def program_of(kind: ProgramKind, *, has_all: bool) -> Shop:
    """With ``has_all`` every bonus is given, which shows what belongs to it."""
    given = {"birthday_bonus": 1, "win_back_days": 30, "win_back_bonus": 1, "referral_bonus": 1}
    return shop(ORDINARY, kind, **(given if has_all else {}))


def fields_on(found: Shop, page: str) -> list[str]:
    view = field_list(texts(Locale.EN), found, Target.PROGRAM, PROGRAM, page=page)
    presses = [parse_press(button.data) for row in view.buttons for button in row if button.data]
    return [coded_field(Target.PROGRAM, each.text(3)) for each in presses if each.verb is Verb.FIELD]


@pytest.mark.parametrize(("kind", "has_all"), KINDS)
@pytest.mark.parametrize("page", ["", *PAGES[Target.PROGRAM]])
def test_page_of_a_program_fits_a_phone(kind: ProgramKind, page: str, *, has_all: bool) -> None:
    found = program_of(kind, has_all=has_all)
    assert len(field_list(texts(Locale.EN), found, Target.PROGRAM, PROGRAM, page=page).buttons) <= ROWS_MAX


@pytest.mark.parametrize(("kind", "has_all"), KINDS)
def test_every_field_lies_on_one_page_and_a_page_of_one_field_on_none(
    kind: ProgramKind, *, has_all: bool
) -> None:
    found = program_of(kind, has_all=has_all)
    first = field_list(texts(Locale.EN), found, Target.PROGRAM, PROGRAM)
    led_to = [
        pressed.arguments[3]
        for row in first.buttons
        for button in row
        if button.data and (pressed := parse_press(button.data)).verb is Verb.FIELDS
    ]
    lying = Counter(name for page in ("", *led_to) for name in fields_on(found, page))
    assert set(lying.values()) == {1}
    assert {"stamps_target" in lying, "reward" in lying} == {kind is not ProgramKind.POINTS}
    assert {"birthday_bonus", "require_staff_pin", "new_cards", "reward_cost_minor", "multipliers"} <= {
        *lying
    }
    assert all(len(fields_on(found, page)) > 1 for page in led_to)


def test_pages_name_fields_of_their_target_once() -> None:
    for kind, pages in PAGES.items():
        named = Counter(name for page in pages.values() for name in page.fields)
        assert {*named} <= {*FIELDS[kind]}
        assert {*named.values()} <= {1}


@pytest.mark.parametrize("kind", Target)
def test_button_leads_to_its_field_whatever_is_declared_later(
    kind: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may lie in a chat for months."""
    coded = {name: field_code(name) for name in FIELDS[kind]}
    first = next(iter(FIELDS[kind].values()))
    monkeypatch.setitem(cast("dict[Target, Any]", FIELDS), kind, {"new": first, **FIELDS[kind]})
    assert {name: coded_field(kind, code) for name, code in coded.items()} == {name: name for name in coded}
    with pytest.raises(ButtonUnknown):
        coded_field(kind, "0")


def test_thresholds_stand_in_the_order_of_the_fields() -> None:
    view = field_list(texts(Locale.EN), shop(ORDINARY), Target.MERCHANT, MERCHANT, page=OF_FLAGS)
    labels = [button.text.partition(":")[0] for row in view.buttons for button in row]
    assert labels == [
        "Same person, same card",
        "Many in ten minutes",
        "Cards never seen again",
        "Stamps beyond the takings",
        "‹ Back",
    ]


def test_manager_sees_no_thresholds() -> None:
    view = field_list(texts(Locale.EN), shop(ORDINARY), Target.MERCHANT, MERCHANT)
    assert "When you are told" not in str(view.buttons)

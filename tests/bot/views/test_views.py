"""Every view, in four languages, under ordinary and under impossible names, is something that Telegram takes."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args, get_type_hints

import pytest

from bot import views
from bot.sandbox.html import parse_html, utf16_length
from bot.telegram.chat import ALERT_LENGTH_MAX
from bot.texts import plain, texts
from bot.views import messages
from bot.views.view import CAPTION_LENGTH_MAX, Button, View
from domain.account import Locale
from domain.messages import MESSAGES, Facts
from domain.rules.wordings import PLACEHOLDERS
from tests.bot.views.scenes import EMOJI, LOCALES, LONGEST, ORDINARY, Names
from tests.support.each import for_each

SCENES = {
    name: scene
    for found in pkgutil.iter_modules([str(Path(__file__).parent)], "tests.bot.views.")
    if found.name.endswith("scenes")
    for group in vars(importlib.import_module(found.name)).items()
    if group[0].endswith("SCENES")
    for name, scene in group[1].items()
}
"""All that modules beside this one call scenes."""
TEXT_LENGTH_MAX = 4096
DATA_BYTES_MAX, COPY_LENGTH_MAX, BUTTONS_MAX = 64, 256, 100
NAMES = {"ordinary": ORDINARY, "longest": LONGEST, "emoji": EMOJI}


IN_THE_SHOPS_WORDS = {"broadcast", "broadcast_preview"}
SHOWN_AS_WHAT_THEY_SAY = {"confirmation", "welcome_bonus", "expiring", "expired", "out_of_reach"}
"""Views whose scenes have the names of acts and messages, and what only moves buttons."""


def rooms() -> Iterator[ModuleType]:
    """All modules of bot/views."""
    for found in pkgutil.iter_modules(views.__path__, f"{views.__name__}."):
        yield importlib.import_module(found.name)


def views_of(module: ModuleType) -> set[str]:
    """The public functions of a module that make a view."""
    return {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and get_type_hints(function).get("return") is View
    }


def test_every_view_has_a_scene() -> None:
    made = {name for module in rooms() for name in views_of(module)}
    assert made - {scene.partition(":")[0] for scene in SCENES} == SHOWN_AS_WHAT_THEY_SAY


@pytest.mark.parametrize("names", NAMES)
@for_each("scene", SCENES)
def test_telegram_takes_it(scene: str, names: str) -> None:
    for locale in LOCALES:
        check_view(SCENES[scene](texts(locale), NAMES[names]))


def check_view(view: View) -> None:
    text = parse_html(view.text).text
    assert text.strip()
    media = view.photo is not None or view.document is not None
    assert utf16_length(text) <= (CAPTION_LENGTH_MAX if media else TEXT_LENGTH_MAX)
    buttons = [button for row in view.buttons for button in row]
    assert len(buttons) <= BUTTONS_MAX
    assert all(view.buttons), "no empty rows"
    for button in buttons:
        check_button(button)
    for label in (label for row in view.keys for label in row):
        assert label.strip()


def check_button(button: Button) -> None:
    assert button.text.strip()
    assert [button.data, button.url, button.copies].count(None) == 2, "exactly one action"
    if button.data is not None:
        assert 1 <= len(button.data.encode()) <= DATA_BYTES_MAX
    if button.copies is not None:
        assert 1 <= utf16_length(button.copies) <= COPY_LENGTH_MAX


@for_each("scene", SCENES)
def test_names_are_data_and_never_markup(scene: str) -> None:
    """Each name stands in the text as it is, or not at all; no part of it became a tag or a placeholder."""
    names = Names(
        merchant="<i>M</i>&amp;{0}",
        store="<i>S</i>&amp;{0}",
        customer="<i>C</i>&amp;{0}",
        staff="<i>T</i>&amp;{0}",
        reward="<i>R</i>&amp;{0}",
    )
    for locale in LOCALES:
        view = SCENES[scene](texts(locale), names)
        shown = parse_html(view.text)
        assert not any(entity.type == "italic" for entity in shown.entities)
        assert shown.text.count("&amp;{0}") == shown.text.count("<i>"), "escaped twice or not at all"
        for text in (shown.text, *(button.text for row in view.buttons for button in row)):
            assert "&lt;" not in text
            assert "{" not in text.replace("{0}", "") or scene.startswith("ask_text:"), "but to be typed"


@for_each("scene", SCENES)
def test_buttons_and_alerts_show_no_references(scene: str) -> None:
    names = Names(merchant="A & B", store="C < D", customer="E > F", staff='G "H"', reward="I'J & K")
    for locale in LOCALES:
        view = SCENES[scene](texts(locale), names)
        labels = [button.text for row in view.buttons for button in row]
        assert not any(
            reference in label for label in labels for reference in ("&amp;", "&lt;", "&gt;", "&quot;")
        )
        assert "&" not in plain(view.text).replace("A & B", "").replace("I'J & K", "")


@for_each("scene", sorted(name for name in SCENES if name.partition(":")[0] not in IN_THE_SHOPS_WORDS))
def test_views_are_translated(scene: str) -> None:
    said = {SCENES[scene](texts(locale), ORDINARY).text for locale in LOCALES}
    assert len(said) == len(LOCALES)


def test_limits_are_telegrams() -> None:
    assert ALERT_LENGTH_MAX == 200
    assert CAPTION_LENGTH_MAX == 1024


@pytest.mark.parametrize("scene", ["balance: many", "rewards: many"])
def test_long_lists_say_how_many_cards_are_left_out(scene: str) -> None:
    view = SCENES[scene](texts(Locale.EN), ORDINARY)
    assert view.text.endswith("\n\nand 4 more cards")
    assert len(view.buttons) == 8


def test_every_message_that_is_sent_is_said() -> None:
    """With values for the placeholders where a merchant may say it in its own words, and only there."""
    worded = {MESSAGES[kind].facts for kind in PLACEHOLDERS}
    assert set(messages.SAYINGS) == {declared.facts for declared in MESSAGES.values()} == set(get_args(Facts))
    assert {facts for facts, (_, values) in messages.SAYINGS.items() if values is not None} == worded

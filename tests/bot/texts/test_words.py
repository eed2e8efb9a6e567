"""One word for one thing, as the glossary's table of four languages says."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.screens.menus import COMMANDS
from bot.texts import Texts, plain, texts
from bot.texts.update import catalogue, sentences
from bot.views.help import help_text
from domain.account import Locale

GLOSSARY = Path(__file__).parents[3] / "docs" / "glossary.md"
COLUMNS = (Locale.EN, Locale.FR, Locale.DE, Locale.LB)
NOT_SAID = re.compile(r"\{\w+\}|</?\w+>|/[a-z]+")
"""Placeholders, tags and commands."""

Word = tuple[str, Locale, list[str], list[str]]


def _table() -> Iterator[Word]:
    """What, in which language, the forms it may have, and what is never said instead."""
    section = GLOSSARY.read_text(encoding="utf-8").split("## In four languages")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "|" in line
    ]
    for what, *cells in rows[2:]:
        for locale, cell in zip(COLUMNS, cells, strict=True):
            forms, _, never = cell.partition("; never ")
            yield what, locale, forms.split(", "), never.split(", ")


WORDS = list(_table())


def pattern(word: str) -> re.Pattern[str]:
    """ "take … back" with words between, "storn…" with any ending."""
    whole = re.escape(word).replace(r"\ …\ ", ".* ").replace("…", r"\w*")
    return re.compile(rf"\b{whole}\b", re.IGNORECASE)


def said(locale: Locale) -> set[str]:
    if locale is Locale.EN:
        found = [each if isinstance(each, str) else " ".join(each) for each in sentences()]
    else:
        entries = [entry.string for entry in catalogue(locale) if entry.id]
        found = [each if isinstance(each, str) else " ".join(each or ()) for each in entries]
    return {NOT_SAID.sub(" ", each) for each in found}


def test_table_has_each_word_in_each_language() -> None:
    assert len(WORDS) > 60
    for what, locale, forms, never in WORDS:
        assert all(forms), (what, locale)
        assert all(never), (what, locale)


@pytest.mark.parametrize("locale", COLUMNS, ids=str)
def test_no_text_uses_another_word_than_the_table(locale: Locale) -> None:
    texts_said = said(locale)
    refused = {word for _, each, _, never in WORDS if each is locale for word in never}
    assert [
        (word, text) for word in sorted(refused) for text in texts_said if pattern(word).search(text)
    ] == []


@pytest.mark.parametrize("locale", COLUMNS, ids=str)
def test_every_word_of_the_table_is_used(locale: Locale) -> None:
    everything = "\n".join(said(locale))
    for what, _, forms, _ in (word for word in WORDS if word[1] is locale):
        assert any(_says(form, everything) for form in forms), what


def _says(form: str, text: str) -> bool:
    return re.search(pattern(form).pattern.removesuffix(r"\b"), text, re.IGNORECASE) is not None


def _buttons(t: Texts) -> dict[str, Sequence[str]]:
    """What is pressed for a command's act."""
    redeem = (
        t.n("🎁 Redeem ({count} possible)", "🎁 Redeem ({count} possible)", 2),
        t("🎁 Redeem ({ready})"),
    )
    return {"stamp": [], "redeem": redeem, "void": [t("Take back …"), t("Taking back")]}


@pytest.mark.parametrize("locale", COLUMNS, ids=str)
@pytest.mark.parametrize("command", ["stamp", "redeem", "void"])
def test_menu_button_and_help_agree(command: str, locale: Locale) -> None:
    t = texts(locale)
    [forms] = [forms for what, each, forms, _ in WORDS if f"`/{command}`" in what and each is locale]
    helped = [line for line in plain(help_text(t, list(COMMANDS)).text).split("\n") if f"/{command} " in line]
    assert helped
    for text in (t(COMMANDS[command].said or ""), *helped, *_buttons(t)[command]):
        assert any(_says(form, text) for form in forms), (text, forms)

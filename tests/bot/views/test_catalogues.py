"""The catalogues hold exactly what the code says, completely and with the same holes to fill."""

import ast
import html
import re
from collections.abc import Sequence

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry

from bot.sandbox.html import parse_html
from bot.texts import Texts, texts
from bot.texts.update import SOURCE, TRANSLATED, catalogue, sentences, updated
from domain.account import Locale

BROUGHT_UP_BY = "python -m bot.texts.update brings the catalogues up to date"
PLACEHOLDER = re.compile(r"\{\w+\}")
TAG = re.compile(r"</?\w+>")
COMMAND = re.compile(r"(?<![\w<])/[a-z]+")
FIGURE = re.compile(r"\d+")
EMOJI = re.compile(r"[\U0001F000-\U0001FAFF✅⚠↩‹›…]")


NAMES = (
    "customer|error|field|job|label|merchant|merchant_name|name|phone|reason|reward|role|staff|store|text"
    "|timezone|what"
)
"""Placeholders of which some begin with a vowel."""
REFUSED = {
    Locale.FR: {
        "an elision would be needed": rf"\b(de|que|le|la|se|ne|je|me|te|si|jusque|lorsque)\s(<b>)?{{({NAMES})}}",
        "a plural in brackets": r"\w\((s|e|es|x)\)",
        "the reader is vous": r"\b(tu|toi|ton|ta|tes)\b",
        "a sign without its space": r"\w[!?](\W|$)|\w[:;](\s|$)|«\S|\S»",
        "quotation marks of others": "[“”„]",
        "a typewriter's apostrophe": r"\w'\w",
    },
    Locale.DE: {
        "the reader is du": r"[^\s.!?:·] (Sie|Ihnen|Ihre?[nmrs]?)\b",
        "said of two sexes at once": r"\w+in (oder|und) |[:*_/]in(nen)?\b|\wInnen\b",
        "quotation marks of others": "[«»”]",
    },
    Locale.LB: {
        "the reader is du": r"[^\s.!?:·] (Dir|Iech|Är|Ären|Ärer|Ärem)\b",
        "quotation marks of others": "[«»”]",
        "a typewriter's apostrophe": r"\w'\w",
    },
}
"""What a native does not write, and why."""


SENTENCE_CALLS = {"t", "n", "mark", "mark_plural"}


def called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def test_no_sentence_stands_inside_another_string() -> None:
    """Where nobody looks for what is to be translated."""
    hidden = [
        f"{path.relative_to(SOURCE)}:{call.lineno}"
        for path in SOURCE.rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and called(call) in SENTENCE_CALLS
        and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


def entries(catalog: Catalog) -> list[Entry]:
    return [entry for entry in catalog if entry.id]


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


@pytest.fixture(params=TRANSLATED, ids=str)
def locale(request: pytest.FixtureRequest) -> Locale:
    found: Locale = request.param
    return found


def test_catalogue_has_exactly_the_sentences_of_the_code(locale: Locale) -> None:
    said = {forms(sentence) for sentence in sentences()}
    assert {forms(entry.id) for entry in entries(catalogue(locale))} == said, BROUGHT_UP_BY


def test_every_sentence_is_translated_and_none_is_a_guess(locale: Locale) -> None:
    for entry in entries(catalogue(locale)):
        assert not entry.fuzzy, entry.id
        assert all(form.strip() for form in forms(entry.string)), entry.id
        assert len(forms(entry.string)) == len(forms(entry.id)), entry.id


@pytest.mark.parametrize(
    "mark", [PLACEHOLDER, TAG, COMMAND, EMOJI, FIGURE], ids=["holes", "tags", "commands", "signs", "figures"]
)
def test_translation_has_the_same_marks_as_the_sentence(locale: Locale, mark: re.Pattern[str]) -> None:
    for entry in entries(catalogue(locale)):
        wanted = sorted(mark.findall(forms(entry.id)[-1]))
        for form in forms(entry.string):
            assert sorted(mark.findall(form)) == wanted, form


@pytest.mark.parametrize(
    ("locale", "why"), [(locale, why) for locale, refused in REFUSED.items() for why in refused], ids=str
)
def test_sentences_are_written_as_a_native_writes_them(locale: Locale, why: str) -> None:
    for entry in entries(catalogue(locale)):
        for form in forms(entry.string):
            assert not re.search(REFUSED[locale][why], html.unescape(html.unescape(form))), form


def test_translation_has_as_many_lines_and_no_space_around_it(locale: Locale) -> None:
    for entry in entries(catalogue(locale)):
        for form in forms(entry.string):
            assert form.count("\n") == forms(entry.id)[0].count("\n"), form
            assert form == form.strip()


def test_sentences_and_translations_are_html_that_telegram_reads(locale: Locale) -> None:
    for entry in entries(catalogue(locale)):
        for form in (*forms(entry.id), *forms(entry.string)):
            parse_html(form)


def test_updating_changes_nothing(locale: Locale) -> None:
    present, new = catalogue(locale), updated(locale)
    assert [(entry.id, entry.string) for entry in entries(new)] == [
        (entry.id, entry.string) for entry in entries(present)
    ], BROUGHT_UP_BY


@pytest.mark.parametrize(
    ("locale", "one", "many"),
    [
        (Locale.EN, "+1 stamp", "+2 stamps"),
        (Locale.FR, "+1 tampon", "+2 tampons"),
        (Locale.DE, "+1 Stempel", "+2 Stempel"),
        (Locale.LB, "+1 Stempel", "+2 Stempelen"),
    ],
    ids=str,
)
def test_plural_follows_the_language(locale: Locale, one: str, many: str) -> None:
    t = texts(locale)
    assert [t.n("+{count} stamp", "+{count} stamps", count) for count in (1, 2)] == [one, many]


def test_french_has_one_form_for_nothing_and_one() -> None:
    t: Texts = texts(Locale.FR)
    assert t.n("{count} reward", "{count} rewards", 0) == "0 récompense"
    assert texts(Locale.EN).n("{count} reward", "{count} rewards", 0) == "0 rewards"

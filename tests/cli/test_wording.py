"""A merchant's own words from the command line."""

from typing import Any

import pytest

from domain.account import Locale
from domain.rules.wordings import PLACEHOLDERS
from tests.cli.conftest import Stempel
from tests.support.operator import Ran

FIELDS = ["kind", "locale", "source", "text", "required", "optional", "preview"]


@pytest.fixture
def of_shop(shop: dict[str, Any]) -> list[str]:
    return ["--merchant", shop["merchant_id"]]


def ready(stempel: Stempel, *words: str) -> tuple[str, str | None, str]:
    """Whose words tell that a reward is ready, what they are, and what is read."""
    found = stempel("wording", "show", *words, "--kind", "reward_ready", "--locale", "lb", "--json").object
    return found["source"], found["text"], found["preview"]


def sets(stempel: Stempel, *words: str, text: str, kind: str = "reward_ready") -> Ran:
    return stempel("wording", "set", *words, "--kind", kind, "--locale", "lb", "--text", text, "--json")


def test_set_prints_the_text_filled_with_the_merchants_own_facts(
    stempel: Stempel, of_shop: list[str]
) -> None:
    ran = sets(stempel, *of_shop, text="<b>{merchant}</b>: {reward}")
    assert (ran.status, ran.err, list(ran.object)) == (0, "", FIELDS)
    assert ran.object == {
        "kind": "reward_ready",
        "locale": "lb",
        "source": "merchant",
        "text": "<b>{merchant}</b>: {reward}",
        "required": ["reward"],
        "optional": ["rewards", "merchant", "number"],
        "preview": "<b>Café Knätsch</b>: One for free",
    }


def test_show_prints_every_kind_in_every_language(stempel: Stempel, of_shop: list[str]) -> None:
    ran = stempel("wording", "show", *of_shop, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert [(each["kind"], each["locale"]) for each in ran.objects] == [
        (kind.value, locale.value) for kind in PLACEHOLDERS for locale in Locale
    ]
    assert {(each["source"], each["text"]) for each in ran.objects} == {("default", None)}
    assert all(each["preview"] for each in ran.objects)


def test_show_can_be_asked_for_one_kind_or_one_language(stempel: Stempel, of_shop: list[str]) -> None:
    by_kind = stempel("wording", "show", *of_shop, "--kind", "receipt", "--json").objects
    assert [(each["kind"], each["locale"]) for each in by_kind] == [
        ("receipt", locale.value) for locale in Locale
    ]
    by_locale = stempel("wording", "show", *of_shop, "--locale", "fr", "--json").objects
    assert [(each["kind"], each["locale"]) for each in by_locale] == [
        (kind.value, "fr") for kind in PLACEHOLDERS
    ]


def test_store_has_its_own_words_until_they_are_reset(
    stempel: Stempel, shop: dict[str, Any], of_shop: list[str]
) -> None:
    at_store = [*of_shop, "--store", shop["store_id"]]
    default = ready(stempel, *of_shop)
    sets(stempel, *of_shop, text="M {reward}")
    assert sets(stempel, *at_store, text="S {reward}").object["source"] == "store"
    assert ready(stempel, *of_shop) == ("merchant", "M {reward}", "M One for free")
    assert ready(stempel, *at_store) == ("store", "S {reward}", "S One for free")
    reset = ["--kind", "reward_ready", "--json"]
    assert stempel("wording", "reset", *at_store, *reset).object == {"texts_reset": 1}
    assert ready(stempel, *at_store) == ("merchant", "M {reward}", "M One for free")
    assert stempel("wording", "reset", *of_shop, *reset, "--locale", "fr").object == {"texts_reset": 0}
    assert stempel("wording", "reset", *of_shop, *reset, "--locale", "lb").object == {"texts_reset": 1}
    assert ready(stempel, *at_store) == ready(stempel, *of_shop) == default
    assert default[:2] == ("default", None)


def test_without_json_people_read_the_message_without_markup(stempel: Stempel, of_shop: list[str]) -> None:
    words = ["--kind", "reward_ready", "--locale", "lb", "--text", "<b>{merchant}</b> &amp; {reward}\nMoien"]
    ran = stempel("wording", "set", *of_shop, *words)
    assert ran.out.splitlines() == [
        "reward_ready  lb  merchant",
        "  needs {reward}, may have {rewards} {merchant} {number}",
        "  Café Knätsch & One for free",
        "  Moien",
    ]
    assert stempel("wording", "show", *of_shop, "--kind", "reward_ready", "--locale", "lb").out == ran.out
    assert stempel("wording", "reset", *of_shop, "--kind", "reward_ready").out == "texts_reset: 1\n"


REFUSED = [
    ("reward_ready", " ", "The text is empty. Write one, or go back to the usual words."),
    ("reward_ready", "x" * 1001, "The text is too long: at most 1000 characters."),
    (
        "reward_ready",
        "{reward}" * 125,
        "With the longest names in it, the text has more than 4096 characters. Use fewer placeholders.",
    ),
    (
        "reward_ready",
        "{reward} {store}",
        "This message has no placeholder store. Check how it is written.",
    ),
    (
        "reward_ready",
        "Moien",
        "The placeholder reward is missing. Write it in curly brackets where it belongs.",
    ),
    (
        "reward_ready",
        "<b>{reward}",
        "There is a mistake at <b>. Close each tag and bracket; write &amp; for & and &lt; for <.",
    ),
    ("staff_alert", "{merchant}", "Messages of the kind staff_alert always have the same words."),
    ("broadcast", "{merchant}", "Messages of the kind broadcast always have the same words."),
]


@pytest.mark.parametrize(("kind", "text", "sentence"), REFUSED, ids=lambda value: str(value)[:20])
def test_refused_text_is_one_sentence_on_standard_error_with_status_two(
    kind: str, text: str, sentence: str, stempel: Stempel, of_shop: list[str]
) -> None:
    ran = sets(stempel, *of_shop, kind=kind, text=text)
    assert (ran.status, ran.out, ran.err) == (2, "", f"{sentence}\n")
    assert ready(stempel, *of_shop)[0] == "default"


@pytest.mark.parametrize("act", ["show", "reset"])
def test_fixed_kinds_are_refused_everywhere(act: str, stempel: Stempel, of_shop: list[str]) -> None:
    ran = stempel("wording", act, *of_shop, "--kind", "dispute")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "Messages of the kind dispute always have the same words.\n"


@pytest.mark.parametrize(
    "words",
    [
        ["set", "--kind", "receipt", "--locale", "en", "--text", "{what}"],
        ["show"],
        ["reset", "--kind", "receipt"],
    ],
    ids=lambda words: words[0],
)
def test_merchant_and_store_must_be_there(words: list[str], stempel: Stempel, of_shop: list[str]) -> None:
    act, *rest = words
    unknown = stempel("wording", act, "--merchant", "x", *rest)
    assert (unknown.status, unknown.err) == (
        2,
        "No merchant is called x: `stempel merchant list` names those there are.\n",
    )
    elsewhere = stempel("wording", act, *of_shop, "--store", "x", *rest)
    assert (elsewhere.status, elsewhere.err) == (
        2,
        "There is no such store at this merchant. Check the id.\n",
    )


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["set"],
        ["set", "--merchant", "x", "--kind", "receipt", "--locale", "nl", "--text", "{what}"],
        ["set", "--merchant", "x", "--kind", "poem", "--locale", "en", "--text", "{what}"],
        ["set", "--merchant", "x", "--kind", "receipt", "--text", "{what}"],
        ["show"],
        ["reset", "--merchant", "x"],
    ],
    ids=" ".join,
)
def test_words_that_are_no_command_end_with_status_two(words: list[str], stempel: Stempel) -> None:
    ran = stempel("wording", *words)
    assert (ran.status, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    assert ran.err.strip()

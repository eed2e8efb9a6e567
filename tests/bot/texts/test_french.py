"""French is set as the Imprimerie nationale sets it, wherever a sentence is shown."""

import re
from datetime import date

import pytest

from bot.sandbox.html import parse_html
from bot.texts import texts
from bot.texts.french import first_of_month, typeset
from domain.account import Locale
from tests.bot.views.scenes import ORDINARY
from tests.bot.views.test_views import SCENES
from tests.support.each import for_each

FR = texts(Locale.FR)
BREAKING = re.compile(r"« | [:;!?»]")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Laquelle ?", "Laquelle\u202f?"),
        ("<b>Laquelle ?</b>", "<b>Laquelle\u202f?</b>"),
        ("Non !", "Non\u202f!"),
        ("un ; deux", "un\u202f; deux"),
        ("Solde : 3", "Solde\u00a0: 3"),
        ("« Chez Anne » : non", "«\u00a0Chez Anne\u00a0»\u00a0: non"),
        ("l'image, l’image", "l’image, l’image"),
        ("à 18:30", "à 18:30"),
        ("https://t.me/a?start=b", "https://t.me/a?start=b"),
        ("&amp; et &lt;", "&amp; et &lt;"),
    ],
)
def test_spaces_before_high_signs_and_inside_guillemets_do_not_break(typed: str, shown: str) -> None:
    assert typeset(typed) == shown


@for_each("scene", SCENES)
def test_nothing_that_is_shown_breaks_before_a_sign(scene: str) -> None:
    view = SCENES[scene](FR, ORDINARY)
    labels = (
        *(button.text for row in view.buttons for button in row),
        *(key for keys in view.keys for key in keys),
    )
    for shown in (parse_html(view.text).text, *labels):
        assert not BREAKING.search(shown), shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("1 décembre 2026", "1er décembre 2026"),
        ("mardi 1 décembre", "mardi 1er décembre"),
        ("11 décembre 2026", "11 décembre 2026"),
        ("21 déc. 2021", "21 déc. 2021"),
    ],
)
def test_first_of_a_month_is_an_ordinal(written: str, shown: str) -> None:
    assert first_of_month(written) == shown


def test_dates_say_the_first_of_a_month() -> None:
    day = date(2026, 12, 1)
    assert FR.local_date(day) == "1er décembre 2026"
    assert FR.day_of_week(day) == "mardi 1er décembre"
    assert texts(Locale.DE).local_date(day) == "1. Dezember 2026"

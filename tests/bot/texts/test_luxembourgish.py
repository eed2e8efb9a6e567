"""The n-rule: in a table, in the sentences that are filled, and in the catalogue as it is written."""

import re

import pytest

from bot.texts import texts
from bot.texts.luxembourgish import keeps_n, marked, settled
from bot.texts.update import catalogue
from domain.account import Locale
from tests.support.each import for_each

LB = texts(Locale.LB)

KEPT = """
Anna Émile Äppelhaus Yves Ypsilon Ëmmer Owend Union Œuf Öl
Dany Hary Nora Tom Zoé Hôtel <b>Anna</b> <b>1</b>
0 1 2 3 8 9 10 11 12 13 18 19 20 21 22 23 28 30 31 38 80 90 100 203 1.000 3.500 12.340 31.12.2026 2026
SMS FNP LCGB CFL NTT
☕ „Kaffi“ (Kaffi) , . … Ελλάδα Київ 寿司
"""
GONE = """
Bäckerei Café Chez Fränk Gare Jean Kaffi Léa Mia Paul Quai René Šimon Vera Wirtschaft Xavier Yoga Łukasz
<b>Kaffi</b> <b>5</b>
4 5 6 7 14 15 16 17 24 25 36 47 40 50 60 70 400 512 4.000 25.000 712 07:30 04 7,50 5.12.2026
BGL KPL
"""


@for_each("following", KEPT.split())
def test_n_stays_before_vowels_d_h_n_t_z_and_where_one_pauses(following: str) -> None:
    assert keeps_n(f" {following}")


@pytest.mark.parametrize("following", GONE.split())
def test_n_goes_before_other_consonants_as_they_are_said(following: str) -> None:
    assert not keeps_n(f" {following}")


@pytest.mark.parametrize(
    ("written", "name", "said"),
    [
        ("vu(n) {0}", "Anna", "vun Anna"),
        ("vu(n) {0}", "Marc", "vu Marc"),
        ("scho(nn) {0}", "Responsabel", "scho Responsabel"),
        ("scho(nn) {0}", "an der Equipe", "schonn an der Equipe"),
        ("{0}(n) bei mir", "5 Stempelen", "5 Stempele bei mir"),
        ("{0}(n) ofgelaf", "5 Stempelen", "5 Stempelen ofgelaf"),
        ("{0}(n) bei mir", "1 Stempel", "1 Stempel bei mir"),
        ("<b>{0}(n) bei mir</b>", "5 Punkten", "<b>5 Punkte bei mir</b>"),
        ("{0}(n)</b> bei mir", "5 Punkten", "5 Punkte</b> bei mir"),
        ("vu(n) {0}.", "\u2068מרב\u2069", "vun \u2068מרב\u2069."),
        ("bei {0}", "Bar (n) Vu(nn)", "bei Bar (n) Vu(nn)"),
        ("bei {0}", "Jean", "bei Jean"),
    ],
)
def test_marked_n_follows_what_comes_after(written: str, name: str, said: str) -> None:
    assert settled(marked(written).format(name)) == said


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (LB("{count} of {target}", count=3, target=10), "3 vun 10"),
        (LB("{count} of {target}", count=3, target=5), "3 vu 5"),
        (
            LB("Come to {merchant} by {date} and nothing is lost.", merchant="X", date="4. Mee"),
            "bis de 4. Mee",
        ),
        (
            LB("Come to {merchant} by {date} and nothing is lost.", merchant="X", date="3. Mee"),
            "bis den 3. Mee",
        ),
        (LB("{change} to start with", change=LB.n("+{count} point", "+{count} points", 2)), "Punkte fir"),
        (LB("{change}, corrected by the shop", change="+2 Punkten"), "+2 Punkten, vum"),
        (LB("Last check: {duration} ago, all in order", duration="5 Min."), "viru 5 Min."),
    ],
)
def test_sentences_follow_the_rule_at_what_fills_them(said: str, expected: str) -> None:
    assert expected in said


ENDING_IN_N = re.compile(r"([^\W\d_]+n)(?=\s+(?:<[^>]*>)?(\{?)([^\W_]+))")
ENDING_WITHOUT = re.compile(
    r"\b(a|da|de|dee|däi|e|ee|ka|kee|mäi|scho|säi|u|viru|vu|wa)(?=\s+([^\W_]+))", re.IGNORECASE
)
STEMS = {"Frënn", "Invitatioun", "Persoun", "Stonn", "Telefon", "Token", "Zäitzon", "earn", "scann"}
"""Words whose n is always said."""


def _lines() -> list[str]:
    found = (entry.string for entry in catalogue(Locale.LB) if entry.id)
    return [line for said in found for line in ((said,) if isinstance(said, str) else said or ())]


def test_every_n_of_the_catalogue_follows_the_rule() -> None:
    """Before a placeholder it is marked, "vu(n) {name}"; before "s du" it stays."""
    for line in _lines():
        for word, hole, following in ENDING_IN_N.findall(line):
            assert word in STEMS or (not hole and (following == "s" or keeps_n(following))), (word, line)
        for word, following in ENDING_WITHOUT.findall(line):
            assert not keeps_n(following), (word, line)

"""A name written from right to left turns nothing around that follows it."""

import pytest

from bot.texts import fill, isolated

ARABIC = "محمد"


@pytest.mark.parametrize("name", ["Léa", "Łukasz", "Αθηνά", "小林", "12", "+3", ""])
def test_what_turns_nothing_around_stays_as_it_is(name: str) -> None:
    assert isolated(name) == name


@pytest.mark.parametrize("name", [ARABIC, "נועה", "Anna נ", "Anna\u202e321", "\u2066a"])
def test_what_would_turn_its_surroundings_is_isolated(name: str) -> None:
    assert isolated(name) == f"\u2068{name}\u2069"


def test_sentence_isolates_the_names_put_into_it() -> None:
    assert fill("{name} · {count}", {"name": ARABIC, "count": 3}) == f"\u2068{ARABIC}\u2069 · 3"

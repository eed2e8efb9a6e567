"""Names are data: nothing invisible in them is kept."""

import pytest

from domain.rules.names import NAMELESS, clean_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Léa", "Léa"),
        ("  Léa \t Marie\n", "Léa Marie"),
        ("Léa\u202egnp.exe", "Léagnp.exe"),
        ("\u2066\u2067Léa\u2069", "Léa"),
        ("L\u200bé\ufeffa\u00ad", "Léa"),
        ("Léa\x00\x07", "Léa"),
        ("\ud800Léa", "Léa"),
        ("محمد علي", "محمد علي"),
        ("נועה", "נועה"),
        ("👩\u200d🍳 Anna", "👩\u200d🍳 Anna"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u202e\u200b", NAMELESS),
        ("\u200d\u200d", NAMELESS),
        ("", NAMELESS),
        ("x" * 200, "x" * 64),
    ],
)
def test_name_is_kept_without_what_cannot_be_seen(given: str, kept: str) -> None:
    assert clean_name(given) == kept

"""A customer asks in words of their own. No grammar: a word that is used for nothing else here says what is meant."""

import re

from domain.account import Locale

BALANCE_WORDS: dict[Locale, frozenset[str]] = {
    Locale.EN: frozenset({"stamp", "stamps", "point", "points", "balance"}),
    Locale.FR: frozenset({"tampon", "tampons", "point", "points", "solde"}),
    Locale.DE: frozenset({"stempel", "punkt", "punkte", "guthaben", "punktestand"}),
    Locale.LB: frozenset({"stempel", "stempelen", "punkt", "punkten", "guthaben"}),
}
"""Whoever uses one asks what is on the card; people write in whatever language comes first."""
_ALL = frozenset().union(*BALANCE_WORDS.values())
WORDS_MAX = 12
"""Who writes more has another story to tell."""


def asks_for_balance(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    return len(words) <= WORDS_MAX and not _ALL.isdisjoint(words)

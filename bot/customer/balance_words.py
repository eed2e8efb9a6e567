"""Questions about the balance in a customer's own words: recognised by words that mean nothing else here."""

import re

from domain.account import Locale

BALANCE_WORDS: dict[Locale, frozenset[str]] = {
    Locale.EN: frozenset({"stamp", "stamps", "point", "points", "balance"}),
    Locale.FR: frozenset({"tampon", "tampons", "point", "points", "solde"}),
    Locale.DE: frozenset({"stempel", "punkt", "punkte", "guthaben", "punktestand", "stand"}),
    Locale.LB: frozenset({"stempel", "stempelen", "punkt", "punkten", "guthaben", "stand"}),
}
"""A message with one of these words asks what is on the card; the words of all languages count for everybody."""
_ALL = frozenset().union(*BALANCE_WORDS.values())
WORDS_MAX = 12
"""A longer message is about something else."""


def asks_for_balance(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    return len(words) <= WORDS_MAX and not _ALL.isdisjoint(words)

"""What staff type after a command."""

import re

from bot.kit.refusals import PointsMalformed
from bot.screens.amounts import plain_number
from domain.account import Locale
from domain.ids import CardNumber
from domain.quick import dataclass
from domain.refusals import CardNumberMistyped
from domain.rules.card_numbers import parse_card_number

_NINE_DIGITS = r"(?P<number>[0-9](?:[ .\-]*[0-9]){8})"
_WORDS = re.compile(rf"{_NINE_DIGITS}(?:\s+(?P<count>[0-9]{{1,4}}))?(?:\s+(?P<rest>\S.*))?", re.DOTALL)
_CARD_AND_REST = re.compile(rf"{_NINE_DIGITS}(?:\s+(?P<rest>\S.*))?", re.DOTALL)
_SIGNED = re.compile(r"[+\-−–]\s?[0-9].*", re.DOTALL)
_CHANGE = re.compile(
    r"(?P<sign>[+\-−–]?)\s?(?P<points>[0-9]{1,3}(?:[\s.,'’][0-9]{3})+|[0-9]{1,9})(?:\s+(?P<reason>\S.*))?",
    re.DOTALL,
)
_COUNT_ALONE = re.compile(r"(?P<count>[0-9]{1,4})(?:\s+[^\s0-9].*)?", re.DOTALL)
NOTE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Typed:
    """``rest`` is what follows number and count, shortened to NOTE_LENGTH_MAX characters."""

    number: CardNumber
    count: int | None
    rest: str


@dataclass(frozen=True, slots=True)
class Change:
    """Points to add, or to take when negative, and why."""

    points: int
    reason: str


def parse_words(words: str) -> Typed:
    """ "482 109 375", "482109375 2", "482-109-375 2 wrong card". Raises CardNumberMistyped."""
    found = _WORDS.fullmatch(words.strip())
    if found is None:
        raise CardNumberMistyped
    count = found["count"]
    return Typed(parse_card_number(found["number"]), int(count) if count else None, _note(found["rest"]))


def is_number_and_count(words: str) -> bool:
    """Whether a card number was meant, mistyped or not, at most with a count behind it."""
    found = _WORDS.fullmatch(words.strip())
    return found is not None and not found["rest"]


def count_alone(words: str) -> int | None:
    """That of "2" and "1 wrong card", where no card is named; None for all else."""
    found = _COUNT_ALONE.fullmatch(words.strip())
    return int(found["count"]) if found else None


def parse_card_and_rest(words: str) -> tuple[CardNumber, str]:
    """ "482 109 375 12,50 €": the number and whatever follows it. Raises CardNumberMistyped."""
    found = _CARD_AND_REST.fullmatch(words.strip())
    if found is None:
        raise CardNumberMistyped
    return parse_card_number(found["number"]), found["rest"] or ""


def parse_change(words: str, locale: Locale) -> Change:
    """ "+50 forgotten purchase", "-1,000 wrong card", "50 forgotten purchase"; the number as it is written in
    ``locale``. Raises PointsMalformed."""
    found = _CHANGE.fullmatch(words.strip())
    number = plain_number(found["points"], locale) if found else ""
    if found is None or not number.isdecimal():
        raise PointsMalformed
    points = int(number)
    return Change(-points if found["sign"] in ("-", "−", "–") else points, _note(found["reason"]))


def is_change(words: str) -> bool:
    """Whether it begins with the points, as "+50 forgotten purchase" does, and names no card."""
    return _SIGNED.fullmatch(words.strip()) is not None or count_alone(words) is not None


def _note(rest: str | None) -> str:
    return " ".join((rest or "").split())[:NOTE_LENGTH_MAX]

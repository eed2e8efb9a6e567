"""What staff type after a command."""

import re
from dataclasses import dataclass

from domain.ids import CardNumber
from domain.refusals import CardNumberMistyped
from domain.rules.card_numbers import parse_card_number

_NINE_DIGITS = r"(?P<number>[0-9](?:[ .\-]*[0-9]){8})"
_WORDS = re.compile(rf"{_NINE_DIGITS}(?:\s+(?P<count>[0-9]{{1,4}}))?(?:\s+(?P<rest>\S.*))?", re.DOTALL)
NOTE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Typed:
    """``rest`` is what follows number and count, shortened to NOTE_LENGTH_MAX characters."""

    number: CardNumber
    count: int | None
    rest: str


def parse_words(words: str) -> Typed:
    """ "482 109 375", "482109375 2", "482-109-375 2 wrong card". Raises CardNumberMistyped."""
    found = _WORDS.fullmatch(words.strip())
    if found is None:
        raise CardNumberMistyped
    count = found["count"]
    rest = " ".join((found["rest"] or "").split())[:NOTE_LENGTH_MAX]
    return Typed(parse_card_number(found["number"]), int(count) if count else None, rest)

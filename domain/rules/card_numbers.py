"""Card numbers: eight random digits and a check digit.

The check digit is H. Michael Damm's (*Total anti-symmetrische Quasigruppen*, Marburg 2004): it notices every single
wrong digit and every swap of two neighbours, the two mistakes people make when they read a number aloud.
"""

import re

from domain.ids import CardNumber
from domain.refusals import CardNumberMistyped

_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def card_number(chance: int) -> CardNumber:
    """The number whose first eight digits are ``chance`` (0 to 99,999,999)."""
    digits = f"{chance:08d}"
    return CardNumber(f"{digits}{_check_digit(digits)}")


def parse_card_number(text: str) -> CardNumber:
    """The number in what a person typed, with or without spaces, dots and dashes.

    Raises CardNumberMistyped when it is not nine digits or the check digit does not fit.
    """
    digits = re.sub(r"[\s.\-]", "", text)
    if not looks_like_card_number(digits) or _check_digit(digits) != 0:
        raise CardNumberMistyped
    return CardNumber(digits)


def looks_like_card_number(text: str) -> bool:
    """Whether a person meant a card number, mistyped or not."""
    return re.fullmatch(r"[0-9]{9}", re.sub(r"[\s.\-]", "", text)) is not None


def _check_digit(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _QUASIGROUP[interim][int(digit)]
    return interim

"""An amount of money."""

from domain.quick import dataclass

AMOUNT_MAX_MINOR = 10_000_000
"""A larger purchase at a counter is a typing error."""
MINOR_DIGITS_DEFAULT = 2
MINOR_DIGITS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""The decimal digits of currencies that do not have two: ISO 4217, list one."""


def minor_digits(currency: str) -> int:
    return MINOR_DIGITS.get(currency, MINOR_DIGITS_DEFAULT)


@dataclass(frozen=True, slots=True)
class Money:
    """``amount_minor`` counts the smallest unit of ``currency``, an ISO 4217 code."""

    amount_minor: int
    currency: str

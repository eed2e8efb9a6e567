"""Amounts of money as people type them."""

import re

from bot.kit.refusals import AmountMalformed
from bot.texts import texts
from domain.account import Locale
from domain.money import Money, minor_digits

EXAMPLE_IN_UNITS = 12
AMOUNT_LENGTH_MAX = 24
_NUMBER = re.compile(r"[0-9]+(?:[ .,'][0-9]+)*")
_SAME_SIGN = str.maketrans({"\u00a0": " ", "\u202f": " ", "’": "'"})
_NO_DECIMALS = re.compile(r"(?<=[0-9][.,]) ?[-–—]{1,2}(?= ?[^0-9]*$)")
""" "12,-" is twelve."""


def parse_amount(typed: str, currency: str, locale: Locale, *, least_minor: int = 1) -> int:
    """ "12,50", "€12.50", "1.234,50", "1 234,50", "EUR 12", "12 euros", "12€50", "12,-" in the smallest unit of
    ``currency``.

    A lone "." or "," before exactly three digits groups them where that is the grouping sign of the merchant's
    ``locale``, and where the currency has no smaller unit. Raises AmountMalformed.
    """
    digits = minor_digits(currency)
    number = _without_currency(_NO_DECIMALS.sub("0", typed.strip().translate(_SAME_SIGN)), currency, locale)
    whole, decimals = _split(number, digits, locale) if len(number) <= AMOUNT_LENGTH_MAX else ("", "")
    grouped = _ungrouped(whole)
    if grouped is None or len(decimals) > digits:
        raise malformed_amount(currency)
    amount_minor = int(grouped + decimals.ljust(digits, "0"))
    if amount_minor < least_minor:
        raise malformed_amount(currency)
    return amount_minor


def plain_number(typed: str, locale: Locale) -> str:
    """Converts a number as it is written in ``locale``, grouped or not, to the plain form of domain/field_kinds.py:
    "1.000,5" becomes "1000.5". Returns ``typed`` unchanged if it is not a number."""
    whole, sign, decimals = typed.translate(_SAME_SIGN).partition(texts(locale).decimal_sign)
    grouped = _ungrouped(whole)
    if grouped is None:
        return typed
    return f"{grouped}.{decimals}" if sign else grouped


def keyed_amount(keys: str, currency: str) -> int:
    """The amount on a keypad, digits with "." before the smaller unit; 0 while there is none."""
    whole, _, decimals = keys.partition(".")
    return int((whole or "0") + decimals.ljust(minor_digits(currency), "0"))


def is_keyed_amount(keys: str, currency: str) -> bool:
    """Whether these keys are an amount, or the beginning of one."""
    digits = minor_digits(currency)
    decimals = rf"(\.[0-9]{{0,{digits}}})?" if digits else ""
    return re.fullmatch(rf"(0|[1-9][0-9]*){decimals}", keys) is not None


def malformed_amount(currency: str) -> AmountMalformed:
    """With an example in this currency."""
    units = 10 ** minor_digits(currency)
    return AmountMalformed(example=Money(EXAMPLE_IN_UNITS * units + units // 2, currency))


def _without_currency(typed: str, currency: str, locale: Locale) -> str:
    signs = {texts(each).currency_sign(currency) for each in (locale, Locale.EN)}
    between = re.fullmatch(rf"([0-9]+)(?:{'|'.join(map(re.escape, signs))})([0-9]{{2}})", typed)
    if between and minor_digits(currency) == 2:
        return ".".join(between.groups())
    names = {name for each in Locale for name in texts(each).currency_names(currency)}
    for sign in (currency, *signs, *names):
        shown = re.escape(sign)
        found = re.fullmatch(rf"(?:{shown} ?(?P<after>.*)|(?P<before>.*?) ?{shown})", typed, re.IGNORECASE)
        if found:
            return found["after"] if found["after"] is not None else found["before"]
    return typed


def _split(number: str, digits: int, locale: Locale) -> tuple[str, str]:
    """The whole units, still grouped, and the decimals."""
    if _NUMBER.fullmatch(number) is None:
        return "", ""
    sign = next((each for each in reversed(number) if each in ".,"), None)
    if sign is None or number.count(sign) > 1:
        return number, ""
    whole, _, decimals = number.partition(sign)
    if not decimals.isdecimal():
        return number, ""
    is_alone = whole.isdecimal()
    groups_here = sign == texts(locale).grouping_sign or digits == 0
    if is_alone and len(decimals) == 3 and groups_here:
        return number, ""
    return whole, decimals


def _ungrouped(whole: str) -> str | None:
    """The digits of a whole number; None where it is none, or grouped otherwise than by three with one sign."""
    if whole.isdecimal():
        return whole
    if re.fullmatch(r"[1-9][0-9]{0,2}([ .,'])[0-9]{3}(?:\1[0-9]{3})*", whole) is None:
        return None
    return re.sub(r"[^0-9]", "", whole)

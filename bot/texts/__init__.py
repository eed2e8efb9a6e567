"""Every sentence the bot says: English in the code, French, German and Luxembourgish in gettext catalogues.

Values put into a sentence are escaped; the sentences themselves may carry Telegram's HTML.
"""

import html
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from gettext import c2py
from pathlib import Path
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from babel import Locale as Babel
from babel.dates import format_date, format_datetime, format_interval, format_skeleton, format_time
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_name,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)
from babel.support import NullTranslations

from bot.kit.loading import loading
from bot.texts import french, luxembourgish
from bot.texts.catalogues import Catalogue, read_catalogue
from domain.account import Locale
from domain.money import Money, minor_digits

FORMATS = {Locale.EN: "en_GB"}
"""The locale whose formats of dates and numbers are used, where it is not the locale itself."""

LOCALES = Path(__file__).parent / "locales"
_A_LEAP_YEAR = 2000
GROUPED_FROM = 1000

_SET = {Locale.FR: french.typeset, Locale.LB: luxembourgish.marked}
"""What typesets the sentences of a catalogue when it is loaded, so that translators can use the signs on a
keyboard."""


class Texts:
    """The sentences of one locale. Called as ``t("..", name=value)``; ``t.n`` chooses the plural."""

    def __init__(self, locale: Locale, catalogue: NullTranslations, money_locale: Locale) -> None:
        self.locale = locale
        self._money_format = FORMATS.get(money_locale, money_locale.value)
        self._catalogue = catalogue
        self._format = FORMATS.get(locale, locale.value)

    @cached_property
    def _babel(self) -> Babel:
        return Babel.parse(self._format)

    @cached_property
    def _day_of_week(self) -> str:
        return re.sub(r"[ ,]*y+$", "", self._babel.date_formats["full"].pattern)

    def __call__(self, sentence: str, **facts: object) -> str:
        return luxembourgish.settled(fill(self._catalogue.gettext(sentence), facts))

    def n(self, singular: str, plural: str, count: int, **facts: object) -> str:
        """``count`` chooses the form and fills ``{count}``."""
        counted = {"count": self.number(count), **facts}
        return luxembourgish.settled(fill(self._catalogue.ngettext(singular, plural, count), counted))

    @property
    def language(self) -> str:
        """The language's own name: "Deutsch"."""
        return str(self._babel.get_language_name()).capitalize()

    def money(self, money: Money) -> str:
        return self.amount(Decimal(money.amount_minor).scaleb(-minor_digits(money.currency)), money.currency)

    def amount(self, units: Decimal, currency: str) -> str:
        return format_currency(units, currency, locale=self._money_format)

    def typed_money(self, digits: str, currency: str) -> str:
        """An amount that is still being typed, its digits as they are."""
        nothing = format_currency(Decimal(0), currency, locale=self._format)
        return re.sub(r"[0-9][0-9.,]*", digits, nothing)

    def currency_sign(self, currency: str) -> str:
        return get_currency_symbol(currency, locale=self._format)

    def currency_names(self, currency: str) -> tuple[str, str]:
        """ "euro", "euros" """
        one, several = (get_currency_name(currency, count, locale=self._format) for count in (1, 2))
        return one, several

    @property
    def decimal_sign(self) -> str:
        return get_decimal_symbol(self._format)

    @property
    def grouping_sign(self) -> str:
        return get_group_symbol(self._format)

    def whole_money(self, units: int, currency: str) -> str:
        """So many whole units of a currency, without decimals."""
        pattern = self._babel.currency_formats["standard"].pattern.replace(".00", "")
        return format_currency(units, currency, pattern, locale=self._babel, currency_digits=False)

    def number(self, number: int) -> str:
        """ "12,340" """
        return _written(number, self._format)

    def decimal(self, number: Decimal) -> str:
        """ "0.5" """
        return format_decimal(number, locale=self._format)

    def percent(self, share: float) -> str:
        """ "12%" for 0.12"""
        return format_percent(share, locale=self._format)

    def time(self, moment: datetime, timezone: str) -> str:
        return format_time(moment.astimezone(ZoneInfo(timezone)), "short", locale=self._format)

    def moment(self, moment: datetime, timezone: str) -> str:
        return format_datetime(moment.astimezone(ZoneInfo(timezone)), "short", locale=self._format)

    def short_moment(self, moment: datetime, timezone: str) -> str:
        """ "22/11 14:05": for a button, beside others of about that time."""
        there = moment.astimezone(ZoneInfo(timezone))
        return f"{format_skeleton('Md', there, locale=self._format)} {self.time(moment, timezone)}"

    def day(self, moment: datetime, timezone: str) -> str:
        return self._dated(moment.astimezone(ZoneInfo(timezone)), "medium")

    def local_date(self, day: date) -> str:
        """ "22 November 2026": a date that is local already."""
        return self._dated(day, "long")

    def day_and_month(self, month: int, day: int) -> str:
        """ "22 November" """
        written = format_skeleton("MMMMd", date(_A_LEAP_YEAR, month, day), locale=self._format)
        return french.first_of_month(written) if self.locale is Locale.FR else written

    def month(self, month: int) -> str:
        """ "November" """
        return format_date(date(_A_LEAP_YEAR, month, 1), "LLLL", locale=self._format)

    def dates(self, first: date, last: date) -> str:
        """ "24 Dec 2026 – 2 Jan 2027" """
        written = format_interval(first, last, "yMMMd", locale=self._format)
        return french.first_of_month(written) if self.locale is Locale.FR else written

    def day_of_week(self, day: date) -> str:
        """ "Sunday, 22 November" """
        return self._dated(day, self._day_of_week)

    def weekday(self, day: date) -> str:
        return format_date(day, "EEEE", locale=self._format)

    def short_weekday(self, day: date) -> str:
        return format_date(day, "EEE", locale=self._format)

    def weekday_names(self) -> list[str]:
        """Short, from Monday on."""
        return [self.short_weekday(date(2026, 6, day)) for day in range(1, 8)]

    def _dated(self, day: date, form: str) -> str:
        written = format_date(day, form, locale=self._format)
        return french.first_of_month(written) if self.locale is Locale.FR else written


@lru_cache(maxsize=4096)
def _written(number: int, form: str) -> str:
    """Cached: the same small numbers are used all day, and to format one takes longer than the sentence around it.
    Below a thousand nothing is grouped, in none of the locales, and no locale's data need be loaded for that."""
    return str(number) if 0 <= number < GROUPED_FROM else format_decimal(number, locale=form)


def mark(sentence: str) -> str:
    """Marks a sentence for the catalogues; the call that translates it is elsewhere."""
    return sentence


def mark_plural(singular: str, plural: str) -> tuple[str, str]:
    return singular, plural


@lru_cache
def texts(locale: Locale, money_locale: Locale | None = None) -> Texts:
    """The texts of a locale. Amounts are formatted for ``money_locale``: at a counter, that of the merchant."""
    return Texts(locale, _catalogue(locale), money_locale or locale)


@lru_cache
def _catalogue(locale: Locale) -> NullTranslations:
    if locale is Locale.EN:
        return NullTranslations()
    with loading(stays=True):
        found = read_catalogue((LOCALES / f"{locale.value}.po").read_text(encoding="utf-8"))
        return _Translated(found, _SET.get(locale, str))


class _Translated(NullTranslations):
    """The translations, read from the .po file: compiling it for gettext would take as long again."""

    def __init__(self, catalogue: Catalogue, typeset: Callable[[str], str]) -> None:
        super().__init__()
        self._form = c2py(catalogue.plural)
        self._said = {sentence: tuple(map(typeset, forms)) for sentence, forms in catalogue.said.items()}

    def gettext(self, message: str) -> str:
        return self._said.get(message, (message,))[0]

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        forms = self._said.get(singular)
        return super().ngettext(singular, plural, count) if forms is None else forms[self._form(count)]


def plain(text: str) -> str:
    """The text without markup, for buttons and alerts."""
    return html.unescape(re.sub(r"</?[a-z][^>]*>", "", text))


def length(text: str) -> int:
    """The length as Telegram counts it: in UTF-16 units, without markup."""
    return len(plain(text).encode("utf-16-le")) // 2


_TURNING = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})


def isolated(name: str) -> str:
    """A name written from right to left, set between FSI and PDI so that it does not reorder the text beside it, as
    UAX #9 (https://www.unicode.org/reports/tr9/#Markup_And_Formatting) advises; every other name as it is."""
    if not name.isascii() and any(bidirectional(character) in _TURNING for character in name):
        return f"\u2068{name}\u2069"
    return name


def fill(sentence: str, facts: Mapping[str, object]) -> str:
    """The sentence with its placeholders filled. Facts are data: nothing in them becomes markup or reorders the
    text."""
    if not facts:
        return sentence
    return sentence.format(
        **{name: html.escape(isolated(str(value)), quote=False) for name, value in facts.items()}
    )

"""Numbers are written as the Unicode locale data have them, also those for which it is not asked."""

import pytest
from babel.numbers import format_decimal

from bot.texts import FORMATS, GROUPED_FROM, texts
from domain.account import Locale


@pytest.mark.parametrize("locale", Locale)
def test_number_is_written_as_in_its_language(locale: Locale) -> None:
    form = FORMATS.get(locale, locale.value)
    for number in (*range(-1, GROUPED_FROM + 2), 12_340, -GROUPED_FROM, -999):
        assert texts(locale).number(number) == format_decimal(number, locale=form)

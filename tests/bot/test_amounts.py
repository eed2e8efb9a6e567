"""Amounts as people type them, in whatever way they were taught to."""

import pytest

from bot.kit.refusals import AmountMalformed
from bot.screens.amounts import is_keyed_amount, keyed_amount, parse_amount, plain_number
from bot.texts import texts
from domain.account import Locale
from tests.support.each import for_each

EN, FR, DE, LB = Locale.EN, Locale.FR, Locale.DE, Locale.LB
EVERYWHERE = [
    ("12,50", 1250),
    ("12.50", 1250),
    ("€12.50", 1250),
    ("€ 12.50", 1250),
    ("12.50 €", 1250),
    ("12,50€", 1250),
    ("12,50\u00a0€", 1250),
    ("EUR 12.50", 1250),
    ("12,50 eur", 1250),
    ("  12,50  ", 1250),
    ("1.234,50", 123450),
    ("1,234.50", 123450),
    ("1 234,50", 123450),
    ("1\u202f234,50 €", 123450),
    ("1'234.50", 123450),
    ("1’234.50", 123450),
    ("1.234.567", 123456700),
    ("1,234,567.8", 123456780),
    ("1 234", 123400),
    ("12", 1200),
    ("0,5", 50),
    ("0.05", 5),
    ("1234,5", 123450),
    ("007", 700),
    ("12 Euro", 1200),
    ("12,50 euros", 1250),
    ("12€50", 1250),
    ("12,-", 1200),
    ("12,– €", 1200),
    ("1.234,-", 123400),
]
NOWHERE = [
    "",
    "€",
    "twelve",
    "12 euros and a half",
    "-12.50",
    "+12.50",
    "0",
    "0,00",
    "12,",
    ",50",
    "0.500",
    "1234.567",
    "12 50",
    "1 23,50",
    "1 2345",
    "1.23.456",
    "1,234.567.8",
    "1'234 567",
    "01.234,50",
    "12,50,",
    "12..50",
    "$12.50",
    "CHF 12.50",
    "€€12",
    "12 € 50",
    "12€5",
    "12,50,-",
    "12 francs",
    "١٢",
    "12²",
    "1e3",
    "9" * 25,
]


@pytest.mark.parametrize("locale", Locale, ids=str)
@for_each(("typed", "amount_minor"), EVERYWHERE)
def test_amount_is_read_alike_wherever_it_can_mean_only_one_thing(
    typed: str, amount_minor: int, locale: Locale
) -> None:
    assert parse_amount(typed, "EUR", locale) == amount_minor


@pytest.mark.parametrize("locale", Locale, ids=str)
@for_each("typed", NOWHERE)
def test_what_is_no_amount_is_refused_with_an_example_that_is_one(typed: str, locale: Locale) -> None:
    with pytest.raises(AmountMalformed) as refused:
        parse_amount(typed, "EUR", locale)
    shown = texts(locale).money(refused.value.example)
    assert parse_amount(shown, "EUR", locale) == refused.value.example.amount_minor == 1250


@pytest.mark.parametrize(
    ("typed", "locale", "amount_minor"),
    [
        ("1.234", DE, 123400),
        ("1.234", LB, 123400),
        ("1.234", EN, None),
        ("1.234", FR, None),
        ("1,234", EN, 123400),
        ("1,234", DE, None),
        ("1,234", LB, None),
        ("1,234", FR, None),
    ],
)
def test_lone_sign_before_three_digits_means_what_it_means_to_the_merchant(
    typed: str, locale: Locale, amount_minor: int | None
) -> None:
    if amount_minor is not None:
        assert parse_amount(typed, "EUR", locale) == amount_minor
        return
    with pytest.raises(AmountMalformed):
        parse_amount(typed, "EUR", locale)


@pytest.mark.parametrize(
    ("typed", "currency", "amount_minor"),
    [
        ("1250", "JPY", 1250),
        ("1,250", "JPY", 1250),
        ("1.250", "JPY", 1250),
        ("JP¥1,250", "JPY", 1250),
        ("12.5", "JPY", None),
        ("12.345", "KWD", 12345),
        ("12,345", "KWD", 12345000),
        ("KWD 12.3", "KWD", 12300),
        ("12.3456", "KWD", None),
        ("CHF 12.50", "CHF", 1250),
        ("12.50 Chf", "CHF", 1250),
        ("12.50 €", "CHF", None),
    ],
)
def test_currency_says_how_many_decimals_there_are(
    typed: str, currency: str, amount_minor: int | None
) -> None:
    if amount_minor is not None:
        assert parse_amount(typed, currency, EN) == amount_minor
        return
    with pytest.raises(AmountMalformed):
        parse_amount(typed, currency, EN)


@pytest.mark.parametrize(
    ("keys", "currency", "amount_minor"),
    [
        ("", "EUR", 0),
        ("1", "EUR", 100),
        ("12.", "EUR", 1200),
        ("12.5", "EUR", 1250),
        ("0.05", "EUR", 5),
        ("125", "JPY", 125),
        ("1.5", "KWD", 1500),
    ],
)
def test_keys_are_an_amount_at_every_moment(keys: str, currency: str, amount_minor: int) -> None:
    assert keyed_amount(keys, currency) == amount_minor
    assert not keys or is_keyed_amount(keys, currency)


@pytest.mark.parametrize(
    ("keys", "currency"),
    [
        (".", "EUR"),
        (".5", "EUR"),
        ("00", "EUR"),
        ("05", "EUR"),
        ("1..", "EUR"),
        ("1.234", "EUR"),
        ("1.", "JPY"),
        ("1.2345", "KWD"),
        ("x", "EUR"),
        ("²", "EUR"),
        ("-1", "EUR"),
        ("1\n", "EUR"),
    ],
)
def test_keys_that_make_no_amount_are_not_taken(keys: str, currency: str) -> None:
    assert not is_keyed_amount(keys, currency)


@pytest.mark.parametrize(
    ("typed", "locale", "plain"),
    [
        ("1,000", EN, "1000"),
        ("1.000", DE, "1000"),
        ("100 000", FR, "100000"),
        ("1\u202f000", LB, "1000"),
        ("0,5", DE, "0.5"),
        ("0.5", DE, "0.5"),
        ("0.5", EN, "0.5"),
        ("1.000,5", DE, "1000.5"),
        ("12", FR, "12"),
        ("none", EN, "none"),
        ("1,00", EN, "1,00"),
        ("1,5", EN, "1,5"),
        ("-1", DE, "-1"),
        ("12.", EN, "12."),
    ],
)
def test_number_may_be_typed_as_it_is_shown(typed: str, locale: Locale, plain: str) -> None:
    assert plain_number(typed, locale) == plain

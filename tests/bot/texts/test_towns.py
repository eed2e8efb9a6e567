"""Towns and countries by the names that people give them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.texts import texts, towns
from bot.texts.towns import country_name, currency_in, current, find_zone
from bot.views.set_up import ZONES
from domain.account import Locale

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("said", "zone", "currency"),
    [
        ("Luxembourg", "Europe/Luxembourg", "EUR"),
        ("Lëtzebuerg", "Europe/Luxembourg", "EUR"),
        ("Esch, Lëtzebuerg", "Europe/Luxembourg", "EUR"),
        ("metz,france", "Europe/Paris", "EUR"),
        ("Trier, Deutschland", "Europe/Berlin", "EUR"),
        ("Allemagne", "Europe/Berlin", "EUR"),
        (" BRÉISSEL ", "Europe/Brussels", "EUR"),
        ("zurich", "Europe/Zurich", "CHF"),
        ("Spanien", "Europe/Madrid", "EUR"),
        ("Portugal", "Europe/Lisbon", "EUR"),
        ("London", "Europe/London", "GBP"),
        ("Chicago, United States", "America/Chicago", "USD"),
        ("Paris, Allemagne", "Europe/Berlin", "EUR"),
        ("Esch-sur-Alzette Luxembourg", "Europe/Luxembourg", "EUR"),
        ("Esch (Luxemburg)", "Europe/Luxembourg", "EUR"),
        ("Arlon - Belgique", "Europe/Brussels", "EUR"),
        ("Bury St Edmunds United Kingdom", "Europe/London", "GBP"),
        ("Asia/Tokyo", "Asia/Tokyo", "JPY"),
    ],
)
def test_town_or_country_sets_time_zone_and_currency(said: str, zone: str, currency: str) -> None:
    assert find_zone(said) == zone
    assert currency_in(zone, TODAY) == current(currency, TODAY) == currency


@pytest.mark.parametrize(
    "said", ["", ",", "Nowhere", "UTC", "Etc/GMT+3", "Springfield, Nowhere", "Canada", "Russland"]
)
def test_what_nobody_knows_is_no_guess(said: str) -> None:
    assert find_zone(said) is None


def test_currency_is_that_of_the_day() -> None:
    assert currency_in("Europe/Zagreb", date(2022, 12, 31)) == "HRK"
    assert currency_in("Europe/Zagreb", TODAY) == "EUR"


@pytest.mark.parametrize("locale", Locale, ids=str)
def test_country_that_is_offered_is_understood_when_it_is_typed(locale: Locale) -> None:
    t = texts(locale)
    assert [find_zone(country_name(t, zone)) for zone in ZONES] == list(ZONES)


def test_every_zone_is_one() -> None:
    for zone in set(towns._zones().values()):
        assert ZoneInfo(zone).key == zone

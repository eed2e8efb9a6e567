"""Towns and countries as people name them, and what follows from them: a time zone and a currency.

The names are those of the Unicode locale data, in every language of the bot. A country means the first of its zones
in the time zone database, which puts the most populous first where it can; a country with many zones means none.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from babel import Locale as Babel
from babel.core import get_global
from babel.numbers import get_territory_currencies

from bot.texts import Texts
from domain.account import Locale
from domain.refusals import CurrencyMalformed
from domain.rules.names import folded

ZONES_MAX = 4
"""The most zones of a country that can be meant by its name."""


def find_zone(text: str) -> str | None:
    """The time zone of a town, of a country, or of a town with its country behind it: the country's where the town is
    not known in it."""
    parts = (text, *re.split(r"[,;()\n]| [-–—/] ", text))
    found = [zone for part in parts if (zone := _zones().get(folded(part)))]
    if not found:
        words = text.split()
        endings = (" ".join(words[first:]) for first in range(1, len(words)))
        found = [zone for ending in endings if (zone := _countries().get(folded(ending)))]
    if not found:
        return None
    territories = get_global("zone_territories")
    town, country = found[0], found[-1]
    return town if territories.get(town) == territories.get(country) else country


def country_name(t: Texts, zone: str) -> str:
    """The name of the country in which a time zone is."""
    territory = get_global("zone_territories")[zone]
    return str(Babel.parse(t.locale.value).territories[territory])


def currency_in(zone: str, day: date) -> str:
    """The currency of the zone's country on that day; the euro for a zone without a country."""
    territory = get_global("zone_territories").get(zone)
    found = get_territory_currencies(territory, day, day) if territory else ()
    return found[0] if found else "EUR"


def current(currency: str, day: date) -> str:
    """The currency itself. Raises CurrencyMalformed unless some country pays with it on that day."""
    for territory in get_global("territory_currencies"):
        if currency in get_territory_currencies(territory, day, day):
            return currency
    raise CurrencyMalformed(currency=currency)


@cache
def _zones() -> Mapping[str, str]:
    """Zones by the folded names of towns, countries and zones; a town goes before a country of the same name."""
    known = [zone for zone in get_global("zone_territories") if "/" in zone and not zone.startswith("Etc/")]
    towns = {folded(_town(language, zone)): zone for language in _languages() for zone in known}
    return {**_countries(), **towns, **{folded(zone): zone for zone in known}}


@cache
def _countries() -> Mapping[str, str]:
    """Zones by the folded names of countries with few of them."""
    zones_of: dict[str, list[str]] = defaultdict(list)
    for line in (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            territory, _, zone = line.split("\t")[:3]
            zones_of[territory].append(zone)
    return {
        folded(language.territories[territory]): zones[0]
        for language in _languages()
        for territory, zones in zones_of.items()
        if territory in language.territories and len(zones) <= ZONES_MAX
    }


def _languages() -> list[Babel]:
    return [Babel.parse(locale.value) for locale in Locale]


def _town(language: Babel, zone: str) -> str:
    named = language.time_zones.get(zone, {}).get("city")
    return str(named or zone.rpartition("/")[2].replace("_", " "))

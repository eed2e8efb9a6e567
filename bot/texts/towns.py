"""Towns and countries as people name them, and what follows from them: a time zone and a currency.

The names are those of the Unicode locale data, in every language of the bot; which zone stands for a country, the
first of the time zone database says, which puts the most populous first where it can.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from babel import Locale as Babel
from babel.core import get_global
from babel.numbers import get_territory_currencies

from bot.texts import Texts
from domain.account import Locale
from domain.rules.names import folded


def find_zone(text: str) -> str | None:
    """The time zone of a town or a country, or of "town, country" where nobody knows the town."""
    parts = [text, *reversed(text.split(","))]
    return next((zone for part in parts if (zone := _zones().get(folded(part)))), None)


def town_name(t: Texts, zone: str) -> str:
    """The town after which a time zone is called."""
    return _town(Babel.parse(t.locale.value), zone)


def currency_in(zone: str, day: date) -> str:
    """What is paid with on that day, the euro where there is no country."""
    territory = get_global("zone_territories").get(zone)
    found = get_territory_currencies(territory, day, day) if territory else ()
    return found[0] if found else "EUR"


@cache
def _zones() -> Mapping[str, str]:
    """By the folded names; a town goes before a country of the same name."""
    languages = [Babel.parse(locale.value) for locale in Locale]
    first: dict[str, str] = {}
    for line in (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            territory, _, zone = line.split("\t")[:3]
            first.setdefault(territory, zone)
    countries = {
        folded(language.territories[territory]): zone
        for language in languages
        for territory, zone in first.items()
        if territory in language.territories
    }
    zones = [zone for zone in get_global("zone_territories") if "/" in zone and not zone.startswith("Etc/")]
    towns = {folded(_town(language, zone)): zone for language in languages for zone in zones}
    return {**countries, **towns, **{folded(zone): zone for zone in zones}}


def _town(language: Babel, zone: str) -> str:
    named = language.time_zones.get(zone, {}).get("city")
    return str(named or zone.rpartition("/")[2].replace("_", " "))

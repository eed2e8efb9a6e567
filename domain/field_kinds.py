"""What a field can hold: each kind of value, how it is checked, and how it is written as text and read back."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain import refusals
from domain.account import Locale
from domain.hours import checked_hours, read_hours, written_hours
from domain.ids import FieldName
from domain.merchant import (
    INTERIM_REWARDS_MAX,
    JOINERS,
    POINT_REWARDS_MAX,
    REWARD_LENGTH_MAX,
    InterimReward,
    Location,
    Multiplier,
    OwnText,
    PointReward,
    Span,
)
from domain.money import Money, minor_digits
from domain.multipliers import checked_multipliers, read_multiplier, written_multiplier
from domain.quick import dataclass

UNNAMED = FieldName("")
YES_OR_NO = {"yes": True, "no": False}
NOTHING = "-"
PERCENT = "percent"
"""The unit of numbers that are shown, and may be typed, with a percent sign."""


class Reset(StrEnum):
    """What a change restarts: the expiry clock of what is held, the dates on the cards, the plan of the next
    summary."""

    EXPIRY_CLOCK = "expiry_clock"
    EXPIRY_DATES = "expiry_dates"
    SUMMARY_PLAN = "summary_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """``name`` is the name of the attribute. ``default`` is None where a value must be given, or where None is the
    default.

    As text a value has a plain form without language: ``parse`` reads what ``show`` writes, for a merchant's
    currency.
    """

    name: FieldName = UNNAMED
    default: Any = None
    resets: frozenset[Reset] = frozenset()

    def parse(self, text: str, currency: str) -> Any:
        """Raises what ``check`` raises, and a refusal for text that is no value at all."""
        return self.check(self._read(text.strip(), currency))

    def check(self, value: Any) -> Any:
        """The value as it is stored. Raises a refusal."""
        return value

    def show(self, value: Any, _currency: str) -> str:
        return str(value)

    def _read(self, text: str, _currency: str) -> Any:
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Field):
    """1 to ``length_max`` printable characters on one line; JOINERS only between other characters."""

    length_max: int
    refusal: type[refusals.NameMalformed | refusals.RewardMalformed | refusals.ContactMalformed]

    def check(self, value: str) -> str:
        """The text without surrounding space. Raises its ``refusal``."""
        value = value.strip().strip(JOINERS)
        seen = value.translate(dict.fromkeys(map(ord, JOINERS)))
        if not 1 <= len(value) <= self.length_max or not seen.isprintable():
            raise self.refusal(length_max=self.length_max)
        return value


REWARD = Line(length_max=REWARD_LENGTH_MAX, refusal=refusals.RewardMalformed)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOrNone(Field):
    """A line, or None, which is written as a single hyphen."""

    line: Line

    def check(self, value: str | None) -> str | None:
        """Raises what the line's ``check`` raises."""
        return None if value is None else self.line.check(value)

    def show(self, value: str | None, _currency: str) -> str:
        return NOTHING if value is None else value

    def _read(self, text: str, _currency: str) -> str | None:
        return None if text == NOTHING else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour(Field):
    def check(self, value: str) -> str:
        """Raises ColourMalformed unless it is ``#rrggbb``."""
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise refusals.ColourMalformed(colour=value)
        return value.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timezone(Field):
    def check(self, value: str) -> str:
        """Raises TimezoneUnknown unless it is an IANA time zone name."""
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise refusals.TimezoneUnknown(timezone=value) from error
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency(Field):
    def check(self, value: str) -> str:
        """Raises CurrencyMalformed unless it has the form of an ISO 4217 code."""
        if not re.fullmatch(r"[A-Z]{3}", value):
            raise refusals.CurrencyMalformed(currency=value)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A number of ``unit`` from ``lowest`` to ``highest``; None, where it is allowed, is written as ``without``."""

    lowest: int
    highest: int
    unit: str
    without: str | None = None

    def check(self, value: int | None) -> int | None:
        """Raises NumberOutOfRange."""
        is_right = self.without is not None if value is None else self.lowest <= value <= self.highest
        if not is_right:
            raise self._out_of_range()
        return value

    def show(self, value: int | None, _currency: str) -> str:
        return str(self.without if value is None else value)

    def _read(self, text: str, _currency: str) -> int | None:
        value = _scaled(text, 0)
        if value is None and text != self.without:
            raise self._out_of_range()
        return value

    def _out_of_range(self) -> refusals.NumberOutOfRange:
        return refusals.NumberOutOfRange(field=self.name, lowest=self.lowest, highest=self.highest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(Number):
    """Stored in the smallest unit of the merchant's currency, written in whole units with decimals."""

    def show(self, value: Any, currency: str) -> str:
        if value is None:
            return str(self.without)
        return f"{Decimal(value).scaleb(-minor_digits(currency)):f}"

    def _read(self, text: str, currency: str) -> int | None:
        """Raises FieldAmountMalformed, AmountOutOfRange."""
        if text == self.without:
            return None
        digits = minor_digits(currency)
        amount_minor = _scaled(text, digits)
        if amount_minor is None:
            example = Decimal(5 * 10 ** (digits or 2)).scaleb(-digits)
            raise refusals.FieldAmountMalformed(field=self.name, currency=currency, example=example)
        if amount_minor > self.highest:
            raise refusals.AmountOutOfRange(highest=Money(self.highest, currency))
        return amount_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Number):
    """Stored in thousandths, written as a decimal number."""

    def show(self, value: Any, _currency: str) -> str:
        return f"{(Decimal(value) / 1000).normalize():f}"

    def _read(self, text: str, _currency: str) -> int:
        """Raises RateMalformed."""
        rate = _scaled(text, 3)
        if rate is None or not self.lowest <= rate <= self.highest:
            lowest, highest = Decimal(self.lowest) / 1000, Decimal(self.highest) / 1000
            raise refusals.RateMalformed(field=self.name, lowest=lowest, highest=highest)
        return rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of a few values; ``options`` maps how each is written to the value."""

    options: Mapping[str, Any]

    def check(self, value: Any) -> Any:
        """Raises ChoiceUnknown."""
        return self._read(self.show(value, ""), "")

    def show(self, value: Any, _currency: str) -> str:
        return next((text for text, option in self.options.items() if option == value), str(value))

    def _read(self, text: str, _currency: str) -> Any:
        if text not in self.options:
            raise refusals.ChoiceUnknown(field=self.name, choices=", ".join(self.options))
        return self.options[text]


POINT_REWARD_COST = Number(name=FieldName("point_reward_cost"), lowest=1, highest=1_000_000, unit="points")
POINT_REWARD_COUNT = Number(
    name=FieldName("point_rewards"), lowest=1, highest=POINT_REWARDS_MAX, unit="rewards"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRewards(Field):
    """Cheapest first. As text: one a line, its price before its name."""

    def check(self, value: tuple[PointReward, ...]) -> tuple[PointReward, ...]:
        """Raises NumberOutOfRange, RewardMalformed."""
        for reward in value:
            POINT_REWARD_COST.check(reward.cost)
        if value:
            POINT_REWARD_COUNT.check(len(value))
        kept = (PointReward(cost=reward.cost, name=REWARD.check(reward.name)) for reward in value)
        return tuple(sorted(kept, key=lambda reward: reward.cost))

    def show(self, value: tuple[PointReward, ...], _currency: str) -> str:
        return "\n".join(f"{reward.cost}={reward.name}" for reward in value)

    def _read(self, text: str, _currency: str) -> tuple[PointReward, ...]:
        return tuple(map(point_reward, text.splitlines()))


def point_reward(line: str) -> PointReward:
    """Raises PointRewardMalformed."""
    cost, equals, name = line.partition("=")
    cost_points = _scaled(cost.strip(), 0)
    if not equals or cost_points is None:
        raise refusals.PointRewardMalformed(text=line)
    return PointReward(cost=cost_points, name=name)


INTERIM_REWARD_STAMPS = Number(name=FieldName("interim_reward_stamps"), lowest=1, highest=29, unit="stamps")
INTERIM_REWARD_COUNT = Number(
    name=FieldName("interim_rewards"), lowest=1, highest=INTERIM_REWARDS_MAX, unit="rewards"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterimRewards(Field):
    """Fewest stamps first; None for none. As text: one a line, its stamps before its name."""

    def check(self, value: tuple[InterimReward, ...] | None) -> tuple[InterimReward, ...] | None:
        """Raises NumberOutOfRange, RewardMalformed."""
        for reward in value or ():
            INTERIM_REWARD_STAMPS.check(reward.stamps)
        if value:
            INTERIM_REWARD_COUNT.check(len(value))
        kept = (InterimReward(stamps=reward.stamps, name=REWARD.check(reward.name)) for reward in value or ())
        return tuple(sorted(kept, key=lambda reward: (reward.stamps, reward.name))) or None

    def show(self, value: tuple[InterimReward, ...] | None, _currency: str) -> str:
        return "\n".join(f"{reward.stamps}={reward.name}" for reward in value or ())

    def _read(self, text: str, _currency: str) -> tuple[InterimReward, ...]:
        """Raises InterimRewardMalformed. A line with a single hyphen means none."""
        lines = (line for line in text.splitlines() if line.strip() not in ("", NOTHING))
        return tuple(map(interim_reward, lines))


def interim_reward(line: str) -> InterimReward:
    """Raises InterimRewardMalformed."""
    stamps, equals, name = line.partition("=")
    needed = _scaled(stamps.strip(), 0)
    if not equals or needed is None:
        raise refusals.InterimRewardMalformed(text=line)
    return InterimReward(stamps=needed, name=name)


ALL_LANGUAGES = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages(Field):
    """Some of the bot's languages, separated by commas; None for all."""

    def check(self, value: tuple[Locale, ...] | None) -> tuple[Locale, ...] | None:
        """Raises ChoiceUnknown for an empty choice."""
        kept = tuple(locale for locale in Locale if value is None or locale in value)
        if not kept:
            raise self._unknown()
        return kept if len(kept) < len(Locale) else None

    def show(self, value: tuple[Locale, ...] | None, _currency: str) -> str:
        return ", ".join(value) if value else ALL_LANGUAGES

    def _read(self, text: str, _currency: str) -> tuple[Locale, ...] | None:
        """Raises ChoiceUnknown."""
        if text.lower() == ALL_LANGUAGES:
            return None
        words = text.replace(",", " ").lower().split()
        if not set(words) <= set(Locale):
            raise self._unknown()
        return tuple(map(Locale, words))

    def _unknown(self) -> refusals.ChoiceUnknown:
        return refusals.ChoiceUnknown(field=self.name, choices=", ".join([*Locale, ALL_LANGUAGES]))


OWN_TEXTS_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTexts(Field):
    """One a line: a language, the text that is replaced in it, and its replacement."""

    def check(self, value: tuple[OwnText, ...] | None) -> tuple[OwnText, ...] | None:
        """None for none; of two for the same text the last one. Raises OwnTextsTooMany, OwnTextMalformed for a text
        that could not be written on a line, RewardMalformed."""
        if any("=" in each.text for each in value or ()):
            raise refusals.OwnTextMalformed(choices=", ".join(Locale))
        kept = {
            (each.locale, text): OwnText(locale=each.locale, text=text, said=REWARD.check(each.said))
            for each in value or ()
            for text in [REWARD.check(each.text)]
        }
        if len(kept) > OWN_TEXTS_MAX:
            raise refusals.OwnTextsTooMany(highest=OWN_TEXTS_MAX)
        return tuple(kept[key] for key in sorted(kept)) or None

    def show(self, value: tuple[OwnText, ...] | None, _currency: str) -> str:
        return "\n".join(f"{each.locale} {each.text}={each.said}" for each in value or ())

    def _read(self, text: str, _currency: str) -> tuple[OwnText, ...]:
        """Raises OwnTextMalformed. A line with a single hyphen means none."""
        lines = (line for line in text.splitlines() if line.strip() not in ("", NOTHING))
        return tuple(map(own_text, lines))


def own_text(line: str) -> OwnText:
    """Raises OwnTextMalformed."""
    called, equals, said = line.partition("=")
    locale, _, text = called.strip().partition(" ")
    if not equals or not text.strip() or locale.lower() not in set(Locale):
        raise refusals.OwnTextMalformed(choices=", ".join(Locale))
    return OwnText(locale=Locale(locale.lower()), text=text, said=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours(Field):
    """None, where no hours are given, is written ``none``."""

    def check(self, value: tuple[Span, ...] | None) -> tuple[Span, ...] | None:
        """Raises OpeningHoursMalformed."""
        return None if value is None else checked_hours(value)

    def show(self, value: tuple[Span, ...] | None, _currency: str) -> str:
        return "none" if value is None else written_hours(value)

    def _read(self, text: str, _currency: str) -> tuple[Span, ...] | None:
        return None if text == "none" else read_hours(text)


LATITUDE_MAX_MICRO, LONGITUDE_MAX_MICRO = 90_000_000, 180_000_000
_NUMBER = r"([-+]?[0-9]{1,3}(?:[.,][0-9]{1,20})?)"
_COORDINATES = re.compile(rf"{_NUMBER}(?:\s*;\s*|\s*,\s*|\s+){_NUMBER}")
"""Two numbers, each with a decimal point or a decimal comma."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates(Field):
    """Degrees north and east, as maps write them: ``49.6116, 6.1319``; None is written ``none``."""

    def check(self, value: Location | None) -> Location | None:
        """Raises LocationMalformed where there is no such place on Earth."""
        if value is None:
            return None
        if abs(value.latitude_micro) > LATITUDE_MAX_MICRO or abs(value.longitude_micro) > LONGITUDE_MAX_MICRO:
            raise refusals.LocationMalformed
        return value

    def show(self, value: Location | None, _currency: str) -> str:
        if value is None:
            return "none"
        return f"{_degrees(value.latitude_micro)}, {_degrees(value.longitude_micro)}"

    def _read(self, text: str, _currency: str) -> Location | None:
        """Raises LocationMalformed."""
        if text in ("none", NOTHING):
            return None
        found = _COORDINATES.fullmatch(text)
        if found is None:
            raise refusals.LocationMalformed
        latitude, longitude = (_microdegrees(each) for each in found.groups())
        return Location(latitude_micro=latitude, longitude_micro=longitude)


def _degrees(micro: int) -> str:
    """Without trailing zeros."""
    return f"{Decimal(micro).scaleb(-6).normalize():f}"


def _microdegrees(text: str) -> int:
    return int(Decimal(text.replace(",", ".")).scaleb(6).to_integral_value())


@dataclass(frozen=True, slots=True, kw_only=True)
class Multipliers(Field):
    """One a line, as ``read_multiplier`` reads it; None is written ``none``."""

    def check(self, value: tuple[Multiplier, ...] | None) -> tuple[Multiplier, ...] | None:
        """Raises MultiplierMalformed, MultipliersTooMany."""
        return checked_multipliers(value)

    def show(self, value: tuple[Multiplier, ...] | None, _currency: str) -> str:
        return "\n".join(map(written_multiplier, value or ())) or "none"

    def _read(self, text: str, _currency: str) -> tuple[Multiplier, ...]:
        lines = (line for line in re.split(r"[\n;]", text) if line.strip() not in ("", NOTHING))
        return () if text.lower() == "none" else tuple(map(read_multiplier, lines))


def _scaled(text: str, digits: int) -> int | None:
    """A decimal number in units of its last digit, which is ``digits`` behind the point; None for anything else, also
    for a number with more digits."""
    if not re.fullmatch(rf"[0-9]{{1,9}}(\.[0-9]{{1,{digits}}})?" if digits else "[0-9]{1,9}", text):
        return None
    return int(Decimal(text).scaleb(digits))

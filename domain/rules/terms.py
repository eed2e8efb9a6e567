"""What an owner may write into the terms of a merchant and its program."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.merchant import NAME_LENGTH_MAX, REWARD_LENGTH_MAX
from domain.refusals import (
    ColourMalformed,
    CurrencyMalformed,
    NameMalformed,
    NumberOutOfRange,
    RewardMalformed,
    TimezoneUnknown,
)

RANGES = {
    "stamps_target": (1, 30),
    "cooldown_minutes": (0, 7 * 24 * 60),
    "max_daily_stamps": (1, 100),
    "pin_window_minutes": (0, 24 * 60),
    "summary_hour": (0, 23),
}


def check_name(name: str) -> str:
    """The name without surrounding space. Raises NameMalformed when empty, too long or not on one line."""
    return _one_line(name, NAME_LENGTH_MAX, NameMalformed(length_max=NAME_LENGTH_MAX))


def check_reward(reward: str) -> str:
    """The reward without surrounding space. Raises RewardMalformed like check_name."""
    return _one_line(reward, REWARD_LENGTH_MAX, RewardMalformed(length_max=REWARD_LENGTH_MAX))


def check_timezone(timezone: str) -> str:
    """Raises TimezoneUnknown unless it is an IANA time zone name."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TimezoneUnknown(timezone=timezone) from error
    return timezone


def check_currency(currency: str) -> str:
    """Raises CurrencyMalformed unless it has the form of an ISO 4217 code."""
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise CurrencyMalformed(currency=currency)
    return currency


def check_colour(colour: str) -> str:
    """Raises ColourMalformed unless it is ``#rrggbb``."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ColourMalformed(colour=colour)
    return colour.lower()


def check_number(field: str, value: int) -> int:
    """Raises NumberOutOfRange."""
    lowest, highest = RANGES[field]
    if not lowest <= value <= highest:
        raise NumberOutOfRange(field=field, lowest=lowest, highest=highest)
    return value


def _one_line(text: str, length_max: int, refusal: NameMalformed | RewardMalformed) -> str:
    text = text.strip()
    if not 1 <= len(text) <= length_max or not text.isprintable():
        raise refusal
    return text

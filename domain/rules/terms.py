"""What an owner may write into the terms of a merchant and its program."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.expiry import ExpiryKind
from domain.merchant import NAME_LENGTH_MAX, POINT_REWARDS_MAX, REWARD_LENGTH_MAX, PointReward, Program
from domain.refusals import (
    ColourMalformed,
    CurrencyMalformed,
    NameMalformed,
    NumberOutOfRange,
    PointRewardsMissing,
    RewardMalformed,
    TimezoneUnknown,
)
from domain.rules.points import AMOUNT_MAX_MINOR

RANGES = {
    "stamps_target": (1, 30),
    "cooldown_minutes": (0, 7 * 24 * 60),
    "max_daily_stamps": (1, 100),
    "pin_window_minutes": (0, 24 * 60),
    "summary_hour": (0, 23),
    "points_per_unit_milli": (1, 1_000_000),
    "minimum_purchase_minor": (0, AMOUNT_MAX_MINOR),
    "point_rewards": (1, POINT_REWARDS_MAX),
    "point_reward_cost": (1, 1_000_000),
    "welcome_bonus": (0, 100_000),
    "expiry_months": (1, 60),
}


def check_name(name: str) -> str:
    """The name without surrounding space. Raises NameMalformed when empty, too long or not on one line."""
    return _one_line(name, NAME_LENGTH_MAX, NameMalformed(length_max=NAME_LENGTH_MAX))


def check_reward(reward: str) -> str:
    """The reward without surrounding space. Raises RewardMalformed like check_name."""
    return _one_line(reward, REWARD_LENGTH_MAX, RewardMalformed(length_max=REWARD_LENGTH_MAX))


def check_program(program: Program) -> Program:
    """The terms as they are kept. Raises RewardMalformed, NumberOutOfRange, PointRewardsMissing."""
    for field in (
        "stamps_target",
        "cooldown_minutes",
        "pin_window_minutes",
        "minimum_purchase_minor",
        "welcome_bonus",
    ):
        check_number(field, getattr(program, field))
    if program.max_daily_stamps is not None:
        check_number("max_daily_stamps", program.max_daily_stamps)
    if program.expiry_kind is not ExpiryKind.NEVER:
        check_number("expiry_months", program.expiry_months)
    rewards = tuple(sorted(map(_checked_reward, program.point_rewards), key=lambda reward: reward.cost))
    if program.has_points:
        if not rewards:
            raise PointRewardsMissing
        check_number("point_rewards", len(rewards))
        check_number("points_per_unit_milli", program.points_per_unit_milli)
    return replace(program, reward=check_reward(program.reward), point_rewards=rewards)


def _checked_reward(reward: PointReward) -> PointReward:
    return PointReward(cost=check_number("point_reward_cost", reward.cost), name=check_reward(reward.name))


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

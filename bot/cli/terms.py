"""What an operator writes about points and expiry, read into the terms of a program."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import click

from domain.expiry import ExpiryKind
from domain.merchant import PointReward, ProgramKind
from domain.money import minor_digits
from domain.rules.terms import RANGES

Command = Callable[..., Any]

POINTS_PER_UNIT = "1"
REWARD_COST = 100
EXPIRY_MONTHS = 12
POINTS_ONLY = {
    "points_per_unit": "--points-per-unit",
    "minimum_purchase": "--minimum-purchase",
    "reward_cost": "--reward-cost",
    "point_reward": "--point-reward",
}

OPTIONS = (
    click.option(
        "--points-per-unit",
        default=None,
        help="Points for one unit of the currency, to thousandths.  [default: 1]",
    ),
    click.option("--minimum-purchase", default=None, help="Smaller purchases earn no points: 5.00"),
    click.option(
        "--reward-cost", type=int, default=None, help="What --reward costs in points.  [default: 100]"
    ),
    click.option("--point-reward", multiple=True, help='One more reward for points: "50=Espresso"'),
    click.option(
        "--welcome-bonus",
        type=int,
        default=0,
        show_default=True,
        help="What a new card starts with: points where there are points, else stamps.",
    ),
    click.option(
        "--expiry",
        type=click.Choice([kind.value for kind in ExpiryKind]),
        default="never",
        show_default=True,
        help="inactivity: all at once, after so many months without a visit; lot: each earning after so many months.",
    ),
    click.option("--expiry-months", type=int, default=None, help="After how many.  [default: 12]"),
)


class TermMalformed(click.ClickException):
    """One sentence about what is wrong with an option."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=True)


def points_options(command: Command) -> Command:
    """Adds the options of points and expiry."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def points_terms(given: dict[str, Any], kind: ProgramKind, reward: str) -> dict[str, Any]:
    """The fields of CreateMerchant that say what points are worth. Raises TermMalformed."""
    if kind is ProgramKind.STAMPS:
        _check_no_points(given)
        return {}
    cost = REWARD_COST if given["reward_cost"] is None else given["reward_cost"]
    return {
        "points_per_unit_milli": _rate_milli(given["points_per_unit"] or POINTS_PER_UNIT),
        "minimum_purchase_minor": _amount_minor(given["minimum_purchase"] or "0", given["currency"]),
        "point_rewards": (PointReward(cost=cost, name=reward), *_rewards(given["point_reward"])),
    }


def expiry_terms(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of CreateMerchant that say what expires. Raises TermMalformed."""
    kind, months = ExpiryKind(given["expiry"]), given["expiry_months"]
    if kind is ExpiryKind.NEVER and months is not None:
        raise TermMalformed("Say with --expiry inactivity or --expiry lot what --expiry-months is for.")
    if kind is ExpiryKind.NEVER:
        return {}
    return {"expiry_kind": kind, "expiry_months": EXPIRY_MONTHS if months is None else months}


def _check_no_points(given: dict[str, Any]) -> None:
    for name, option in POINTS_ONLY.items():
        if given[name] not in (None, ()):
            raise TermMalformed(f"{option} is for points: add --program points or --program hybrid.")


def _rate_milli(text: str) -> int:
    rate = _scaled(text, 3)
    lowest, highest = RANGES["points_per_unit_milli"]
    if rate is None or not lowest <= rate <= highest:
        raise TermMalformed(
            "--points-per-unit goes from 0.001 to 1000, with three decimals at most, such as 0.5."
        )
    return rate


def _amount_minor(text: str, currency: str) -> int:
    digits = minor_digits(currency)
    amount = _scaled(text, digits)
    if amount is None:
        example = f"5.{'0' * digits}" if digits else "500"
        raise TermMalformed(f"--minimum-purchase is an amount in {currency}, such as {example}.")
    return amount


def _scaled(text: str, digits: int) -> int | None:
    """A decimal number in units of its last digit; None for anything else, or with more digits than these."""
    if not re.fullmatch(rf"[0-9]{{1,9}}(\.[0-9]{{1,{digits}}})?" if digits else "[0-9]{1,9}", text):
        return None
    return int(Decimal(text).scaleb(digits))


def _rewards(texts: Sequence[str]) -> tuple[PointReward, ...]:
    return tuple(_reward(text) for text in texts)


def _reward(text: str) -> PointReward:
    cost, equals, name = text.partition("=")
    if not equals or not re.fullmatch("[0-9]{1,9}", cost.strip()):
        raise TermMalformed(f'--point-reward {text!r} is not a price in points and a reward: "50=Espresso"')
    return PointReward(cost=int(cost), name=name)

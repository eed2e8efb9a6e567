"""Earning points: what a purchase is worth, and which rewards a balance is good for."""

from collections.abc import Sequence

from domain.merchant import PointReward, Program
from domain.money import AMOUNT_MAX_MINOR, Money, minor_digits
from domain.refusals import (
    AmountOutOfRange,
    NotEnoughPoints,
    PointsOutOfRange,
    PurchaseDoubted,
    PurchaseTooSmall,
    RewardChanged,
)

ADJUSTMENT_MAX = 1_000_000


def points_for(amount_minor: int, program: Program, currency: str) -> int:
    """Points of a purchase, rounded down. Raises AmountOutOfRange, PurchaseTooSmall."""
    if not 0 < amount_minor <= AMOUNT_MAX_MINOR:
        raise AmountOutOfRange(highest=Money(AMOUNT_MAX_MINOR, currency))
    if amount_minor < (lowest_minor := smallest_purchase_minor(program, currency)):
        raise PurchaseTooSmall(lowest=Money(lowest_minor, currency))
    return amount_minor * program.points_per_unit_milli // _milli_minor(currency)


def smallest_purchase_minor(program: Program, currency: str) -> int:
    """The smallest purchase that earns a point, in the currency's smallest unit."""
    for_one_point = -(-_milli_minor(currency) // program.points_per_unit_milli)
    return max(program.minimum_purchase_minor, for_one_point)


def check_plausible(amount_minor: int, program: Program, currency: str) -> None:
    """Raises PurchaseDoubted."""
    if 0 < program.plausible_purchase_minor < amount_minor:
        raise PurchaseDoubted(amount=Money(amount_minor, currency))


def affordable(points_balance: int, rewards: Sequence[PointReward]) -> tuple[PointReward, ...]:
    """The rewards that a balance is good for, cheapest first."""
    return tuple(reward for reward in rewards if reward.cost <= points_balance)


def next_reward(points_balance: int, rewards: Sequence[PointReward]) -> PointReward | None:
    """The cheapest reward that the balance is not yet good for."""
    return next((reward for reward in rewards if reward.cost > points_balance), None)


def chosen_reward(rewards: Sequence[PointReward], position: int, cost: int) -> PointReward:
    """The reward at a place of the list, if it still has the price it was shown with. Raises RewardChanged."""
    if not 0 <= position < len(rewards) or rewards[position].cost != cost:
        raise RewardChanged
    return rewards[position]


def check_enough(have: int, need: int) -> None:
    """Raises NotEnoughPoints."""
    if have < need:
        raise NotEnoughPoints(have=have, need=need)


def check_adjustment(points: int) -> None:
    """Raises PointsOutOfRange."""
    if points == 0 or abs(points) > ADJUSTMENT_MAX:
        raise PointsOutOfRange(highest=ADJUSTMENT_MAX)


def _milli_minor(currency: str) -> int:
    """Thousandths of the smallest unit in one unit."""
    in_one: int = 10 ** minor_digits(currency)
    return 1000 * in_one

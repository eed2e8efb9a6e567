"""Points: which purchases must be confirmed, and which rewards a balance is good for."""

from collections.abc import Sequence

from domain.merchant import PointReward, Program
from domain.money import Money
from domain.refusals import (
    NotEnoughPoints,
    PointsOutOfRange,
    PurchaseDoubted,
    RewardChanged,
)

ADJUSTMENT_MAX = 1_000_000


def check_plausible(amount_minor: int, program: Program, currency: str) -> None:
    """Raises PurchaseDoubted."""
    if 0 < program.plausible_purchase_minor < amount_minor:
        raise PurchaseDoubted(amount=Money(amount_minor, currency))


def affordable(points_balance: int, rewards: Sequence[PointReward]) -> tuple[PointReward, ...]:
    """The rewards that a balance is good for, cheapest first."""
    return tuple(reward for reward in rewards if reward.cost <= points_balance) if rewards else ()


def next_reward(points_balance: int, rewards: Sequence[PointReward]) -> PointReward | None:
    """The cheapest reward that the balance is not yet good for."""
    return next((reward for reward in rewards if reward.cost > points_balance), None)


def chosen_reward(rewards: Sequence[PointReward], position: int, cost: int) -> PointReward:
    """The reward at a position of the list, if it still has the price it was shown with. Raises RewardChanged."""
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

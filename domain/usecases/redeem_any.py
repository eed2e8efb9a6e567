"""Staff hand out a reward without saying which: it must be the only one possible."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.card import Card
from domain.merchant import Program
from domain.ports import Tx
from domain.refusals import OperationKeyReused, RewardNotChosen
from domain.rights import Right
from domain.rules.counter import admit
from domain.usecases.once import StaffCommand
from domain.usecases.redeem_points import PointsRedeemed, RedeemPoints, redeem_points
from domain.usecases.redeem_reward import Redeemed, RedeemReward, redeem_reward


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemAny(StaffCommand):
    """Leaves open which reward."""


def redeem_any(*, tx: Tx, command: RedeemAny) -> Redeemed | PointsRedeemed:
    """Redeems the one reward that is possible; several are possible: RewardNotChosen.

    Raises what ``redeem_reward`` and ``redeem_points`` raise, the latter but for RewardChanged.
    """
    counter = tx.lock_counter(command.actor, command.card)
    recorded = tx.recorded_fingerprint(command.actor.merchant_id, command.operation_key)
    if recorded is not None:
        return _redeem(tx, _recorded(command, recorded))
    at = admit(counter, command.actor, Right.REDEEM, None, now=tx.now, pin_typed=True)
    redemptions = _redemptions(command, at.program)
    possible = [each for each in redemptions if _is_possible(each, at.card, at.program)]
    if len(possible) > 1:
        raise RewardNotChosen
    return _redeem(tx, (possible or redemptions)[0])


Redemption = RedeemReward | RedeemPoints


def _redemptions(command: RedeemAny, program: Program) -> Sequence[Redemption]:
    """One for each reward of the program; that for stamps first, then the cheapest."""
    for_stamps = RedeemReward(**command.at_counter)
    for_points = [
        RedeemPoints(**command.at_counter, position=position, cost=reward.cost)
        for position, reward in enumerate(program.point_rewards)
    ]
    return [*([for_stamps] if program.has_stamps else []), *(for_points if program.has_points else [])]


def _recorded(command: RedeemAny, fingerprint: str) -> Redemption:
    """What was redeemed by this key, whatever the rewards are now. Raises OperationKeyReused."""
    for_stamps = RedeemReward(**command.at_counter)
    if fingerprint == for_stamps.fingerprint:
        return for_stamps
    if found := re.search(r" (\d+) (\d+)$", fingerprint):
        for_points = RedeemPoints(**command.at_counter, position=int(found[1]), cost=int(found[2]))
        if fingerprint == for_points.fingerprint:
            return for_points
    raise OperationKeyReused


def _is_possible(redemption: Redemption, card: Card, program: Program) -> bool:
    if isinstance(redemption, RedeemPoints):
        return card.points_balance >= redemption.cost
    return card.stamp_count >= program.stamps_target


def _redeem(tx: Tx, redemption: Redemption) -> Redeemed | PointsRedeemed:
    if isinstance(redemption, RedeemPoints):
        return redeem_points(tx=tx, command=redemption)
    return redeem_reward(tx=tx, command=redemption)

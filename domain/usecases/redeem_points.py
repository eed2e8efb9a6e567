"""Staff hand out a reward for points."""

from domain.acts import Asked, RedeemPoints
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.rights import Right
from domain.rules.confirming import check_confirmed
from domain.rules.held import point_rewards
from domain.rules.points import check_enough, chosen_reward
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post


def redeem_points(*, tx: Posting, command: Asked[RedeemPoints]) -> Posted:
    """Raises OperationKeyReused, all that ``admit`` raises, RewardChanged, NotEnoughPoints,
    CustomerToConfirm, and what ``post`` raises."""
    return once(tx, command, take_points)


def take_points(tx: Posting, asked: Asked[RedeemPoints]) -> Posted:
    """``redeem_points`` for a key that was not used before."""
    at = admitted(tx, asked, Right.REDEEM, asked.act.unit)
    reward = chosen_reward(point_rewards(at.card, at.program), asked.act.position, asked.act.cost)
    check_enough(have=at.card.points_balance, need=reward.cost)
    check_confirmed(at, asked.act.confirmed_at, tx.now)
    card = at.card.plus(Unit.POINTS, -reward.cost)
    return post(tx, at, asked, card, EntryKind.POINTS_REDEEMED, reward=reward.name)

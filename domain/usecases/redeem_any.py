"""Staff hand out a reward without saying which: only one may be possible."""

from collections.abc import Iterator
from typing import Any

from domain.acts import Asked, RedeemAny, Redeeming, RedeemInterim, RedeemPoints, RedeemReward
from domain.card import Card
from domain.merchant import Program
from domain.ports import Posting
from domain.refusals import RewardNotChosen
from domain.rights import Right
from domain.rules.held import point_rewards
from domain.rules.interim import chosen_interim, interim_ready, interim_rewards
from domain.rules.points import check_enough, chosen_reward
from domain.rules.rewards import check_full, progress
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted
from domain.usecases.redeem_interim import hand_out
from domain.usecases.redeem_points import take_points
from domain.usecases.redeem_reward import take_stamps

Redemption = RedeemReward | RedeemInterim | RedeemPoints


def redeem_any(*, tx: Posting, command: Asked[RedeemAny]) -> Posted:
    """Redeems the only reward that is possible. Raises RewardNotChosen where several are, and what ``redeem_reward``,
    ``redeem_interim`` and ``redeem_points`` raise, except for RewardChanged."""
    return once(tx, command, _redeem)


def _redeem(tx: Posting, asked: Asked[RedeemAny]) -> Posted:
    at = admitted(tx, asked, Right.REDEEM, None)
    act = only_reward(asked.act, at.card, at.program)
    match act:
        case RedeemPoints():
            return take_points(tx, asked.narrowed(act))
        case RedeemInterim():
            return hand_out(tx, asked.narrowed(act))
    return take_stamps(tx, asked.narrowed(act))


def only_reward(act: RedeemAny, card: Card, program: Program) -> Redemption:
    """The reward that is possible, or the first one where none is. Raises RewardNotChosen."""
    rewards = list(_rewards(act, card, program))
    possible = [redemption for redemption, is_possible in rewards if is_possible]
    if len(possible) > 1:
        raise RewardNotChosen
    [chosen, *_] = possible or [redemption for redemption, _ in rewards]
    return chosen


def chosen(act: Redeeming, card: Card, program: Program) -> str:
    """The name of the reward that the act is for, which must be possible now. Raises NotEnoughStamps,
    NotEnoughPoints, RewardChanged, InterimRewardTaken."""
    match act:
        case RedeemInterim():
            return chosen_interim(card, program, act.position, act.stamps).name
        case RedeemPoints():
            reward = chosen_reward(point_rewards(card, program), act.position, act.cost)
            check_enough(have=card.points_balance, need=reward.cost)
            return reward.name
    pile = progress(card, program)
    check_full(card.stamp_count, pile.cost)
    return pile.reward


def _rewards(act: RedeemAny, card: Card, program: Program) -> Iterator[tuple[Redemption, bool]]:
    """Each reward of the program, and whether it is possible: the full card's first, then interim rewards, then those
    for points, cheapest first."""
    named: dict[str, Any] = {"card": act.card, "key": act.key, "confirmed_at": act.confirmed_at}
    if program.has_stamps:
        yield RedeemReward(**named), progress(card, program).rewards_available > 0
        ready = interim_ready(card, program)
        for position, each in enumerate(interim_rewards(card, program)):
            on_the_way = RedeemInterim(**named, position=position, stamps=each.stamps)
            yield on_the_way, each in ready
    for position, reward in enumerate(point_rewards(card, program) if program.has_points else ()):
        for_points = RedeemPoints(**named, position=position, cost=reward.cost)
        yield for_points, card.points_balance >= reward.cost

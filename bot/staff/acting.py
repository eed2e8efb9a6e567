"""An act of the counter meets its use case, and its outcome its confirmation."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.screens.turn import Turn
from bot.staff import acts
from bot.views import counter as views
from bot.views import purchases, rewards
from bot.views.view import View
from domain.ids import OperationKey
from domain.refusals import RewardNotChosen
from domain.staff import Actor
from domain.usecases import (
    adjust_points,
    earn_points,
    redeem_any,
    redeem_points,
    redeem_reward,
    stamp_card,
    void,
)
from domain.usecases.look_up_card import LookUpCard, look_up_card
from domain.usecases.once import AtCounter


async def carry_out(turn: Turn, act: acts.Deed, actor: Actor, *, pin_typed: bool) -> View:
    """Asks the use case and returns its confirmation. Raises what the use case raises."""
    if isinstance(act, acts.Look):
        return await _look(turn, act, actor)
    at = AtCounter(
        actor=actor,
        card=act.card.ref,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    return await CARRIED_OUT[type(act)](turn, act, at)


async def _look(turn: Turn, act: acts.Look, actor: Actor) -> View:
    found = await turn.read(look_up_card, LookUpCard(actor=actor, card=act.card.ref))
    return views.panel(turn.t, found, turn.timezone)


async def _stamp(turn: Turn, act: acts.Stamp, at: AtCounter) -> View:
    command = stamp_card.StampCard(**at, count=act.count)
    return views.stamped(turn.t, await turn.write(stamp_card.stamp_card, command))


async def _earn(turn: Turn, act: acts.Earn, at: AtCounter) -> View:
    command = earn_points.EarnPoints(**at, amount_minor=act.amount_minor)
    return purchases.earned(turn.t, await turn.write(earn_points.earn_points, command))


async def _redeem(turn: Turn, _act: acts.Redeem, at: AtCounter) -> View:
    done = await turn.write(redeem_reward.redeem_reward, redeem_reward.RedeemReward(**at))
    return views.redeemed(turn.t, done)


async def _redeem_points(turn: Turn, act: acts.RedeemPoints, at: AtCounter) -> View:
    command = redeem_points.RedeemPoints(**at, position=act.position, cost=act.cost)
    return rewards.points_redeemed(turn.t, await turn.write(redeem_points.redeem_points, command))


async def _redeem_any(turn: Turn, act: acts.RedeemAny, at: AtCounter) -> View:
    """A choice, where it has to be made, is shown before the PIN: it is asked for when the choice is made."""
    try:
        done = await turn.write(redeem_any.redeem_any, redeem_any.RedeemAny(**at))
    except RewardNotChosen:
        found = await turn.read(look_up_card, LookUpCard(actor=at["actor"], card=act.card.ref))
        return rewards.reward_list(turn.t, found.card)
    if isinstance(done, redeem_points.PointsRedeemed):
        return rewards.points_redeemed(turn.t, done)
    return views.redeemed(turn.t, done)


async def _adjust(turn: Turn, act: acts.Adjust, at: AtCounter) -> View:
    command = adjust_points.AdjustPoints(**at, points=act.points, note=act.reason)
    done = await turn.write(adjust_points.adjust_points, command)
    return purchases.adjusted(turn.t, done, act.reason)


async def _take_back(turn: Turn, act: acts.TakeBack, at: AtCounter) -> View:
    command = void.VoidAct(**at, target=act.target, note=act.reason)
    return views.voided(turn.t, await turn.write(void.void_act, command))


CARRIED_OUT: dict[type[acts.Deed], Callable[[Turn, Any, AtCounter], Awaitable[View]]] = {
    acts.Stamp: _stamp,
    acts.Earn: _earn,
    acts.Redeem: _redeem,
    acts.RedeemPoints: _redeem_points,
    acts.RedeemAny: _redeem_any,
    acts.Adjust: _adjust,
    acts.TakeBack: _take_back,
}

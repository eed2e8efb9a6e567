"""An act of the counter meets its use case, and its outcome its confirmation."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.staff import acts
from bot.turn import Turn
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


async def carry_out(turn: Turn, act: acts.Deed, actor: Actor, *, pin_typed: bool) -> View:
    """Asks the use case and returns its confirmation. Raises what the use case raises."""
    return await CARRIED_OUT[type(act)](turn, act, actor, pin_typed)


async def _look(turn: Turn, act: acts.Look, actor: Actor, _pin_typed: bool) -> View:
    found = await turn.read(look_up_card, LookUpCard(actor=actor, card=act.card.ref))
    return views.panel(turn.t, found, turn.timezone)


async def _stamp(turn: Turn, act: acts.Stamp, actor: Actor, pin_typed: bool) -> View:
    command = stamp_card.StampCard(
        actor=actor,
        card=act.card.ref,
        count=act.count,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    return views.stamped(turn.t, await turn.write(stamp_card.stamp_card, command))


async def _earn(turn: Turn, act: acts.Earn, actor: Actor, pin_typed: bool) -> View:
    command = earn_points.EarnPoints(
        actor=actor,
        card=act.card.ref,
        amount_minor=act.amount_minor,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    return purchases.earned(turn.t, await turn.write(earn_points.earn_points, command))


async def _redeem(turn: Turn, act: acts.Redeem, actor: Actor, pin_typed: bool) -> View:
    command = redeem_reward.RedeemReward(
        actor=actor,
        card=act.card.ref,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    return views.redeemed(turn.t, await turn.write(redeem_reward.redeem_reward, command))


async def _redeem_points(turn: Turn, act: acts.RedeemPoints, actor: Actor, pin_typed: bool) -> View:
    command = redeem_points.RedeemPoints(
        actor=actor,
        card=act.card.ref,
        position=act.position,
        cost=act.cost,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    return rewards.points_redeemed(turn.t, await turn.write(redeem_points.redeem_points, command))


async def _redeem_any(turn: Turn, act: acts.RedeemAny, actor: Actor, pin_typed: bool) -> View:
    """A choice, where it has to be made, is shown before the PIN: it is asked for when the choice is made."""
    command = redeem_any.RedeemAny(
        actor=actor,
        card=act.card.ref,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    try:
        done = await turn.write(redeem_any.redeem_any, command)
    except RewardNotChosen:
        found = await turn.read(look_up_card, LookUpCard(actor=actor, card=act.card.ref))
        return rewards.reward_list(turn.t, found.card)
    if isinstance(done, redeem_points.PointsRedeemed):
        return rewards.points_redeemed(turn.t, done)
    return views.redeemed(turn.t, done)


async def _adjust(turn: Turn, act: acts.Adjust, actor: Actor, pin_typed: bool) -> View:
    command = adjust_points.AdjustPoints(
        actor=actor,
        card=act.card.ref,
        points=act.points,
        note=act.reason,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    done = await turn.write(adjust_points.adjust_points, command)
    return purchases.adjusted(turn.t, done, act.reason)


async def _take_back(turn: Turn, act: acts.TakeBack, actor: Actor, pin_typed: bool) -> View:
    command = void.VoidAct(
        actor=actor,
        card=act.card.ref,
        target=act.target,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
        note=act.reason,
    )
    return views.voided(turn.t, await turn.write(void.void_act, command))


CARRIED_OUT: dict[type[acts.Deed], Callable[[Turn, Any, Actor, bool], Awaitable[View]]] = {
    acts.Look: _look,
    acts.Stamp: _stamp,
    acts.Earn: _earn,
    acts.Redeem: _redeem,
    acts.RedeemPoints: _redeem_points,
    acts.RedeemAny: _redeem_any,
    acts.Adjust: _adjust,
    acts.TakeBack: _take_back,
}

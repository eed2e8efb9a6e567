"""An act of the counter meets its use case, and what came of it its confirmation."""

from dataclasses import replace
from typing import Any

from bot.kit.clock import new_key
from bot.screens.turn import Turn
from bot.staff.amount_keypad import open_keypad
from bot.telegram.chat import Place
from bot.views import counter, rewards
from bot.views.confirmations import confirmation
from bot.views.view import View
from domain.acts import (
    Act,
    AdjustPoints,
    AskAmount,
    Asked,
    EarnPoints,
    LookUp,
    RedeemAny,
    RedeemPoints,
    RedeemReward,
    Stamp,
    TakeBack,
)
from domain.card import CardRef
from domain.ports import Command
from domain.refusals import Refusal, RewardNotChosen, VoidReasonMissing
from domain.rules.voids import UNDO_WINDOW
from domain.staff import Actor
from domain.usecases.adjust_points import adjust_points
from domain.usecases.earn_points import earn_points
from domain.usecases.look_up_card import look_up_card
from domain.usecases.posting import Posted
from domain.usecases.redeem_any import redeem_any
from domain.usecases.redeem_points import redeem_points
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act

CHANGES: dict[type[Act], Command[Any, Posted]] = {
    Stamp: stamp_card,
    EarnPoints: earn_points,
    RedeemReward: redeem_reward,
    RedeemPoints: redeem_points,
    RedeemAny: redeem_any,
    AdjustPoints: adjust_points,
    TakeBack: void_act,
}


async def carry_out(
    turn: Turn, act: Act, actor: Actor, *, pin_typed: bool = False, place: Place | None = None
) -> None:
    """Asks the use case and shows what came of it, in ``place`` or where ``turn.show`` puts it.

    A reward that has to be chosen, and a reason that has to be given, are shown as a choice. Raises what the use case
    raises.
    """
    asked = Asked(act=act, actor=actor, origin=turn.origin, pin_typed=pin_typed)
    if isinstance(act, AskAmount):
        await open_keypad(turn, asked.instead(act), place)
        return
    if isinstance(act, LookUp):
        view = counter.panel(turn.t, await turn.read(look_up_card, asked.instead(act)), turn.timezone)
    else:
        try:
            done = await turn.write(CHANGES[type(act)], asked)
        except (RewardNotChosen, VoidReasonMissing) as lacking:
            view = await _choice(turn, asked, lacking)
        else:
            await _confirm(turn, done, place)
            return
    await turn.show(view, place)


async def panel_again(turn: Turn, card: CardRef, actor: Actor, said: str = "") -> View | None:
    """The card's panel with what is possible now, below what was ``said``; None where nothing may be done to it."""
    try:
        found = await turn.read(look_up_card, Asked(act=LookUp(card=card), actor=actor))
    except Refusal:
        return None
    return counter.panel(turn.t, found, turn.timezone, said) if found.refusal is None else None


async def _confirm(turn: Turn, done: Posted, place: Place | None) -> None:
    """*Undo* stands there for its minute."""
    shown = await turn.show(confirmation(turn.t, done), place)
    if done.may_undo:
        later = confirmation(turn.t, replace(done, may_undo=False))
        turn.services.chat.replace_after(done.entry.occurred_at + UNDO_WINDOW, shown, later)


async def _choice(turn: Turn, asked: Asked[Act], lacking: Refusal) -> View:
    """What the act lacks, one button each: the reward, the reason, or the act that is to be taken back for one."""
    found = await turn.read(look_up_card, asked.instead(LookUp(card=asked.act.card)))
    if isinstance(lacking, RewardNotChosen):
        return rewards.reward_list(turn.t, found.card)
    if isinstance(asked.act, TakeBack) and asked.act.entry is not None:
        return counter.void_reasons(turn.t, found.card.card_id, asked.act.entry, new_key())
    return counter.void_list(turn.t, found, turn.timezone)

"""An act at the counter, from the moment it is asked for until it is confirmed.

It is kept as data while the PIN is typed, so that a restart in between loses nothing.
"""

from typing import Literal

import msgspec

from bot.callbacks import ButtonUnknown
from bot.turn import Turn
from bot.views import counter as views
from bot.views import purchases, rewards
from bot.views.view import View
from domain.card import CardById, CardByNumber, CardByToken, CardRef
from domain.ids import CardId, CardNumber, EntryId, OperationKey, TokenHash
from domain.refusals import RewardNotChosen
from domain.rules.voids import NewestAct, NumberOfStamps, ThatEntry, Undo, VoidTarget
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


class CardName(msgspec.Struct, frozen=True):
    """How the card was named: by the id on a button, by its number, or by its scanned token."""

    by: Literal["id", "number", "token"]
    value: str

    @property
    def ref(self) -> CardRef:
        match self.by:
            case "id":
                return CardById(CardId(self.value))
            case "number":
                return CardByNumber(CardNumber(self.value))
            case "token":
                return CardByToken(TokenHash(self.value))


class Look(msgspec.Struct, frozen=True, tag="look"):
    card: CardName


class Stamp(msgspec.Struct, frozen=True, tag="stamp"):
    card: CardName
    count: int
    key: str


class AskAmount(msgspec.Struct, frozen=True, tag="ask_amount"):
    """Opens the amount keypad: the only act that ends in a question."""

    card: CardName


class Earn(msgspec.Struct, frozen=True, tag="earn"):
    """``amount_minor`` was paid, in the smallest unit of the merchant's currency."""

    card: CardName
    amount_minor: int
    key: str


class Redeem(msgspec.Struct, frozen=True, tag="redeem"):
    """The reward for stamps."""

    card: CardName
    key: str


class RedeemPoints(msgspec.Struct, frozen=True, tag="redeem_points"):
    """The reward at ``position`` of the program's list, for what it was shown to cost."""

    card: CardName
    position: int
    cost: int
    key: str


class RedeemAny(msgspec.Struct, frozen=True, tag="redeem_any"):
    """The only reward that is possible; a choice where there are several."""

    card: CardName
    key: str


class Adjust(msgspec.Struct, frozen=True, tag="adjust"):
    card: CardName
    points: int
    reason: str
    key: str


class TakeBack(msgspec.Struct, frozen=True, tag="take_back"):
    """``entry`` or a ``count`` of stamps, or the newest act when neither is given."""

    card: CardName
    key: str
    entry: str | None = None
    count: int | None = None
    reason: str | None = None
    is_undo: bool = False

    @property
    def target(self) -> VoidTarget:
        if self.entry is not None:
            return Undo(EntryId(self.entry)) if self.is_undo else ThatEntry(EntryId(self.entry))
        return NewestAct() if self.count is None else NumberOfStamps(self.count)


Act = Look | Stamp | AskAmount | Earn | Redeem | RedeemPoints | RedeemAny | Adjust | TakeBack


async def carry_out(turn: Turn, act: Act, actor: Actor, *, pin_typed: bool) -> View:
    """Asks the use case and returns its confirmation. Raises what the use case raises."""
    match act:
        case Look():
            found = await turn.read(look_up_card, LookUpCard(actor=actor, card=act.card.ref))
            return views.panel(turn.t, found, turn.timezone)
        case AskAmount():
            raise ValueError("the amount keypad is a question: open it")
        case Stamp():
            return await _stamp(turn, act, actor, pin_typed)
        case Earn():
            return await _earn(turn, act, actor, pin_typed)
        case Redeem():
            return await _redeem(turn, act, actor, pin_typed)
        case RedeemPoints():
            return await _redeem_points(turn, act, actor, pin_typed)
        case RedeemAny():
            return await _redeem_any(turn, act, actor, pin_typed)
        case Adjust():
            return await _adjust(turn, act, actor, pin_typed)
        case TakeBack():
            return await _take_back(turn, act, actor, pin_typed)


def checked_key(text: str) -> str:
    """The operation key on a button. Raises ButtonUnknown for what no button of ours carries."""
    if len(text) != len("AAAAAAAAAAA") or not text.replace("-", "").replace("_", "").isalnum():
        raise ButtonUnknown
    return text


async def _stamp(turn: Turn, act: Stamp, actor: Actor, pin_typed: bool) -> View:
    command = stamp_card.StampCard(
        actor=actor,
        card=act.card.ref,
        count=act.count,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    return views.stamped(turn.t, await turn.write(stamp_card.stamp_card, command))


async def _earn(turn: Turn, act: Earn, actor: Actor, pin_typed: bool) -> View:
    command = earn_points.EarnPoints(
        actor=actor,
        card=act.card.ref,
        amount_minor=act.amount_minor,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    return purchases.earned(turn.t, await turn.write(earn_points.earn_points, command))


async def _redeem(turn: Turn, act: Redeem, actor: Actor, pin_typed: bool) -> View:
    command = redeem_reward.RedeemReward(
        actor=actor,
        card=act.card.ref,
        operation_key=OperationKey(act.key),
        origin=turn.origin,
        pin_typed=pin_typed,
    )
    return views.redeemed(turn.t, await turn.write(redeem_reward.redeem_reward, command))


async def _redeem_points(turn: Turn, act: RedeemPoints, actor: Actor, pin_typed: bool) -> View:
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


async def _redeem_any(turn: Turn, act: RedeemAny, actor: Actor, pin_typed: bool) -> View:
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


async def _adjust(turn: Turn, act: Adjust, actor: Actor, pin_typed: bool) -> View:
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


async def _take_back(turn: Turn, act: TakeBack, actor: Actor, pin_typed: bool) -> View:
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

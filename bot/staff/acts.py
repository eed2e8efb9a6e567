"""An act at the counter, from the moment it is asked for until it is confirmed.

It is kept as data while the PIN is typed, so that a restart in between loses nothing.
"""

import re
from typing import Literal

import msgspec

from bot.callbacks import ButtonUnknown
from bot.turn import Turn
from bot.views import counter as views
from bot.views.view import View
from domain.card import CardById, CardByNumber, CardByToken, CardRef
from domain.ids import CardId, CardNumber, EntryId, OperationKey, TokenHash
from domain.rules.voids import NewestAct, NumberOfStamps, ThatEntry, Undo, VoidTarget
from domain.staff import Actor
from domain.usecases.look_up_card import LookUpCard, look_up_card
from domain.usecases.redeem_reward import RedeemReward, redeem_reward
from domain.usecases.stamp_card import StampCard, stamp_card
from domain.usecases.void import VoidAct, void_act

_KEY = re.compile(r"[A-Za-z0-9_-]{11}")


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


class Redeem(msgspec.Struct, frozen=True, tag="redeem"):
    card: CardName
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


Act = Look | Stamp | Redeem | TakeBack


async def carry_out(turn: Turn, act: Act, actor: Actor, *, pin_typed: bool) -> View:
    """Asks the use case and returns its confirmation. Raises what the use case raises."""
    match act:
        case Look():
            found = await turn.read(look_up_card, LookUpCard(actor=actor, card=act.card.ref))
            return views.panel(turn.t, found, turn.timezone)
        case Stamp():
            stamping = StampCard(
                actor=actor,
                card=act.card.ref,
                count=act.count,
                operation_key=OperationKey(act.key),
                origin=turn.origin,
                pin_typed=pin_typed,
            )
            return views.stamped(turn.t, await turn.write(stamp_card, stamping))
        case Redeem():
            redeeming = RedeemReward(
                actor=actor,
                card=act.card.ref,
                operation_key=OperationKey(act.key),
                origin=turn.origin,
                pin_typed=pin_typed,
            )
            return views.redeemed(turn.t, await turn.write(redeem_reward, redeeming))
        case TakeBack():
            voiding = VoidAct(
                actor=actor,
                card=act.card.ref,
                target=act.target,
                operation_key=OperationKey(act.key),
                origin=turn.origin,
                pin_typed=pin_typed,
                note=act.reason,
            )
            return views.voided(turn.t, await turn.write(void_act, voiding))


def checked_key(text: str) -> str:
    """The operation key on a button. Raises ButtonUnknown for what no button of ours carries."""
    if not _KEY.fullmatch(text):
        raise ButtonUnknown
    return text

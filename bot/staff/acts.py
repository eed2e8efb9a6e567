"""An act at the counter, from the moment it is asked for until it is confirmed.

It is kept as data while the PIN is typed, so that a restart in between loses nothing.
"""

import re
from typing import Literal

import msgspec

from bot.kit.buttons import ButtonUnknown
from domain.card import CardById, CardByNumber, CardByToken, CardRef
from domain.ids import CardId, CardNumber, EntryId, TokenHash
from domain.rules.voids import NewestAct, NumberOfStamps, ThatEntry, Undo, VoidTarget

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


Deed = Look | Stamp | Earn | Redeem | RedeemPoints | RedeemAny | Adjust | TakeBack
Act = Deed | AskAmount


def checked_key(text: str) -> str:
    """The operation key on a button. Raises ButtonUnknown for what no button of ours carries."""
    if not _KEY.fullmatch(text):
        raise ButtonUnknown
    return text

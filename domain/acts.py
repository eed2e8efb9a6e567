"""What staff may ask for at the counter: one vocabulary for the chat, the use cases and what is persisted."""

from dataclasses import field, fields
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from domain.card import CardRef
from domain.dispute import DisputeOutcome
from domain.entry import Origin
from domain.expiry import Unit
from domain.ids import AdoptionId, ApprovalId, EntryId, OperationKey, StaffId
from domain.quick import dataclass, quick, replace
from domain.staff import Actor


class Act:
    """Any of ``ACTS``. ``unit`` is what the card's program must collect for it, None where any will do, or where the
    use case says which."""

    __slots__ = ()
    unit: ClassVar[Unit | None] = None
    card: CardRef


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp(Act):
    card: CardRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAmount(Act):
    """How much was paid? The only act that ends in a question."""

    card: CardRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Act):
    """An act that changes a balance, once for each ``key``."""

    card: CardRef
    key: OperationKey

    @property
    def needs_pin(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning(Change):
    """``asked_at`` is when it was asked for, which says what it is multiplied by, however long it waits for a PIN or
    in a queue; None for now. It is set by whoever takes the act in, and never read from a button."""

    asked_at: datetime | None = field(default=None, metadata={"is_input": False, "is_later": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp(Earning):
    unit: ClassVar[Unit | None] = Unit.STAMPS
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnPoints(Earning):
    """A purchase: points, or stamps where they are given for amounts.

    ``amount_minor`` was paid, in the smallest unit of the merchant's currency; ``is_sure`` that it was said twice,
    which does not make it another act."""

    amount_minor: int
    is_sure: bool = field(default=False, metadata={"is_input": False, "is_later": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemReward(Change):
    """The reward for stamps."""

    unit: ClassVar[Unit | None] = Unit.STAMPS


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemInterim(Change):
    """The reward on the way at ``position`` of the card's list, from 0, at so many ``stamps`` as it was shown."""

    unit: ClassVar[Unit | None] = Unit.STAMPS
    position: int
    stamps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemPoints(Change):
    """The reward at ``position`` of the program's list, from 0, for the ``cost`` that it was shown with."""

    unit: ClassVar[Unit | None] = Unit.POINTS
    position: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemAny(Change):
    """Whatever reward is possible, where it is the only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustPoints(Change):
    """``points`` are added, or taken when negative."""

    unit: ClassVar[Unit | None] = Unit.POINTS
    points: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack(Change):
    """``entry``, or a ``count`` of stamps, or the newest act when neither is given.

    ``is_undo`` is the button on a confirmation, which needs no PIN. Another ``reason`` does not make it another act:
    the list of them bears one key.
    """

    entry: EntryId | None = None
    count: int | None = None
    reason: str | None = field(default=None, metadata={"is_input": False})
    is_undo: bool = False

    @property
    def needs_pin(self) -> bool:
        return not self.is_undo


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCards(Change):
    """What is on ``other`` goes to the card, and ``other`` is closed for good. Both are named by their ids."""

    other: CardRef


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(Change):
    """A new card begins with ``count`` stamps of a paper one, which the member takes in."""

    unit: ClassVar[Unit | None] = Unit.STAMPS
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt(Act):
    """The guest's card goes to who asks for it in Telegram and stands here with it."""

    card: CardRef
    adoption: AdoptionId


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleDispute(Act):
    """Says what came of a dispute over ``entry``; it changes no balance."""

    card: CardRef
    entry: EntryId
    outcome: DisputeOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class AskManager(Act):
    """An owner or manager is asked to allow what staff may not do alone: a ``count`` of stamps above the daily limit,
    or that ``entry`` is taken back. It changes no balance; what is allowed bears its ``key``."""

    card: CardRef
    key: OperationKey
    count: int | None = None
    entry: EntryId | None = None
    reason: str
    asked_at: datetime | None = field(default=None, metadata={"is_input": False, "is_later": True})

    @property
    def wanted(self) -> Stamp | TakeBack:
        if self.count is not None:
            return Stamp(card=self.card, count=self.count, key=self.key, asked_at=self.asked_at)
        return TakeBack(card=self.card, entry=self.entry, key=self.key, reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Act):
    """Says yes or no to what a member asked for; a yes carries it out."""

    card: CardRef
    approval: ApprovalId
    is_approved: bool


ACTS: dict[str, type[Act]] = {
    "look": LookUp,
    "ask_amount": AskAmount,
    "stamp": Stamp,
    "earn": EarnPoints,
    "redeem": RedeemReward,
    "redeem_points": RedeemPoints,
    "redeem_any": RedeemAny,
    "adjust": AdjustPoints,
    "take_back": TakeBack,
    "merge": MergeCards,
    "settle": SettleDispute,
    "ask_manager": AskManager,
    "decide": Decide,
    "redeem_interim": RedeemInterim,
    "take_over": TakeOver,
    "adopt": Adopt,
}
"""By the names under which acts are persisted, in dialogues and in operations."""
NAMES = {act: name for name, act in ACTS.items()}

ActT_co = TypeVar("ActT_co", bound=Act, covariant=True)
OtherT = TypeVar("OtherT", bound=Act)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[ActT_co]):
    """Who asks for an act and from where, which at a shared phone is known only after the act.

    ``pin_typed`` says that the PIN was typed and verified for this very act; ``approved_by`` is who allowed it where
    the actor may not do it alone, and is set by nobody but ``decide``. ``told`` is the fingerprint of what was asked
    for at first, where the act says it more exactly (``narrowed``).
    """

    act: ActT_co
    actor: Actor
    origin: Origin | None = None
    pin_typed: bool = False
    approved_by: StaffId | None = None
    told: str = ""

    def instead(self, act: OtherT) -> "Asked[OtherT]":
        """The same, of another act."""
        return Asked(
            act=act,
            actor=self.actor,
            origin=self.origin,
            pin_typed=self.pin_typed,
            approved_by=self.approved_by,
        )

    def narrowed(self, act: OtherT) -> "Asked[OtherT]":
        """The same, said more exactly: its key is known by what was asked for at first."""
        return replace(self.instead(act), told=fingerprint(self))


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is kept of a change that was carried out: the entry it made, and the input that its key came with, as
    long as that is known."""

    fingerprint: str | None
    entry_id: EntryId


def fingerprint(asked: Asked[Any]) -> str:
    """All of the input of a change that matters, as one text: ``stamp staff=… card=number:482109375 count=2``."""
    if asked.told:
        return asked.told
    act = asked.act
    told = [f"{name}={value}" for name in _INPUT[type(act)] if _is_told(value := getattr(act, name))]
    return " ".join([NAMES[type(act)], f"staff={asked.actor.staff_id}", *told])


def _is_told(value: object) -> bool:
    return value is not None and value is not False


def _input(act: Any) -> tuple[str, ...]:
    return tuple(
        each.name for each in fields(act) if each.name != "key" and each.metadata.get("is_input", True)
    )


_INPUT = {act: _input(act) for act in NAMES}

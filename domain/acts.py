"""The acts that staff may ask for at the counter: one vocabulary for the chat, the use cases and what is
persisted."""

from dataclasses import field, fields
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from domain.card import CardRef
from domain.dispute import DisputeOutcome
from domain.entry import Origin
from domain.expiry import Unit
from domain.ids import AdoptionId, ApprovalId, EntryId, OperationKey, StaffId
from domain.kinds import EntryKind
from domain.quick import dataclass, replace
from domain.staff import Actor


class Act:
    """The base of every act in ``ACTS``. ``unit`` is what the card's program must collect for the act; None where any
    will do, or where the use case says which."""

    __slots__ = ()
    unit: ClassVar[Unit | None] = None
    card: CardRef


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp(Act):
    card: CardRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAmount(Act):
    """Asks how much was paid. The only act that ends in a question."""

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
    """An act that adds to a balance. ``asked_at`` is when it was typed or tapped, and decides which multiplier
    applies, however long the act waits for a PIN or in a queue; None means now. The code that receives the act sets
    it; it is never read from a button."""

    asked_at: datetime | None = field(default=None, metadata={"is_input": False, "is_later": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp(Earning):
    unit: ClassVar[Unit | None] = Unit.STAMPS
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnPoints(Earning):
    """A purchase, which earns points, or stamps where the program gives stamps for amounts.

    ``amount_minor`` was paid, in the smallest unit of the merchant's currency. ``is_sure`` says that the member
    confirmed an unusually large amount; an act with and without it is the same act.
    """

    amount_minor: int
    is_sure: bool = field(default=False, metadata={"is_input": False, "is_later": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeeming(Change):
    """An act that hands out a reward. ``confirmed_at`` is when the customer said yes to it, None where they did not.
    The code that has seen their yes sets it; it is never read from a button."""

    confirmed_at: datetime | None = field(default=None, metadata={"is_input": False, "is_later": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemReward(Redeeming):
    """Redeems the reward for a full card of stamps."""

    unit: ClassVar[Unit | None] = Unit.STAMPS


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemInterim(Redeeming):
    """Redeems the interim reward at ``position`` of the card's list, counted from 0; ``stamps`` is the number of
    stamps that was shown for it."""

    unit: ClassVar[Unit | None] = Unit.STAMPS
    position: int
    stamps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemPoints(Redeeming):
    """Redeems the reward at ``position`` of the program's list, counted from 0; ``cost`` is the price that was shown
    for it."""

    unit: ClassVar[Unit | None] = Unit.POINTS
    position: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemAny(Redeeming):
    """Redeems the only reward that is possible now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustPoints(Change):
    """Adds ``points``, or takes them away when negative."""

    unit: ClassVar[Unit | None] = Unit.POINTS
    points: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack(Change):
    """Takes back ``entry``, or ``count`` stamps, or the newest act when neither is given.

    ``is_undo`` says that it came from the button on a confirmation, which needs no PIN. ``reason`` is not part of the
    act's identity: all buttons in the list of reasons bear the same key.
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
    """Moves everything on ``other`` to the card, and closes ``other`` for good. Both cards are named by their ids."""

    other: CardRef


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(Change):
    """Begins a new card with ``count`` stamps of a paper card, which the member collects from the customer."""

    unit: ClassVar[Unit | None] = Unit.STAMPS
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt(Act):
    """Gives the guest's card to the account that asked for it in Telegram, whose owner stands at the counter with the
    card."""

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
    """Asks an owner or manager to allow what staff may not do alone: to give ``count`` stamps above the daily limit,
    or to take back ``entry``. It changes no balance; the act that is allowed bears its ``key``."""

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
class AskCustomer(Act):
    """Asks the holder of the card to say yes to a reward: the one at ``position``, whose ``price`` in stamps or
    points was shown, each None for that of a full card; the only one that is possible where ``redeems`` is None. It
    changes no balance; the reward that is handed out bears its ``key``."""

    card: CardRef
    key: OperationKey
    redeems: EntryKind | None = None
    position: int | None = None
    price: int | None = None

    @classmethod
    def about(cls, act: Redeeming) -> "AskCustomer":
        """Asks for the yes that this act lacks."""
        which: dict[str, Any] = {}
        match act:
            case RedeemReward():
                which = {"redeems": EntryKind.STAMP_REDEEMED}
            case RedeemInterim(position=position, stamps=price):
                which = {"redeems": EntryKind.INTERIM_REDEEMED, "position": position, "price": price}
            case RedeemPoints(position=position, cost=price):
                which = {"redeems": EntryKind.POINTS_REDEEMED, "position": position, "price": price}
        return cls(card=act.card, key=act.key, **which)

    def wanted(self, confirmed_at: datetime | None = None) -> Redeeming:
        """The act that the customer is to say yes to, or has said yes to."""
        position, price = self.position or 0, self.price or 0
        what: dict[str, Any] = {"card": self.card, "key": self.key, "confirmed_at": confirmed_at}
        match self.redeems:
            case None:
                return RedeemAny(**what)
            case EntryKind.INTERIM_REDEEMED:
                return RedeemInterim(**what, position=position, stamps=price)
            case EntryKind.POINTS_REDEEMED:
                return RedeemPoints(**what, position=position, cost=price)
        return RedeemReward(**what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Act):
    """Approves or declines what a member asked for; approving carries it out."""

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
    "ask_customer": AskCustomer,
}
"""By the names under which acts are persisted in dialogues and operations."""
NAMES = {act: name for name, act in ACTS.items()}

ActT_co = TypeVar("ActT_co", bound=Act, covariant=True)
OtherT = TypeVar("OtherT", bound=Act)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[ActT_co]):
    """An act with the member who asks for it, and from where. At a shared phone the act is chosen first, and the
    member is known only once they have typed their PIN.

    ``pin_typed`` says that the PIN was typed and verified for this very act. ``approved_by`` is the member who
    allowed an act that the actor may not do alone; only ``decide`` sets it. ``told`` is the fingerprint of the
    original act where ``act`` is a more exact form of it (``narrowed``).
    """

    act: ActT_co
    actor: Actor
    origin: Origin | None = None
    pin_typed: bool = False
    approved_by: StaffId | None = None
    told: str = ""

    def instead(self, act: OtherT) -> "Asked[OtherT]":
        """The same actor, origin and permission, with another act."""
        return Asked(
            act=act,
            actor=self.actor,
            origin=self.origin,
            pin_typed=self.pin_typed,
            approved_by=self.approved_by,
        )

    def narrowed(self, act: OtherT) -> "Asked[OtherT]":
        """The same with a more exact act; the operation keeps the fingerprint of the original one."""
        return replace(self.instead(act), told=fingerprint(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is kept of a change that was carried out: the entry that it made, and the fingerprint of the input that
    came with its key, None once that is forgotten."""

    fingerprint: str | None
    entry_id: EntryId


def fingerprint(asked: Asked[Any]) -> str:
    """All input that makes a change what it is, as one text: ``stamp staff=… card=number:482109375 count=2``."""
    if asked.told:
        return asked.told
    act = asked.act
    told = [
        f"{name}={value}"
        for name in _INPUT[type(act)]
        if (value := getattr(act, name)) is not None and value is not False
    ]
    return " ".join([NAMES[type(act)], f"staff={asked.actor.staff_id}", *told])


def _input(act: Any) -> tuple[str, ...]:
    return tuple(
        each.name for each in fields(act) if each.name != "key" and each.metadata.get("is_input", True)
    )


_INPUT = {act: _input(act) for act in NAMES}

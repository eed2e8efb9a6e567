"""The customer, the card, and how a card is named at the counter."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from domain.account import Account
from domain.expiry import Unit
from domain.ids import (
    CardId,
    CardNumber,
    CustomerId,
    MerchantId,
    MoveId,
    NoteId,
    OperationKey,
    ProgramId,
    StaffId,
    StoreId,
)
from domain.merchant import InterimReward, Merchant, PointReward, Program
from domain.quick import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """``name`` is what Telegram shows for the person: data, never markup."""

    merchant_id: MerchantId
    customer_id: CustomerId
    account: Account
    name: str
    joined_store_id: StoreId
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCards:
    """Cards of a pile, full or begun, that are good for ``reward`` at ``target`` stamps each.

    ``promised`` of the ``count`` cards had been begun on a card that was merged into this one: they stay due even
    where no stamp lies on them now. ``interim`` are their interim rewards, None for none.
    """

    count: int
    target: int
    reward: str
    promised: int = 0
    interim: tuple[InterimReward, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPoints:
    """``count`` points; while any of them are left, the customer may still have ``rewards`` at their prices."""

    count: int
    rewards: tuple[PointReward, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """How often an interim reward was handed out for cards that are not redeemed yet; negative where cards were
    redeemed without it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the stamps of a card come to: full cards, and ``on_card`` of ``target`` stamps on the card in hand. A card
    that has just become full has ``on_card`` equal to ``target``. The next reward is ``reward``, for ``cost``
    stamps."""

    rewards_available: int
    on_card: int
    target: int
    cost: int
    reward: str

    @property
    def stamps_to_go(self) -> int:
        """The number of stamps to the next reward, 1 to ``target``; from a card that has just become full it is
        ``target``."""
        return self.target - self.on_card or self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A customer's card in one program, with the fold of its entries kept for speed.

    ``stamp_day`` is the merchant's local date of the newest unvoided stamp, ``stamps_today`` the unvoided stamps of
    that date and ``last_stamp_at`` that stamp's time: what the next stamp must know without counting history.
    ``entry_count`` is the number of entries, and so the number of the newest one. ``stamps_expire_at`` and
    ``points_expire_at`` are when the next part of each balance expires, None when nothing does; ``expiry_look_at`` is
    when the card must be looked at next because of that. ``held_cards``, oldest first, and ``held_points`` keep
    earlier terms of the program, None when nothing is held by earlier terms (docs/decisions/0037). ``merged_into`` is
    the card that replaced this one in a merge, None for all others. ``has_dated`` says that something on the card has
    an expiry date of its own, ``has_pass`` that the card is in a wallet, which must be told of every change.
    ``stamps_carried_minor`` and ``points_carried_nano`` are what is left over of purchases; ``carried_price_minor``
    is what a stamp cost when the former was left over (docs/decisions/0056). ``handed_out`` counts interim rewards,
    None where there are none. ``reward_ends_at`` is when the first reward that is ready expires, None where no reward
    is ready or it waits for ever.
    """

    merchant_id: MerchantId
    card_id: CardId
    customer_id: CustomerId
    program_id: ProgramId
    number: CardNumber
    token_rotation: int
    stamp_count: int
    points_balance: int
    stamps_today: int
    stamp_day: date | None
    last_stamp_at: datetime | None
    entry_count: int
    stamps_expire_at: datetime | None
    points_expire_at: datetime | None
    expiry_look_at: datetime | None
    active: bool
    created_at: datetime
    held_cards: tuple[HeldCards, ...] | None = None
    held_points: HeldPoints | None = None
    merged_into: CardId | None = None
    stamps_carried_minor: int | None = None
    points_carried_nano: int | None = None
    carried_price_minor: int | None = None
    has_dated: bool = False
    handed_out: tuple[HandedOut, ...] | None = None
    has_pass: bool = False
    reward_ends_at: datetime | None = None

    def balance(self, unit: Unit) -> int:
        return self.stamp_count if unit is Unit.STAMPS else self.points_balance

    def carried(self, unit: Unit) -> int:
        """What is left over: money towards a stamp, or billionths of a point."""
        return (self.stamps_carried_minor if unit is Unit.STAMPS else self.points_carried_nano) or 0

    def carrying(self, unit: Unit, more: int) -> "Card":
        """The card with ``more`` added to what is left over; a negative ``more`` is taken off."""
        if not more:
            return self
        if unit is Unit.STAMPS:
            return replace(self, stamps_carried_minor=self.carried(unit) + more)
        return replace(self, points_carried_nano=self.carried(unit) + more)

    def expires_at(self, unit: Unit) -> datetime | None:
        return self.stamps_expire_at if unit is Unit.STAMPS else self.points_expire_at

    def plus(self, unit: Unit, count: int) -> "Card":
        """The card with ``count`` added to one balance; a negative ``count`` is taken off."""
        if unit is Unit.STAMPS:
            return replace(self, stamp_count=self.stamp_count + count)
        return replace(self, points_balance=self.points_balance + count)


def empty_card(
    *,
    merchant_id: MerchantId,
    card_id: CardId,
    customer_id: CustomerId,
    program_id: ProgramId,
    number: CardNumber,
    now: datetime,
) -> Card:
    """A new card with nothing on it, made ``now``."""
    return Card(
        merchant_id=merchant_id,
        card_id=card_id,
        customer_id=customer_id,
        program_id=program_id,
        number=number,
        token_rotation=0,
        stamp_count=0,
        points_balance=0,
        stamps_today=0,
        stamp_day=None,
        last_stamp_at=None,
        entry_count=0,
        stamps_expire_at=None,
        points_expire_at=None,
        expiry_look_at=None,
        active=True,
        created_at=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A card with everything it depends on."""

    merchant: Merchant
    customer: Customer
    card: Card
    program: Program


class NoteKind(StrEnum):
    NOTE = "note"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    MOVE_ASKED = "move_asked"
    MOVE_ALLOWED = "move_allowed"
    MOVE_REFUSED = "move_refused"
    MOVE_VOUCHED = "move_vouched"
    MOVED = "moved"
    MERGE_ASKED = "merge_asked"
    MERGE_ALLOWED = "merge_allowed"
    MERGE_REFUSED = "merge_refused"
    MERGE_VOUCHED = "merge_vouched"
    MERGE_WITHDRAWN = "merge_withdrawn"
    MERGED_OUT = "merged_out"
    MERGED_IN = "merged_in"
    ADOPTED = "adopted"
    ADOPTED_BY_MAIL = "adopted_by_mail"

    @property
    def needs_text(self) -> bool:
        return self in (NoteKind.NOTE, NoteKind.BLOCKED, NoteKind.MOVE_VOUCHED, NoteKind.MERGE_VOUCHED)


REFUSED_BY_HOLDER = frozenset({NoteKind.MOVE_REFUSED, NoteKind.MERGE_REFUSED})
ANSWERED_BY_HOLDER = REFUSED_BY_HOLDER | {NoteKind.MOVE_ALLOWED, NoteKind.MERGE_ALLOWED, NoteKind.MOVED}
"""What the holder says when the card is to leave them; after a move the holder is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNote:
    """What an owner or manager wrote about a card, or what was done with it and why; ``staff_id`` is None for the
    operator and for the holder."""

    merchant_id: MerchantId
    note_id: NoteId
    card_id: CardId
    kind: NoteKind
    text: str
    staff_id: StaffId | None
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMove:
    """A request to move a card to the account that opens a link, or to merge it into the card ``into_card_id``, once
    the holder agrees or a manager vouches for it.

    ``staff_id`` is who asked for it, None for the operator. ``ended_at`` is when the card moved or was merged, the
    holder refused, or another request replaced this one. ``store_id`` and ``operation_key`` are the merge's.
    """

    merchant_id: MerchantId
    move_id: MoveId
    card_id: CardId
    staff_id: StaffId | None
    asked_at: datetime
    expires_at: datetime
    allowed_at: datetime | None = None
    ended_at: datetime | None = None
    into_card_id: CardId | None = None
    store_id: StoreId | None = None
    operation_key: OperationKey | None = None

    @property
    def is_merge(self) -> bool:
        return self.into_card_id is not None

    def is_open(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at


class FlagReason(StrEnum):
    TEAMS_PHONE = "teams_phone"
    ONE_PERSON = "one_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFlag:
    """Why an owner should look at a card: its account is or was used by the team, or one person alone has given
    everything on it. ``staff_name`` is the member whose account it was, or who gave."""

    card_id: CardId
    card_number: CardNumber
    customer_name: str
    reason: FlagReason
    staff_id: StaffId
    staff_name: str


@dataclass(frozen=True, slots=True)
class CardRef:
    """How a card is named at the counter: by the id on a button, its number, or the hash of its scanned code."""

    by: Literal["id", "number", "token"]
    value: str

    def __str__(self) -> str:
        return f"{self.by}:{self.value}"

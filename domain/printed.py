"""Cards for people without Telegram: printed ahead or sent by mail, and taken into use by the first act."""

from datetime import datetime, timedelta
from uuid import UUID

from domain.account import Account
from domain.card import Card, Customer, empty_card
from domain.ids import (
    AdoptionId,
    BotId,
    CardId,
    CardNumber,
    CustomerId,
    MerchantId,
    ProgramId,
    SheetId,
    StaffId,
    StoreId,
    TokenHash,
    UserId,
)
from domain.quick import dataclass

SHEET_CARDS = 10
BLANKS_MAX = 1_000
"""In one shop, of those that nobody has yet."""
ADOPTION_HOLDS = timedelta(minutes=30)
ADOPTION_KEPT = timedelta(days=1)
"""After this time the request is forgotten, with who asked."""
MAILED_MAX = 20
"""How many cards one member may give by mail within MAILED_PERIOD."""
MAILED_PERIOD = timedelta(days=1)
MAILED_HOLDS = timedelta(days=30)
"""After this time a card that was mailed and never shown is closed, and its address forgotten."""

_OF_CHANCE = (1 << 62) - 1
"""The random bits of a UUIDv7, after its variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A printed or mailed card that is nobody's until it is first served; ``card_id`` and ``number`` are those it
    will have. ``staff_id`` is who had it printed or mailed, None for the operator. ``address`` is where it was mailed
    to, None once it is served or withdrawn: whoever shows the card first has received the mail. A mailed card is a
    sheet of its own."""

    merchant_id: MerchantId
    card_id: CardId
    program_id: ProgramId
    sheet_id: SheetId
    number: CardNumber
    token_hash: TokenHash
    staff_id: StaffId | None
    made_at: datetime
    used_at: datetime | None = None
    withdrawn_at: datetime | None = None
    address: str | None = None

    @property
    def is_unused(self) -> bool:
        return self.used_at is None and self.withdrawn_at is None

    @property
    def is_mailed(self) -> bool:
        return str(self.sheet_id) == self.card_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """``unused`` of its ``cards`` are nobody's yet and may still be taken into use."""

    sheet_id: SheetId
    made_at: datetime
    cards: int
    unused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """An account asks for a guest's card; a member at the counter must see the card. ``confirmed_at`` is when they
    did."""

    merchant_id: MerchantId
    card_id: CardId
    adoption_id: AdoptionId
    account: Account
    name: str
    asked_at: datetime
    confirmed_at: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + ADOPTION_HOLDS

    def is_open(self, now: datetime) -> bool:
        return self.confirmed_at is None and now < self.expires_at


def guest_of(blank: Blank, bot_id: BotId, store_id: StoreId, now: datetime) -> Customer:
    """The customer who holds the card once it is served. The account's user id is negative, which Telegram never
    gives."""
    user_id = UserId(-1 - (UUID(blank.card_id).int & _OF_CHANCE))
    return Customer(
        merchant_id=blank.merchant_id,
        customer_id=CustomerId(blank.card_id),
        account=Account(bot_id=bot_id, user_id=user_id),
        name=guest_name(blank.number),
        joined_store_id=store_id,
        joined_at=now,
    )


def guest_name(number: CardNumber) -> str:
    """The name of a guest in the shop's lists."""
    return f"№ {number[:3]} {number[3:6]} {number[6:]}"


def card_of(blank: Blank, now: datetime) -> Card:
    return empty_card(
        merchant_id=blank.merchant_id,
        card_id=blank.card_id,
        customer_id=CustomerId(blank.card_id),
        program_id=blank.program_id,
        number=blank.number,
        now=now,
    )

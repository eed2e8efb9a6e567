"""The customer, the card and how a card is named at the counter."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.account import Account
from domain.ids import CardId, CardNumber, CustomerId, MerchantId, ProgramId, StoreId, TokenHash


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
class Card:
    """A customer's card in one program, with the fold of its entries kept for speed.

    ``stamp_day`` is the merchant's local date of the newest unvoided stamp, ``stamps_today`` the unvoided stamps of
    that date and ``last_stamp_at`` that stamp's time: what one more stamp must know without counting history.
    ``entry_count`` numbers the entries: the newest entry bears it.
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
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CardById:
    card_id: CardId


@dataclass(frozen=True, slots=True)
class CardByNumber:
    number: CardNumber


@dataclass(frozen=True, slots=True)
class CardByToken:
    token_hash: TokenHash


CardRef = CardById | CardByNumber | CardByToken

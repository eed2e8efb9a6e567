"""What a merchant, or one of its stores, says in its own words."""

from dataclasses import dataclass

from domain.account import Locale
from domain.ids import MerchantId, StoreId
from domain.messages import MessageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """``store_id`` None is the whole merchant. ``text`` is Telegram HTML with named placeholders, checked on save."""

    merchant_id: MerchantId
    store_id: StoreId | None
    kind: MessageKind
    locale: Locale
    text: str

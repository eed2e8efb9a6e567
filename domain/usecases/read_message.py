"""For whom a message is rendered."""

from dataclasses import dataclass

from domain.account import Locale
from domain.message import Message
from domain.ports import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """``locale`` is the person's present one, else the merchant's, None when neither is known."""

    locale: Locale | None
    timezone: str


def reader_of(*, tx: Tx, query: Message) -> Reader:
    person, merchant = tx.person(query.recipient), tx.merchant(query.merchant_id)
    locale = person.locale if person else None
    if merchant is None:
        return Reader(locale=locale, timezone="UTC")
    return Reader(locale=locale or merchant.default_locale, timezone=merchant.timezone)

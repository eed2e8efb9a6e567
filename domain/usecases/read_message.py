"""For whom a message is rendered, and in whose words."""

from dataclasses import dataclass

from domain.account import Locale
from domain.delivery import Delivery, RecipientGone
from domain.messages import MESSAGES, Audience, DisputeSettled, Message
from domain.ports import Tx
from domain.usecases.wordings import wording_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """``locale`` is the person's present one, else the merchant's, None when neither is known.

    ``wording`` is what the merchant or store says in that language instead of the house, None where it says nothing;
    ``colour`` is the merchant's.
    """

    locale: Locale | None
    timezone: str
    colour: str | None = None
    wording: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as a channel gets it to deliver; ``replaces`` is what it called the one in whose place it goes."""

    delivery: Delivery
    message: Message
    reader: Reader
    replaces: str | None = None


def letter_for(*, tx: Tx, query: Delivery) -> Letter:
    """Raises MessageUnreadable, PredecessorOwed, and RecipientGone where managers are told and the recipient is none
    any more."""
    message = tx.message(query.merchant_id, query.message_id)
    is_for_managers = MESSAGES[message.kind].audience is Audience.MANAGERS
    if is_for_managers and message.recipient not in tx.managers_of(message.merchant_id):
        raise RecipientGone
    replaces = (
        tx.reference(query, facts.replaces) if isinstance(facts := message.facts, DisputeSettled) else None
    )
    return Letter(delivery=query, message=message, reader=reader_of(tx=tx, query=message), replaces=replaces)


def reader_of(*, tx: Tx, query: Message) -> Reader:
    person, merchant = tx.person(query.recipient), tx.merchant(query.merchant_id)
    locale = person.locale if person else None
    if merchant is None:
        return Reader(locale=locale, timezone="UTC")
    locale = locale or merchant.default_locale
    return Reader(
        locale=locale,
        timezone=merchant.timezone,
        colour=merchant.colour,
        wording=wording_for(tx, query, locale),
    )

"""For whom a message is rendered, and in whose words."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from domain.account import Account, Locale
from domain.card import Card, CardRef
from domain.delivery import Delivery, MessageUnreadable, RecipientGone
from domain.entry import Entry
from domain.ids import CardId, EntryId, MerchantId
from domain.kinds import KINDS
from domain.merchant import OwnText, said_in
from domain.messages import MESSAGES, Audience, DisputeSettled, Message, Receipt, RewardReady
from domain.ports import RowUnreadable, Tx
from domain.usecases.my_cards import HeldCard, held_card
from domain.usecases.wordings import wording_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """``locale`` is the person's present one, else the merchant's, None when neither is known.

    ``wording`` is what the merchant or store says in that language instead of the house, None where it says nothing;
    ``colour`` is the merchant's, and so are ``own_texts``.
    """

    locale: Locale | None
    timezone: str
    colour: str | None = None
    wording: str | None = None
    own_texts: Sequence[OwnText] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message that shows a card; ``receipt`` is what is said below it, None for nothing or what cannot be read."""

    reference: str
    receipt: tuple[Message, Reader] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardToShow:
    """The card that a message speaks of, as it is now.

    ``shown`` says where, None where that is not known. ``is_silent`` says that the holder stands at
    the counter and sees the card change; what they must notice is not (docs/decisions/0033). ``is_overtaken`` says
    that there is a message of a later entry.
    """

    held: HeldCard
    shown: Shown | None
    is_silent: bool
    is_overtaken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as a channel gets it to deliver; ``replaces`` is what it called the one in whose place it goes."""

    delivery: Delivery
    message: Message
    reader: Reader
    card: CardToShow | None = None
    replaces: str | None = None


def letter_for(*, tx: Tx, query: Delivery) -> Letter:
    """Raises MessageUnreadable, PredecessorOwed, and RecipientGone where managers are told and the recipient is none
    any more."""
    message = tx.message(query.merchant_id, query.message_id)
    is_for_managers = MESSAGES[message.kind].audience is Audience.MANAGERS
    if is_for_managers and message.recipient not in tx.managers_of(message.merchant_id):
        raise RecipientGone
    facts, reader = message.facts, reader_of(tx=tx, query=message)
    return Letter(
        delivery=query,
        message=told_to(reader, message),
        reader=reader,
        card=_card_of(tx, message),
        replaces=tx.reference(query, facts.replaces) if isinstance(facts, DisputeSettled) else None,
    )


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
        own_texts=merchant.own_texts,
    )


def told_to(reader: Reader, message: Message) -> Message:
    """With what the reward is called in the reader's language."""
    facts = message.facts
    if not reader.own_texts or reader.locale is None or not isinstance(facts, Receipt | RewardReady):
        return message
    return replace(
        message, facts=replace(facts, reward=said_in(reader.locale, facts.reward, reader.own_texts))
    )


def shown_at(tx: Tx, account: Account, merchant_id: MerchantId, card_id: CardId) -> Shown | None:
    shown = tx.card_shown(account, merchant_id, card_id)
    if shown is None:
        return None
    receipt = None
    if shown.receipt is not None:
        with suppress(MessageUnreadable):
            message = tx.message(merchant_id, shown.receipt)
            reader = reader_of(tx=tx, query=message)
            receipt = told_to(reader, message), reader
    return Shown(reference=shown.reference, receipt=receipt)


def _card_of(tx: Tx, message: Message) -> CardToShow | None:
    """None for what shows none, and where the card cannot be read: the message is told without it."""
    if not MESSAGES[message.kind].shows_card:
        return None
    try:
        entry = tx.entry(message.merchant_id, EntryId(message.message_id))
        merchant = tx.merchant(message.merchant_id)
        found = tx.card(message.merchant_id, CardRef("id", entry.card_id)) if entry else None
        if entry is None or merchant is None or found is None or found[1].account != message.recipient:
            return None
        card, customer, program = found
        if card.merged_into is not None:
            return None
        return CardToShow(
            held=held_card(merchant, customer, card, program, tx.now),
            shown=shown_at(tx, message.recipient, card.merchant_id, card.card_id),
            is_silent=KINDS[entry.kind].opens_lot and KINDS[entry.kind].is_visit,
            is_overtaken=_is_overtaken(tx, card, entry),
        )
    except RowUnreadable:
        return None


def _is_overtaken(tx: Tx, card: Card, entry: Entry) -> bool:
    """By what staff did, which has a receipt, or by a later expiry."""
    since = card.entry_count - entry.entry_no
    later = tx.entries_of(card, newest=since) if since > 0 else ()
    return any(each.staff_id is not None or KINDS[each.kind].is_expiry for each in later)

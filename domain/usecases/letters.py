"""A message becomes a letter when it is handed over: whether it is still wanted, and all that a channel needs."""

from contextlib import suppress
from typing import Any

from domain.campaign import CampaignState
from domain.card import Card, CardRef
from domain.delivery import (
    ChannelKind,
    Delivery,
    MailboxMissing,
    MessageForgotten,
    MessageUnreadable,
    NotNow,
    RecipientGone,
)
from domain.entry import Entry
from domain.ids import CustomerId, EntryId
from domain.kinds import KINDS
from domain.mailbox import Mailbox, address_in
from domain.messages import (
    MESSAGES,
    ApprovalAnswered,
    ApprovalSettled,
    Audience,
    Broadcast,
    DisputeSettled,
    Message,
    MessageKind,
    NoticeOver,
)
from domain.ports import RowUnreadable, Tx
from domain.quick import dataclass, replace
from domain.usecases.duties import Duties, duties_of
from domain.usecases.marketing import is_allowed
from domain.usecases.my_cards import HeldCard, has_card, held_card
from domain.usecases.read_message import (
    Reader,
    Shown,
    name_of_its_card,
    reader_of,
    shown_at,
    told_to,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardToShow:
    """The card that a message is about, as it is now.

    ``shown`` is where the chat shows it, None where that is not known. ``is_silent`` says that the holder stands at
    the counter and sees the card change; what they must notice is not silent (docs/decisions/0033). ``is_overtaken``
    says that there is a message of a later entry.
    """

    held: HeldCard
    shown: Shown | None
    is_silent: bool
    is_overtaken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the commands and keyboard of a person who has lost or gained some of them are made from."""

    duties: Duties
    has_card: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as a channel gets it for delivery. ``replaces`` is the channel's reference of the message that it
    takes the place of, ``photo`` a picture of the shop's own. ``over`` is what a message said that holds no longer.

    ``mailbox``, ``sender`` (the merchant's name) and ``reply_to`` (its address) are for mails. ``customer_id`` is the
    customer whose consent a marketing message needs, ``guest_id`` the guest that a mail goes to. ``tools`` are what
    the reader has now, where the message sets them.
    """

    delivery: Delivery
    message: Message
    reader: Reader
    card: CardToShow | None = None
    replaces: str | None = None
    over: tuple[Message, Reader] | None = None
    photo: bytes | None = None
    mailbox: Mailbox | None = None
    sender: str = ""
    reply_to: str | None = None
    customer_id: CustomerId | None = None
    guest_id: CustomerId | None = None
    tools: Tools | None = None


def letter_for(*, tx: Tx, query: Delivery) -> Letter:
    """Raises MessageUnreadable, PredecessorOwed, NotNow, and RecipientGone: for a message to managers where the
    recipient is none any more, where they were erased meanwhile, where a customer has withdrawn their consent or has
    already answered, and for mail where there is no mailbox."""
    try:
        message = tx.message(query.merchant_id, query.message_id)
    except MessageForgotten:
        raise RecipientGone from None
    customer_id = _check_is_wanted(tx, message)
    is_for_managers = MESSAGES[message.kind].audience is Audience.MANAGERS
    if is_for_managers and message.recipient not in tx.managers_of(message.merchant_id):
        raise RecipientGone
    mailbox = _mailbox_of(tx, message) if query.channel is ChannelKind.EMAIL else None
    message, photo = _of_campaign(tx, message)
    reader, card = reader_of(tx=tx, query=message), _card_of(tx, message)
    card_name = card.held.card_name if card else name_of_its_card(tx, message)
    return Letter(
        delivery=query,
        message=told_to(reader, message, card_name),
        reader=reader,
        card=card,
        replaces=_replaced(tx, message, query),
        over=_over(tx, message),
        photo=photo,
        mailbox=mailbox,
        **(_sender_of(tx, message) if mailbox else {}),
        customer_id=customer_id,
        guest_id=_guest(tx, message) if mailbox else None,
        tools=_tools(tx, message),
    )


def _tools(tx: Tx, message: Message) -> Tools | None:
    if not MESSAGES[message.kind].changes_tools:
        return None
    who = message.recipient
    return Tools(duties=duties_of(tx=tx, query=who), has_card=has_card(tx=tx, query=who))


def _guest(tx: Tx, message: Message) -> CustomerId | None:
    if not message.recipient.is_guest:
        return None
    guest = tx.customer_of(message.merchant_id, message.recipient)
    return guest.customer_id if guest else None


def _check_is_wanted(tx: Tx, message: Message) -> CustomerId | None:
    """The customer whose consent a marketing message needs. Raises RecipientGone where it is not allowed now, and for
    a question that was answered."""
    is_question = message.kind is MessageKind.MARKETING_ASKED
    if not (MESSAGES[message.kind].is_marketing or is_question):
        return None
    customer = tx.customer_of(message.merchant_id, message.recipient)
    merchant = tx.merchant(message.merchant_id)
    if merchant is None or merchant.marketing_monthly_max is None:
        raise RecipientGone("marketing_off")
    if customer is None or not (is_question or is_allowed(tx, customer)):
        raise RecipientGone("marketing_not_allowed")
    if is_question:
        consent = tx.consent(customer.merchant_id, customer.customer_id)
        if consent is None or consent.answered_at is not None:
            raise RecipientGone("marketing_answered")
    return customer.customer_id


def _of_campaign(tx: Tx, message: Message) -> tuple[Message, bytes | None]:
    """The message with the text of its campaign, and the picture. Raises RecipientGone, NotNow."""
    if not isinstance(message.facts, Broadcast):
        return message, None
    campaign = tx.campaign(message.merchant_id, message.facts.campaign_id)
    if campaign is None:
        raise RecipientGone("campaign_gone")
    if message.kind is MessageKind.BROADCAST:
        if campaign.state is CampaignState.CANCELLED:
            raise RecipientGone("campaign_cancelled")
        if campaign.state is CampaignState.PAUSED:
            raise NotNow("campaign_paused")
    photo = tx.campaign_photo(campaign.merchant_id, campaign.campaign_id) if campaign.has_photo else None
    return replace(message, facts=replace(message.facts, text=campaign.text)), photo


def _mailbox_of(tx: Tx, message: Message) -> Mailbox:
    post = tx.post_of(message.recipient)
    if post is None or not post.mailbox.takes_mail:
        raise MailboxMissing
    return post.mailbox


def _sender_of(tx: Tx, message: Message) -> dict[str, Any]:
    merchant = tx.merchant(message.merchant_id)
    if merchant is None:
        return {}
    return {"sender": merchant.name, "reply_to": address_in(merchant.contact or "")}


def _replaced(tx: Tx, message: Message, delivery: Delivery) -> str | None:
    """The channel's reference of the message that this one replaces."""
    match message.facts:
        case (
            DisputeSettled(replaces=replaces)
            | ApprovalSettled(replaces=replaces)
            | NoticeOver(replaces=replaces)
        ):
            return tx.reference(delivery, replaces)
        case ApprovalAnswered(message_id=int(message_id)):
            return str(message_id)
        case _:
            return None


def _over(tx: Tx, message: Message) -> tuple[Message, Reader] | None:
    """What the message says that holds no longer; None for other messages, and where it cannot be read."""
    if not isinstance(message.facts, NoticeOver):
        return None
    with suppress(MessageUnreadable):
        before = tx.message(message.merchant_id, message.facts.replaces)
        reader = reader_of(tx=tx, query=before)
        return told_to(reader, before, name_of_its_card(tx, before)), reader
    return None


def _card_of(tx: Tx, message: Message) -> CardToShow | None:
    """None for a message that shows no card, and where the card cannot be read: the message is sent without it."""
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
        held = held_card(tx, merchant, customer, card, program)
        is_silent = KINDS[entry.kind].opens_lot and KINDS[entry.kind].is_visit
        where = message.recipient, card.merchant_id, card.card_id, held.card_name
        return CardToShow(
            held=held,
            shown=shown_at(tx, *where, is_left=not is_silent),
            is_silent=is_silent,
            is_overtaken=_is_overtaken(tx, card, entry),
        )
    except RowUnreadable:
        return None


def _is_overtaken(tx: Tx, card: Card, entry: Entry) -> bool:
    """Whether a later entry has a message that shows the card: one that staff made, or an expiry."""
    since = card.entry_count - entry.entry_no
    later = tx.entries_of(card, newest=since) if since > 0 else ()
    return any(each.staff_id is not None or KINDS[each.kind].is_expiry for each in later)

"""Messages that the bot owes: each delivery is leased to a dispatcher, then made, postponed or visibly given up."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from domain.account import Account
from domain.delivery import (
    PATIENCE,
    CardShown,
    ChannelKind,
    Delivered,
    Delivery,
    Later,
    MailboxMissing,
    MessageUnreadable,
    Patience,
    RecipientGone,
    Refused,
    Unreachable,
    addresses_of,
    channels_of,
)
from domain.ids import BotId, MerchantId, MessageId, UserId
from domain.mailbox import Mailbox
from domain.messages import Facts, MailRefused, Message, MessageKind
from domain.plumbing.people import Reachable, chat_refused, set_reachable
from domain.ports import Addresses, Outbox, Upkeep
from domain.quick import dataclass, replace

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseDeliveries:
    bot_id: BotId
    channel: ChannelKind
    holder: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    delivery: Delivery
    outcome: Delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """The delivery must wait for its address; this is not the message's fault and does not count as a try."""

    delivery: Delivery
    until: datetime
    reason: str = "retry_after"


Failure = Later | Refused | Unreachable | RecipientGone | MessageUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """``patience`` is the channel's where it is None."""

    delivery: Delivery
    outcome: Failure
    patience: Patience | None = None


def lease_deliveries(*, tx: Outbox, command: LeaseDeliveries) -> Sequence[Delivery]:
    """Leases what is due over a channel; nobody else gets it until the lease ends. Transactional messages come before
    marketing, then the oldest first."""
    return tx.lease_due(command.bot_id, command.channel, command.holder, tx.now + LEASE, command.limit)


def release_leases(*, tx: Outbox, command: tuple[BotId, ChannelKind]) -> int:
    """Ends the leases of a dispatcher that died: of this process, or of one that is not at work any more."""
    return tx.release_leases(*command)


def deliveries_made(*, tx: Upkeep, command: Sequence[Made]) -> int:
    """Records the deliveries, and that the chats of their readers can be reached. Returns how many are due again: a
    message that was put below a card is sent again where that card has since been shown in a newer message."""
    again = 0
    for made in command:
        delivery, outcome = made.delivery, made.outcome
        _learn(tx, delivery, None)
        if _has_moved_on(tx, delivery, outcome):
            tx.delivery_postponed(delivery, tx.now, attempts=delivery.attempts, error="card_moved_on")
            again += 1
            continue
        is_known = tx.delivery_made(delivery, outcome.reference)
        if outcome.shows is not None and is_known:
            card = reader_of(delivery), delivery.merchant_id, outcome.shows
            tx.show_card(*card, CardShown(outcome.reference, delivery.message_id))
    return again


def deliveries_wait(*, tx: Outbox, command: Sequence[Waits]) -> None:
    for waits in command:
        delivery = waits.delivery
        tx.delivery_postponed(delivery, waits.until, attempts=delivery.attempts, error=waits.reason)


def delivery_failed(*, tx: Upkeep, command: Failed) -> Delivery | None:
    """Postpones as the patience says, and gives up after too many tries, or at once where trying is pointless;
    returns what it gave up. Time in which nobody tried does not count, since the bot may have been down. An account
    that blocked the bot, or whose chat refuses everything for GONE_AFTER, counts as unreachable until it writes or
    gets a message again. What could not be told over one channel goes over another, where there is one."""
    delivery, outcome = command.delivery, command.outcome
    attempts = delivery.attempts + 1
    wait = (command.patience or PATIENCE[delivery.channel]).wait(attempts)
    if isinstance(outcome, Later) and wait is not None:
        tx.delivery_postponed(delivery, tx.now + wait, attempts=attempts, error=outcome.reason)
        return None
    _learn(tx, delivery, outcome)
    tx.delivery_failed(delivery, outcome.reason, is_unreported=isinstance(outcome, MessageUnreadable))
    if _is_still_owed(outcome):
        tell_otherwise(tx, delivery)
    return delivery


def give_up_channels_off(*, tx: Upkeep, command: BotId) -> int:
    """Moves what is owed over a channel that was switched off to another, where there is one; returns how many."""
    off = [channel for channel in ChannelKind if channel not in tx.channels_on]
    owed = [each for channel in off for each in tx.owed_by(command, channel)]
    for delivery in owed:
        tx.delivery_failed(delivery, "channel_off", is_unreported=False)
        tell_otherwise(tx, delivery)
    return len(owed)


def count_held(*, tx: Outbox, query: None) -> int:  # noqa: ARG001
    """How many deliveries wait for the operator's approval: after a restore, they may have been made since the copy
    was taken."""
    return tx.count_held()


def release_held(*, tx: Outbox, command: None) -> int:  # noqa: ARG001
    """The operator approves: they are due. Returns how many."""
    return tx.release_held()


def drop_held(*, tx: Outbox, command: None) -> int:  # noqa: ARG001
    """The operator declines: they are given up. Returns how many. What must be told is told again by its job."""
    return tx.drop_held()


def _learn(tx: Upkeep, delivery: Delivery, failure: Failure | None) -> None:
    """Records whether the reader can be reached; ``failure`` is None when they just were."""
    account = reader_of(delivery)
    if delivery.channel is ChannelKind.EMAIL:
        post = tx.post_of(account)
        if post is not None and isinstance(failure, Refused) and failure.is_of_address:
            refuse_mailbox(tx, delivery.merchant_id, post.mailbox)
    else:
        match failure:
            case None:
                set_reachable(tx=tx, command=Reachable(account=account, reachable=True))
            case Unreachable():
                set_reachable(tx=tx, command=Reachable(account=account, reachable=False))
            case Refused(is_of_address=True):
                chat_refused(tx=tx, command=account)


def refuse_mailbox(tx: Addresses, merchant_id: MerchantId, mailbox: Mailbox) -> None:
    """Marks the mailbox as taking no mail; its owner is told in the chat, once."""
    if not mailbox.takes_mail:
        return
    tx.save_mailbox(replace(mailbox, refused_at=tx.now))
    tell_in_chat(tx, merchant_id, mailbox.account, MessageKind.MAIL_REFUSED, MailRefused())


def tell_in_chat(
    tx: Addresses, merchant_id: MerchantId, recipient: Account, kind: MessageKind, facts: Facts
) -> None:
    """Sends a message that goes to the chat only."""
    told = Message(
        merchant_id=merchant_id,
        message_id=MessageId(tx.new_id()),
        kind=kind,
        recipient=recipient,
        facts=facts,
        created_at=tx.now,
    )
    tx.enqueue(told, addresses_of(told, tx.channels_on))


def _is_still_owed(failure: Failure) -> bool:
    """Whether the message could still be told over another channel and somebody waits for it."""
    if isinstance(failure, RecipientGone):
        return isinstance(failure, MailboxMissing)
    return not isinstance(failure, MessageUnreadable)


def tell_otherwise(tx: Outbox, delivery: Delivery) -> None:
    """Sends it over another channel, once: over none that it already goes or went over."""
    account = reader_of(delivery)
    with suppress(MessageUnreadable):
        for channel in channels_of(tx.message(delivery.merchant_id, delivery.message_id)):
            if channel is delivery.channel or channel not in tx.channels_on:
                continue
            if channel is ChannelKind.EMAIL and not _takes_mail(tx, account):
                continue
            tx.add_delivery(replace(delivery, channel=channel, attempts=0))


def _takes_mail(tx: Outbox, account: Account) -> bool:
    post = tx.post_of(account)
    return post is not None and post.mailbox.takes_mail


def _has_moved_on(tx: Outbox, delivery: Delivery, outcome: Delivered) -> bool:
    """Whether the card that an edited message showed is shown in another message meanwhile."""
    if outcome.shows is None or not outcome.in_place:
        return False
    shown = tx.card_shown(reader_of(delivery), delivery.merchant_id, outcome.shows)
    return shown is not None and shown.reference != outcome.reference


def reader_of(delivery: Delivery) -> Account:
    """The account whose chat or mailbox it goes to."""
    return Account(bot_id=delivery.bot_id, user_id=UserId(int(delivery.address)))

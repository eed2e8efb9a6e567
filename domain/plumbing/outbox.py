"""Messages the bot owes: each delivery leased to a dispatcher, made, postponed or given up visibly."""

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
    """Its address may not get it yet: not the message's fault, so it does not count as a try."""

    delivery: Delivery
    until: datetime
    reason: str = "retry_after"


Failure = Later | Refused | Unreachable | RecipientGone | MessageUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """``patience`` is that of the channel where none is given."""

    delivery: Delivery
    outcome: Failure
    patience: Patience | None = None


def lease_deliveries(*, tx: Outbox, command: LeaseDeliveries) -> Sequence[Delivery]:
    """Those due over a channel, nobody else's until the lease ends: transactional before marketing, oldest first."""
    return tx.lease_due(command.bot_id, command.channel, command.holder, tx.now + LEASE, command.limit)


def release_leases(*, tx: Outbox, command: tuple[BotId, ChannelKind]) -> int:
    """Takes back what a dispatcher that died held: of this process, or of one that is not at work any more."""
    return tx.release_leases(*command)


def deliveries_made(*, tx: Upkeep, command: Sequence[Made]) -> int:
    """Whose chat has taken a message can be reached. Returns how many are due again: what was told below a card that
    was asked for meanwhile, and is shown further down, is told there."""
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
    """Backs off as the patience says, and gives up after so many tries, or at once where that is in vain;
    returns what it gave up. Time in which nobody tried does not count: the bot may have been down. Who blocked the
    bot, or whose chat refuses everything for GONE_AFTER, counts as unreachable until they write or get a message
    again. What could not be told over one channel is told over another, where there is one."""
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
    """What is owed over a channel that was switched off goes over another, where there is one; returns how much."""
    off = [channel for channel in ChannelKind if channel not in tx.channels_on]
    owed = [each for channel in off for each in tx.owed_by(command, channel)]
    for delivery in owed:
        tx.delivery_failed(delivery, "channel_off", is_unreported=False)
        tell_otherwise(tx, delivery)
    return len(owed)


def count_held(*, tx: Outbox, query: None) -> int:  # noqa: ARG001
    """How many deliveries wait for the operator's yes: they may have been made since the copy that was restored."""
    return tx.count_held()


def release_held(*, tx: Outbox, command: None) -> int:  # noqa: ARG001
    """The operator's yes: they are due; returns how many."""
    return tx.release_held()


def drop_held(*, tx: Outbox, command: None) -> int:  # noqa: ARG001
    """The operator's no: they are given up; returns how many. What must not go untold is told anew by its job."""
    return tx.drop_held()


def next_due_at(*, tx: Outbox, query: BotId) -> datetime | None:
    """When the next message is due, None when nothing is owed."""
    return tx.next_due_at(query)


def _learn(tx: Upkeep, delivery: Delivery, failure: Failure | None) -> None:
    """Whether its reader can be reached in the chat; None when they just were."""
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
    """It takes no mail from now on; its owner is told in the chat, once."""
    if not mailbox.takes_mail:
        return
    tx.save_mailbox(replace(mailbox, refused_at=tx.now))
    tell_in_chat(tx, merchant_id, mailbox.account, MessageKind.MAIL_REFUSED, MailRefused())


def tell_in_chat(
    tx: Addresses, merchant_id: MerchantId, recipient: Account, kind: MessageKind, facts: Facts
) -> None:
    """What is for the chat alone."""
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
    """What could not be told, although it can be and somebody waits for it."""
    if isinstance(failure, RecipientGone):
        return isinstance(failure, MailboxMissing)
    return not isinstance(failure, MessageUnreadable)


def tell_otherwise(tx: Outbox, delivery: Delivery) -> None:
    """Once: a channel over which it goes or went already is no other."""
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
    """What was edited may have lost the card to another message meanwhile."""
    if outcome.shows is None or not outcome.in_place:
        return False
    shown = tx.card_shown(reader_of(delivery), delivery.merchant_id, outcome.shows)
    return shown is not None and shown.reference != outcome.reference


def reader_of(delivery: Delivery) -> Account:
    """Whose chat it goes to."""
    return Account(bot_id=delivery.bot_id, user_id=UserId(int(delivery.address)))

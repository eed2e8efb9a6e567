"""Messages the bot owes: leased to a dispatcher, sent, postponed or given up visibly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.account import Account
from domain.ids import BotId
from domain.messages import LeasedMessage, Message
from domain.ports import Tx

LEASE = timedelta(seconds=60)
FIRST_RETRY = timedelta(seconds=60)
LONGEST_RETRY = timedelta(hours=1)
TRIES_MAX = 30
"""The waits between them add up to a day. Time in which nobody tried does not count: the bot may have been down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseMessages:
    bot_id: BotId
    holder: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    message: Message
    telegram_message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Its chat may not get it yet: not the message's fault, so it does not count as a try."""

    leased: LeasedMessage
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """``permanent`` failures are not tried again."""

    leased: LeasedMessage
    error: str
    permanent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveUp:
    """``recipient`` will not get the message."""

    recipient: Account


def lease_messages(*, tx: Tx, command: LeaseMessages) -> Sequence[LeasedMessage]:
    """Due messages, nobody else's until the lease ends; transactional before marketing, then oldest first."""
    return tx.lease_due(command.bot_id, command.holder, tx.now + LEASE, command.limit)


def release_leases(*, tx: Tx, command: BotId) -> int:
    """Takes back what a dispatcher that died held; for when there can be no other."""
    return tx.release_leases(command)


def messages_sent(*, tx: Tx, command: Sequence[Sent]) -> None:
    for sent in command:
        tx.message_sent(sent.message, sent.telegram_message_id)


def messages_wait(*, tx: Tx, command: Sequence[Waits]) -> None:
    for waits in command:
        tx.message_postponed(
            waits.leased.message, waits.until, attempts=waits.leased.attempts, error="retry_after"
        )


def message_failed(*, tx: Tx, command: Failed) -> GaveUp | None:
    """Backs off from 60 s, doubling to an hour, and gives up after a day of trying."""
    message, attempts = command.leased.message, command.leased.attempts + 1
    if command.permanent or attempts >= TRIES_MAX:
        tx.message_failed(message, command.error)
        return GaveUp(recipient=message.recipient)
    wait = min(FIRST_RETRY * (1 << (attempts - 1)), LONGEST_RETRY)
    tx.message_postponed(message, tx.now + wait, attempts=attempts, error=command.error)
    return None


def next_due_at(*, tx: Tx, query: BotId) -> datetime | None:
    """When the next message is due, None when the outbox is empty."""
    return tx.next_due_at(query)

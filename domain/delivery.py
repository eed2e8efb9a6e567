"""A message on its way: over which channels, and to which addresses."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from domain.ids import BotId, CardId, MerchantId, MessageId
from domain.mailbox import Post
from domain.messages import MESSAGES, Audience, Message
from domain.quick import dataclass


class ChannelKind(StrEnum):
    TELEGRAM = "telegram"
    EMAIL = "email"


ALWAYS_ON = frozenset({ChannelKind.TELEGRAM})
"""Every other channel is on where its setting is given."""
CHANNELS: Mapping[Audience, Sequence[ChannelKind]] = {
    Audience.CUSTOMER: (ChannelKind.TELEGRAM, ChannelKind.EMAIL),
    Audience.MANAGERS: (ChannelKind.TELEGRAM,),
    Audience.MEMBER: (ChannelKind.TELEGRAM,),
}
"""The channels over which each audience is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a delivery is tried before it is given up, and the waits between tries: each is twice the one before,
    up to the longest."""

    first_wait: timedelta
    longest_wait: timedelta
    tries_max: int

    def wait(self, attempts: int) -> timedelta | None:
        """The wait after ``attempts`` failed tries; None when there were enough."""
        if attempts >= self.tries_max:
            return None
        return min(self.first_wait * (1 << (attempts - 1)), self.longest_wait)


PATIENCE: dict[ChannelKind, Patience] = {
    ChannelKind.TELEGRAM: Patience(
        first_wait=timedelta(seconds=60), longest_wait=timedelta(hours=1), tries_max=30
    ),
    ChannelKind.EMAIL: Patience(
        first_wait=timedelta(seconds=60), longest_wait=timedelta(seconds=60), tries_max=4
    ),
}
"""In the chat the waits add up to a day. The mail relay is the operator's own, and goes on trying for days by
itself."""

Address = tuple[ChannelKind, str]


def channels_of(message: Message) -> Sequence[ChannelKind]:
    """The channels over which the message may go."""
    what = MESSAGES[message.kind]
    return (ChannelKind.TELEGRAM,) if what.is_chat_only else CHANNELS[what.audience]


def is_posted(message: Message, channels_on: Collection[ChannelKind]) -> bool:
    """Whether the message may go by mail, so that the recipient's ``Post`` must be known."""
    return ChannelKind.EMAIL in channels_on and ChannelKind.EMAIL in channels_of(message)


def addresses_of(
    message: Message, channels_on: Collection[ChannelKind], post: Post | None = None
) -> Sequence[Address]:
    """The addresses of a message, each of which gets a delivery. Channels that are not on are left out, since a
    delivery over them would be owed for ever. ``post`` is the recipient's, None where they have no mailbox.

    The address of a mail is the user id as well, not the mailbox: a mailbox that is changed or removed takes effect
    at once, and appears in no log.
    """
    address = str(message.recipient.user_id)
    return [
        (channel, address)
        for channel in channels_of(message)
        if channel in channels_on and _is_wanted(channel, message, post)
    ]


def _is_wanted(channel: ChannelKind, message: Message, post: Post | None) -> bool:
    """A question always goes to the chat, whatever the recipient chose, because its buttons are there. A guest has no
    chat."""
    match channel:
        case ChannelKind.TELEGRAM if message.recipient.is_guest:
            return False
        case ChannelKind.TELEGRAM:
            what = MESSAGES[message.kind]
            return post is None or post.is_by_chat or what.is_question or what.is_chat_only
        case ChannelKind.EMAIL:
            return post is not None and post.is_by_mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one address, leased to one dispatcher. ``attempts`` counts the failed tries so far."""

    merchant_id: MerchantId
    message_id: MessageId
    bot_id: BotId
    channel: ChannelKind
    address: str
    is_marketing: bool
    attempts: int = 0

    @property
    def key(self) -> tuple[MessageId, str]:
        """Unique among the deliveries over one channel."""
        return self.message_id, self.address


@dataclass(frozen=True, slots=True)
class Delivered:
    """``reference`` is what the channel calls the message. ``shows`` is the card that is shown there with the message
    below it; ``in_place`` says that a message already in the chat was edited for that."""

    reference: str
    shows: CardId | None = None
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class CardShown:
    """``reference`` is what the chat calls the message that shows a card; ``receipt`` is the message below the card,
    None where the card stands alone."""

    reference: str
    receipt: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not delivered now. With ``seconds`` the channel asks to wait that long, and no try counts as failed; without,
    the try failed."""

    reason: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel will never take the message; ``is_of_address`` says that it takes no other message to this address
    either."""

    reason: str
    is_of_address: bool = False


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nobody can be told at this address any more."""

    reason: str = "unreachable"


@dataclass(eq=False)
class RecipientGone(Exception):
    """The recipient has nothing to do with the message any more. The delivery is withdrawn, and does not count as
    undelivered."""

    reason: str = "recipient_gone"


@dataclass(eq=False)
class MailboxMissing(RecipientGone):
    """The mailbox was removed, or takes no mail; its owner is told over another channel."""

    reason: str = "no_mailbox"


@dataclass(eq=False)
class NotNow(Exception):
    """The message waits until somebody lets it go on; no try counts as failed."""

    reason: str


class PredecessorOwed(Exception):
    """The message replaces an earlier one, and that one is not known to be delivered yet."""


@dataclass(eq=False)
class MessageUnreadable(Exception):
    """The outbox row was written by another version of the program, or is corrupt."""

    reason: str


@dataclass(eq=False)
class MessageForgotten(MessageUnreadable):
    """What the message says was deleted: its recipient was erased, or it is old."""

    reason: str = "forgotten"

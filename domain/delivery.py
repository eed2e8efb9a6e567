"""A message on its way: over which channels, to which addresses."""

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
"""Any other channel is on where its setting is there."""
CHANNELS: Mapping[Audience, Sequence[ChannelKind]] = {
    Audience.CUSTOMER: (ChannelKind.TELEGRAM, ChannelKind.EMAIL),
    Audience.MANAGERS: (ChannelKind.TELEGRAM,),
    Audience.MEMBER: (ChannelKind.TELEGRAM,),
}
"""Over which each audience is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a delivery is tried before it is given up, and the waits in between, each twice the one before up to
    the longest."""

    first_wait: timedelta
    longest_wait: timedelta
    tries_max: int

    def wait(self, attempts: int) -> timedelta | None:
        """After so many failed tries; None when there were enough."""
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
"""In the chat the waits add up to a day. A relay for mail is the operator's own, and tries for days by itself."""

Address = tuple[ChannelKind, str]


def channels_of(message: Message) -> Sequence[ChannelKind]:
    """Over which it may go."""
    what = MESSAGES[message.kind]
    return (ChannelKind.TELEGRAM,) if what.is_chat_only else CHANNELS[what.audience]


def is_posted(message: Message, channels_on: Collection[ChannelKind]) -> bool:
    """Whether it may go by mail, so that one has to know the recipient's ``Post``."""
    return ChannelKind.EMAIL in channels_on and ChannelKind.EMAIL in channels_of(message)


def addresses_of(
    message: Message, channels_on: Collection[ChannelKind], post: Post | None = None
) -> Sequence[Address]:
    """Where a message goes, a delivery to each: over a channel that is not on, it would be owed for ever. ``post`` is
    the recipient's, None for who has no mailbox."""
    channels = channels_of(message)
    return [
        (channel, _address_in(channel, message))
        for channel in channels
        if channel in channels_on and _is_wanted(channel, message, post)
    ]


def _is_wanted(channel: ChannelKind, message: Message, post: Post | None) -> bool:
    """What has to be answered is asked in the chat, whatever somebody has chosen: there are the buttons. A guest has
    no chat."""
    match channel:
        case ChannelKind.TELEGRAM if message.recipient.is_guest:
            return False
        case ChannelKind.TELEGRAM:
            what = MESSAGES[message.kind]
            return post is None or post.is_by_chat or what.is_question or what.is_chat_only
        case ChannelKind.EMAIL:
            return post is not None and post.is_by_mail


def _address_in(channel: ChannelKind, message: Message) -> str:
    """A mailbox goes by its owner's name, so that an address that is changed or removed is so at once, and stands in
    no log."""
    match channel:
        case ChannelKind.TELEGRAM | ChannelKind.EMAIL:
            return str(message.recipient.user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one address, leased to one dispatcher. ``attempts`` counts earlier failures."""

    merchant_id: MerchantId
    message_id: MessageId
    bot_id: BotId
    channel: ChannelKind
    address: str
    is_marketing: bool
    attempts: int = 0

    @property
    def key(self) -> tuple[MessageId, str]:
        """No two deliveries over a channel have the same."""
        return self.message_id, self.address


@dataclass(frozen=True, slots=True)
class Delivered:
    """``reference`` is what the channel calls the message; ``shows`` the card that is seen there with the message
    below it, for which one that was there already may have been edited (``in_place``)."""

    reference: str
    shows: CardId | None = None
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class CardShown:
    """``reference`` is what the chat calls the message that shows a card; ``receipt`` what is said below it, None for
    the card alone."""

    reference: str
    receipt: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """With ``seconds`` the channel asks for so much patience, which is no failed try; without, a try has failed."""

    reason: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel will never take the message; ``is_of_address`` when no other one to this address either."""

    reason: str
    is_of_address: bool = False


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nobody can be told at this address any more."""

    reason: str = "unreachable"


@dataclass(eq=False)
class RecipientGone(Exception):
    """Whoever the message was for has no business with it any more; nobody misses it."""

    reason: str = "recipient_gone"


@dataclass(eq=False)
class MailboxMissing(RecipientGone):
    """It was removed, or takes no mail; its owner is told otherwise."""

    reason: str = "no_mailbox"


@dataclass(eq=False)
class NotNow(Exception):
    """The message waits for somebody to say that it may go on; no try has failed."""

    reason: str


class PredecessorOwed(Exception):
    """What the message replaces is not known to be delivered yet."""


@dataclass(eq=False)
class MessageUnreadable(Exception):
    """What the outbox holds was written by another version of the program, or past every rule."""

    reason: str

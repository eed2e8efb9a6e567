"""A message on its way: over which channels, to which addresses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.ids import BotId, CardId, MerchantId, MessageId
from domain.messages import MESSAGES, Audience, Message


class ChannelKind(StrEnum):
    TELEGRAM = "telegram"


ALWAYS_ON = frozenset({ChannelKind.TELEGRAM})
"""Any other channel is on where its setting is there."""
CHANNELS: Mapping[Audience, Sequence[ChannelKind]] = {
    Audience.CUSTOMER: (ChannelKind.TELEGRAM,),
    Audience.MANAGERS: (ChannelKind.TELEGRAM,),
    Audience.MEMBER: (ChannelKind.TELEGRAM,),
}
"""Over which each audience is told."""

Address = tuple[ChannelKind, str]


def addresses_of(message: Message, channels_on: Collection[ChannelKind]) -> Sequence[Address]:
    """Where a message goes, a delivery to each: over a channel that is not on, it would be owed for ever."""
    channels = CHANNELS[MESSAGES[message.kind].audience]
    return [(channel, _address_in(channel, message)) for channel in channels if channel in channels_on]


def _address_in(channel: ChannelKind, message: Message) -> str:
    match channel:
        case ChannelKind.TELEGRAM:
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
class NotNow(Exception):
    """The message waits for somebody to say that it may go on; no try has failed."""

    reason: str


class PredecessorOwed(Exception):
    """What the message replaces is not known to be delivered yet."""


@dataclass(eq=False)
class MessageUnreadable(Exception):
    """What the outbox holds was written by another version of the program, or past every rule."""

    reason: str

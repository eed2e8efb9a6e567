"""What a channel is: one way to hand a letter over."""

from typing import Protocol

from bot.telegram.pacing import Pacer
from domain.delivery import ChannelKind, Delivered, Later, Refused, Unreachable
from domain.usecases.letters import Letter

OVERTAKEN = "overtaken"
"""The reference of what was not sent, because by now it would say nothing new."""
Outcome = Delivered | Later | Refused | Unreachable


class Channel(Protocol):
    """``pacer`` knows how fast the channel may be used, over all and at each address. A channel that ``gives_way`` is
    used in the pauses between people who are served."""

    kind: ChannelKind
    pacer: Pacer
    gives_way: bool

    async def deliver(self, letter: Letter) -> Outcome:
        """Hands the letter over, within the time of a lease. What it raises counts as a failed try."""

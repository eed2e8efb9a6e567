"""What a channel is: one way to hand a letter over."""

from typing import Protocol

from bot.telegram.pacing import Pacer
from domain.delivery import ChannelKind, Delivered, Later, Refused, Unreachable
from domain.usecases.read_message import Letter

Outcome = Delivered | Later | Refused | Unreachable


class Channel(Protocol):
    """``pacer`` knows how fast it may be used, over all and at each address. One that ``gives_way`` has time: it is
    used in the pauses between people who are served."""

    kind: ChannelKind
    pacer: Pacer
    gives_way: bool

    async def deliver(self, letter: Letter) -> Outcome:
        """Within the time of a lease. What it raises counts as a failed try."""

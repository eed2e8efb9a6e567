"""Telegram's sending limits, kept before Telegram has to remind us.

About 30 messages a second overall, 1 a second in a private chat, 20 a minute in a group
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). Each limit is a GCRA (ITU-T
I.371): the earliest time at which the next message conforms. Direct answers go at once and are only counted, so that
the outbox makes room for them. So that they do not take all of the pace, the outbox is granted a share of it, and
answers to people who are not staff have a budget (docs/decisions/0025).
"""

from collections.abc import Callable

from bot.telegram.under_way import UnderWay
from domain.quick import dataclass

FORGET_CHATS_ABOVE = 10_000
OWED_MAX_S = 1.0
MADE_UP_MAX_S = 0.030
"""A message that goes at most so much later than it might does not hold up the next: the event loop always wakes a
little late. At 28 a second there are still no 30 messages in any second. In a single chat nothing is made up."""

OUTBOX_SHARE = CUSTOMERS_SHARE = 2 / 7
STRANGERS_SHARE = 1 / 7
"""Shares of the pace over all chats: the outbox has at least the first, answers to customers and to strangers have at
most theirs. That leaves 8 a second to the staff, and whatever the others do not use."""
SAVED_UP_S = 5.0
"""A budget that nobody has used for so long gives as much at once: many join when the doors open."""
PATIENCE_S = 3.0
"""A person who would wait longer for an answer is turned away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingLimits:
    """Messages per second; the id of a group begins with a minus."""

    overall_per_second: float = 28.0
    private_chat_per_second: float = 1.0
    group_per_second: float = 20 / 60


Sharing = Callable[[], int]
"""How many processes share what a bot may send over all, this one among them: each has its part."""


def alone() -> int:
    return 1


class Budget:
    """A pace of answers that many people share."""

    def __init__(self, per_second: float, clock: Callable[[], float], sharing: Sharing = alone) -> None:
        self._per_second = per_second
        self._sharing = sharing
        self._clock = clock
        self._next_at = 0.0

    def seconds_to_wait(self, patience_s: float = PATIENCE_S) -> float | None:
        """Takes one answer and says when it may be given; None when that would be too late, and it is not taken."""
        now = self._clock()
        next_at = max(self._next_at, now - SAVED_UP_S)
        if next_at > now + patience_s:
            return None
        self._next_at = next_at + self._sharing() / self._per_second
        return max(0.0, next_at - now)


class Budgets:
    def __init__(self, limits: SendingLimits, clock: Callable[[], float], sharing: Sharing = alone) -> None:
        self.customers = Budget(limits.overall_per_second * CUSTOMERS_SHARE, clock, sharing)
        self.strangers = Budget(limits.overall_per_second * STRANGERS_SHARE, clock, sharing)


class Pacer:
    def __init__(self, limits: SendingLimits, clock: Callable[[], float], sharing: Sharing = alone) -> None:
        """``clock`` counts seconds and never goes back. A chat's address is the text of its id."""
        self._sharing = sharing
        self._limits = limits
        self._clock = clock
        self._overall_at = 0.0
        self._granted_at = 0.0
        self._held_until = 0.0
        self._chats_at: dict[str, float] = {}
        self.under_way = UnderWay()

    def wait_overall(self) -> float:
        """Seconds until any message conforms to the limit over all chats."""
        return max(0.0, self._overall_at - self._clock())

    def wait_for_share(self) -> float:
        """Seconds until what is owed may go: within the limit over all chats, or by the share granted to it, however
        many direct answers are given."""
        now = self._clock()
        return max(0.0, min(self.wait_overall(), self._granted_at - now), self._held_until - now)

    def wait_in(self, address: str) -> float:
        """Seconds until this chat alone may get a message."""
        return max(0.0, self._chats_at.get(address, 0.0) - self._clock())

    def interval_in(self, address: str) -> float:
        """Seconds between two messages to this chat."""
        is_group = address.startswith("-")
        return 1 / (self._limits.group_per_second if is_group else self._limits.private_chat_per_second)

    def take(self, address: str) -> None:
        """Counts a message that goes now, within both limits."""
        self._granted_at = self._clock() + self._interval() / OUTBOX_SHARE
        self._take(address)

    def count(self, address: str) -> None:
        """Counts a direct answer that goes now, whatever the limits say; it delays others by a second at most."""
        now = self._clock()
        overall_at, chat_at = self._overall_at, self._chats_at.get(address, 0.0)
        self._take(address)
        self._overall_at = min(self._overall_at, max(overall_at, now + OWED_MAX_S))
        self._chats_at[address] = min(self._chats_at[address], max(chat_at, now + OWED_MAX_S))

    def landed(self, address: str) -> None:
        """Telegram has the message; the way there took its time, so the next one to the chat is counted from now."""
        next_at = self._clock() + min(self.interval_in(address), OWED_MAX_S)
        self._chats_at[address] = max(self._chats_at.get(address, 0.0), next_at)

    def hold(self, address: str, seconds: float) -> None:
        """What waits for this chat waits so much longer; no other chat does."""
        self._chats_at[address] = max(self._chats_at.get(address, 0.0), self._clock() + seconds)

    def hold_all(self, seconds: float) -> None:
        """Nothing that waits is sent for so long."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def _take(self, address: str) -> None:
        now = self._clock()
        self._overall_at = max(self._overall_at, now - MADE_UP_MAX_S) + self._interval()
        self._chats_at[address] = max(self._chats_at.get(address, 0.0), now) + self.interval_in(address)
        self._forget_the_rested(now)

    def _interval(self) -> float:
        """Seconds between two messages over all."""
        return self._sharing() / self._limits.overall_per_second

    def _forget_the_rested(self, now: float) -> None:
        if len(self._chats_at) > FORGET_CHATS_ABOVE:
            self._chats_at = {chat: until for chat, until in self._chats_at.items() if until > now}

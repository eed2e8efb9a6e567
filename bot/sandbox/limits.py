"""Telegram's sending limits: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.sandbox.errors import too_many_requests

SENDING_METHODS = frozenset({"sendMessage", "sendPhoto", "sendDocument"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Messages per second over all and per chat; `chat_burst` may follow each other at once in a chat."""

    overall_per_second: float = 30
    chat_per_second: float = 1
    chat_burst: int = 1

    def scaled(self, factor: float) -> "Limits":
        """The same limits in a time that runs `factor` times as fast."""
        return replace(
            self,
            overall_per_second=self.overall_per_second * factor,
            chat_per_second=self.chat_per_second * factor,
        )


class Limiter:
    """Answers 429 to what is too fast, and counts it by chat in `refused`."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        overall_burst = max(1, math.floor(limits.overall_per_second))
        self._overall = _Bucket(limits.overall_per_second, overall_burst, clock())
        self._chats: dict[int, _Bucket] = {}
        self.refused: Counter[int] = Counter()

    def check(self, method: str, chat_id: int | None) -> None:
        """Counts a call that sends to a chat; raises 429 with the seconds to wait, at least 1."""
        if method not in SENDING_METHODS or chat_id is None:
            return
        now = self._clock()
        limits = self._limits
        bucket = self._chats.setdefault(chat_id, _Bucket(limits.chat_per_second, limits.chat_burst, now))
        wait = max(self._overall.seconds_until_free(now), bucket.seconds_until_free(now))
        if wait > 0:
            self.refused[chat_id] += 1
            raise too_many_requests(max(1, math.ceil(wait)))
        self._overall.tokens -= 1
        bucket.tokens -= 1


class _Bucket:
    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._filled_at = now
        self.tokens = float(burst)

    def seconds_until_free(self, now: float) -> float:
        self.tokens = min(self._burst, self.tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        return max(0.0, (1 - self.tokens) / self._per_second)

"""Of which campaigns the senders are shown how far they are, and how fast those go: in memory alone, found anew
after a restart."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import field

from domain.ids import CampaignId, MerchantId
from domain.quick import dataclass

Key = tuple[MerchantId, CampaignId]
PACE_SEEN_S = 30.0
USUAL_PER_SECOND = 28.0
"""The pace assumed until it is seen how fast a campaign goes."""


@dataclass
class Progress:
    """``shown`` are the campaigns that are not known to be over; ``seconds`` never goes back."""

    seconds: Callable[[], float] = time.monotonic
    shown: set[Key] = field(default_factory=set)
    _sent: dict[Key, deque[tuple[float, int]]] = field(default_factory=dict)

    def pace_of(self, key: Key, sent: int) -> float:
        """Messages a second, of late."""
        seen, now = self._sent.setdefault(key, deque()), self.seconds()
        seen.append((now, sent))
        while now - seen[0][0] > PACE_SEEN_S:
            seen.popleft()
        since, sent_then = seen[0]
        if now - since < 1 or sent == sent_then:
            return USUAL_PER_SECOND
        return (sent - sent_then) / (now - since)

    def forget(self, key: Key) -> None:
        self.shown.discard(key)
        self._sent.pop(key, None)

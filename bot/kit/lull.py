"""Pauses between the people who are served, in which what can wait gets its turn.

Whatever runs in this process takes the interpreter from the people at the counter. A mail or a pass in a wallet is as
good seconds later; an answer is not.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.kit.watch import is_set_within

PAUSE_S = 0.1
"""There is a pause when nobody has been served for so long: longer than between acts that follow each other."""
LONGEST_S = 10.0
"""If no pause comes for so long, what waits goes on beside the people until one comes: it is late, not lost."""


class Lull:
    def __init__(self, seconds: Callable[[], float]) -> None:
        """``seconds`` never goes back."""
        self._seconds = seconds
        self._served = 0
        self._began = self._ended = float("-inf")

    @contextmanager
    def ends(self) -> Iterator[None]:
        """Somebody is served in the block."""
        if not self._served and self._since_end() >= PAUSE_S:
            self._began = self._seconds()
        self._served += 1
        try:
            yield
        finally:
            self._served -= 1
            self._ended = self._seconds()

    async def comes(self, stops: asyncio.Event) -> None:
        """Returns in a pause, after LONGEST_S without one, or when told that all ``stops``."""
        while (seconds := self._left()) > 0.0 and not await is_set_within(stops, seconds):
            pass

    def _left(self) -> float:
        """Seconds until there may be a pause."""
        until_late = self._began + LONGEST_S - self._seconds()
        return min(PAUSE_S if self._served else PAUSE_S - self._since_end(), until_late)

    def _since_end(self) -> float:
        return self._seconds() - self._ended

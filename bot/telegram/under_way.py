"""Which addresses have deliveries under way, of which the outbox does not know yet what became."""

import asyncio
from collections import Counter


class UnderWay:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._settled: dict[str, asyncio.Event] = {}

    def begins(self, address: str) -> None:
        self._counts[address] += 1

    def ends(self, address: str) -> None:
        self._counts[address] -= 1
        if self._counts[address] > 0:
            return
        del self._counts[address]
        if (settled := self._settled.pop(address, None)) is not None:
            settled.set()

    async def settled(self, address: str, within_s: float) -> None:
        """Returns when nothing is under way to this address, or after ``within_s``."""
        if self._counts[address] <= 0:
            return
        settled = self._settled.setdefault(address, asyncio.Event())
        try:
            await asyncio.wait_for(settled.wait(), within_s)
        except TimeoutError:
            return

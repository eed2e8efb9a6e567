"""A lull that comes when a test says so."""

import asyncio
import time

from bot.kit.lull import Lull


class Door(Lull):
    """The lull comes while the door is open. ``asked`` is set once somebody waits for it."""

    def __init__(self, *, is_open: bool = False) -> None:
        super().__init__(time.monotonic)
        self.asked, self.opens = asyncio.Event(), asyncio.Event()
        if is_open:
            self.opens.set()

    def shuts(self) -> None:
        self.asked.clear()
        self.opens.clear()

    async def comes(self, stops: asyncio.Event) -> None:
        self.asked.set()
        waits = [asyncio.create_task(event.wait()) for event in (self.opens, stops)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

"""Answers questions that many ask one by one for all of them at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from domain.ports import DatabaseUnavailable

AskedT = TypeVar("AskedT")
FoundT = TypeVar("FoundT")


class Gathering(Generic[AskedT, FoundT]):
    """All who ask within one round of the event loop share a question. Otherwise each of a hundred updates that
    Telegram hands out together would give up the interpreter's lock for a question of its own."""

    def __init__(
        self, find: Callable[[Sequence[AskedT]], Awaitable[Sequence[FoundT]]], at_once_max: int
    ) -> None:
        """``find`` answers at most ``at_once_max`` questions, in their order."""
        self._find = find
        self._at_once_max = at_once_max
        self._waiting: list[tuple[AskedT, asyncio.Future[FoundT]]] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def one(self, asked: AskedT) -> FoundT:
        """The answer to one question. Raises what ``find`` raises for this question alone; DatabaseUnavailable is
        raised to all who ask together."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[FoundT] = loop.create_future()
        self._waiting.append((asked, future))
        if len(self._waiting) == 1:
            loop.call_soon(self._go)
        return await future

    def _go(self) -> None:
        waiting, self._waiting = self._waiting, []
        for at in range(0, len(waiting), self._at_once_max):
            task = asyncio.create_task(self._answer(waiting[at : at + self._at_once_max]))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _answer(self, waiting: Sequence[tuple[AskedT, "asyncio.Future[FoundT]"]]) -> None:
        try:
            found = await self._find([asked for asked, _ in waiting])
            answers = [*zip(waiting, found, strict=True)]
        except Exception as error:
            if len(waiting) > 1 and not isinstance(error, DatabaseUnavailable):
                for each in waiting:
                    await self._answer([each])
                return
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in answers:
            if not future.done():
                future.set_result(answer)

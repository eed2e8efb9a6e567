"""Tells everything that waits for the world that it has changed, so that nothing polls or sleeps."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")


class ChangeKind(StrEnum):
    PERSON = "person"
    MESSAGE = "message"
    ACTION = "action"
    ANSWER = "answer"
    PROFILE = "profile"
    SURROUNDINGS = "surroundings"
    UPDATES = "updates"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: `ref` is a message id or a callback query id, where the kind has one."""

    kind: ChangeKind
    chat_id: int | None = None
    ref: int | str | None = None


class Changes:
    """Announces changes to waiters (`until`), to streams (`stream`) and to listeners (`watch`)."""

    def __init__(self) -> None:
        self.revision = 0
        self._waiters: list[_Waiter] = []
        self._streams: set[asyncio.Queue[Change | None]] = set()
        self._listeners: list[Callable[[Change], None]] = []

    def announce(self, change: Change) -> None:
        self.revision += 1
        for listener in self._listeners:
            listener(change)
        for stream in self._streams:
            stream.put_nowait(change)
        self._waiters = [waiter for waiter in self._waiters if not waiter.is_over()]

    def watch(self, listener: Callable[[Change], None]) -> None:
        self._listeners.append(listener)

    async def until(self, check: Callable[[], T | None], *, timeout_seconds: float | None) -> T:
        """What `check` returns once that is true; looks now and after every change.

        Raises TimeoutError after `timeout_seconds` (None: never).
        """
        if result := check():
            return result
        found: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiters.append(_Waiter(check, found))
        async with asyncio.timeout(timeout_seconds):
            return await found

    @contextmanager
    def stream(self) -> Iterator["asyncio.Queue[Change | None]"]:
        """A queue of all changes from now on; None is the last."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._streams.add(queue)
        try:
            yield queue
        finally:
            self._streams.discard(queue)

    def close(self) -> None:
        """Ends all streams."""
        for stream in self._streams:
            stream.put_nowait(None)


@dataclass(frozen=True, slots=True)
class _Waiter:
    check: Callable[[], Any]
    found: asyncio.Future[Any]

    def is_over(self) -> bool:
        if self.found.done():
            return True
        try:
            result = self.check()
        except Exception as error:  # the waiter has to get it
            self.found.set_exception(error)
            return True
        if result:
            self.found.set_result(result)
        return bool(result)

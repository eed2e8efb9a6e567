"""Who asked for a transaction, and is answered in the event loop when it is over."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain import ports


@dataclass(slots=True)
class Job:
    """One caller's command. Exactly one of ``result`` and ``error`` is set when it has run; ``is_given_up`` when its
    caller was told that the disk stands still, and asks again."""

    run: Callable[[ports.Tx], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    is_given_up: bool = False

    def resolve(self) -> None:
        if self.future.done():
            return
        if isinstance(self.error, StopIteration):
            self.future.set_exception(RuntimeError("a use case ran out of an iterator"))
        elif self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)

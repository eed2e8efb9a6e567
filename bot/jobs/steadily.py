"""Many pieces of work of which none stops the others."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")
ResultT = TypeVar("ResultT")


class SomeFailed(Exception):
    """The rest was done; what failed is in the log, and due again at the next run."""


async def steadily(
    pieces: Iterable[T], work: Callable[[T], Awaitable[ResultT]]
) -> tuple[list[ResultT], list[T]]:
    """The results of the pieces that were done, and the pieces that failed. Failures are logged."""
    done, failed = [], []
    for piece in pieces:
        try:
            done.append(await work(piece))
        except Exception:
            failed.append(piece)
            logger.exception("a piece of work failed: %s", piece)
    return done, failed

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


async def together_or_alone(
    groups: Iterable[T], apart: Callable[[T], Iterable[T]], work: Callable[[T], Awaitable[ResultT]]
) -> tuple[list[ResultT], list[T]]:
    """Does the groups ``steadily``. Those that failed are taken ``apart`` and tried once more: a piece that cannot be
    done must not keep those beside it from their turn."""
    done, failed = await steadily(groups, work)
    alone, left = await steadily((each for group in failed for each in apart(group)), work)
    return [*done, *alone], left

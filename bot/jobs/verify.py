"""Checking the live database and every invariant in it."""

import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from bot.views.status import NAMED_MAX, check_failed, violations_found
from domain.invariants import DATABASE, Violation, check
from domain.ports import Database

if TYPE_CHECKING:
    from bot.jobs.means import Means

logger = logging.getLogger(__name__)

TOLD_EVERY = 100_000


async def verify(means: "Means") -> int:
    """The nightly check; returns how many violations there are. All are logged; the operators get one message, which
    names the first few."""
    count, named = 0, []
    try:
        async for violation in violations(means.database):
            count += 1
            logger.error("invariant broken: %s", violation)
            if count <= NAMED_MAX:
                named.append(violation)
    except Exception as error:
        reason = type(error).__name__
        await means.operators.tell(lambda t: check_failed(t, reason))
        raise
    means.metrics.violations.set(count)
    logger.info("verify: %d violations", count)
    if count:
        await means.operators.tell(lambda t: violations_found(t, count, named))
    return count


async def violations(
    database: Database, told: Callable[[int, int], None] | None = None
) -> AsyncIterator[Violation]:
    """What the database's own check finds, then every broken invariant. After each TOLD_EVERY entries or more,
    ``told`` hears how many cards and entries were looked at."""
    for detail in await database.damage():
        yield Violation(invariant=DATABASE, detail=detail)
    cards = entries = told_at = 0
    async for history in database.histories():
        for violation in check(history):
            yield violation
        cards, entries = cards + 1, entries + len(history.entries)
        if told is not None and entries - told_at >= TOLD_EVERY:
            told(cards, entries)
            told_at = entries

"""Checking every invariant on the live database."""

import logging
from collections.abc import AsyncIterator

from bot.metrics import Metrics
from domain.invariants import Violation, check
from domain.ports import Store

logger = logging.getLogger(__name__)


async def verify(store: Store, metrics: Metrics) -> None:
    """The nightly check: violations are logged and counted."""
    count = 0
    async for violation in violations(store):
        count += 1
        logger.error("invariant broken: %s", violation)
    metrics.violations.set(count)
    logger.info("verify: %d violations", count)


async def violations(store: Store) -> AsyncIterator[Violation]:
    async for history in store.histories():
        for violation in check(history):
            yield violation

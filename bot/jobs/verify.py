"""The nightly check of the live database and every invariant in it."""

import logging
from typing import TYPE_CHECKING

from bot.jobs.violations import violations
from bot.views.status import NAMED_MAX, check_failed, violations_found

if TYPE_CHECKING:
    from bot.jobs.means import Means

logger = logging.getLogger(__name__)


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

"""Throwing away what is over: updates that were answered, questions that lapsed, leases that nobody holds.

Kept for good are the operations (the key of a button pressed again years later must still be known: an operation has
one effect, and not one effect a month) and the outbox (what was told to whom and when is the delivery log: owners see
what could not be delivered, and invariant I9 finds the receipt of every entry there).
"""

import logging
from datetime import timedelta

from bot.jobs.means import Means
from domain.plumbing.keep_house import KeepHouse
from domain.plumbing.keep_house import keep_house as usecase

logger = logging.getLogger(__name__)

UPDATE_RETENTION = timedelta(days=2)
"""Telegram keeps an update for a day (https://core.telegram.org/bots/api#getting-updates): none comes twice later."""
DEAD_LETTER_RETENTION = timedelta(days=30)
"""Updates that could not be handled: long enough to look into them, no longer, for they say what somebody wrote."""


async def keep_house(means: Means) -> int:
    """Questions go when they lapse, which each says itself; leases when they have ended (``LEASE``)."""
    command = KeepHouse(
        bot_id=means.bot_id, update_retention=UPDATE_RETENTION, dead_letter_retention=DEAD_LETTER_RETENTION
    )
    gone = await means.database.write(usecase, command)
    logger.info(
        "housekeeping: %d updates and %d questions thrown away, %d leases ended",
        gone.updates,
        gone.dialogues,
        gone.leases,
    )
    return gone.updates + gone.dialogues + gone.leases

"""Throwing away what is over: updates that were answered, questions that lapsed, leases that nobody holds, and what
is known of strangers.

Kept for good are the operations (the key of a button pressed again years later must still be known: an operation has
one effect, and not one effect a month) and the outbox (what was told to whom and when is the delivery log: owners see
what could not be delivered, and invariant I9 finds the receipt of every entry there).
"""

import logging
from datetime import timedelta

from bot.jobs.means import Means
from domain.plumbing.keep_house import KeepHouse
from domain.plumbing.keep_house import keep_house as usecase
from domain.plumbing.people import STRANGERS_AT_ONCE, ForgetStrangers, forget_strangers

logger = logging.getLogger(__name__)

UPDATE_RETENTION = timedelta(days=2)
"""Telegram keeps an update for a day (https://core.telegram.org/bots/api#getting-updates): none comes twice later."""
DEAD_LETTER_RETENTION = timedelta(days=30)
"""Updates that could not be handled: long enough to look into them, no longer, for they say what somebody wrote."""

STRANGER_RETENTION = timedelta(days=30)
"""Name and language of who wrote, and then neither took a card nor joined a team."""


async def keep_house(means: Means) -> int:
    """Questions go when they lapse, which each says itself; leases when they have ended (``LEASE``)."""
    command = KeepHouse(
        bot_id=means.bot_id, update_retention=UPDATE_RETENTION, dead_letter_retention=DEAD_LETTER_RETENTION
    )
    gone = await means.database.write(usecase, command)
    strangers = await _forget_strangers(means)
    logger.info(
        "housekeeping: %d updates and %d questions thrown away, %d leases ended, %d strangers forgotten",
        gone.updates,
        gone.dialogues,
        gone.leases,
        strangers,
    )
    return gone.updates + gone.dialogues + gone.leases + strangers


async def _forget_strangers(means: Means) -> int:
    """Some at a time, so that others may write in between."""
    command = ForgetStrangers(
        bot_id=means.bot_id,
        operator_ids=means.operators.operator_ids,
        retention=STRANGER_RETENTION,
    )
    forgotten = just_now = await means.database.write(forget_strangers, command)
    while just_now == STRANGERS_AT_ONCE:
        just_now = await means.database.write(forget_strangers, command)
        forgotten += just_now
    return forgotten

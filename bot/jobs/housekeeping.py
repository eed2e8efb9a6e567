"""Throwing away what is over: updates that were answered, questions that lapsed, leases that nobody holds, and what
is known of strangers.

Kept for good are the keys of operations (a button pressed again years later must still be known: an operation has
one effect, and not one effect a month) and the delivery log (owners see what could not be delivered, and invariant I9
finds the receipt of every entry there). What was asked for by the key, and what was said to whom, is forgotten after
a time.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.jobs.means import Means
from domain.plumbing.keep_house import (
    FindOld,
    KeepHouse,
    Keys,
    forget_hashes,
    forget_messages,
    forget_operations,
    old_messages,
    old_operations,
)
from domain.plumbing.keep_house import keep_house as usecase
from domain.plumbing.people import STRANGERS_AT_ONCE, ForgetStrangers, forget_strangers
from domain.ports import Command, Query
from domain.printed import ADOPTION_KEPT
from domain.usecases.close_shop import CLOSES_AFTER
from domain.usecases.privacy import HASH_RETENTION
from domain.wallet import VOIDED_RETENTION

logger = logging.getLogger(__name__)

UPDATE_RETENTION = timedelta(days=2)
"""Telegram keeps an update for a day (https://core.telegram.org/bots/api#getting-updates): none comes twice later."""
DEAD_LETTER_RETENTION = timedelta(days=30)
"""Updates that could not be handled: long enough to look into them, no longer, for they say what somebody wrote."""

STRANGER_RETENTION = timedelta(days=30)
"""Name and language of people who wrote, and then neither took a card nor joined a team."""

QUESTION_RETENTION = timedelta(days=1)
"""The longest that a question waits for its answer; most wait ten minutes."""

MESSAGE_RETENTION = timedelta(days=396)
"""What was said to whom: thirteen months, so that what is disputed can be compared with the same days a year ago."""
OPERATION_RETENTION = MESSAGE_RETENTION
"""What was asked for by a key. The key comes again from a button that is still in somebody's chat, seldom after days.
After this time, whoever presses it is told that it was used for something else, and nothing happens."""

COPY_RETENTION = timedelta(days=30)
"""They still have whoever was erased since."""

RETENTION: Mapping[str, timedelta] = {
    "updates that were answered": UPDATE_RETENTION,
    "updates that could not be handled": DEAD_LETTER_RETENTION,
    "questions of the bot": QUESTION_RETENTION,
    "people without a card": STRANGER_RETENTION,
    "messages": MESSAGE_RETENTION,
    "operations": OPERATION_RETENTION,
    "the code against a second bonus": HASH_RETENTION,
    "passes that were voided": VOIDED_RETENTION,
    "a shop that was closed": CLOSES_AFTER,
    "who asked for a guest's card": ADOPTION_KEPT,
    "what an update or a restore left beside the database": COPY_RETENTION,
}
"""How long each of these is kept, as docs/privacy.md says it."""


async def keep_house(means: Means) -> int:
    """Questions go when they lapse, at a time that each has itself; leases when they have ended (``LEASE``)."""
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


async def forget_what_is_old(means: Means) -> int:
    """Forgets what was said, what was asked for, and what the database was, a long time ago; returns how much."""
    now = means.clock()
    messages = await _forget(means, now - MESSAGE_RETENTION, old_messages, forget_messages)
    operations = await _forget(means, now - OPERATION_RETENTION, old_operations, forget_operations)
    hashes = await means.database.write(forget_hashes, now - HASH_RETENTION)
    copies = await means.database.remove_kept(now - COPY_RETENTION)
    return messages + operations + hashes + copies


async def _forget(
    means: Means, before: datetime, find: Query[FindOld, Keys], forget: Command[Keys, None]
) -> int:
    """Some at a time, so that others may write in between."""
    forgotten, asked = 0, FindOld(before=before)
    while found := await means.database.read(find, asked):
        await means.database.write(forget, found)
        forgotten += len(found)
        asked = replace(asked, after=found[-1])
    return forgotten

"""Telling the operators of what was kept aside: updates that cannot be handled, messages that cannot be read."""

from bot.jobs.means import Means
from bot.views.status import dead_letters
from domain.plumbing.dead_letters import reported, unreported


async def report_dead_letters(means: Means) -> int:
    """One report of all that came together since the last one; returns how many it tells of.

    If it reaches nobody, the next run tries again.
    """
    found = await means.database.read(unreported, means.bot_id)
    if not found or not await means.operators.tell(lambda t: dead_letters(t, found)):
        return 0
    await means.database.write(reported, found)
    return len(found)

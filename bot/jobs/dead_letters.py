"""Telling the operators of updates that could not be handled."""

from bot.jobs.means import Means
from bot.views.status import dead_letters
from domain.plumbing.dead_letters import unreported_updates, updates_reported
from domain.plumbing.inbox import UpdateRef


async def report_dead_letters(means: Means) -> int:
    """One message for all that came together since the last one; returns how many updates it tells of.

    If it reaches nobody, the next run tries again.
    """
    found = await means.database.read(unreported_updates, means.bot_id)
    if not found or not await means.operators.tell(lambda t: dead_letters(t, found)):
        return 0
    reported = [UpdateRef(bot_id=means.bot_id, update_id=each.update_id) for each in found]
    await means.database.write(updates_reported, reported)
    return len(found)

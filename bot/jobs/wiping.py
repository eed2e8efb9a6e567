"""Wiping: takes what was erased out of the files of the database too."""

from datetime import UTC, timedelta

from bot.jobs.means import Means
from domain.usecases.privacy import erasures_wiped, unwiped_until

GRACE = timedelta(seconds=30)
"""The update by which somebody erased themselves is done by then, and its content dropped."""
AT_ONCE_MAX_BYTES = 32 * 1024 * 1024
"""To write a database of this size anew holds nobody up for longer than a commit may take; a larger one waits for the
night."""
NIGHT_HOUR = 3


async def wipe(means: Means) -> int:
    """Returns 1 once all was wiped. In a large database all but a few remains go at once, and those at night."""
    now = means.clock()
    until = await means.database.read(unwiped_until, now - GRACE)
    if until is None:
        return 0
    is_night = now.astimezone(UTC).hour == NIGHT_HOUR
    thoroughly = is_night or await means.database.size_bytes() <= AT_ONCE_MAX_BYTES
    if await means.database.wipe(thoroughly=thoroughly) and thoroughly:
        await means.database.write(erasures_wiped, until)
        return 1
    return 0

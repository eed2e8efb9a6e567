"""Looking whether updates come, and telling the operators when they did not."""

from bot.jobs.means import Means


async def watch_reception(means: Means) -> int:
    """Returns how many things operators were told. What reaches nobody is told at a later run."""
    await means.reception.look()
    told, untold = 0, means.reception.untold
    while untold and await means.operators.tell(untold[0]):
        untold.popleft()
        told += 1
    return told

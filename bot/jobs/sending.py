"""Has messages sent that fall due by time: those that are enqueued wake the dispatchers themselves."""

from bot.jobs.means import Means


async def send_messages(means: Means) -> int:
    """Wakes the dispatchers; returns how many deliveries were dealt with since the last time."""
    return sum(dispatcher.tick() for dispatcher in means.dispatchers)

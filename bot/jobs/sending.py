"""Sending what falls due by time: whatever is enqueued wakes the dispatchers itself."""

from bot.jobs.means import Means


async def send_messages(means: Means) -> int:
    """How many deliveries were dealt with since the last time."""
    return sum(dispatcher.tick() for dispatcher in means.dispatchers)

"""Sending what falls due by time: whatever is enqueued wakes the dispatcher itself."""

from bot.jobs.means import Means


async def send_messages(means: Means) -> int:
    """How many messages the dispatcher dealt with since the last time."""
    return means.dispatcher.tick()

"""Looks after the clock of the machine: compares it with Telegram's, and puts right what it has misdated."""

from bot.jobs.means import Means
from bot.views.clock import jump
from domain.plumbing.mend_times import mend_times


async def watch_clock(means: Means) -> int:
    """Returns how many rows were put right. While the clock is in doubt, nobody knows which are right."""
    news = means.clock_news
    news.told = means.reception.time_there
    mended = 0 if news.trouble else await means.database.write(mend_times, None)
    while news.untold and await means.operators.tell(jump(news.untold[0])):
        news.untold.popleft()
    return mended

"""The evening summaries: what is due is a row, a merchant's next local date."""

from bot.jobs.steadily import SomeFailed, steadily
from domain.ports import Database
from domain.usecases.summarize import MerchantsToSummarize, merchants_to_summarize
from domain.usecases.summarize import summarize as usecase

MERCHANTS_AT_ONCE = 100


async def summarize(database: Database) -> int:
    """Makes every summary that is due; returns how many. Raises SomeFailed when some could not be made."""
    made, failed = 0, 0
    while merchants := await database.read(
        merchants_to_summarize, MerchantsToSummarize(limit=MERCHANTS_AT_ONCE)
    ):
        done, left = await steadily(merchants, lambda each: database.write(usecase, each))
        made, failed = made + sum(done), len(left)
        if not sum(done):
            break
    if failed:
        raise SomeFailed(f"{failed} merchants")
    return made

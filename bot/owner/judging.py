"""What is looked for once takings are written down, in the chat or by a command."""

from datetime import date

from domain.ids import MerchantId
from domain.ports import Database
from domain.usecases.watch import RaiseFlags, TakingsJudged, raise_flags, suspected_by_takings


async def judge_takings(database: Database, merchant_id: MerchantId, day: date) -> None:
    """What the takings of a day give to look at: found on a reader, so that no stamp waits."""
    found = await database.read(suspected_by_takings, TakingsJudged(merchant_id=merchant_id, local_date=day))
    if found:
        await database.write(raise_flags, RaiseFlags(merchant_id=merchant_id, suspicions=found))

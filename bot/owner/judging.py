"""The check for flags after takings were entered, in the chat or by a command."""

from datetime import date

from domain.ids import MerchantId
from domain.ports import Database
from domain.usecases.flags import RaiseFlags, TakingsJudged, raise_flags, suspected_by_takings


async def judge_takings(database: Database, merchant_id: MerchantId, day: date) -> None:
    """Raises the flags that a day's takings give. They are looked for in a read, so that no stamp waits for it."""
    found = await database.read(suspected_by_takings, TakingsJudged(merchant_id=merchant_id, local_date=day))
    if found:
        await database.write(raise_flags, RaiseFlags(merchant_id=merchant_id, suspicions=found))

"""Flags: judged on a reader, so that no stamp waits, and written only when there are any."""

from bot.jobs.steadily import SomeFailed, steadily
from domain.ids import MerchantId
from domain.ports import Database
from domain.usecases.flags import RaiseFlags, raise_flags, suspected
from domain.usecases.see_shop import list_merchants


async def look_for_flags(database: Database) -> int:
    """Looks at every merchant's last days; returns how many flags are new. Raises SomeFailed."""
    merchants = [merchant.merchant_id for merchant in await database.read(list_merchants, None)]
    raised, failed = await steadily(merchants, lambda each: _judge_one(database, each))
    if failed:
        raise SomeFailed(f"{len(failed)} merchants")
    return sum(raised)


async def _judge_one(database: Database, merchant_id: MerchantId) -> int:
    found = await database.read(suspected, merchant_id)
    if not found:
        return 0
    return await database.write(raise_flags, RaiseFlags(merchant_id=merchant_id, suspicions=found))

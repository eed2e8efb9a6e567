"""Customers of a shop that closes are told, a few at a time; what is kept of it goes once its time has come."""

import logging

from domain.ports import Database
from domain.usecases.close_shop import end_shop, shops_telling, shops_to_end, tell_more

logger = logging.getLogger(__name__)


async def end_shops(database: Database) -> int:
    """How many."""
    due = await database.read(shops_to_end, None)
    for merchant_id in due:
        while await database.write(end_shop, merchant_id):
            pass
        logger.warning("shop %s was closed by its owner: nothing of it is kept any more", merchant_id)
    return len(due)


async def tell_customers(database: Database) -> int:
    """How many."""
    told = 0
    for merchant_id in await database.read(shops_telling, None):
        while some := await database.write(tell_more, merchant_id):
            told += some
    return told

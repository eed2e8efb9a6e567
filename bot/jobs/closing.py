"""What is kept of a shop that was closed goes once its time has come."""

import logging

from domain.ports import Database
from domain.usecases.close_shop import end_shop, shops_to_end

logger = logging.getLogger(__name__)


async def end_shops(database: Database) -> int:
    """How many."""
    due = await database.read(shops_to_end, None)
    for merchant_id in due:
        while await database.write(end_shop, merchant_id):
            pass
        logger.warning("shop %s was closed by its owner: nothing of it is kept any more", merchant_id)
    return len(due)

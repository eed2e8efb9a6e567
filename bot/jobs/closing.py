"""Shops that close: their customers are told, a few at a time; what is kept of a shop goes once its time has come."""

import logging

from domain.ports import Database
from domain.usecases.close_shop import dismiss_team, end_shop, shops_telling, shops_to_end, tell_more
from domain.usecases.wallets import void_passes_of_shop

logger = logging.getLogger(__name__)


async def end_shops(database: Database) -> int:
    """Returns how many shops were deleted. Team and wallets are told first, and the shop goes an hour later."""
    ended = 0
    for merchant_id in await database.read(shops_to_end, None):
        dismissed = await database.write(dismiss_team, merchant_id)
        if await database.write(void_passes_of_shop, merchant_id) or dismissed:
            continue
        while await database.write(end_shop, merchant_id):
            pass
        logger.warning("shop %s was closed by its owner: nothing of it is kept any more", merchant_id)
        ended += 1
    return ended


async def tell_customers(database: Database) -> int:
    """Returns how many were told."""
    told = 0
    for merchant_id in await database.read(shops_telling, None):
        while some := await database.write(tell_more, merchant_id):
            told += some
    return told

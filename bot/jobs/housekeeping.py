"""Throwing away what is over: updates that were answered, questions that lapsed."""

import logging
from datetime import timedelta

from domain.ports import Store
from domain.usecases.keep_house import KeepHouse
from domain.usecases.keep_house import keep_house as usecase

logger = logging.getLogger(__name__)

UPDATES_KEPT = timedelta(days=2)
"""Telegram keeps an update for a day (https://core.telegram.org/bots/api#getting-updates): none comes twice later."""


async def keep_house(store: Store) -> None:
    gone = await store.write(usecase, KeepHouse(updates_kept=UPDATES_KEPT))
    logger.info("housekeeping: %d updates and %d questions thrown away", gone.updates, gone.dialogues)

"""What operators must know at once, in their chats.

A row of the outbox belongs to a merchant, and an alert to none, so an alert does not go through the outbox: it is
sent at once through ``Chat``, which tries a few times. An alert that reaches nobody is logged as an error, in full;
the job that raised it decides whether to tell it again.
"""

import logging
from collections.abc import Callable, Collection

from telegram.error import TelegramError

from bot.telegram.chat import Chat
from bot.texts import Texts, plain, texts
from bot.views.view import View
from domain.account import Account, Locale
from domain.ids import BotId, UserId
from domain.plumbing.people import locale_of
from domain.ports import Database, DatabaseUnavailable
from domain.quick import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAlerts:
    chat: Chat
    database: Database
    bot_id: BotId
    operator_ids: Collection[UserId]
    default_locale: Locale

    async def tell(self, view_in: Callable[[Texts], View]) -> int:
        """Tells every operator in their own language; returns how many have been told."""
        told = 0
        for operator_id in self.operator_ids:
            told += await self._tell(operator_id, view_in)
        if not told:
            said = plain(view_in(texts(Locale.EN)).text)
            logger.error("no operator could be told (OPERATOR_IDS): %s", said)
        return told

    async def _tell(self, operator_id: UserId, view_in: Callable[[Texts], View]) -> bool:
        t = texts(await self._locale_of(operator_id) or self.default_locale)
        try:
            await self.chat.send(operator_id, view_in(t))
        except TelegramError as error:
            logger.warning("operator %d could not be told: %s", operator_id, error.message)
            return False
        return True

    async def _locale_of(self, operator_id: UserId) -> Locale | None:
        """None when nothing is known, or when the database is what the alert is about."""
        try:
            return await self.database.read(locale_of, Account(bot_id=self.bot_id, user_id=operator_id))
        except DatabaseUnavailable as error:
            logger.warning("the language of operator %d cannot be read: %s", operator_id, error)
            return None

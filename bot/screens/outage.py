"""What people are told while nothing can be written, and once it can be again."""

import logging
from dataclasses import field

from telegram import Chat as TelegramChat
from telegram import Update, User
from telegram.error import TelegramError

from bot.telegram.chat import Chat, telegram_locale
from bot.telegram.rate_limit import RateLimiter
from bot.texts import texts
from bot.views.help import works_again, wrote_nothing
from domain.account import Locale
from domain.quick import dataclass

logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Outage:
    """Keeps in memory which updates were put off: nothing can be written elsewhere."""

    chat: Chat
    rate_limiter: RateLimiter
    default_locale: Locale
    _put_off: dict[int, set[int]] = field(default_factory=dict)
    """By user id, the updates that are not recorded yet."""

    async def put_off(self, update: Update) -> None:
        """Tells the sender, once for each update, that it is not recorded yet; not if they are over the rate
        limit."""
        user = _sender(update)
        if user is None or update.update_id in (waiting := self._put_off.setdefault(user.id, set())):
            return
        waiting.add(update.update_id)
        said = wrote_nothing(texts(telegram_locale(user) or self.default_locale))
        if self.rate_limiter.seconds_to_wait(user.id):
            return
        try:
            if update.callback_query is not None:
                await self.chat.answer(update.callback_query.id, said.text, alert=True)
            else:
                await self.chat.send(user.id, said)
        except TelegramError as error:
            logger.warning("somebody could not be told that nothing is recorded: %s", error.message)

    def has_answered(self, update: Update) -> bool:
        """Whether the update was put off: then its button counts as answered, and anything else needs a message."""
        user = _sender(update)
        return user is not None and update.update_id in self._put_off.get(user.id, ())

    async def made_good(self, update: Update) -> None:
        """An update was handled: tells its sender, if it was put off and none of theirs is left."""
        if not self.has_answered(update) or (user := _sender(update)) is None:
            return
        waiting = self._put_off[user.id]
        waiting.discard(update.update_id)
        if waiting:
            return
        del self._put_off[user.id]
        try:
            await self.chat.send(user.id, works_again(texts(telegram_locale(user) or self.default_locale)))
        except TelegramError as error:
            logger.warning("somebody could not be told that it works again: %s", error.message)


def _sender(update: Update) -> User | None:
    """The person who pressed a button, or wrote in a private chat."""
    if update.callback_query is not None:
        return update.callback_query.from_user
    message = update.message
    return message.from_user if message is not None and message.chat.type == TelegramChat.PRIVATE else None

"""Asking Telegram for updates: each question confirms what came before, so that is committed first
(https://core.telegram.org/bots/api#getupdates)."""

import asyncio
import logging
from collections.abc import Callable

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.telegram.chat import seconds_of
from bot.telegram.client import PollingBot
from bot.telegram.inbox import Inbox
from domain.ports import DatabaseUnavailable

logger = logging.getLogger(__name__)

POLL_SECONDS = 25
SILENCE_MAX_S = 120.0
"""A poll answers within POLL_SECONDS; after this long without an answer the bot is not well."""
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")


class Poller:
    def __init__(self, bot: PollingBot, inbox: Inbox, stop: Callable[[], None]) -> None:
        """``stop`` is called when Telegram does not know the token any more, which ``is_refused`` says then."""
        self._bot = bot
        self._inbox = inbox
        self._stop = stop
        self._has_webhook = True
        self._offset: int | None = None
        self.is_refused = False

    async def run(self) -> None:
        """For ever."""
        wait_s = 0.0
        while True:
            try:
                await self._poll()
                wait_s = 0.0
            except TelegramError as error:
                wait_s = self._wait_after(error, wait_s)
                await asyncio.sleep(wait_s)
            except DatabaseUnavailable as error:
                logger.warning("updates cannot be kept, trying again: %s", error)
                await asyncio.sleep(FIRST_WAIT_S)

    def is_silent(self) -> bool:
        return self._bot.silent_s > SILENCE_MAX_S

    async def _poll(self) -> None:
        if self._has_webhook:
            await self._bot.delete_webhook(drop_pending_updates=False)
            self._has_webhook = False
        await self._inbox.has_room.wait()
        if texts := await self._bot.updates(self._offset, POLL_SECONDS, ALLOWED_UPDATES):
            self._offset = await self._inbox.keep(*texts) + 1

    def _wait_after(self, error: TelegramError, before_s: float) -> float:
        """Seconds; longer each time, up to half a minute."""
        if isinstance(error, RetryAfter):
            return seconds_of(error) + 0.5
        if isinstance(error, TimedOut):
            return 0.0
        if isinstance(error, InvalidToken):
            self.is_refused = True
            self._stop()
        elif isinstance(error, Conflict):
            logger.error("another process polls with this token: stop it, or give this one its own token")
        else:
            logger.warning("polling failed, trying again: %s", error.message)
        return min(LONGEST_WAIT_S, 1.5 * before_s) if before_s else FIRST_WAIT_S

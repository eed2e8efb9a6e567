"""Telegram's updates over HTTP, where a webhook is set (https://core.telegram.org/bots/api#setwebhook)."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web
from telegram import WebhookInfo
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.kit.web import for_a_body
from bot.telegram.chat import seconds_of
from bot.telegram.client import DirectBot
from bot.telegram.polling import ALLOWED_UPDATES
from bot.telegram.reception import FIRST_WAIT_S, LONGEST_WAIT_S, Reception
from bot.telegram.updates import UpdateUnreadable, received_update
from bot.views.reception import webhook_lost, webhook_unreachable
from domain.ids import BotId
from domain.ports import DatabaseUnavailable
from domain.update import ReceivedUpdate

logger = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_SIZE_MAX_BYTES = 1024 * 1024
NO_UPDATE = (UnicodeDecodeError, UpdateUnreadable, web.HTTPRequestEntityTooLarge, web.HTTPBadRequest)

Keep = Callable[[ReceivedUpdate], Awaitable[None]]


def webhook_app(url: str, secret: str, bot_id: BotId, keep: Keep, has_room: asyncio.Event) -> web.Application:
    """Answers 200 only when the update is kept; until then, and while there is no room for it, Telegram sends it
    again."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), secret.encode()):
            return web.Response(status=403)
        if not has_room.is_set():
            return web.Response(status=503)
        try:
            async with for_a_body():
                body = await request.read()
            received = received_update(bot_id, body.decode())
        except web.HTTPRequestTimeout:
            return web.Response(status=408)
        except NO_UPDATE as error:
            logger.warning("a webhook request was no update: %s", type(error).__name__)
            return web.Response(status=400)
        try:
            await keep(received)
        except DatabaseUnavailable as error:
            logger.warning("an update could not be kept: %s", error)
            return web.Response(status=503)
        return web.Response()

    app = web.Application(client_max_size=BODY_SIZE_MAX_BYTES)
    app.router.add_post(urlsplit(url).path or "/", receive)
    return app


class Webhook(Reception):
    """Set at the start and looked at from then on: another copy of the bot may delete it or set its own, even at the
    same address with another secret."""

    def __init__(self, bot: DirectBot, url: str, secret: str) -> None:
        super().__init__(bot)
        self._url = url
        self._secret = secret
        self._is_set = False
        self._misses = 0
        self._failed_at: datetime | None = None
        self.trouble = "the webhook is not set yet"

    async def run(self) -> None:
        """Sets the webhook, however often Telegram has to be asked."""
        wait_s = FIRST_WAIT_S
        while not self._is_set:
            try:
                await self._set()
                self._is_well()
            except TelegramError as error:
                logger.warning("the webhook cannot be set, trying again: %s", error.message)
                await asyncio.sleep(seconds_of(error) if isinstance(error, RetryAfter) else wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    async def look(self) -> None:
        if not self._is_set:
            return
        try:
            info = await self._bot.get_webhook_info()
        except TelegramError as error:
            self._misses += 1
            if not (isinstance(error, InvalidToken) and await self._believe(error)) and self._misses > 1:
                self._has("Telegram does not say how the webhook is")
            raise
        self._misses = 0
        if info.url != self._url:
            self._has("the webhook was deleted or replaced", webhook_lost)
        elif self._is_failing(info):
            said, waiting = info.last_error_message or "", info.pending_update_count
            self._has(
                f"Telegram cannot deliver to the webhook: {said}",
                lambda t: webhook_unreachable(t, waiting, said),
            )
        else:
            self._is_well()
            return
        await self._set()

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=ALLOWED_UPDATES,
            drop_pending_updates=False,
        )
        self._is_set = True

    def _is_failing(self, info: WebhookInfo) -> bool:
        """Whether something waits, and delivering has failed since the last look."""
        before, self._failed_at = self._failed_at, info.last_error_date
        return info.pending_update_count > 0 and info.last_error_date not in (None, before)

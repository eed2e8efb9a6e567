"""Telegram's updates over HTTP, where a webhook is set."""

import hmac
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot

from bot.telegram.inbox import UpdateUnreadable, read_update
from domain.ports import DatabaseUnavailable

logger = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_SIZE_MAX_BYTES = 1024 * 1024

Keep = Callable[[str], Awaitable[int]]


def webhook_app(url: str, secret: str, bot: Bot, keep: Keep) -> web.Application:
    """Answers 200 only when the update is kept; until then Telegram sends it again."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), secret.encode()):
            return web.Response(status=403)
        try:
            text = await request.text()
            read_update(text, bot)
        except (UnicodeDecodeError, UpdateUnreadable):
            logger.warning("a webhook request was no update")
            return web.Response(status=400)
        try:
            await keep(text)
        except DatabaseUnavailable as error:
            logger.warning("an update could not be kept: %s", error)
            return web.Response(status=503)
        return web.Response()

    app = web.Application(client_max_size=BODY_SIZE_MAX_BYTES)
    app.router.add_post(urlsplit(url).path or "/", receive)
    return app

"""Telegram's updates over HTTP, where a webhook is set."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot, Update

from domain.ports import DatabaseUnavailable

logger = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_SIZE_MAX_BYTES = 1024 * 1024

Keep = Callable[[tuple[Update, str]], Awaitable[None]]


def webhook_app(url: str, secret: str, bot: Bot, keep: Keep) -> web.Application:
    """Answers 200 only when the update is kept; until then Telegram sends it again."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), secret.encode()):
            return web.Response(status=403)
        try:
            text = await request.text()
            update = _update(text, bot)
        except ValueError:
            logger.warning("a webhook request was no update")
            return web.Response(status=400)
        try:
            await keep((update, text))
        except DatabaseUnavailable as error:
            logger.warning("an update could not be kept: %s", error)
            return web.Response(status=503)
        return web.Response()

    app = web.Application(client_max_size=BODY_SIZE_MAX_BYTES)
    app.router.add_post(urlsplit(url).path or "/", receive)
    return app


def _update(text: str, bot: Bot) -> Update:
    """Raises ValueError for what Telegram would never send."""
    content = json.loads(text)
    if not isinstance(content, dict) or not isinstance(content.get("update_id"), int):
        raise ValueError("not an update")
    try:
        return Update.de_json(content, bot)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not an update") from error

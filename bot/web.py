"""What is served over HTTP: health, metrics, and Telegram's updates where a webhook is set."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot, Update

from bot.metrics import Metrics
from bot.settings import host_and_port
from domain.ports import StoreUnavailable

logger = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_SIZE_MAX_BYTES = 1024 * 1024

IsWell = Callable[[], Awaitable[bool]]
Keep = Callable[[tuple[Update, str]], Awaitable[None]]


def health_app(metrics: Metrics, is_well: IsWell) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        well = await is_well()
        return web.json_response({"status": "ok" if well else "failing"}, status=200 if well else 503)

    async def exposition(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), content_type="text/plain")

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", exposition)
    return app


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
        except StoreUnavailable as error:
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


async def serve_app(app: web.Application, listen: str) -> web.AppRunner:
    """Raises OSError when the address is taken."""
    host, port = host_and_port(listen)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner

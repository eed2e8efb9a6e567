"""How the process is doing, over HTTP: ``/healthz`` and ``/metrics``."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.kit.metrics import Metrics

IsWell = Callable[[], Awaitable[bool]]


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

"""How the process is doing, over HTTP: ``/healthz`` and ``/metrics``."""

from aiohttp import web

from bot.screens.services import Process
from domain.job_run import PROCESS
from domain.plumbing.bot_profiles import bot_profile
from domain.ports import DatabaseUnavailable


def health_app(process: Process) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        failing = process.watch.failing()
        try:
            await process.database.read(bot_profile, PROCESS)
        except DatabaseUnavailable:
            failing = ["database", *failing]
        if failing:
            return web.json_response({"status": "failing", "failing": failing}, status=503)
        return web.json_response({"status": "ok"})

    async def exposition(_request: web.Request) -> web.Response:
        return web.Response(body=process.metrics.exposition(), content_type="text/plain")

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", exposition)
    return app

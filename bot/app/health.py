"""How the process is doing, over HTTP: ``/healthz`` and ``/metrics``."""

import asyncio

from aiohttp import web

from bot.screens.services import Process
from domain.plumbing.outbox import count_held
from domain.ports import DatabaseUnavailable

ANSWERS_WITHIN_S = 2.0
"""However long the database takes."""


def health_app(process: Process) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        failing, held = process.watch.failing(), 0
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                held = await process.database.read(count_held, None)
                await process.database.prove_writable()
        except DatabaseUnavailable as error:
            failing = [f"database: {error}", *failing]
        except TimeoutError:
            failing = [f"database: no answer within {ANSWERS_WITHIN_S:.0f} s", *failing]
        if failing:
            return web.json_response({"status": "failing", "failing": failing}, status=503)
        at_work = [mate.name for mate in process.peers.crew.mates]
        found = {"messages_held": held or None, "processes": at_work or None}
        return web.json_response({"status": "ok", **{name: each for name, each in found.items() if each}})

    async def exposition(_request: web.Request) -> web.Response:
        return web.Response(body=process.metrics.exposition(), content_type="text/plain")

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", exposition)
    return app

"""Serving HTTP on an address."""

from aiohttp import web

from bot.kit.settings import host_and_port


async def serve_app(app: web.Application, listen: str) -> web.AppRunner:
    """Raises OSError when the address is taken."""
    host, port = host_and_port(listen)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner

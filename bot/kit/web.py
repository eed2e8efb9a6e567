"""Serving HTTP on an address, to callers who may be anybody.

Of the 1,024 files that a process may usually open, 258 are for calls to Telegram and some 60 for the database, so a
listener has a limit of its own. Connections that say nothing take room only from each other: when there are too many,
the oldest one without a request under way is closed.
"""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import server_logger

from bot.kit.setting_checks import host_and_port
from bot.kit.settings import SettingsProblem

CONNECTIONS_MAX = 128
"""Telegram opens 40 to a webhook unless it is asked for more."""
HEAD_WITHIN_S = 30.0
"""A connection's first request must have come within this time, and each further one after an answer."""
BODY_WITHIN_S = 10.0
"""A connection in the middle of a request is not closed for others, so it may not stay there."""
LINGERING_S = 1.0
STOPS_WITHIN_S = 2.0
WHICH = "HEALTH_LISTEN or WEBHOOK_LISTEN, whichever names it"
NOT_HERE = f"it is not an address of this machine. Let {WHICH}, name one that is, such as 127.0.0.1."
ADVICE = {
    errno.EADDRINUSE: f"end the program that has it, or change {WHICH}.",
    errno.EACCES: f"let {WHICH}, name a port from 1024 on.",
    errno.EADDRNOTAVAIL: NOT_HERE,
    socket.EAI_NONAME: NOT_HERE,
}


class NoRequest(logging.Filter):
    """What somebody sends that is no HTTP, or whose body is not packed as its head says, is no fault of ours, and one
    short line without their words: aiohttp writes a traceback with some of them, each time another, as fast as they
    send."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if (
            isinstance(error, HttpProcessingError | web.RequestPayloadError)
            and record.levelno > logging.WARNING
        ):
            record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
            record.msg, record.args = f"what came was no request: {type(error).__name__}", None
            record.exc_info = None
        return True


_NO_REQUEST = NoRequest()


@asynccontextmanager
async def for_a_body() -> AsyncIterator[None]:
    """Around the reading of a request's body. Raises HTTPRequestTimeout when it takes longer than BODY_WITHIN_S, and
    HTTPBadRequest for one that is not packed as its head says."""
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            yield
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error
    except web.RequestPayloadError as error:
        raise web.HTTPBadRequest from error


class Door:
    """Lets connections in to a server, up to CONNECTIONS_MAX."""

    def __init__(self, server: web.Server) -> None:
        self._server = server
        self._answer = server.request_handler
        server.request_handler = self._answer_undisturbed
        self._busy: set[asyncio.BaseProtocol] = set()

    def __call__(self) -> web.RequestHandler:
        """The protocol for one connection."""
        asyncio.get_running_loop().call_soon(self._make_room)
        return self._server()

    async def _answer_undisturbed(self, request: web.BaseRequest) -> web.StreamResponse:
        self._busy.add(request.protocol)
        try:
            return await self._answer(request)
        finally:
            self._busy.discard(request.protocol)

    def _make_room(self) -> None:
        """Makes room for one more. Those that were closed just now are still among the present, as the oldest."""
        present = self._server.connections
        quiet = [connection for connection in present if connection not in self._busy]
        for connection in quiet[: max(0, len(present) + 1 - CONNECTIONS_MAX)]:
            if connection.transport is not None:
                connection.transport.abort()


@asynccontextmanager
async def serving(app: web.Application, listen: str) -> AsyncIterator[None]:
    """Serves ``app`` until the block ends. Raises SettingsProblem when nothing can listen on the address."""
    server_logger.addFilter(_NO_REQUEST)
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=HEAD_WITHIN_S,
        lingering_time=LINGERING_S,
        shutdown_timeout=STOPS_WITHIN_S,
    )
    await runner.setup()
    assert runner.server is not None
    try:
        async with _listening(Door(runner.server), listen):
            yield
    finally:
        await runner.cleanup()


async def check_free(addresses: Sequence[str]) -> None:
    """Listens on all addresses for a moment, without answering. Raises SettingsProblem when one is taken, or is in
    the list twice."""
    async with AsyncExitStack() as stack:
        for listen in addresses:
            await stack.enter_async_context(_listening(asyncio.Protocol, listen))


@asynccontextmanager
async def _listening(protocol: Callable[[], asyncio.BaseProtocol], listen: str) -> AsyncIterator[None]:
    host, port = host_and_port(listen)
    try:
        listener = await asyncio.get_running_loop().create_server(protocol, host, port)
    except OSError as error:
        raise SettingsProblem(
            f"{listen} cannot be listened on ({_said(error)}): {ADVICE.get(error.errno or 0, f'change {WHICH}.')}"
        ) from error
    try:
        yield
    finally:
        listener.close()


def _said(error: OSError) -> str:
    """asyncio puts its own words, and the address once more, around those of the system."""
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)

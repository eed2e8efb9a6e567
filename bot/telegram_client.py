"""The way to Telegram: python-telegram-bot over aiohttp, whose pool does not collapse under concurrency
(docs/decisions/0004)."""

import asyncio
import time
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport
from telegram.request import HTTPXRequest

CONNECTIONS = 256
POLLING_CONNECTIONS = 2
TIMEOUT_S = 15.0


def request() -> HTTPXRequest:
    """For everything but polling."""
    return HTTPXRequest(**_options(CONNECTIONS))


class PollingRequest(HTTPXRequest):
    """Notes when Telegram last answered a poll, and whether it has refused the token for good."""

    def __init__(self) -> None:
        super().__init__(**_options(POLLING_CONNECTIONS))
        self.answered_at = time.monotonic()
        self.token_refused = asyncio.Event()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*args, **kwargs)
        self.answered_at = time.monotonic()
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND):
            self.token_refused.set()
        return status, body


def _options(connections: int) -> dict[str, Any]:
    return {
        "connection_pool_size": connections,
        "read_timeout": TIMEOUT_S,
        "write_timeout": TIMEOUT_S,
        "connect_timeout": TIMEOUT_S,
        "pool_timeout": TIMEOUT_S,
        "httpx_kwargs": {"transport": AiohttpTransport(limits=httpx.Limits(max_connections=connections))},
    }

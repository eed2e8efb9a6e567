"""The way to Telegram: python-telegram-bot over aiohttp, whose pool does not collapse under concurrency
(docs/decisions/0004)."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from httpx_aiohttp import AiohttpTransport
from telegram.error import NetworkError, TimedOut
from telegram.request import HTTPXRequest, RequestData

CONNECTIONS = 256
POLLING_CONNECTIONS = 2
TIMEOUT_S = 15.0
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "Stempel",
}


class DirectRequest(HTTPXRequest):
    """Hands forms to aiohttp itself.

    httpx would look after redirects, cookies and authentication, none of which the Bot API has, for half the time of
    a call (docs/decisions/0004). Files and downloads go its way, over the same connections.
    """

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: ClientSession | None = None
        transport = AiohttpTransport(verify=_certificates(), client=self._open_session)
        super().__init__(
            connection_pool_size=connections,
            read_timeout=TIMEOUT_S,
            write_timeout=TIMEOUT_S,
            connect_timeout=TIMEOUT_S,
            pool_timeout=TIMEOUT_S,
            httpx_kwargs={"transport": transport},
        )

    async def shutdown(self) -> None:
        await super().shutdown()
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        write_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        connect_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        pool_timeout: Any = HTTPXRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Raises TimedOut and NetworkError like its parent."""
        if method != "POST" or request_data is None or request_data.multipart_data:
            return await super().do_request(
                url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
            )
        read_s = read_timeout if isinstance(read_timeout, int | float) else TIMEOUT_S
        form = urlencode(request_data.json_parameters).encode()
        timeout = ClientTimeout(connect=TIMEOUT_S, sock_connect=TIMEOUT_S, sock_read=read_s)
        call = self._open_session().post(
            url, data=form, headers=HEADERS, timeout=timeout, allow_redirects=False
        )
        try:
            async with call as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except ClientError as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error

    def _open_session(self) -> ClientSession:
        """The one session, made when the event loop runs."""
        if self._session is None:
            connector = TCPConnector(limit=self._connections, ssl=_certificates())
            self._session = ClientSession(connector=connector)
        return self._session


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust: read once, for reading them takes longer than many calls."""
    return httpx.create_ssl_context()


def request() -> HTTPXRequest:
    """For everything but polling."""
    return DirectRequest(CONNECTIONS)


class RawUpdate(msgspec.Struct):
    update_id: int


class Batch(msgspec.Struct):
    """The answer to ``getUpdates``, its updates left as Telegram wrote them."""

    result: list[msgspec.Raw] | bool = False


class PollingRequest(DirectRequest):
    """Asks for updates only when ``may_ask`` has returned: what it asks for acknowledges what came before.

    Keeps the text of each update of the last batch, notes when Telegram last answered, and whether it has refused the
    token for good.
    """

    def __init__(self, may_ask: Callable[[], Awaitable[None]]) -> None:
        super().__init__(POLLING_CONNECTIONS)
        self._may_ask = may_ask
        self.answered_at = time.monotonic()
        self.token_refused = asyncio.Event()
        self._texts: dict[int, str] = {}

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        await self._may_ask()
        status, body = await super().do_request(*args, **kwargs)
        self.answered_at = time.monotonic()
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND):
            self.token_refused.set()
        elif status == httpx.codes.OK:
            self._texts = _texts_of(body)
        return status, body

    def text_of(self, update_id: int) -> str | None:
        """An update of the last batch as JSON, just as Telegram sent it."""
        return self._texts.get(update_id)


def _texts_of(body: bytes) -> dict[int, str]:
    batch = msgspec.json.decode(body, type=Batch).result
    if isinstance(batch, bool):
        return {}
    return {msgspec.json.decode(raw, type=RawUpdate).update_id: bytes(raw).decode() for raw in batch}

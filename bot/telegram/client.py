"""The way to Telegram: python-telegram-bot over aiohttp, whose pool does not collapse under concurrency
(docs/decisions/0004)."""

import re
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from httpx_aiohttp import AiohttpTransport
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest, RequestData

from bot.kit.settings import Settings, SettingsProblem

CONNECTIONS = 256
POLLING_CONNECTIONS = 2
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]')
"""Or a string, in which brackets are none."""
TIMEOUT_S = 15.0
NO_CERTIFICATES = "No certificates can be read: set SSL_CERT_FILE to a file that holds some, or leave it out"
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
        self.answer_dated: str | None = None
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
        *others: Any,
        **timeouts: Any,
    ) -> tuple[int, bytes]:
        """Raises TimedOut and NetworkError like its parent."""
        if method != "POST" or request_data is None or request_data.multipart_data:
            return await super().do_request(url, method, request_data, read_timeout, *others, **timeouts)
        read_s = read_timeout if isinstance(read_timeout, int | float) else TIMEOUT_S
        form = urlencode(request_data.json_parameters).encode()
        timeout = ClientTimeout(connect=TIMEOUT_S, sock_connect=TIMEOUT_S, sock_read=read_s)
        call = self._open_session().post(
            url, data=form, headers=HEADERS, timeout=timeout, allow_redirects=False
        )
        try:
            async with call as response:
                self.answer_dated = response.headers.get("Date")
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
    """Whom to trust: read once, for reading them takes longer than many calls. Raises SettingsProblem."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise SettingsProblem(f"{NO_CERTIFICATES} ({error}).") from error


def request() -> DirectRequest:
    """For everything but polling."""
    return DirectRequest(CONNECTIONS)


class Answer(msgspec.Struct):
    """Of ``getUpdates``, its updates left as Telegram wrote them."""

    result: list[msgspec.Raw] = []
    description: str | None = None
    parameters: dict[str, Any] | None = None


def _third_level(payload: bytes) -> Iterator[bytes]:
    """The updates of an answer of which one is nested too deep for a decoder: told apart by their brackets."""
    depth = began = 0
    for found in _BRACKET.finditer(payload):
        if found[0] in (b"[", b"{"):
            depth += 1
            began = found.start() if depth == 3 else began
        elif found[0] in (b"]", b"}"):
            if depth == 3:
                yield payload[began : found.end()]
            depth -= 1


class PollingRequest(DirectRequest):
    """Notes when Telegram last answered."""

    def __init__(self) -> None:
        super().__init__(POLLING_CONNECTIONS)
        self.answered_at = time.monotonic()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        found = await super().do_request(*args, **kwargs)
        self.answered_at = time.monotonic()
        return found

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Raises TelegramError."""
        try:
            return msgspec.structs.asdict(msgspec.json.decode(payload, type=Answer))
        except RecursionError:
            return {"result": list(_third_level(payload))}
        except msgspec.DecodeError as error:
            raise TelegramError("Invalid server response") from error


class DirectBot(Bot):
    """python-telegram-bot's, past its objects where they cost more than the call: updates are handed out as Telegram
    wrote them (it would read all of a batch, or none of it), and of a text that was sent only the id is read."""

    def __init__(self, settings: Settings) -> None:
        self._direct, self._polling = request(), PollingRequest()
        super().__init__(
            settings.token,
            base_url=f"{settings.bot_api_url}/bot",
            base_file_url=f"{settings.bot_api_url}/file/bot",
            request=self._direct,
            get_updates_request=self._polling,
        )

    @property
    def silent_s(self) -> float:
        """For how long Telegram has not answered ``getUpdates``, whatever the answer."""
        return time.monotonic() - self._polling.answered_at

    @property
    def time_there(self) -> datetime | None:
        """What Telegram's clock said when it last answered; None when it has not, or unreadably."""
        dates = filter(None, (self._direct.answer_dated, self._polling.answer_dated))
        try:
            return max(map(parsedate_to_datetime, dates), default=None)
        except (TypeError, ValueError):
            return None

    async def send_text(self, chat_id: int, text: str, **given: object) -> int:
        """``sendMessage``; returns the message's id. Raises TelegramError."""
        sent: Any = await self._post("sendMessage", {"chat_id": chat_id, "text": text, **given})
        return int(sent["message_id"])

    async def updates(self, offset: int | None, wait_s: int, kinds: Sequence[str]) -> list[str]:
        """Those from ``offset`` on, as JSON; confirms those before. Raises TelegramError."""
        asked = {"offset": offset, "timeout": wait_s, "allowed_updates": kinds}
        found: Any = await self._post("getUpdates", asked, read_timeout=wait_s + TIMEOUT_S)
        return [bytes(raw).decode(errors="replace") for raw in found]

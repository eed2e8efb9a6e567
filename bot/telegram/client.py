"""The way to Telegram: python-telegram-bot over aiohttp, whose pool does not collapse under concurrency
(docs/decisions/0004)."""

import re
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from httpx_aiohttp import AiohttpTransport
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from bot.kit.settings import Settings, SettingsProblem

CONNECTIONS = 256
POLLING_CONNECTIONS = 2
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]')
"""A bracket, or a whole string, in which brackets do not count."""
TIMEOUT_S = 15.0
NO_CERTIFICATES = "No certificates can be read: set SSL_CERT_FILE to a file that holds some, or leave it out"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Stempel"}
JSON = {"Content-Type": "application/json", "User-Agent": "Stempel"}


class DirectRequest(HTTPXRequest):
    """Hands forms and JSON to aiohttp itself.

    httpx would look after redirects, cookies and authentication, none of which the Bot API has, for half the time of
    a call (docs/decisions/0004). Files and downloads go through httpx, over the same connections.
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
        return await self.hand(url, urlencode(request_data.json_parameters).encode(), FORM, read_s)

    async def hand(
        self, url: str, body: bytes, headers: Mapping[str, str], read_s: float
    ) -> tuple[int, bytes]:
        """The answer's status and body. Raises TimedOut and NetworkError."""
        call = self._open_session().post(
            url, data=body, headers=headers, timeout=_timeout(read_s), allow_redirects=False
        )
        try:
            async with call as response:
                self.answer_dated = response.headers.get("Date")
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except ClientError as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Raises TelegramError like its parent, which also reads what is not quite UTF-8."""
        try:
            found: dict[str, Any] = msgspec.json.decode(payload, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError):
            return HTTPXRequest.parse_json_payload(payload)
        return found

    def _open_session(self) -> ClientSession:
        """The one session, made when the event loop runs."""
        if self._session is None:
            connector = TCPConnector(limit=self._connections, ssl=_certificates())
            self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar())
        return self._session


class JsonCall(BaseRequest):
    """One call, with its parameters as JSON (https://core.telegram.org/bots/api#making-requests).
    python-telegram-bot's ``post`` reads Telegram's answer and tells its errors apart."""

    def __init__(self, way: DirectRequest, parameters: Mapping[str, object]) -> None:
        """Parameters that are None are left out."""
        self._way = way
        self._body = msgspec.json.encode(
            {name: each for name, each in parameters.items() if each is not None}
        )

    @property
    def read_timeout(self) -> float:
        return TIMEOUT_S

    async def initialize(self) -> None:
        """Nothing to do: the ``way`` is open."""

    async def shutdown(self) -> None:
        """Nothing to do: the ``way`` stays open."""

    async def do_request(self, url: str, *_args: Any, **_kwargs: Any) -> tuple[int, bytes]:
        return await self._way.hand(url, self._body, JSON, TIMEOUT_S)

    parse_json_payload = staticmethod(DirectRequest.parse_json_payload)


@cache
def _timeout(read_s: float) -> ClientTimeout:
    return ClientTimeout(connect=TIMEOUT_S, sock_connect=TIMEOUT_S, sock_read=read_s)


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates to trust, read once: reading them takes longer than many calls. Raises SettingsProblem."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise SettingsProblem(f"{NO_CERTIFICATES} ({error}).") from error


def request() -> DirectRequest:
    """The connections for everything but polling."""
    return DirectRequest(CONNECTIONS)


class Answer(msgspec.Struct):
    """The answer to ``getUpdates``, with its updates left as Telegram wrote them."""

    result: list[msgspec.Raw] = []
    description: str | None = None
    parameters: dict[str, Any] | None = None


def _third_level(payload: bytes) -> Iterator[bytes]:
    """The updates of an answer in which one is nested too deep for a decoder, found by their brackets."""
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
    """python-telegram-bot's bot, without its objects where they cost more than the call. Updates are handed out as
    Telegram wrote them (the library would read all of a batch, or none of it). A message without a file to upload
    goes out as JSON and comes back as its id (docs/decisions/0069)."""

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

    async def asked(self, method: str, **parameters: object) -> Any:
        """The result of a call without files; of its parameters those that are None are left out. Raises
        TelegramError, told apart by python-telegram-bot."""
        return await JsonCall(self._direct, parameters).post(f"{self.base_url}/{method}")

    async def sent(self, method: str, chat_id: int, **parameters: object) -> int:
        """The new message's id after a call that sends something. Raises TelegramError."""
        return int((await self.asked(method, chat_id=chat_id, **parameters))["message_id"])

    async def updates(self, offset: int | None, wait_s: int, kinds: Sequence[str]) -> list[str]:
        """The updates from ``offset`` on, as JSON; confirms those before. Raises TelegramError."""
        asked = {"offset": offset, "timeout": wait_s, "allowed_updates": kinds}
        found: Any = await self._post("getUpdates", asked, read_timeout=wait_s + TIMEOUT_S)
        return [bytes(raw).decode(errors="replace") for raw in found]

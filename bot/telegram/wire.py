"""HTTP/1.1 as the Bot API speaks it, and no more (RFC 9112): one POST after the other on connections that are kept.

A client for all of HTTP looks after redirects, cookies, compression and proxies on every call; the whole of what is
sent and read here is a few lines of bytes (docs/decisions/0078).
"""

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

RESTS_S = 15.0
"""For so long a connection that nobody needs is kept: servers close them too, without a word."""
LOOKS_EVERY_S = 1.0
_END = b"\r\n\r\n"
_TOLD = re.compile(
    rb"\r\n(content-length|transfer-encoding|connection|date)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE
)
_STATUS = re.compile(rb"HTTP/1\.([01]) ([0-9]{3})(?: [^\r\n]*)?(?:\r\n|$)")
_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_BODYLESS = frozenset((204, 304))
_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
"""Scheme, host and port."""


class Garbled(ConnectionError):
    """What came is no answer in HTTP/1.1."""


@dataclass(frozen=True, slots=True)
class Answered:
    """``dated`` is by the server's clock, as it wrote it."""

    status: int
    dated: str | None
    body: bytes


@lru_cache(maxsize=256)
def _target(url: str, content_type: str) -> tuple[Origin, bytes]:
    """Where a call goes, and how it begins."""
    parts = urlsplit(url)
    start = (
        f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: Stempel\r\nAccept: */*\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: "
    )
    return (parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]), start.encode("ascii")


class Line(asyncio.Protocol):
    """A connection, for one call at a time. ``due_at`` is when the server will have been silent for too long."""

    def __init__(self) -> None:
        self.due_at = 0.0
        self.is_kept = True
        self.rests_since = 0.0
        self._silence_s = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answered] | None = None
        self._came = b""
        self._head: dict[bytes, bytes] | None = None
        self._status = 0

    def ask(self, request: bytes, silence_s: float) -> "asyncio.Future[Answered]":
        """Its future raises TimeoutError and ConnectionError."""
        answer = self._answer = self._loop.create_future()
        self._silence_s, self.due_at = silence_s, self._loop.time() + silence_s
        self._came, self._head = b"", None
        if self._transport is None:
            answer.set_exception(ConnectionResetError("the server has hung up"))
        else:
            self._transport.write(request)
        return answer

    def give_up(self) -> None:
        """The server is silent."""
        self._fails(TimeoutError())

    def close(self) -> None:
        self.is_kept = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport, self.is_kept = None, False
        if self._head is not None and _ends_with_the_connection(self._head):
            self._is_answered(self._came)
        self._fails(ConnectionResetError(str(exc or "the server has hung up")))

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.close()
            return
        self.due_at = self._loop.time() + self._silence_s
        self._came = self._came + data if self._came else data
        try:
            self._read()
        except ValueError as error:
            self._fails(Garbled(str(error)))

    def _read(self) -> None:
        """As far as it has come. Raises ValueError."""
        if self._head is None:
            head, end, rest = self._came.partition(_END)
            if not end:
                return
            self._begins(head)
            self._came = rest
            if self._status < 200:
                self._head = None
                self._read()
                return
        told: dict[bytes, bytes] = self._head or {}
        if b"transfer-encoding" in told:
            body = _unchunked(self._came)
        elif self._status in _BODYLESS:
            body = b""
        elif b"content-length" in told:
            length = int(told[b"content-length"])
            body = self._came[:length] if len(self._came) >= length else None
            self.is_kept = self.is_kept and len(self._came) <= length
        else:
            self.is_kept = False
            return
        if body is not None:
            self._is_answered(body)

    def _begins(self, head: bytes) -> None:
        """Raises ValueError."""
        found = _STATUS.match(head)
        if found is None:
            raise ValueError("no answer in HTTP/1.1")
        self._status = int(found[2])
        told = self._head = {name.lower(): value for name, value in _TOLD.findall(head)}
        if found[1] == b"0" or told.get(b"connection", b"").strip().lower() == b"close":
            self.is_kept = False
        if b"transfer-encoding" in told and told[b"transfer-encoding"].strip().lower() != b"chunked":
            raise ValueError("a transfer encoding that nobody asked for")
        if not told.get(b"content-length", b"0").strip().isdigit():
            raise ValueError("no length")

    def _is_answered(self, body: bytes) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            dated = (self._head or {}).get(b"date")
            answer.set_result(Answered(self._status, dated.decode("latin-1") if dated else None, body))

    def _fails(self, error: Exception) -> None:
        answer, self._answer = self._answer, None
        self.close()
        if answer is not None and not answer.done():
            answer.set_exception(error)


def _ends_with_the_connection(told: dict[bytes, bytes]) -> bool:
    return b"content-length" not in told and b"transfer-encoding" not in told


def _unchunked(came: bytes) -> bytes | None:
    """None while it is not whole (RFC 9112, section 7.1). Raises ValueError."""
    body, at = b"", 0
    while found := _SIZE.match(came, at):
        size, at = int(found[1], 16), found.end()
        if not size:
            return body if came.startswith(b"\r\n", at) or _END in came[at:] else None
        body += came[at : at + size]
        at += size + 2
        if len(came) < at:
            return None
        if came[at - 2 : at] != b"\r\n":
            raise ValueError("a chunk that does not end where it says")
    if b"\r\n" in came[at:]:
        raise ValueError("a chunk without its size")
    return None


class Wire:
    """Calls, each on a connection of its own, of which so many are open at most."""

    def __init__(
        self, connections: int, opens_within_s: float, trusted: Callable[[], ssl.SSLContext]
    ) -> None:
        self._opens_within_s = opens_within_s
        self._trusted = trusted
        self._places = asyncio.Semaphore(connections)
        self._resting: dict[Origin, list[Line]] = {}
        self._busy: set[Line] = set()
        self._looks: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def post(self, url: str, content_type: str, body: bytes, silence_s: float) -> Answered:
        """Raises TimeoutError and OSError; then nobody knows whether the call was carried out."""
        origin, start = _target(url, content_type)
        if self._places.locked():
            async with asyncio.timeout(self._opens_within_s):
                await self._places.acquire()
        else:
            await self._places.acquire()
        try:
            line = self._rested(origin) or await self._opened(origin)
            self._busy.add(line)
            try:
                answered = await line.ask(b"%b%d\r\n\r\n%b" % (start, len(body), body), silence_s)
            except BaseException:
                line.close()
                raise
            finally:
                self._busy.discard(line)
            self._rests(origin, line)
            return answered
        finally:
            self._places.release()

    def close(self) -> None:
        self._is_closed = True
        for line in [*self._busy, *(line for lines in self._resting.values() for line in lines)]:
            line.close()
        self._resting.clear()
        if self._looks is not None:
            self._looks.cancel()
            self._looks = None

    def _rested(self, origin: Origin) -> Line | None:
        """The one that was used last, which is the likeliest to be there still."""
        resting = self._resting.get(origin)
        while resting:
            line = resting.pop()
            if line.is_kept:
                return line
        return None

    def _rests(self, origin: Origin, line: Line) -> None:
        if self._is_closed or not line.is_kept:
            line.close()
            return
        line.rests_since = asyncio.get_running_loop().time()
        self._resting.setdefault(origin, []).append(line)

    async def _opened(self, origin: Origin) -> Line:
        scheme, host, port = origin
        trusted = self._trusted() if scheme == "https" else None
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._opens_within_s):
            _, line = await loop.create_connection(Line, host, port, ssl=trusted)
        if self._looks is None and not self._is_closed:
            self._looks = loop.call_later(LOOKS_EVERY_S, self._look_after)
        return line

    def _look_after(self) -> None:
        """Once a second for all, instead of a timer for each call."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for line in [line for line in self._busy if line.due_at < now]:
            line.give_up()
        for lines in self._resting.values():
            for line in lines:
                if now - line.rests_since > RESTS_S:
                    line.close()
            lines[:] = [line for line in lines if line.is_kept]
        has_some = self._busy or any(self._resting.values())
        self._looks = loop.call_later(LOOKS_EVERY_S, self._look_after) if has_some else None

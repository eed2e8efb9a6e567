"""A mail server on loopback that keeps every mail to be read on the page, whoever it is for, and forwards none.
Addresses at ``.invalid`` (RFC 2606) are refused, so that refused mail can be tried.

It speaks as much SMTP (RFC 5321) as a program needs to hand mail over: one recipient, no login, no extensions.
"""

import asyncio
import re
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

SIZE_MAX_BYTES = 2 * 1024 * 1024
MAILS_MAX = 200
LINE_WITHIN_S = 60.0
_MAIL = re.compile(r"MAIL FROM:<[^<>\s]*>.*", re.IGNORECASE)
_RCPT = re.compile(r"RCPT TO:<(?P<to>[^<>\s]+)>", re.IGNORECASE)
_HEAD = re.compile(r"(?i)(<head[^>]*>)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """``html`` is complete: its pictures are data URLs in it."""

    number: int
    received_at: float
    to: str
    sender: str
    subject: str
    html: str


@dataclass(slots=True)
class _Envelope:
    has_sender: bool = False
    to: str = ""


class Post:
    def __init__(self, clock: Callable[[], float], arrived: Callable[[], None]) -> None:
        """``arrived`` is called after each mail."""
        self.mails: deque[Mail] = deque(maxlen=MAILS_MAX)
        self._clock, self._arrived = clock, arrived
        self._count = 0
        self._listener: asyncio.Server | None = None

    async def open(self) -> str:
        """Begins to listen. Returns the address at which mail is handed over."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=SIZE_MAX_BYTES)
        return f"smtp://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()

    def numbered(self, number: int) -> Mail | None:
        return next((mail for mail in self.mails if mail.number == number), None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        envelope = _Envelope()
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await _say(writer, "220 sandbox")
            while (line := await _line(reader)).upper() != "QUIT":
                if line.upper() == "DATA" and envelope.to:
                    await _say(writer, "354 go on")
                    self._keep(envelope.to, await _content(reader))
                    envelope = _Envelope()
                    await _say(writer, "250 kept")
                else:
                    await _say(writer, _answer(line, envelope))
            await _say(writer, "221 bye")
        writer.close()

    def _keep(self, to: str, content: bytes) -> None:
        written = message_from_bytes(content, policy=default)
        assert isinstance(written, EmailMessage)
        self._count += 1
        self.mails.append(
            Mail(
                number=self._count,
                received_at=self._clock(),
                to=to,
                sender=str(written["From"] or ""),
                subject=str(written["Subject"] or ""),
                html=_html_of(written),
            )
        )
        self._arrived()


def _answer(line: str, envelope: _Envelope) -> str:
    command = line.upper()
    if command.startswith(("EHLO ", "HELO ")):
        return "250 sandbox"
    if command in ("RSET", "NOOP"):
        return "250 done"
    if _MAIL.fullmatch(line):
        envelope.has_sender = True
        return "250 go on"
    found = _RCPT.fullmatch(line)
    if found and found["to"].lower().endswith(".invalid"):
        return "550 5.1.2 no such place"
    if found and envelope.has_sender and not envelope.to:
        envelope.to = found["to"]
        return "250 go on"
    return "503 not now"


async def _line(reader: asyncio.StreamReader) -> str:
    async with asyncio.timeout(LINE_WITHIN_S):
        return (await reader.readuntil(b"\r\n")).decode("ascii", "replace").strip()


async def _content(reader: asyncio.StreamReader) -> bytes:
    """The content of a mail, without the dots that were put before dots (RFC 5321, section 4.5.2)."""
    async with asyncio.timeout(LINE_WITHIN_S):
        content = await reader.readuntil(b"\r\n.\r\n")
    return re.sub(rb"(?m)^\.", b"", content[:-3])


async def _say(writer: asyncio.StreamWriter, words: str) -> None:
    writer.write(f"{words}\r\n".encode())
    await writer.drain()


def _html_of(written: EmailMessage) -> str:
    """The HTML with its pictures in place of their names. Links are set to open a new window, which the page
    forbids."""
    body = written.get_body(("html",))
    html = str(body.get_content()) if body is not None else ""
    for part in written.walk():
        name = str(part["Content-ID"] or "").strip("<>")
        picture = part.get_payload(decode=True)
        if name and part.get_content_maintype() == "image" and isinstance(picture, bytes):
            url = f"data:{part.get_content_type()};base64,{b64encode(picture).decode()}"
            html = html.replace(f"cid:{name}", url)
    return _HEAD.sub(r'\1<base target="_blank">', html, count=1)

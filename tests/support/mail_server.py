"""A real SMTP server on loopback that answers as a test wants, and keeps what arrives."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP

from tests.support.patience import PATIENCE_S


@dataclass
class MailServer:
    """``answers`` has for each kind of command the next answers, in order; without any it takes everything.

    ``cuts`` is for how many of the next mails it keeps the mail and then cuts the connection without an answer.
    """

    port: int = 0
    answers: dict[str, list[str]] = field(default_factory=dict)
    cuts: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    rcpts: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        return self._next("MAIL")

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.rcpts.append(address)
        envelope.rcpt_tos.append(address)
        return self._next("RCPT")

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        answer = self._next("DATA")
        if answer.startswith("250"):
            self.senders.append(envelope.mail_from)
            self.raw.append(envelope.content)
            mail = message_from_bytes(envelope.content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.arrived.set()
        if self.cuts:
            self.cuts -= 1
            server.transport.abort()
        return answer

    def _next(self, command: str) -> str:
        waiting = self.answers.get(command)
        return waiting.pop(0) if waiting else "250 OK"

    async def opens(self) -> None:
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def closes(self) -> None:
        assert self._listener is not None
        self._listener.close()
        await self._listener.wait_closed()

    async def until(self, is_there: Callable[[], bool]) -> None:
        """Waits until ``is_there()`` is true; looks each time a mail arrives."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_there():
                self.arrived.clear()
                await self.arrived.wait()

    async def gets(self, count: int) -> EmailMessage:
        """Waits until so many mails are there. Returns the newest."""
        await self.until(lambda: len(self.mails) >= count)
        return self.mails[-1]


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.opens()
    try:
        yield server
    finally:
        await server.closes()


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())

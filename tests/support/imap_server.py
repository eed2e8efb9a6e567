"""A mailbox on loopback that speaks as much IMAP (RFC 3501) as the reading of reports needs."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_COMMAND = re.compile(r"(?P<tag>\S+) (?P<name>UID \S+|\S+)(?: (?P<rest>.*))?")


@dataclass
class ImapServer:
    """``mails`` by their numbers; ``read`` are those marked as read; ``asked`` has every command. While it
    ``is_busy``, it refuses searches."""

    password: str = "a word"
    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    is_busy: bool = False
    is_marked: asyncio.Event = field(default_factory=asyncio.Event)
    _listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"imap://cards%40example.lu:a%20word@127.0.0.1:{self.port}/Reports"

    def gets(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[max(self.mails, default=0) + 1] = mail

    async def opens(self) -> None:
        self._listener = await asyncio.start_server(self._serves, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def closes(self) -> None:
        assert self._listener is not None
        self._listener.close()
        await self._listener.wait_closed()

    async def _serves(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            self.asked.append(line.decode().strip())
            found = _COMMAND.fullmatch(self.asked[-1])
            assert found is not None
            answer = self._answer(found["name"].upper(), found["rest"] or "")
            said, ending = answer if isinstance(answer, tuple) else (answer, "OK done")
            writer.write(said + f"{found['tag']} {ending}\r\n".encode())
            await writer.drain()
        writer.close()

    def _answer(self, name: str, rest: str) -> bytes | tuple[bytes, str]:
        match name:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1\r\n"
            case "LOGIN":
                is_right = rest == f'"cards@example.lu" "{self.password}"'
                return b"" if is_right else (b"", "NO [AUTHENTICATIONFAILED] no")
            case "SELECT":
                known = rest == '"Reports"'
                return (
                    b"* 9 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n" if known else (b"", "NO no such folder")
                )
            case "UID SEARCH" if self.is_busy:
                return b"", "NO [INUSE] busy"
            case "UID SEARCH":
                first = re.fullmatch(r"UNSEEN SINCE \d{1,2}-[A-Z][a-z]{2}-\d{4} UID (\d+):\*", rest)
                assert first is not None
                return self._search(int(first[1]))
            case "UID FETCH":
                return self._fetch(rest)
            case "UID STORE":
                numbers, what = rest.split(" ", 1)
                assert what == r"+FLAGS.SILENT (\Seen)"
                self.read |= {int(number) for number in numbers.split(",")}
                self.is_marked.set()
                return b""
        raise AssertionError(name)

    def _search(self, first: int) -> bytes:
        """By the protocol, the last mail is always within the range."""
        last = max(self.mails, default=0)
        found = [
            number for number in self.mails if (number >= first or number == last) and number not in self.read
        ]
        return f"* SEARCH {' '.join(map(str, found))}\r\n".encode()

    def _fetch(self, rest: str) -> bytes:
        number, what = rest.split(" ", 1)
        mail = self.mails[int(number)]
        if what == "(BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)])":
            head, name = mail.split(b"\r\n\r\n")[0], "BODY[HEADER.FIELDS (CONTENT-TYPE)]"
            lines = re.findall(rb"(?mi)^content-type:.*(?:\r\n[ \t].*)*", head)
            shown = b"\r\n".join([*lines, b"", b""])
        else:
            partial = re.fullmatch(r"\(BODY\.PEEK\[\]<0\.(\d+)>\)", what)
            assert partial is not None
            shown, name = mail[: int(partial[1])], "BODY[]<0>"
        return f"* {number} FETCH (UID {number} {name} {{{len(shown)}}}\r\n".encode() + shown + b")\r\n"


@asynccontextmanager
async def imap_server() -> AsyncIterator[ImapServer]:
    server = ImapServer()
    await server.opens()
    try:
        yield server
    finally:
        await server.closes()

"""HTTP/1.1 as it may come from the other end: whole, in pieces, to be continued, or not at all."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.telegram import wire
from bot.telegram.wire import Answered, Garbled, Wire
from tests.support.patience import PATIENCE_S

HEAD = b"HTTP/1.1 200 OK\r\nDate: Sun, 29 Nov 2026 02:48:04 GMT\r\n"
WHOLE = HEAD + b"Content-Length: 5\r\n\r\nK\xc3\xa4se"
DATED = "Sun, 29 Nov 2026 02:48:04 GMT"
KAESE = Answered(200, DATED, "Käse".encode())
Answers = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers each call with what is next on its list; what it heard, and on how many connections."""

    def __init__(self, answers: Sequence[Answers]) -> None:
        self.answers = list(answers)
        self.heard: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.heard.append(head + await reader.readexactly(length))
                await self.answers.pop(0)(writer)
            await reader.read()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


def trusts_nobody() -> ssl.SSLContext:
    raise AssertionError("nothing is encrypted here")


@asynccontextmanager
async def served(*answers: Answers, connections: int = 10) -> AsyncIterator[tuple[Server, Wire]]:
    server, way = Server(answers), Wire(connections, PATIENCE_S, trusts_nobody)
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        server.url = f"http://127.0.0.1:{port}/bot1/getMe"
        try:
            yield server, way
        finally:
            way.close()


def says(*pieces: bytes) -> Answers:
    """Each piece after the one before has gone."""

    async def answers(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    return answers


def hangs_up_after(*pieces: bytes) -> Answers:
    async def answers(writer: asyncio.StreamWriter) -> None:
        await says(*pieces)(writer)
        writer.close()

    return answers


async def asked(server: Server, way: Wire) -> Answered:
    return await way.post(server.url, "application/json", b"{}", PATIENCE_S)


async def test_call_is_written_as_http_and_its_answer_read() -> None:
    async with served(says(WHOLE)) as (server, way):
        assert await asked(server, way) == KAESE
        host = server.url.split("/")[2].encode()
        assert server.heard == [
            b"POST /bot1/getMe HTTP/1.1\r\nHost: " + host + b"\r\nUser-Agent: Stempel\r\nAccept: */*\r\n"
            b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        ]


@pytest.mark.parametrize(
    "pieces",
    [
        [WHOLE[at : at + 1] for at in range(len(WHOLE))],
        [b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nK\xc3\r\n", b"3;x=y\r\n\xa4se\r\n0\r\n\r\n"],
        [HEAD + b"transfer-encoding: Chunked\r\n\r\n5\r\nK\xc3\xa4se\r", b"\n0\r\nX: y\r\n\r\n"],
        [HEAD.replace(b"200 OK", b"200") + b"CONTENT-LENGTH:5\r\n\r\n", b"K\xc3\xa4", b"se"],
    ],
    ids=["byte by byte", "after another", "in chunks", "in chunks with a trailer", "without a reason"],
)
async def test_answer_is_the_same_however_it_comes_and_its_connection_serves_again(
    pieces: Sequence[bytes],
) -> None:
    async with served(says(*pieces), says(WHOLE)) as (server, way):
        assert [await asked(server, way), await asked(server, way)] == [KAESE, KAESE]
        assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        says(HEAD + b"Connection: close\r\nContent-Length: 5\r\n\r\nK\xc3\xa4se"),
        says(WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0")),
        says(WHOLE + b"and what nobody asked for"),
        hangs_up_after(HEAD + b"\r\nK\xc3\xa4se"),
    ],
    ids=["says so", "of before", "too much", "ends with it"],
)
async def test_connection_that_is_over_with_its_answer_serves_no_other_call(answer: Answers) -> None:
    async with served(answer, says(WHOLE)) as (server, way):
        assert [await asked(server, way), await asked(server, way)] == [KAESE, KAESE]
        assert server.connections == 2


async def test_answer_without_a_body_is_whole() -> None:
    async with served(says(b"HTTP/1.1 204 No Content\r\n\r\n")) as (server, way):
        assert await asked(server, way) == Answered(204, None, b"")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), Garbled),
        (says(HEAD + b"Content-Length: -1\r\n\r\n"), Garbled),
        (says(HEAD + b"Transfer-Encoding: gzip\r\n\r\n"), Garbled),
        (says(HEAD + b"Transfer-Encoding: chunked\r\n\r\nx\r\n"), Garbled),
        (says(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n"), Garbled),
        (hangs_up_after(), ConnectionResetError),
        (hangs_up_after(WHOLE[:-1]), ConnectionResetError),
        (hangs_up_after(HEAD), ConnectionResetError),
    ],
    ids=["other", "length", "encoding", "size", "chunk", "nothing", "cut off", "half a head"],
)
async def test_what_is_no_whole_answer_is_an_error_and_the_next_call_is_served(
    answer: Answers, error: type[Exception]
) -> None:
    async with served(answer, says(WHOLE)) as (server, way):
        with pytest.raises(error):
            await asked(server, way)
        assert await asked(server, way) == KAESE
        assert server.connections == 2


async def test_server_that_says_nothing_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LOOKS_EVERY_S", 0.01)
    async with served(says(HEAD), says(WHOLE)) as (server, way):
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(TimeoutError):
                await way.post(server.url, "application/json", b"{}", 0.05)
        assert await asked(server, way) == KAESE


async def test_nobody_there_is_an_error() -> None:
    async with served() as (server, _):
        pass
    with pytest.raises(OSError, match="Connect"):
        await asked(server, Wire(1, PATIENCE_S, trusts_nobody))


async def test_no_more_connections_are_open_than_allowed_and_whoever_waits_has_the_next() -> None:
    together = asyncio.Event()

    async def answers_when_both_are_there(writer: asyncio.StreamWriter) -> None:
        if len(server.heard) == 2:
            together.set()
        await together.wait()
        await says(WHOLE)(writer)

    calls = [answers_when_both_are_there] * 2 + [says(WHOLE)] * 3
    async with served(*calls, connections=2) as (server, way):
        found = await asyncio.gather(*(asked(server, way) for _ in range(5)))
        assert (found, server.connections) == ([KAESE] * 5, 2)


async def test_connection_that_has_rested_for_long_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LOOKS_EVERY_S", 0.001)
    monkeypatch.setattr(wire, "RESTS_S", 0.0)
    is_over = asyncio.Event()
    async with served(says(WHOLE)) as (server, way):
        serve = server.serve

        async def noted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await serve(reader, writer)
            is_over.set()

        async with await asyncio.start_server(noted, "127.0.0.1", 0) as listening:
            server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
            assert await asked(server, way) == KAESE
            await asyncio.wait_for(is_over.wait(), PATIENCE_S)


async def test_caller_who_goes_away_leaves_no_answer_to_the_next() -> None:
    is_asked, goes_on = asyncio.Event(), asyncio.Event()

    async def answers_late(writer: asyncio.StreamWriter) -> None:
        is_asked.set()
        await goes_on.wait()
        await says(HEAD + b"Content-Length: 4\r\n\r\nlate")(writer)

    async with served(answers_late, says(WHOLE)) as (server, way):
        gone = asyncio.create_task(asked(server, way))
        await asyncio.wait_for(is_asked.wait(), PATIENCE_S)
        gone.cancel()
        goes_on.set()
        assert await asked(server, way) == KAESE

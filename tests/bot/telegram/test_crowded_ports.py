"""Whoever opens connections and says nothing, or not all they began to say, keeps neither Telegram nor staff out.

The bot runs in a process of its own at the usual limit of open files.
"""

import asyncio
import logging
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.kit import web as kit
from bot.kit.settings import SettingsProblem
from bot.sandbox import Sandbox
from bot.telegram import webhook
from bot.telegram.webhook import HEADER
from domain.ids import BotId
from tests.support.operator import Operator
from tests.support.patience import PATIENCE_S
from tests.support.ports import unused_port

USUAL_LIMIT = 1024
IDLE = 1_100
FILES_WANTED = 4_096
SECRET = "s3cret_-"


@pytest.fixture
def many_files() -> Iterator[None]:
    """So many open files for the test itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES_WANTED:
        pytest.skip(f"this machine allows {hard} open files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES_WANTED), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@dataclass
class Ports:
    sandbox: Sandbox
    webhook: int
    health: int

    async def is_served(self, name: str) -> None:
        person = self.sandbox.person(name)
        await person.sends("/help")
        await person.sees("Your card")

    async def health_status(self) -> int:
        url = f"http://127.0.0.1:{self.health}/healthz"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status


@asynccontextmanager
async def bot_at_the_usual_limit(folder: Path) -> AsyncIterator[Ports]:
    async with Sandbox(webhook_retry_seconds=0.1) as sandbox:
        ports = Ports(sandbox, unused_port(), unused_port())
        operator = Operator(
            sandbox,
            folder,
            {
                "WEBHOOK_URL": f"http://127.0.0.1:{ports.webhook}/hook",
                "WEBHOOK_LISTEN": f"127.0.0.1:{ports.webhook}",
                "WEBHOOK_SECRET": SECRET,
                "HEALTH_LISTEN": f"127.0.0.1:{ports.health}",
            },
        )
        async with operator.started() as running:
            is_set = sandbox.until(lambda: sandbox.world.webhook.settings)
            await running.gets_to(is_set)
            resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (USUAL_LIMIT, USUAL_LIMIT))
            yield ports


HALF_A_HEAD = b"POST /hook HTTP/1.1\r\nHost: hook\r\nX-Nothing: "
NO_BODY = b"POST /hook HTTP/1.1\r\nHost: hook\r\nContent-Length: 100\r\n\r\n"


@contextmanager
def crowd(port: int, *says: bytes) -> Iterator[None]:
    """So many connections, or as many as are let in, that say one or the other of it and then no more. They come
    from an address of their own, so that they take no port that a test is going to listen on."""
    with ExitStack() as stack:
        for _, words in zip(range(IDLE), cycle(says), strict=False):
            try:
                visitor = socket.create_connection(("127.0.0.1", port), 4, ("127.0.0.2", 0))
            except TimeoutError:
                break
            stack.enter_context(visitor)
            with suppress(ConnectionError):  # it was closed already
                visitor.sendall(words)
        yield


@pytest.mark.usefixtures("many_files")
async def test_a_thousand_connections_that_say_nothing_keep_nobody_from_being_answered(
    tmp_path: Path,
) -> None:
    async with bot_at_the_usual_limit(tmp_path) as ports:
        with crowd(ports.webhook, b"", HALF_A_HEAD, NO_BODY), crowd(ports.health, b""):
            for name in ("Anna", "Ben", "Carla"):
                await ports.is_served(name)
            assert await ports.health_status() == 200


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[int]:
    port = unused_port()
    async with kit.serving(app, f"127.0.0.1:{port}"):
        yield port


async def says(port: int, words: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(words)
    return reader, writer


async def hangs_up(*writers: asyncio.StreamWriter) -> None:
    for writer in writers:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize("words", [b"", b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: "])
async def test_who_does_not_say_what_they_want_is_hung_up_on(
    words: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit, "HEAD_WITHIN_S", 0.1)
    async with listening(web.Application()) as port:
        reader, writer = await says(port, words)
        async with asyncio.timeout(PATIENCE_S):
            assert await reader.read() == b""
        await hangs_up(writer)


@pytest.mark.parametrize(
    "words",
    [
        "X-A: {}",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: {0}\r\nContent-Length: 2",
    ],
)
async def test_who_sends_what_is_no_request_fills_no_log(
    words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With what they like, as fast as they can: it is always the same line, which is said once a minute."""
    async with listening(web.Application()) as port:
        for theirs in ("1" * 9_000, "2" * 9_000):
            head = f"POST / HTTP/1.1\r\nHost: h\r\n{words.format(theirs)}\r\n\r\n"
            reader, writer = await says(port, head.encode())
            async with asyncio.timeout(PATIENCE_S):
                assert b" 400 Bad Request" in await reader.read()
            await hangs_up(writer)
    said = [record for record in caplog.records if record.name == "aiohttp.server"]
    assert [(each.levelno, each.exc_info) for each in said] == [(logging.WARNING, None)] * 2
    assert len({each.getMessage() for each in said}) == 1


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_who_sends_a_body_that_is_not_packed_as_they_say_fills_no_log(
    coding: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody reads it, as the page is not there; it is thrown away all the same."""
    async with listening(web.Application()) as port:
        head = f"POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: {coding}\r\nContent-Length: 7\r\n\r\nnothing"
        reader, writer = await says(port, head.encode())
        async with asyncio.timeout(PATIENCE_S):
            assert b" 404 Not Found" in await reader.read()
        await hangs_up(writer)
    said = [record for record in caplog.records if record.name == "aiohttp.server"]
    assert said
    assert {(each.levelno, each.exc_info) for each in said} == {(logging.WARNING, None)}


async def test_who_knows_the_secret_and_does_not_finish_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kit, "BODY_WITHIN_S", 0.1)
    monkeypatch.setattr(kit, "LINGERING_S", 0.1)

    async def keep(_received: object) -> None:
        raise AssertionError("half of an update was kept")

    head = f"POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n{HEADER}: {SECRET}\r\n\r\n{{"
    has_room = asyncio.Event()
    has_room.set()
    async with listening(webhook.webhook_app("/hook", SECRET, BotId(1), keep, has_room)) as port:
        reader, writer = await says(port, head.encode())
        async with asyncio.timeout(PATIENCE_S):
            said = await reader.read()
        assert said.startswith(b"HTTP/1.1 408 ")
        await hangs_up(writer)


async def test_who_is_being_answered_is_not_hung_up_on_however_many_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kit, "CONNECTIONS_MAX", 3)
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slowly(_request: web.Request) -> web.Response:
        asked.set()
        await may_answer.wait()
        return web.Response(text="here you are")

    app = web.Application()
    app.router.add_get("/", slowly)
    async with listening(app) as port:
        reader, writer = await says(port, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        await asked.wait()
        idlers = [await says(port, b"") for _ in range(10)]
        for quiet, _ in idlers[:8]:
            with suppress(ConnectionError):
                assert await quiet.read() == b""
        may_answer.set()
        assert (await reader.read()).endswith(b"here you are")
        await hangs_up(writer, *(idler for _, idler in idlers))


BODY_BYTES = 64 * 1024
"""As long as an exposition of metrics may be."""


async def test_who_asks_again_and_again_and_never_reads_takes_neither_memory_nor_others_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kit, "CONNECTIONS_MAX", 3)
    asked_by: dict[asyncio.Transport, int] = {}

    async def metrics(request: web.Request) -> web.Response:
        assert isinstance(request.transport, asyncio.Transport)
        asked_by[request.transport] = asked_by.get(request.transport, 0) + 1
        return web.Response(body=bytes(BODY_BYTES))

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response()

    def is_stuck(transport: asyncio.Transport) -> bool:
        """What it is told waits, and it is not listened to any more."""
        return transport.get_write_buffer_size() >= BODY_BYTES and not transport.is_reading()

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/healthz", healthz)
    async with listening(app) as port, aiohttp.ClientSession() as well:
        deaf = [await says(port, b"GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n" * 20_000) for _ in range(6)]
        for _ in range(1_000):
            async with well.get(f"http://127.0.0.1:{port}/healthz") as response:
                assert response.status == 200
            open_still = [transport for transport in asked_by if not transport.is_closing()]
            if open_still and all(map(is_stuck, open_still)):
                break
        assert open_still
        assert all(map(is_stuck, open_still))
        assert all(transport.get_write_buffer_size() <= 3 * BODY_BYTES for transport in asked_by)
        assert len(open_still) <= 3
        await hangs_up(*(writer for _, writer in deaf))


async def test_who_finds_an_address_taken_after_it_was_looked_at_says_the_same() -> None:
    """Of two that start at once, both may have found it free."""
    listen = f"127.0.0.1:{unused_port()}"
    await kit.check_free([listen])
    async with kit.serving(web.Application(), listen):
        with pytest.raises(SettingsProblem) as looked_at:
            await kit.check_free([listen])
        with pytest.raises(SettingsProblem) as late:
            async with kit.serving(web.Application(), listen):
                pass
    assert str(late.value) == str(looked_at.value)

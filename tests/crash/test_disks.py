"""Nothing can be written while the program runs: staff are told, health says so, and it ends when it is told to."""

import asyncio
import resource
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from bot.app.main import open_database
from bot.app.process import Surroundings
from bot.kit.links import Links
from bot.kit.tokens import Tokens
from bot.sandbox import Person, Sandbox
from tests.support.house import SECRET, House, Shop, has_keypad, has_picture, number_of, settings_for
from tests.support.operator import Operator, Running

TOLD_WITHIN_S = 10.0
ENDS_WITHIN_S = 10.0
PATIENCE_S = 30.0
PANEL = "Today: 0"


@dataclass
class Cafe:
    """A shop with the program itself behind the counter."""

    operator: Operator
    shop: Shop
    invite: str
    anna: Person
    sam: Person
    running: Running | None = None

    @asynccontextmanager
    async def opens(self) -> AsyncIterator[Running]:
        """Anna has a card, and Sam works here with her card on the screen."""
        async with self.operator.bot() as running:
            self.running = running
            await self.anna.opens(self.shop.join_link)
            await self.anna.sees(has_picture, timeout=PATIENCE_S)
            await self.sam.opens(self.invite)
            await self.sam.sees(has_keypad, timeout=PATIENCE_S)
            await self.sam.sends(number_of(self.anna))
            await self.sam.sees(PANEL, new=True, timeout=PATIENCE_S)
            await self.until(lambda: self.rows("SELECT 1 FROM inbox WHERE done_at IS NULL") == [])
            yield running

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.operator.database)) as database:
            return database.execute(query).fetchall()

    async def until(self, check: Callable[[], bool]) -> None:
        """What another process writes into a file wakes nobody here."""
        async with asyncio.timeout(PATIENCE_S):
            while not check():  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def health(self) -> int:
        url = f"http://{self.operator.settings['HEALTH_LISTEN']}/healthz"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status

    async def is_well(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while await self.health() != 200:
                pass


@pytest.fixture
async def cafe(tmp_path: Path) -> AsyncIterator[Cafe]:
    async with Sandbox() as sandbox:
        settings = {"SECRET_KEY": SECRET.decode(), "HEALTH_LISTEN": f"127.0.0.1:{unused_port()}"}
        operator = Operator(sandbox, tmp_path, settings)
        told = settings_for(sandbox, operator.database)
        async with open_database(told) as store:
            home = House(sandbox, told, store, Links(sandbox.username, Tokens(SECRET)), Surroundings().clock)
            shop = await home.opens_shop()
            _, invite = await home.invites(shop, "Sam")
        yield Cafe(operator, shop, invite, sandbox.person("Anna"), sandbox.person("Sam"))


@asynccontextmanager
async def full_disk(cafe: Cafe) -> AsyncIterator[None]:
    """No file of the process may grow or be written: a limit that can be taken back from outside."""
    assert cafe.running is not None
    pid = cafe.running.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        if cafe.running.process.returncode is None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@asynccontextmanager
async def held_by_another(cafe: Cafe) -> AsyncIterator[None]:
    script = (
        "import sqlite3, sys; held = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "held.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, str(cafe.operator.database)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        process.stdin.close()
        await process.wait()


Ill = Callable[[Cafe], AbstractAsyncContextManager[None]]
ILLS = {"a full disk": full_disk, "held by another process": held_by_another}


@pytest.mark.parametrize("ill", ILLS.values(), ids=ILLS)
async def test_staff_who_stamp_while_nothing_can_be_written_are_told_and_told_again_when_it_is_well(
    cafe: Cafe, ill: Ill
) -> None:
    async with cafe.opens():
        assert await cafe.health() == 200
        async with ill(cafe):
            began = time.monotonic()
            await cafe.sam.taps("+1")
            await cafe.sam.answered("Not recorded", timeout=PATIENCE_S)
            assert time.monotonic() - began < TOLD_WITHIN_S
            began = time.monotonic()
            await cafe.sam.sends(f"/stamp {number_of(cafe.anna)}")
            await cafe.sam.sees("Not recorded", new=True, timeout=PATIENCE_S)
            assert time.monotonic() - began < TOLD_WITHIN_S
            assert await cafe.health() == 503
            assert cafe.rows("SELECT stamps_delta FROM entries") == []
        await cafe.sam.sees("It works again", timeout=PATIENCE_S)
        await cafe.anna.sees("2 of 10", timeout=PATIENCE_S)
        await cafe.is_well()
        assert cafe.rows("SELECT stamps_delta FROM entries") == [(1,), (1,)]
        told = [message.text for message in cafe.sam.history if "Not recorded" in message.text]
        assert len(told) == 1


@pytest.mark.parametrize("ill", ILLS.values(), ids=ILLS)
async def test_program_that_can_write_nothing_ends_when_it_is_told_to_and_the_stamp_is_recorded_once(
    cafe: Cafe, ill: Ill
) -> None:
    async with cafe.opens() as running, ill(cafe):
        await cafe.sam.taps("+1")
        await cafe.sam.answered(timeout=PATIENCE_S)
        began = time.monotonic()
        ended = await running.stops()
        assert time.monotonic() - began < ENDS_WITHIN_S
        assert ended.status == 0
        assert "Traceback" not in ended.err
    async with replace(cafe, running=None).operator.bot():
        await cafe.anna.sees("1 of 10", timeout=PATIENCE_S)
    assert cafe.rows("SELECT stamps_delta FROM entries") == [(1,)]

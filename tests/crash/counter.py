"""A shop with the program itself behind the counter, in a process and a folder of its own."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.app.database import open_database
from bot.app.process import Surroundings
from bot.kit.links import Links
from bot.kit.tokens import Tokens
from bot.sandbox import Person, Sandbox
from tests.support.databases import lay_empty_database
from tests.support.house import SECRET, House, Shop, has_keypad, has_picture, number_of, settings_for
from tests.support.operator import Operator, Running
from tests.support.patience import PATIENCE_S
from tests.support.ports import unused_port

PANEL = "Today: 0"


@dataclass
class Counter:
    """A shop and its people; ``running`` is the program since the counter opened."""

    operator: Operator
    shop: Shop
    invite: str
    anna: Person
    sam: Person
    running: Running | None = None

    @asynccontextmanager
    async def opens(self) -> AsyncIterator[Running]:
        """Starts the program; Anna gets a card, and Sam begins work with her card on the screen."""
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
        """Looks again and again: what another process writes into a file wakes nobody here."""
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


@asynccontextmanager
async def open_counter(folder: Path) -> AsyncIterator[Counter]:
    async with Sandbox() as sandbox:
        settings = {"SECRET_KEY": SECRET.decode(), "HEALTH_LISTEN": f"127.0.0.1:{unused_port()}"}
        operator = Operator(sandbox, folder, settings)
        told = settings_for(sandbox, operator.database)
        lay_empty_database(told.database_path)
        async with open_database(told) as store:
            home = House(sandbox, told, store, Links(sandbox.username, Tokens(SECRET)), Surroundings().clock)
            shop = await home.opens_shop()
            _, invite = await home.invites(shop, "Sam")
        yield Counter(operator, shop, invite, sandbox.person("Anna"), sandbox.person("Sam"))

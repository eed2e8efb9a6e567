"""Several processes of the bot, each ``bot run``, on one PostgreSQL database, in one sandbox.

With webhooks Telegram posts to a balancer, which hands each update to the next process in turn that takes it; without
them the processes poll.
"""

import asyncio
import contextlib
import itertools
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.app.database import open_database
from bot.kit.clock import system_clock
from bot.kit.links import Links
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens
from bot.sandbox import Sandbox
from tests.support import postgres
from tests.support.forks import Fork, fork
from tests.support.house import SECRET, House, settings_for
from tests.support.patience import PATIENCE_S
from tests.support.ports import unused_port

FLEET_PATIENCE_S = 5 * PATIENCE_S
"""Longer than usual: several processes share a machine that may be busy."""
SILENT_AFTER_S = 5.0
LEFT_OUT_FOR_S = 20.0


@dataclass(slots=True)
class Ship:
    """One process."""

    number: int
    port: int
    health_port: int
    process: Fork

    @property
    def log(self) -> str:
        return self.process.err.read_text()

    async def healthz(self) -> dict[str, Any]:
        """Empty while it does not answer."""
        with contextlib.suppress(aiohttp.ClientError):
            url = f"http://127.0.0.1:{self.health_port}/healthz"
            async with aiohttp.ClientSession() as session, session.get(url) as answer:
                found: dict[str, Any] = await answer.json()
                return found
        return {}

    async def metric(self, line: str) -> float:
        """The value in the line that begins with ``line``, 0 without such a line."""
        url = f"http://127.0.0.1:{self.health_port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            text = await answer.text()
        found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    @property
    def is_running(self) -> bool:
        return self.process.returncode is None

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def ends(self) -> int:
        """Ends the process as an operator does, by SIGTERM; returns its status."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(FLEET_PATIENCE_S):
            return await self.process.wait()

    def stands_still(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def goes_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@dataclass(slots=True)
class Fleet:
    sandbox: Sandbox
    settings: Settings
    folder: Path
    has_webhook: bool
    home: House
    balancer_port: int = 0
    others: dict[str, str] = field(default_factory=dict)
    ships: list[Ship] = field(default_factory=list)
    given_to: list[int] = field(default_factory=list)
    """Which process took each update that the balancer handed on."""
    _silent_until: dict[int, float] = field(default_factory=dict)
    _turn: Any = field(default_factory=itertools.count)

    @property
    def afloat(self) -> list[Ship]:
        return [ship for ship in self.ships if ship.is_running]

    async def launches(self, *, is_waited_for: bool = True) -> Ship:
        number, port, health_port = len(self.ships), unused_port(), unused_port()
        environment = {
            **os.environ,
            "BOT_TOKEN": self.settings.token,
            "BOT_API_URL": self.settings.bot_api_url,
            "DATABASE_URL": self.settings.database_url,
            "SECRET_KEY": SECRET.decode(),
            "HEALTH_LISTEN": f"127.0.0.1:{health_port}",
            **self.others,
        }
        if self.has_webhook:
            environment["WEBHOOK_URL"] = f"http://127.0.0.1:{self.balancer_port}/hook"
            environment["WEBHOOK_LISTEN"] = f"127.0.0.1:{port}"
        process = fork(["run"], self.folder, environment, self.folder / f"process {number}")
        ship = Ship(number, port, health_port, process)
        self.ships.append(ship)
        if is_waited_for:
            await self.until_seen(ship)
        return ship

    async def launch_together(self, count: int) -> None:
        for _ in range(count):
            await self.launches(is_waited_for=False)
        for ship in self.ships[-count:]:
            await self.until_seen(ship)

    async def until_seen(self, ship: Ship, of: int | None = None) -> None:
        """Waits until the process is well and sees ``of`` processes, itself included; by default as many as run."""
        async with asyncio.timeout(FLEET_PATIENCE_S):
            while True:
                assert ship.is_running, ship.log
                found = await ship.healthz()
                wanted = len(self.afloat) if of is None else of
                if found.get("status") == "ok" and len(found.get("processes", ())) == wanted:
                    return
                await asyncio.sleep(0.1)

    async def hands_on(self, request: web.Request) -> web.Response:
        """Hands an update to one process after the other until one takes it; answers 502 if none does. A process that
        does not answer is left out for a while, as balancers do."""
        body, headers = await request.read(), {"Content-Type": "application/json"}
        if secret := request.headers.get("X-Telegram-Bot-Api-Secret-Token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        afloat = [ship for ship in self.afloat if time.monotonic() >= self._silent_until.get(ship.number, 0)]
        first = next(self._turn)
        for step in range(len(afloat)):
            ship = afloat[(first + step) % len(afloat)]
            url, limit = f"http://127.0.0.1:{ship.port}/hook", aiohttp.ClientTimeout(total=SILENT_AFTER_S)
            try:
                async with (
                    aiohttp.ClientSession(timeout=limit) as session,
                    session.post(url, data=body, headers=headers) as answer,
                ):
                    if answer.status == 200:
                        self.given_to.append(ship.number)
                        return web.Response()
            except TimeoutError:
                self._silent_until[ship.number] = time.monotonic() + LEFT_OUT_FOR_S
            except aiohttp.ClientError:
                continue
        return web.Response(status=502)

    def logs(self) -> str:
        return "\n".join(f"--- {ship.number}\n{ship.log}" for ship in self.ships)


@asynccontextmanager
async def fleet(
    folder: Path, sandbox: Sandbox, *, has_webhook: bool = True, **environment: str
) -> AsyncIterator[Fleet]:
    """A fleet without a process yet. Processes that still run when the block ends are killed."""
    url, give_back = postgres.lend_database()
    settings = replace(settings_for(sandbox, folder / "unused.db"), database_url=url)
    links = Links(sandbox.username, Tokens(SECRET))
    async with open_database(settings) as store:
        home = House(sandbox, settings, store, links, system_clock)
        found = Fleet(sandbox, settings, folder, has_webhook, home, others=environment)
        app = web.Application()
        app.router.add_post("/hook", found.hands_on)
        runner = web.AppRunner(app)
        await runner.setup()
        found.balancer_port = unused_port()
        await web.TCPSite(runner, "127.0.0.1", found.balancer_port).start()
        try:
            yield found
        finally:
            await _sinks(found.afloat)
            await runner.cleanup()
    give_back()


async def _sinks(ships: Sequence[Ship]) -> None:
    for ship in ships:
        ship.goes_on()
        await ship.kill()

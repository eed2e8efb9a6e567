"""The lives of the bot as a test sees them: processes that are begun, killed or stopped, one after the other, on the
same database."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from bot.kit.settings import Settings
from domain.steps import Step
from tests.crash.nursery import (
    Arm,
    Armed,
    Begin,
    Closing,
    Done,
    Ended,
    Ready,
    Report,
    Signal,
    Struck,
    open_nursery,
)
from tests.support.forks import server
from tests.support.patience import PATIENCE_S

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Report).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadly:
    """Where a life is killed: the ``occurrence``-th time of a step, counted from the start of the process."""

    step: Step
    occurrence: int = 1


@dataclass(slots=True)
class Life:
    """One process of the bot."""

    number: int
    nursery: "Nursery"
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    armed: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    struck: Step | None = None
    end: "asyncio.Future[Ended]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def is_at_work(self) -> None:
        """Waits until the bot polls. Raises AssertionError when it dies before."""
        waiting = asyncio.ensure_future(self.ready.wait())
        either: set[asyncio.Future[Any]] = {waiting, self.end}
        await asyncio.wait(either, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert self.ready.is_set(), f"life {self.number} never got to work: {self.end}"

    async def arms(self, step: Step, occurrence: int = 1) -> None:
        """The ``occurrence``-th time of this step, counted from now on, kills the bot."""
        self.nursery.order(Arm(self.number, step, occurrence))
        async with asyncio.timeout(PATIENCE_S):
            await self.armed.wait()

    def kill(self) -> None:
        self.nursery.order(Signal(self.number, signal.SIGKILL))

    async def dies(self) -> Ended:
        """Waits for the death by SIGKILL."""
        ended = await self._ends()
        assert ended.status == -signal.SIGKILL, f"life {self.number} ended with {ended.status}"
        return ended

    async def dies_at(self, step: Step) -> None:
        """Waits for the death by SIGKILL, which must come at this step."""
        await self.dies()
        assert self.struck is step, f"life {self.number} died at {self.struck}, not at {step}"

    async def stops(self) -> None:
        """Stops it as an operator does: it brings everything to its end and exits with 0."""
        self.nursery.order(Signal(self.number, signal.SIGTERM))
        await self.ends()

    async def closes(self) -> None:
        """Tells it to stop, and waits until it begins with nothing more."""
        self.nursery.order(Signal(self.number, signal.SIGTERM))
        async with asyncio.timeout(PATIENCE_S):
            await self.closing.wait()

    async def ends(self) -> None:
        ended = await self._ends()
        assert ended.status == 0, f"life {self.number} ended with {ended.status} when it was told to stop"

    async def _ends(self) -> Ended:
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.shield(self.end)


class Nursery:
    """The process that gives the lives; see ``tests.crash.nursery``."""

    def __init__(
        self, settings: Settings, reports: asyncio.StreamReader, orders: asyncio.StreamWriter
    ) -> None:
        self._settings = settings
        self._reports = reports
        self._orders = orders
        self._lives: dict[int, Life] = {}
        self.on_done: Callable[[], None] = lambda: None
        """Called when a life has brought an update or a message to its end."""

    def begin(self, deadly: Deadly | None = None) -> Life:
        """A new life on the same database; the one before must have ended."""
        life = Life(len(self._lives) + 1, self)
        self._lives[life.number] = life
        self.order(
            Begin(
                life=life.number,
                token=self._settings.token,
                api_url=self._settings.bot_api_url,
                database_url=self._settings.database_url,
                secret_key=self._settings.secret_key or "",
                step=deadly.step if deadly else None,
                occurrence=deadly.occurrence if deadly else 1,
            )
        )
        return life

    def order(self, order: Begin | Arm | Signal) -> None:
        self._orders.write(_encode(order) + b"\n")

    async def listen(self) -> None:
        """Hands the reports to their lives until there are no more."""
        async for line in self._reports:
            report = _decode(line)
            life = self._lives[report.life]
            match report:
                case Ready():
                    life.ready.set()
                case Armed():
                    life.armed.set()
                case Done():
                    self.on_done()
                case Struck():
                    life.struck = report.step
                case Closing():
                    life.closing.set()
                case Ended():
                    life.end.set_result(report)


@asynccontextmanager
async def nursery(settings: Settings, log: Path) -> AsyncIterator[Nursery]:
    """A nursery until the block ends; a life that still runs then is killed. What the lives log goes to ``log``."""
    here, there = socket.socketpair()
    with there:
        process = server().Process(target=open_nursery, args=(there, log))
        process.start()
    reports, orders = await asyncio.open_connection(sock=here)
    found = Nursery(settings, reports, orders)
    listening = asyncio.create_task(found.listen())
    try:
        yield found
    finally:
        orders.write_eof()
        await listening
        process.join()
        orders.close()
        await orders.wait_closed()

"""The operator: runs the program in processes of its own, against a sandbox in the test's process."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bot.sandbox import Sandbox
from tests.support.forks import Fork, fork
from tests.support.patience import PATIENCE_S

PROGRAM = (sys.executable, "-m", "bot")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """The one JSON object that was printed."""
        [found] = self.objects
        return found

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Running:
    """A bot in a process of its own; `stops` ends it and returns how it ended."""

    process: asyncio.subprocess.Process | Fork
    ended: Ran | None = None

    async def gets_to(self, point: Awaitable[object]) -> None:
        """Waits for something that the bot does. If the bot ends before, fails with what it wrote."""
        end, reached = asyncio.create_task(self.process.wait()), asyncio.ensure_future(point)
        await asyncio.wait({end, reached}, return_when=asyncio.FIRST_COMPLETED)
        end.cancel()
        if not reached.done():
            reached.cancel()
            raise AssertionError((await self.stops()).err)
        await reached

    async def stops(self, how: signal.Signals = signal.SIGTERM) -> Ran:
        if self.ended is not None:
            return self.ended
        if self.process.returncode is None:
            self.process.send_signal(how)
        async with asyncio.timeout(PATIENCE_S):
            out, err = await self.process.communicate()
        self.ended = Ran(self.process.returncode or 0, out.decode(), err.decode())
        return self.ended


@dataclass
class Operator:
    """`python -m bot` with these settings and nothing else from the environment."""

    sandbox: Sandbox
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    is_installed: bool = False
    """Whether each command is started as people start it, with all its imports, instead of forked."""
    outputs: Iterator[int] = field(default_factory=count)

    @property
    def database(self) -> Path:
        return self.folder / "stempel.db"

    async def runs(self, *words: str, program: Sequence[str] = ()) -> Ran:
        process = await self._start(*words, program=program)
        out, err = await process.communicate()
        return Ran(process.returncode or 0, out.decode(), err.decode())

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[Running]:
        """`run`, from the first poll until it is stopped, at the latest at the end of the block."""
        async with self.started() as running:
            polls = self.sandbox.until(lambda: self.sandbox.world.updates.poller, timeout=PATIENCE_S)
            await running.gets_to(polls)
            yield running

    @asynccontextmanager
    async def started(self) -> AsyncIterator[Running]:
        """`run`, without waiting for anything; killed at the end of the block."""
        running = Running(await self._start("run"))
        try:
            yield running
        finally:
            await running.stops(signal.SIGKILL)

    async def _start(self, *words: str, program: Sequence[str] = ()) -> asyncio.subprocess.Process | Fork:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        settings = {
            "BOT_TOKEN": self.sandbox.token,
            "BOT_API_URL": self.sandbox.url,
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        settings = kept | settings | self.settings
        if not program and not self.is_installed:
            output = self.folder.with_name(f"{self.folder.name}-{next(self.outputs)}")
            return fork(words, self.folder, settings, output)
        return await asyncio.create_subprocess_exec(
            *(program or PROGRAM),
            *words,
            cwd=self.folder,
            env=settings,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

"""Runs the program in processes of its own, without the second that its imports take: a server that has imported it
once forks for each command."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from bot.cli.commands import COMMANDS

STDOUT, STDERR = 1, 2


@dataclass
class Fork:
    """A forked process, with the methods of ``asyncio.subprocess.Process`` that tests use."""

    process: ForkServerProcess
    out: Path
    err: Path

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        sentinel = os.dup(self.process.sentinel)
        loop.add_reader(sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(sentinel)
            os.close(sentinel)
        self.process.join()
        assert self.process.exitcode is not None
        return self.process.exitcode

    async def communicate(self) -> tuple[bytes, bytes]:
        await self.wait()
        return self.out.read_bytes(), self.err.read_bytes()


def fork(words: Sequence[str], folder: Path, settings: Mapping[str, str], output: Path) -> Fork:
    """Starts ``python -m bot`` with these words in ``folder``. What it prints goes to ``output`` with the suffixes
    .out and .err."""
    out, err = output.with_suffix(".out"), output.with_suffix(".err")
    process = server().Process(target=_run, args=(tuple(words), folder, dict(settings), out, err))
    process.start()
    return Fork(process, out, err)


@cache
def server() -> ForkServerContext:
    context = get_context("forkserver")
    modules = {f"bot.cli.{where.partition(':')[0]}" for where in COMMANDS.values()}
    context.set_forkserver_preload(["bot.app.main", "bot.app.demo", "bot.app.sqlite", *modules, __name__])
    return context


def _run(words: Sequence[str], folder: Path, settings: Mapping[str, str], out: Path, err: Path) -> None:
    from bot.cli import main  # noqa: PLC0415 - to be imported in the server, not in the tests

    for path, number in ((out, STDOUT), (err, STDERR)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(settings)
    sys.argv = ["stempel", *words]
    main()

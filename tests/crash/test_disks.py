"""Nothing can be written while the program runs: staff are told, health says so, and it ends when it is told to."""

import asyncio
import resource
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.counter import Counter, open_counter
from tests.support.house import number_of
from tests.support.patience import PATIENCE_S


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    async with open_counter(tmp_path) as counter:
        yield counter


@asynccontextmanager
async def full_disk(counter: Counter) -> AsyncIterator[None]:
    """No file of the process may grow or be written: a limit that can be taken back from outside."""
    assert counter.running is not None
    pid = counter.running.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        if counter.running.process.returncode is None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@asynccontextmanager
async def held_by_another(counter: Counter) -> AsyncIterator[None]:
    script = (
        "import sqlite3, sys; held = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "held.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, str(counter.operator.database)),
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


Ill = Callable[[Counter], AbstractAsyncContextManager[None]]
ILLS = {"a full disk": full_disk, "held by another process": held_by_another}


@pytest.mark.parametrize("ill", ILLS.values(), ids=ILLS)
async def test_staff_who_stamp_while_nothing_can_be_written_are_told_and_told_again_when_it_is_well(
    counter: Counter, ill: Ill
) -> None:
    async with counter.opens():
        assert await counter.health() == 200
        async with ill(counter):
            await counter.sam.taps("+1")
            await counter.sam.answered("Not recorded", timeout=PATIENCE_S)
            await counter.sam.sends(f"/stamp {number_of(counter.anna)}")
            await counter.sam.sees("Not recorded", new=True, timeout=PATIENCE_S)
            assert await counter.health() == 503
            assert counter.rows("SELECT stamps_delta FROM entries") == []
        await counter.sam.sees("It works again", timeout=PATIENCE_S)
        await counter.anna.sees("2 of 10", timeout=PATIENCE_S)
        await counter.is_well()
        assert counter.rows("SELECT stamps_delta FROM entries") == [(1,), (1,)]
        told = [message.text for message in counter.sam.history if "Not recorded" in message.text]
        assert len(told) == 1


@pytest.mark.parametrize("ill", ILLS.values(), ids=ILLS)
async def test_program_that_can_write_nothing_ends_when_it_is_told_to_and_the_stamp_is_recorded_once(
    counter: Counter, ill: Ill
) -> None:
    async with counter.opens() as running, ill(counter):
        await counter.sam.taps("+1")
        await counter.sam.answered(timeout=PATIENCE_S)
        ended = await running.stops()
        assert ended.status == 0
        assert "Traceback" not in ended.err
    async with replace(counter, running=None).operator.bot():
        await counter.anna.sees("1 of 10", timeout=PATIENCE_S)
    assert counter.rows("SELECT stamps_delta FROM entries") == [(1,)]

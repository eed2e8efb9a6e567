"""Which core a process keeps to, by real affinities of real processes."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.app.sqlite import _opened
from bot.kit import cores
from bot.pictures.decoder import Decoder
from storage.sqlite import checkpoints
from tests.support.databases import lay_empty_database

KEEPS = """
import os, sys
from bot.kit import cores
cores._CLAIM = {claim!r}
with cores.one_core() as core:
    print(core, *sorted(os.sched_getaffinity(0)), flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """From bots that other tests have at work on this machine."""
    monkeypatch.setattr(cores, "_CLAIM", f"\0of the test {os.getpid()} core {{}}")


@contextmanager
def another() -> Iterator[tuple[int | None, set[int]]]:
    """Another process that keeps to a core: which it says, and those that it may use."""
    program = (sys.executable, "-c", KEEPS.format(claim=cores._CLAIM))
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        core, *allowed = process.stdout.readline().split()
        yield None if core == "None" else int(core), {int(each) for each in allowed}
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_it_keeps_to_one_core_and_leaves_it_again() -> None:
    before = os.sched_getaffinity(0)
    with cores.one_core() as core:
        assert os.sched_getaffinity(0) == {core}
    assert os.sched_getaffinity(0) == before


def test_two_on_one_machine_keep_to_different_cores_and_one_more_to_none() -> None:
    allowed = os.sched_getaffinity(0)
    with ExitStack() as stack:
        found = [stack.enter_context(another()) for _ in allowed]
        assert {core for core, _ in found} == allowed
        assert all(used == {core} for core, used in found)
        with cores.one_core() as core:
            assert core is None
            assert os.sched_getaffinity(0) == allowed


def test_the_core_of_one_that_was_killed_is_free() -> None:
    with another() as (first, _):
        assert first is not None
    with cores.one_core() as core:
        assert core == first


def test_who_works_without_the_interpreters_lock_may_use_any_core() -> None:
    with cores.one_core(), ThreadPoolExecutor(1, initializer=cores.any_core) as pool:
        assert pool.submit(os.sched_getaffinity, 0).result() == cores.ALLOWED


async def test_wal_is_copied_on_any_core(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    used: list[set[int]] = []
    monkeypatch.setattr(checkpoints, "checkpoint", lambda _: used.append(os.sched_getaffinity(0)))
    monkeypatch.setattr(checkpoints, "COPIED_PAGES", 1)
    with cores.one_core():
        async with _opened(lay_empty_database(tmp_path / "stempel.db")) as database:
            await database.prove_writable()
    assert used == [cores.ALLOWED]


async def test_strangers_pictures_are_read_on_any_core() -> None:
    with cores.one_core():
        decoder = Decoder()
        try:
            assert await decoder._read(_cores_of, b"") == cores.ALLOWED
        finally:
            decoder.close()


def _cores_of(_photo: bytes) -> set[int]:
    return os.sched_getaffinity(0)


def test_a_system_that_refuses_leaves_it_where_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_pid: int, _cores: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    with cores.one_core():
        assert os.sched_getaffinity(0) == cores.ALLOWED
    assert "cannot choose among the cores: Operation not permitted" in caplog.text

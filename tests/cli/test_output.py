"""A command whose output goes nowhere: it says so once, and ends with a status."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.cli.conftest import Stempel
from tests.support.databases import lay_empty_database
from tests.support.operator import Operator, Ran
from tests.support.patience import PATIENCE_S


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    async with Sandbox() as sandbox:
        found = Operator(sandbox, tmp_path, {"BOT_USERNAME": "stempel_demo_bot"})
        lay_empty_database(found.database)
        yield found


FULL = "out = os.open('/dev/full', os.O_WRONLY)"
LEFT = "read, out = os.pipe(); os.close(read)"


async def prints_to(operator: Operator, where: str, *words: str, stream: int = 1) -> Ran:
    begin = f"os.dup2(out, {stream}); os.execv(sys.executable, [sys.executable, '-m', 'bot', *sys.argv[1:]])"
    program = (sys.executable, "-c", f"import os, sys; {where}; {begin}")
    return await operator.runs(*words, program=program)


@pytest.mark.parametrize(
    "words", [("merchant", "create", "--name", "Eent"), ("merchant", "create", "--help"), ("--version",)]
)
async def test_output_for_which_there_is_no_room(operator: Operator, words: tuple[str, ...]) -> None:
    """Among them the links of a shop that was made: whoever keeps them in a file has none."""
    ran = await prints_to(operator, FULL, *words)
    assert (ran.status, ran.err) == (
        1,
        "What the command prints cannot be written: No space left on device.\n",
    )


async def test_output_that_nobody_reads_any_more(operator: Operator) -> None:
    """As of ``| head``: not a word."""
    assert (await operator.runs("merchant", "create", "--name", "Eent")).status == 0
    quiet = await prints_to(operator, LEFT, "merchant", "list")
    assert (quiet.status, quiet.err) == (1, "")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("restore", "nowhere.db"), 2),
        (("merchant", "create", "--name", "x" * 100), 2),
        (("cards", "--merchant", "nobody"), 2),
        (("merchant", "list", "--verbose"), 2),
        (("restore", __file__), 1),
    ],
)
async def test_what_is_wrong_is_told_by_the_status_where_there_is_no_room_for_words(
    operator: Operator, words: tuple[str, ...], status: int
) -> None:
    """By it systemd knows that another start says the same."""
    assert await prints_to(operator, FULL, *words, stream=2) == Ran(status, "", "")


async def test_bot_whose_log_has_no_room_ends_well(operator: Operator, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    where = f"{FULL}; open({str(told)!r}, 'w').write(str(os.getpid()))"
    ending = asyncio.create_task(prints_to(operator, where, "run", stream=2))
    await operator.sandbox.until(lambda: operator.sandbox.world.updates.poller, timeout=PATIENCE_S)
    os.kill(int(told.read_text()), signal.SIGTERM)
    assert await ending == Ran(0, "", "")


def test_driver_that_loses_its_server_says_nothing_beside_the_command(stempel: Stempel) -> None:
    """``error ignored terminating <psycopg.Copy ...>``, say: the command ends with that error."""
    stempel("--version")
    record = logging.LogRecord("psycopg", logging.WARNING, __file__, 1, "error ignored", (), None)
    assert logging.lastResort is not None
    assert not logging.lastResort.filter(record)

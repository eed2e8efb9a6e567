"""A command whose output goes nowhere: it says so once, and ends with a status."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.support.databases import lay_empty_database
from tests.support.operator import Operator, Ran


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    async with Sandbox() as sandbox:
        found = Operator(sandbox, tmp_path, {"BOT_USERNAME": "stempel_demo_bot"})
        lay_empty_database(found.database)
        yield found


FULL = "out = os.open('/dev/full', os.O_WRONLY)"
LEFT = "read, out = os.pipe(); os.close(read)"


async def prints_to(operator: Operator, where: str, *words: str) -> Ran:
    begin = "os.dup2(out, 1); os.execv(sys.executable, [sys.executable, '-m', 'bot', *sys.argv[1:]])"
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

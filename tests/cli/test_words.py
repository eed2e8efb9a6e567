"""What is typed, before any command looks at it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stempel


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("closure", "add", "--store", "", "--from", "2026-12-01"), "The value of --store"),
        (("closure", "set", "--closure", "", "--from", "2026-12-01"), "The value of --closure"),
        (("program", "pause", "--program="), "The value of --program"),
        (("takings", "set", "--date", "", "812.50"), "The value of --date"),
        (("takings", "set", ""), "An argument"),
    ],
)
def test_variable_that_is_not_set_is_not_taken_as_left_out(
    words: Sequence[str], what: str, stempel: Stempel, shop: dict[str, Any], database: Path
) -> None:
    """A closure of one store would be the whole shop's."""
    before = _dump(database)
    ran = stempel(*words[:2], "--merchant", shop["merchant_id"], *words[2:])
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{what} is empty: give one, or leave it out. Is a variable of the shell not set?\n"
    assert _dump(database) == before


def _dump(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return "\n".join(connection.iterdump())

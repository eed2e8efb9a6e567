"""What is typed, before any command looks at it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot import __version__
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


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("merchant", "show", "--merchant", "Caf\udce9"), "Caf\ufffd"),
        (("merchant", "create", "--name=Caf\udce9"), "--name=Caf\ufffd"),
        (("restore", "\udcff.db"), "\ufffd.db"),
    ],
)
def test_word_that_is_not_utf_8_is_refused_in_a_sentence(
    words: Sequence[str], what: str, stempel: Stempel, shop: dict[str, Any], database: Path
) -> None:
    """As a terminal or a script writes it that is set to Latin-1: no table takes it."""
    assert shop
    before = _dump(database)
    ran = stempel(*words)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{what} is not UTF-8: set the terminal, or the script it comes from, to UTF-8.\n"
    assert _dump(database) == before


def test_version_is_printed(stempel: Stempel) -> None:
    assert stempel("--version").out == f"stempel, version {__version__}\n"


def test_merchant_is_named_by_its_name_too(stempel: Stempel, shop: dict[str, Any]) -> None:
    by_id = stempel("merchant", "show", "--merchant", shop["merchant_id"], "--json").object
    for name in ("Café Knätsch", "café knätsch"):
        assert stempel("merchant", "show", "--merchant", name, "--json").object == by_id
    renamed = stempel("merchant", "set", "--merchant", "Café Knätsch", "name=Bakery")
    assert renamed.out == "name: Café Knätsch → Bakery\n"
    unknown = stempel("merchant", "show", "--merchant", "Café Knätsch")
    said = "No merchant is called Café Knätsch: `stempel merchant list` names those there are.\n"
    assert (unknown.status, unknown.err) == (2, said)


def test_name_of_several_merchants_names_none(stempel: Stempel, shop: dict[str, Any], database: Path) -> None:
    other = stempel("merchant", "create", "--name", "Café Knätsch", "--json").object["merchant_id"]
    before = _dump(database)
    ran = stempel("program", "pause", "--merchant", "Café Knätsch")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        f"2 merchants are called Café Knätsch: give the id of one of them, {shop['merchant_id']}, {other}.\n"
    )
    assert _dump(database) == before


def _dump(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return "\n".join(connection.iterdump())

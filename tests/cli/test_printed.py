"""Printed cards from the command line: written, listed, withdrawn."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tests.bot.pictures.samples import decoded
from tests.bot.pictures.test_printed import pictures_in
from tests.cli.conftest import Stempel

Shop = dict[str, Any]


def test_cards_are_written_listed_and_withdrawn(stempel: Stempel, shop: Shop) -> None:
    merchant = ("--merchant", shop["merchant_id"])
    ran = stempel("card", "print", *merchant, "--count", "2", "--locale", "lb", "--json")
    assert (ran.status, ran.err) == (0, "")
    sheet, numbers = ran.object["sheet_id"], ran.object["cards"]
    assert len(numbers) == 2
    pictures = pictures_in(Path(ran.object["file"]).read_bytes())
    assert all("start=c" in link for picture in pictures for link in decoded(picture))

    again = stempel("card", "print", *merchant, "--sheet", sheet, "--out", "again.pdf", "--json")
    assert again.object == {"file": "again.pdf", "sheet_id": sheet, "cards": numbers}
    [listed] = stempel("card", "sheets", *merchant, "--json").object["sheets"]
    assert (listed["cards"], listed["unused"]) == (2, 2)
    [left] = stempel("card", "withdraw", *merchant, "--sheet", sheet, "--json").object["sheets"]
    assert left["unused"] == 0
    ran = stempel("card", "print", *merchant, "--sheet", sheet)
    assert (ran.status, ran.err) == (2, "No card of this page is left. Print a new one.\n")


def test_cards_that_were_made_and_cannot_be_written_are_printed_by_their_sheet(
    stempel: Stempel, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(_path: Path, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    merchant = ("--merchant", shop["merchant_id"])
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", is_full)
        ran = stempel("card", "print", *merchant, "--out", "cards.pdf")
    [listed] = stempel("card", "sheets", *merchant, "--json").object["sheets"]
    [said, _] = ran.err.splitlines()
    assert said == f"The cards are made, and not written: print them with --sheet {listed['sheet_id']}."
    again = stempel("card", "print", *merchant, "--sheet", listed["sheet_id"], "--out", "cards.pdf", "--json")
    assert len(again.object["cards"]) == listed["cards"]


def test_printed_cards_are_closed_to_others(stempel: Stempel, shop: Shop) -> None:
    """Whoever reads the codes has the cards."""
    assert stempel("card", "print", "--merchant", shop["merchant_id"], "--out", "cards.pdf").status == 0
    assert Path("cards.pdf").stat().st_mode & 0o777 == 0o600


def test_sheet_that_is_not_there_is_not_printed_again(stempel: Stempel, shop: Shop) -> None:
    """Nor made: with a slip in its id, ten more cards would wait for somebody."""
    merchant = ("--merchant", shop["merchant_id"])
    ran = stempel("card", "print", *merchant, "--sheet", shop["store_id"])
    assert (ran.status, ran.out) == (2, "")
    assert stempel("card", "sheets", *merchant, "--json").object["sheets"] == []


def test_what_cannot_be_printed_is_said(stempel: Stempel, shop: Shop) -> None:
    ran = stempel("card", "print", "--merchant", shop["merchant_id"], "--count", "1001")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("At most 1000 printed cards may wait")
    none = stempel("card", "print", "--merchant", shop["merchant_id"], "--count", "0")
    assert (none.status, none.out, none.err) == (2, "", "--count goes from 1 to 1000.\n")


def test_sheet_that_cannot_be_written_is_not_made(stempel: Stempel, shop: Shop) -> None:
    ran = stempel("card", "print", "--merchant", shop["merchant_id"], "--out", "nowhere/cards.pdf")
    assert (ran.status, ran.out) == (2, "")
    assert "nowhere is not a folder: make it first." in ran.err
    sheets = stempel("card", "sheets", "--merchant", shop["merchant_id"], "--json").object["sheets"]
    assert sheets == []


def test_sheets_are_read_by_people_a_line_each(stempel: Stempel, shop: Shop) -> None:
    merchant = ("--merchant", shop["merchant_id"])
    printed = stempel("card", "print", *merchant, "--count", "2", "--json").object
    words = stempel("card", "sheets", *merchant).out.split("  ")
    assert (words[0], words[2:]) == (f"sheets: {printed['sheet_id']}", ["2", "2\n"])

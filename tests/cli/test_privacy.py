"""A customer is exported and erased from the command line; a restore erases again whom a copy of before still has."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.account import Account
from domain.ids import BotId, UserId
from tests.cli.conftest import Stempel
from tests.cli.people import joins


@pytest.fixture
def card(shop: dict[str, Any]) -> list[str]:
    """Names Léa's card."""
    return [
        "--merchant",
        shop["merchant_id"],
        "--card",
        joins(shop, Account(bot_id=BotId(110201543), user_id=UserId(7_301_946_582))),
    ]


def holds(path: Path, needle: str) -> bool:
    beside = (path, path.with_name(f"{path.name}-wal"))
    return any(needle.encode() in file.read_bytes() for file in beside if file.exists())


def test_customer_is_exported_and_erased(
    stempel: Stempel, card: list[str], database: Path, tmp_path: Path
) -> None:
    [shop] = json.loads(stempel("privacy", "export", *card).out)["shops"]
    assert (shop["name"], shop["customers"][0]["name"]) == ("Café Knätsch", "Léa")
    file = tmp_path / "lea.json"
    assert stempel("privacy", "export", *card, "--out", str(file)).out == ""
    assert json.loads(file.read_text())["shops"] == [shop]
    assert file.stat().st_mode & 0o777 == 0o600
    asked = stempel("privacy", "erase", *card)
    assert (asked.status, holds(database, "Léa")) == (2, True)
    done = stempel("privacy", "erase", *card, "--yes", "--json")
    assert done.object == {"erased_at_shops": ["Café Knätsch"], "is_wiped": True}
    assert not holds(database, "Léa")
    assert stempel("privacy", "export", *card).status == 2
    assert stempel("verify").status == 0


def test_a_copy_of_before_comes_back_without_whom_was_erased_since(
    stempel: Stempel, card: list[str], database: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert stempel("backup", str(copy)).status == 0
    assert stempel("privacy", "erase", *card, "--yes").status == 0
    for _ in range(2):
        restored = stempel("restore", str(copy), "--yes", "--json")
        assert restored.object["erased_again"] == 1
        assert not holds(database, "Léa")
        assert stempel("verify").status == 0


@pytest.mark.parametrize("is_gone", [True, False])
def test_where_the_erasures_are_not_known_the_operator_is_told(
    is_gone: bool, stempel: Stempel, card: list[str], database: Path, tmp_path: Path
) -> None:
    """As on a new machine, too, when the old one is lost."""
    copy = tmp_path / "copy.db"
    assert stempel("backup", str(copy)).status == 0
    assert stempel("privacy", "erase", *card, "--yes").status == 0
    if is_gone:
        database.unlink()
    else:
        database.write_bytes(b"meow" * 5000)
    restored = stempel("restore", str(copy), "--yes", "--json")
    assert restored.object["erased_again"] is None
    assert "erase them again" in restored.err


def test_shop_is_closed_and_kept_after_all(stempel: Stempel, shop: dict[str, Any], card: list[str]) -> None:
    of_shop = ("--merchant", shop["merchant_id"])
    asked = stempel("merchant", "close", *of_shop)
    assert (asked.status, "1 customers would be told" in asked.err) == (2, True)
    closed = stempel("merchant", "close", *of_shop, "--yes", "--json").object
    assert (closed["customers_told"], closed["closes_at"] is None) == (1, False)
    again = stempel("merchant", "close", *of_shop, "--yes", "--json").object
    assert again == {**closed, "customers_told": 0}
    undone = [stempel("merchant", "close", *of_shop, "--undo", "--json").object for _ in range(2)]
    assert undone == [{"closes_at": None, "customers_told": told} for told in (1, 0)]
    assert stempel("merchant", "set", *of_shop, "contact=cafe@example.lu").status == 0
    assert stempel("merchant", "show", *of_shop, "--json").object["contact"] == "cafe@example.lu"

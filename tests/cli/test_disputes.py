"""Disputes are listed and settled from the command line."""

from typing import Any

import pytest

from bot.cli.asking import write
from domain.acts import Asked, Stamp
from domain.ids import MerchantId, OperationKey
from domain.staff import Actor
from domain.usecases.open_dispute import OpenDispute, open_dispute
from domain.usecases.stamp_card import stamp_card
from tests.cli.conftest import Stempel
from tests.cli.people import CARD, LEA, PAUL, joins, opens


@pytest.fixture
def owner(stempel: Stempel, shop: dict[str, Any]) -> Actor:
    """In a shop without PINs."""
    merchant_id = MerchantId(shop["merchant_id"])
    stempel("program", "set", "--merchant", merchant_id, "require_staff_pin=no")
    return opens(shop, shop["owner_link"], PAUL)


@pytest.fixture
def disputed(shop: dict[str, Any], owner: Actor) -> list[str]:
    """The entries of two stamps, of which the customer said that they were not them."""
    joins(shop)
    entries = []
    for key in ("one", "two"):
        act = Stamp(card=CARD, count=1, key=OperationKey(key))
        entry_id = write(stamp_card, Asked(act=act, actor=owner)).entry.entry_id
        write(open_dispute, OpenDispute(account=LEA, merchant_id=owner.merchant_id, entry_id=entry_id))
        entries.append(entry_id)
    return [*entries]


def test_disputes_are_listed_and_settled(stempel: Stempel, owner: Actor, disputed: list[str]) -> None:
    of_shop = ["--merchant", owner.merchant_id, "--json"]
    found = stempel("dispute", "list", *of_shop).objects
    assert [(each["entry_id"], each["outcome"], each["entry_kind"]) for each in found] == [
        (entry_id, None, "stamp_earned") for entry_id in disputed
    ]
    first, second = disputed
    settled = stempel("dispute", "settle", *of_shop, "--entry", first, "--outcome", "right").object
    assert (settled["entry_id"], settled["outcome"], settled["settled_by"]) == (first, "right", None)
    assert [each["entry_id"] for each in stempel("dispute", "list", *of_shop, "--open").objects] == [second]
    again = stempel("dispute", "settle", *of_shop, "--entry", first, "--outcome", "right")
    assert (again.status, again.err) == (2, "This is settled already.\n")
    take_back = ["dispute", "settle", *of_shop, "--entry", second, "--outcome", "taken_back"]
    unnamed = stempel(*take_back)
    assert (unnamed.status, unnamed.err) == (
        2,
        "Say with --staff which owner or manager takes the act back.\n",
    )
    taken = stempel(*take_back, "--staff", owner.staff_id).object
    assert (taken["outcome"], taken["settled_by"]) == ("taken_back", "Owner")
    assert stempel("ledger", *of_shop).objects[-1]["kind"] == "stamp_voided"
    assert stempel("dispute", "list", *of_shop, "--open").objects == []


def test_id_that_names_no_dispute_is_said_to_name_none(stempel: Stempel, owner: Actor) -> None:
    settle = ["dispute", "settle", "--entry", "x", "--outcome", "right", "--merchant"]
    ran = stempel(*settle, owner.merchant_id)
    said = "There is no dispute with this id. Take one that stempel dispute list prints.\n"
    assert (ran.status, ran.out, ran.err) == (2, "", said)
    assert (
        stempel(*settle, "x").err
        == "No merchant is called x: `stempel merchant list` names those there are.\n"
    )
    missing = stempel("dispute", "list", "--merchant", "x")
    assert (missing.status, missing.err) == (
        2,
        "No merchant is called x: `stempel merchant list` names those there are.\n",
    )

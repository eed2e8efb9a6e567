"""What members asked managers for is listed and settled from the command line."""

from typing import Any

from bot.cli.asking import write
from domain.acts import Asked, AskManager
from domain.ids import OperationKey
from domain.staff import Actor
from domain.usecases.ask_manager import ask_manager
from tests.cli.conftest import Stempel
from tests.cli.people import ANNA, CARD, joins, opens
from tests.cli.test_disputes import owner

__all__ = ["owner"]


def test_requests_are_listed_and_settled(stempel: Stempel, shop: dict[str, Any], owner: Actor) -> None:
    where = ["--merchant", owner.merchant_id, "--store", owner.store_id]
    invited = stempel("staff", "invite", *where, "--name", "Anna", "--role", "staff", "--json").object
    asker = opens(shop, invited["invite_link"], ANNA)
    joins(shop)
    act = AskManager(card=CARD, count=2, key=OperationKey("one"), reason="a rush")
    write(ask_manager, Asked(act=act, actor=asker))
    of_shop = ["--merchant", owner.merchant_id, "--json"]
    [line] = stempel("approval", "list", *of_shop, "--open").objects
    assert (line["staff_name"], line["stamps"], line["state"]) == ("Anna", 2, "asked")
    settle = ["approval", "settle", *of_shop, "--approval", line["approval_id"], "--decision", "approved"]
    unnamed = stempel(*settle)
    assert (unnamed.status, unnamed.err) == (2, "Say with --staff which owner or manager approves it.\n")
    settled = stempel(*settle, "--staff", owner.staff_id).object
    assert (settled["state"], settled["decided_by"]) == ("approved", "Owner")
    assert stempel("approval", "list", *of_shop, "--open").objects == []
    [entry] = stempel("ledger", *of_shop).objects
    assert (entry["staff_name"], entry["approved_by"]) == ("Anna", "Owner")
    again = stempel(*settle, "--staff", owner.staff_id)
    said = "This request is over: it was answered, withdrawn or too late.\n"
    assert (again.status, again.err) == (2, said)


def test_id_that_names_no_request_is_said_to_name_none(stempel: Stempel, owner: Actor) -> None:
    settle = ["approval", "settle", "--merchant", owner.merchant_id, "--approval", "x"]
    said = "There is no request with this id. Take one that stempel approval list prints.\n"
    for decision in (["--decision", "declined"], ["--decision", "approved", "--staff", owner.staff_id]):
        ran = stempel(*settle, *decision)
        assert (ran.status, ran.out, ran.err) == (2, "", said)

"""Holidays on the command line."""

from typing import Any

from tests.cli.conftest import Stempel


def test_closures_are_added_set_listed_and_removed(stempel: Stempel, shop: dict[str, Any]) -> None:
    of_shop = ["--merchant", shop["merchant_id"], "--json"]
    dates = ["--from", "24.12.", "--to", "27.12."]
    assert stempel("closure", "add", *of_shop, *dates, "--dry-run").object == {
        "cards_moved": 0,
        "days_moved_max": 0,
    }
    assert stempel("closure", "list", *of_shop).objects == []
    added = stempel("closure", "add", *of_shop, *dates, "--store", shop["store_id"]).object
    assert (added["from"][4:], added["to"][4:], added["store_id"]) == ("-12-24", "-12-27", shop["store_id"])
    changed = stempel(
        "closure", "set", *of_shop, "--closure", added["closure_id"], "--from", added["from"]
    ).object
    assert (changed["to"], changed["store_id"]) == (added["from"], shop["store_id"])
    [listed] = stempel("closure", "list", *of_shop).objects
    assert listed["closure_id"] == changed["closure_id"]
    which = ["--closure", changed["closure_id"]]
    assert stempel("closure", "remove", *of_shop, *which).object == listed
    assert stempel("closure", "list", *of_shop).objects == []
    told = stempel("closure", "remove", *of_shop, *which)
    assert (told.status, told.err) == (2, "Those holidays are not there any more.\n")


def test_what_is_no_date_is_said(stempel: Stempel, shop: dict[str, Any]) -> None:
    told = stempel("closure", "add", "--merchant", shop["merchant_id"], "--from", "soon")
    assert told.status == 2
    assert told.err.startswith("Those are no dates.")

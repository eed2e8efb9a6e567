"""``takings``: typed and listed on the command line."""

from typing import Any

from tests.cli.conftest import Stempel


def test_last_amount_holds_and_is_listed_with_who_typed_it(stempel: Stempel, shop: dict[str, Any]) -> None:
    of_shop = ["--merchant", shop["merchant_id"], "--json"]
    for amount in ("81.25", "812.50"):
        [typed] = stempel("takings", "set", amount, *of_shop).objects
    day = typed["local_date"]
    assert (typed["amount_minor"], typed["currency"], typed["staff_name"]) == (81_250, "EUR", "")
    assert stempel("takings", "list", *of_shop, "--from", day).objects == [typed]
    report = stempel("report", *of_shop, "--range", "today").object
    assert (report["takings"]["amount_minor"], report["takings_days"]) == (81_250, 1)


def test_what_was_typed_for_a_wrong_day_is_removed_by_a_dash(stempel: Stempel, shop: dict[str, Any]) -> None:
    """As in the chat: as 0 it would be a day without takings, beside which every stamp is flagged."""
    of_shop = ["--merchant", shop["merchant_id"], "--json"]
    day = stempel("takings", "set", "812.50", *of_shop).object["local_date"]
    removed = stempel("takings", "set", "-", *of_shop).object
    assert (removed["local_date"], removed["is_removed"]) == (day, True)
    assert stempel("report", *of_shop, "--range", "today").object["takings_days"] == 0


def test_where_there_are_several_stores_one_is_named(stempel: Stempel, shop: dict[str, Any]) -> None:
    of_shop = ("--merchant", shop["merchant_id"])
    assert stempel("store", "create", *of_shop, "--name", "Gare").status == 0
    ran = stempel("takings", "set", *of_shop, "812.50")
    assert (ran.status, ran.out, ran.err) == (2, "", "There are several stores: say which with --store.\n")
    assert stempel("takings", "set", *of_shop, "--store", shop["store_id"], "812.50").status == 0


def test_what_cannot_be_is_refused_in_a_sentence(stempel: Stempel, shop: dict[str, Any]) -> None:
    of_shop = ["--merchant", shop["merchant_id"]]
    for words, said in (
        (["12.345"], "amount"),
        (["10", "--store", "nowhere"], "store"),
        (["10", "--date", "2020-01-01"], "at most 366 days ago"),
    ):
        ran = stempel("takings", "set", *words, *of_shop)
        assert (ran.status, said in ran.err) == (2, True), ran.err
    assert stempel("takings", "list", *of_shop, "--from", "2020-01-01").out == ""

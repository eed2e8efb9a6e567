"""What owners should look at is listed and dismissed from the command line."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cli.asking import write
from domain.flags import FlagKind, Suspicion
from domain.ids import MerchantId, StaffId
from domain.usecases.flags import RaiseFlags, raise_flags
from tests.cli.conftest import Stempel

NOON = datetime(2026, 6, 15, 10, tzinfo=UTC)


def test_flags_are_listed_and_dismissed(stempel: Stempel, shop: dict[str, Any]) -> None:
    of_shop = ["--merchant", shop["merchant_id"], "--json"]
    [owner] = stempel("staff", "list", *of_shop).objects
    suspicion = Suspicion(
        kind=FlagKind.BURST,
        staff_id=StaffId(owner["staff_id"]),
        period=NOON.date(),
        count=20,
        first_at=NOON,
        last_at=NOON,
    )
    write(raise_flags, RaiseFlags(merchant_id=MerchantId(shop["merchant_id"]), suspicions=[suspicion]))
    [flag] = stempel("flag", "list", *of_shop).objects
    assert (flag["kind"], flag["count"], flag["staff_name"]) == ("burst", 20, owner["name"])
    for _ in range(2):
        assert stempel("flag", "dismiss", *of_shop, "--flag", flag["flag_id"]).objects == [flag]
        assert stempel("flag", "list", *of_shop).objects == []


@pytest.mark.usefixtures("laid")
def test_merchant_that_is_not_there_is_said(stempel: Stempel) -> None:
    told = stempel("flag", "list", "--merchant", "nobody")
    assert (told.status, told.err) == (
        2,
        "No merchant is called nobody: `stempel merchant list` names those there are.\n",
    )


def test_flag_that_is_not_there_is_said(stempel: Stempel, shop: dict[str, Any]) -> None:
    told = stempel("flag", "dismiss", "--merchant", shop["merchant_id"], "--flag", "nothing")
    assert (told.status, told.err) == (2, "There is nothing like this to look at here. Check the id.\n")

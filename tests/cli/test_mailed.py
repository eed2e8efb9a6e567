"""A card by e-mail from the command line."""

from typing import Any

from tests.cli.conftest import Stempel

Shop = dict[str, Any]


def test_a_card_by_mail_needs_a_relay_and_an_address(stempel: Stempel, shop: Shop) -> None:
    where = ("--merchant", shop["merchant_id"], "--store", shop["store_id"])
    ran = stempel("card", "new", *where, "--email", "lea@")
    assert (ran.status, ran.err) == (2, "This is no e-mail address. Check it and send it again.\n")
    ran = stempel("card", "new", *where, "--email", "lea@example.lu")
    assert (ran.status, ran.out) == (2, "")
    assert "SMTP_URL is missing" in ran.err

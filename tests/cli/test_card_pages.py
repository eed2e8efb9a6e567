"""A card is shown, blocked and unblocked from the command line."""

from typing import Any

import pytest

from bot.cli import asking
from domain.plumbing.people import Meet, meet
from tests.cli.conftest import Stempel
from tests.cli.people import ANNA, LEA, PAUL, joins


@pytest.fixture
def card(shop: dict[str, Any]) -> list[str]:
    """Names Léa's card."""
    return ["--merchant", shop["merchant_id"], "--card", joins(shop), "--json"]


def test_card_is_shown_blocked_and_unblocked(stempel: Stempel, card: list[str]) -> None:
    shown = stempel("card", "show", *card).object
    assert (shown["customer_name"], shown["stamp_count"], shown["active"], shown["notes"]) == (
        "Léa",
        0,
        True,
        [],
    )
    blocked = stempel("card", "block", *card, "--reason", "lost phone").object
    [note] = blocked["notes"]
    assert (blocked["active"], note["kind"], note["text"], note["by"]) == (
        False,
        "blocked",
        "lost phone",
        None,
    )
    assert stempel("card", "unblock", *card).object["active"]
    unreasoned = stempel("card", "block", *card, "--reason", " ")
    assert (unreasoned.status, unreasoned.err) == (2, "Please write 1 to 200 characters.\n")


def test_card_that_is_not_there_is_said_to_be_missing(stempel: Stempel, card: list[str]) -> None:
    for what in ("show", "unblock"):
        ran = stempel("card", what, "--merchant", "x", "--card", card[3])
        assert (ran.status, ran.out) == (2, "")
        assert "merchant" in ran.err
        mistyped = stempel("card", what, *card[:2], "--card", "123")
        assert (mistyped.status, mistyped.out) == (2, "")


def test_card_is_moved_once_its_holder_was_asked(stempel: Stempel, card: list[str]) -> None:
    moved = stempel("card", "move", *card).object
    assert moved["move_link"].startswith("https://t.me/stempel_demo_bot?start=m")
    unreasoned = stempel("card", "move", *card, "--vouch", " ")
    assert (unreasoned.status, unreasoned.err) == (2, "Please write 1 to 200 characters.\n")
    vouched = stempel("card", "move", *card, "--vouch", "known for years").object
    assert [(note["kind"], note["text"]) for note in vouched["notes"]] == [
        ("move_vouched", "known for years"),
        ("move_asked", ""),
    ]


def test_nobody_vouches_for_a_move_that_was_not_asked_for(stempel: Stempel, card: list[str]) -> None:
    vouched = stempel("card", "move", *card, "--vouch", "known for years")
    assert (vouched.status, vouched.out) == (2, "")
    assert "No move of this card" in vouched.err


def test_card_is_merged_into_another(stempel: Stempel, card: list[str], shop: dict[str, Any]) -> None:
    into = joins(shop, ANNA)
    meant = stempel("card", "merge", *card, "--into", into)
    assert (meant.status, meant.out) == (2, "")
    assert meant.err.endswith(
        " would go into " + f"{into} of Léa, for good: say --yes if it is one person.\n"
    )
    assert stempel("card", "show", *card).object["card_number"] == card[3]
    asked = stempel("card", "merge", *card, "--into", into, "--yes").object
    assert (asked["asked"], asked["is_reachable"]) == ("Léa", False)
    assert stempel("card", "show", *card).object["card_number"] == card[3]
    vouched = stempel("card", "merge", *card, "--into", into, "--vouch", "known for years").object
    assert [(note["kind"], note["text"]) for note in vouched["notes"]] == [
        ("merged_out", into),
        ("merge_vouched", "known for years"),
        ("merge_asked", into),
    ]
    assert stempel("card", "show", *card).object["card_number"] == into
    again = stempel("card", "merge", *card, "--into", into, "--yes")
    assert (again.status, again.out) == (2, "")
    assert "was merged into card" in again.err
    assert stempel("verify").status == 0


def test_holder_who_can_be_reached_is_waited_for(
    stempel: Stempel, card: list[str], shop: dict[str, Any]
) -> None:
    into, other = joins(shop, ANNA), joins(shop, PAUL)
    asking.write(meet, Meet(account=LEA, name="Léa", telegram_locale=None))
    asked = stempel("card", "merge", *card, "--into", into, "--yes").object
    assert asked["is_reachable"]
    early = stempel("card", "merge", *card, "--into", into, "--vouch", "known for years")
    assert (early.status, early.out) == (2, "")
    assert "has not answered yet" in early.err
    for unasked in (["merge", *card, "--into", other], ["move", *card]):
        vouched = stempel("card", *unasked, "--vouch", "known for years")
        assert (vouched.status, vouched.out) == (2, "")
        assert "is waiting any more" in vouched.err
    withdrawn = stempel("card", "merge", *card, "--into", into, "--withdraw").object
    assert withdrawn["notes"][0]["kind"] == "merge_withdrawn"
    late = stempel("card", "merge", *card, "--into", into, "--withdraw")
    assert (late.status, late.out) == (2, "")
    assert stempel("card", "show", *card).object["card_number"] == card[3]

"""Disputes are listed and settled from the command line."""

from typing import Any

import pytest

from bot.cli.asking import read, write
from bot.kit.links import parse_payload
from domain.account import Account
from domain.acts import Asked, Stamp
from domain.card import CardRef
from domain.ids import BotId, CardId, InviteId, MerchantId, OperationKey, StoreId, TokenHash, UserId
from domain.staff import Actor
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.links import find_route
from domain.usecases.open_dispute import OpenDispute, open_dispute
from domain.usecases.stamp_card import stamp_card
from tests.cli.conftest import Stempel

PAUL, LEA = (Account(bot_id=BotId(110201543), user_id=UserId(user)) for user in (1, 2))


@pytest.fixture
def owner(stempel: Stempel, shop: dict[str, Any]) -> Actor:
    """In a shop without PINs."""
    merchant_id = MerchantId(shop["merchant_id"])
    stempel("program", "set", "--merchant", merchant_id, "require_staff_pin=no")
    payload = parse_payload(shop["owner_link"].partition("start=")[2])
    assert payload is not None
    invite_id = InviteId(read(find_route, payload.token_hash).target_id)
    claimed = write(claim_invite, ClaimInvite(account=PAUL, merchant_id=merchant_id, invite_id=invite_id))
    store_id = StoreId(shop["store_id"])
    return Actor(merchant_id=merchant_id, staff_id=claimed.staff_id, store_id=store_id, account=PAUL)


@pytest.fixture
def disputed(owner: Actor) -> list[str]:
    """The entries of two stamps, of which the customer said that they were not them."""
    join = JoinStore(
        account=LEA,
        name="Léa",
        merchant_id=owner.merchant_id,
        store_id=owner.store_id,
        card_id=CardId("card"),
        card_token_hash=TokenHash("hash"),
        account_hash="",
    )
    write(join_store, join)
    entries = []
    for key in ("one", "two"):
        act = Stamp(card=CardRef("id", "card"), count=1, key=OperationKey(key))
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
    assert stempel(*settle, "x").err == "There is no such merchant. Check the id.\n"
    missing = stempel("dispute", "list", "--merchant", "x")
    assert (missing.status, missing.err) == (2, "There is no such merchant. Check the id.\n")

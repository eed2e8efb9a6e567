"""The operator sees what wallets were told, has them told again, and takes a card out of them."""

from typing import Any

import pytest

from bot.cli.asking import write
from domain.account import Account
from domain.ids import BotId, CardId, MerchantId, UserId
from domain.plumbing.wallets import (
    LeasePasses,
    PassNotTold,
    PassTold,
    WalletOf,
    lease_passes,
    pass_not_told,
    pass_told,
    spread_terms,
)
from domain.usecases.wallets import AddPass, RegisterDevice, add_pass, register_device
from domain.wallet import NotTold, Told, WalletKind, WalletPass
from tests.cli.conftest import Stempel
from tests.cli.people import joins

BOT = BotId(110201543)
APPLE = WalletOf(bot_id=BOT, wallet=WalletKind.APPLE)


@pytest.fixture
def number(shop: dict[str, Any]) -> str:
    return joins(shop)


@pytest.fixture
def card(shop: dict[str, Any], number: str) -> list[str]:
    return ["--merchant", shop["merchant_id"], "--card", number, "--json"]


@pytest.fixture
def mine(shop: dict[str, Any], number: str) -> WalletPass:
    """Léa's card in Apple Wallet, on one phone."""
    command = AddPass(
        account=Account(bot_id=BOT, user_id=UserId(2)),
        merchant_id=MerchantId(shop["merchant_id"]),
        card_id=CardId("card 2"),
        wallet=WalletKind.APPLE,
    )
    found = write(add_pass, command).wallet_pass
    write(register_device, RegisterDevice(key=found.key, device_hash="a phone", push_token="a token"))
    return found


def leased() -> list[WalletPass]:
    return [*write(lease_passes, LeasePasses(of=APPLE, holder="a worker", limit=9))]


def test_a_pass_is_seen_pushed_again_and_voided(stempel: Stempel, card: list[str], mine: WalletPass) -> None:
    shown = stempel("wallet", "show", *card).object
    assert (shown["pass_id"], shown["wallet"], shown["state"]) == (mine.pass_id, "apple", "told")
    assert (shown["device_count"], len(shown["devices"]), shown["due_at"]) == (1, 1, None)
    assert "token" not in str(shown)
    assert stempel("wallet", "push", *card).object["state"] == "owed"
    [owed] = leased()
    write(pass_told, PassTold(wallet_pass=owed, outcome=Told()))
    assert stempel("wallet", "show", *card[:-1]).out.split()[3] == "told"
    stempel("wallet", "void", *card)
    [void] = leased()
    assert void.voided_at is not None
    write(pass_told, PassTold(wallet_pass=void, outcome=Told()))
    assert stempel("wallet", "show", *card).object["state"] == "void"


def test_what_was_given_up_is_listed_and_pushed_again(
    stempel: Stempel, card: list[str], number: str, mine: WalletPass
) -> None:
    assert stempel("wallet", "failures", "--json").objects == []
    stempel("wallet", "push", *card)
    [owed] = leased()
    refused = NotTold(reason="apns 400 BadTopic", is_for_good=True)
    write(pass_not_told, PassNotTold(wallet_pass=owed, outcome=refused))
    failed = stempel("wallet", "failures", "--json").object
    assert (failed["pass_id"], failed["card_number"]) == (mine.pass_id, number)
    assert (failed["state"], failed["error"], failed["merchant_id"]) == (
        "given_up",
        "apns 400 BadTopic",
        mine.merchant_id,
    )
    stempel("wallet", "push", *card)
    [owed] = leased()
    write(pass_not_told, PassNotTold(wallet_pass=owed, outcome=NotTold(reason="apns 500")))
    assert stempel("wallet", "failures", "--json").object["state"] == "failing"
    stempel("wallet", "push", *card)
    assert stempel("wallet", "failures", "--json").objects == [], "as if nothing had been tried"


def test_all_cards_of_a_shop_are_pushed_again(
    stempel: Stempel, shop: dict[str, Any], mine: WalletPass
) -> None:
    of_shop = ["--merchant", shop["merchant_id"], "--json"]
    assert stempel("wallet", "push", *of_shop).object == {"merchant_id": shop["merchant_id"]}
    write(spread_terms, None)
    assert [each.pass_id for each in leased()] == [mine.pass_id]


def test_what_is_not_there_is_said(stempel: Stempel, shop: dict[str, Any], card: list[str]) -> None:
    assert stempel("wallet", "show", *card).objects == []
    unknown = stempel("wallet", "push", "--merchant", "x")
    assert (unknown.status, unknown.out) == (2, "")
    mistyped = stempel("wallet", "void", "--merchant", shop["merchant_id"], "--card", "123")
    assert (mistyped.status, mistyped.out) == (2, "")

"""Cards in wallets, as the operator looks after them."""

from typing import Any

import click

from bot.cli.asking import read, write
from bot.cli.card_pages import number_option
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show, show_line
from bot.kit.settings import load_settings
from domain.card import CardRef
from domain.ids import MerchantId
from domain.rules.card_numbers import parse_card_number
from domain.usecases.keep_wallets import (
    PassesOf,
    PassSeen,
    failing_passes,
    see_passes,
    tell_card_again,
    tell_shop_again,
    void_card_passes,
)


@click.command()
@merchant_option
@number_option
@json_option
def show_command(merchant: str, number: str, *, as_json: bool) -> None:
    """Print the passes of a card, the oldest first, one a line, and in JSON the phones that hear of each."""
    for each in read(see_passes, _of(merchant, number)):
        devices = [{"registered_at": device.registered_at} for device in each.devices]
        _print({**_facts(each), "devices": devices}, as_json=as_json)


@click.command()
@json_option
def failures_command(*, as_json: bool) -> None:
    """Print the passes of which no wallet could be told, of all shops, one a line: first those given up."""
    for each in read(failing_passes, load_settings().bot_id):
        _print({"merchant_id": each.standing.wallet_pass.merchant_id, **_facts(each)}, as_json=as_json)


@click.command()
@merchant_option
@click.option("--card", "number", help="The card's number; without it all cards of the shop.")
@json_option
def push_command(merchant: str, number: str | None, *, as_json: bool) -> None:
    """Tell wallets again: those of a card at once, those of a shop some after the other. The running bot does it."""
    if number is not None:
        for each in write(tell_card_again, _of(merchant, number)):
            _print(_facts(each), as_json=as_json)
        return
    write(tell_shop_again, MerchantId(merchant))
    show({"merchant_id": merchant}, as_json=as_json)


@click.command()
@merchant_option
@number_option
@json_option
def void_command(merchant: str, number: str, *, as_json: bool) -> None:
    """Take a card out of all wallets; print its passes. The card stays, and may be put there anew."""
    for each in write(void_card_passes, _of(merchant, number)):
        _print(_facts(each), as_json=as_json)


def _of(merchant: str, number: str) -> PassesOf:
    card = CardRef("number", parse_card_number(number))
    return PassesOf(merchant_id=MerchantId(merchant), card=card)


def _facts(seen: PassSeen) -> dict[str, Any]:
    standing, wallet_pass = seen.standing, seen.standing.wallet_pass
    return {
        "pass_id": wallet_pass.pass_id,
        "card_number": seen.card_number,
        "wallet": wallet_pass.wallet,
        "state": _state(seen),
        "created_at": wallet_pass.created_at,
        "changed_at": wallet_pass.changed_at,
        "due_at": standing.due_at,
        "attempts": wallet_pass.attempts,
        "error": standing.error,
        "device_count": standing.device_count,
    }


def _state(seen: PassSeen) -> str:
    standing = seen.standing
    if standing.given_up_at is not None:
        return "given_up"
    if standing.due_at is not None:
        return "failing" if standing.wallet_pass.attempts else "owed"
    return "void" if standing.wallet_pass.voided_at is not None else "told"


def _print(facts: dict[str, Any], *, as_json: bool) -> None:
    """For people without facts that are None, and with the number of devices alone."""
    if not as_json:
        facts = {name: fact for name, fact in facts.items() if fact is not None and name != "devices"}
    show_line(facts, as_json=as_json)

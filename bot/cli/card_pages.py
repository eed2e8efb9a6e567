"""A customer's card: looked at, blocked and unblocked."""

from dataclasses import asdict

import click

from bot.cli.asking import read, write
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show
from domain.card import CardRef
from domain.ids import MerchantId
from domain.rules.card_numbers import parse_card_number
from domain.usecases.manage_cards import CardPage, SeeCard, SetBlocked, see_card, set_blocked

number_option = click.option("--card", "number", required=True, help="The card's number.")


@click.group()
def card() -> None:
    """Customers' cards."""


@card.command("show")
@merchant_option
@number_option
@json_option
def show_command(merchant: str, number: str, *, as_json: bool) -> None:
    """Print whose card it is, what is on it, and the newest notes."""
    query = SeeCard(merchant_id=MerchantId(merchant), account=None, card=_ref(number))
    _show(read(see_card, query), as_json=as_json)


@card.command("block")
@merchant_option
@number_option
@click.option("--reason", required=True, help="Kept as a note; the customer is told without it.")
@json_option
def block_command(merchant: str, number: str, reason: str, *, as_json: bool) -> None:
    """Let nothing happen on a card until it is unblocked; its holder is told."""
    _set_blocked(merchant, number, is_blocked=True, reason=reason, as_json=as_json)


@card.command("unblock")
@merchant_option
@number_option
@json_option
def unblock_command(merchant: str, number: str, *, as_json: bool) -> None:
    """Let a blocked card work again; its holder is told."""
    _set_blocked(merchant, number, is_blocked=False, reason="", as_json=as_json)


def _set_blocked(merchant: str, number: str, *, is_blocked: bool, reason: str, as_json: bool) -> None:
    command = SetBlocked(
        merchant_id=MerchantId(merchant),
        account=None,
        card=_ref(number),
        is_blocked=is_blocked,
        reason=reason,
    )
    _show(write(set_blocked, command), as_json=as_json)


def _ref(number: str) -> CardRef:
    return CardRef("number", parse_card_number(number))


def _show(page: CardPage, *, as_json: bool) -> None:
    state = page.state
    facts = {
        "card_number": state.card_number,
        "customer_name": state.customer_name,
        "stamp_count": state.stamp_count,
        "points_balance": state.points_balance,
        "rewards_available": state.rewards_available,
        "active": page.is_active,
        "created_at": page.created_at,
        "notes": [asdict(note) for note in page.notes],
    }
    show(facts, as_json=as_json)


COMMANDS = (card,)

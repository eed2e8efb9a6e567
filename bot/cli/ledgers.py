"""Reading the ledger and the cards."""

import asyncio
from dataclasses import asdict

import click

from bot.app.database import existing_database
from bot.cli.asking import read
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show_line
from bot.kit.settings import Settings, load_settings
from domain.history import LedgerLine
from domain.ids import CardNumber, MerchantId
from domain.refusals import MerchantNotFound
from domain.rules.card_numbers import parse_card_number
from domain.usecases.flagged_cards import flagged_cards
from domain.usecases.set_up import merchant_name


@click.command()
@merchant_option
@click.option("--card", default=None, help="Only this card, by its number.")
@json_option
def ledger(merchant: str, card: str | None, *, as_json: bool) -> None:
    """Print the entries, oldest first, one a line."""
    number = parse_card_number(card) if card else None
    asyncio.run(_ledger(load_settings(), MerchantId(merchant), number, as_json=as_json))


@click.command()
@merchant_option
@click.option(
    "--flagged", is_flag=True, help="Only what an owner should look at, with the reason and the member."
)
@json_option
def cards(merchant: str, *, flagged: bool, as_json: bool) -> None:
    """Print the cards, one a line."""
    if flagged:
        for line in read(flagged_cards, MerchantId(merchant)):
            show_line(line, as_json=as_json)
        return
    asyncio.run(_cards(load_settings(), MerchantId(merchant), as_json=as_json))


SELDOM = ("approved_by", "factor_tenths", "stamps_carried_minor", "points_carried_nano")


async def _ledger(
    settings: Settings, merchant_id: MerchantId, number: CardNumber | None, *, as_json: bool
) -> None:
    async with existing_database(settings) as store:
        if await store.read(merchant_name, merchant_id) is None:
            raise MerchantNotFound
        async for line in store.ledger(merchant_id, number):
            show_line(told(line), as_json=as_json)


def told(line: LedgerLine) -> dict[str, object]:
    """Every line has the keys that programs rely on; those of ``SELDOM`` are there only where they say something."""
    return {key: fact for key, fact in asdict(line).items() if fact is not None or key not in SELDOM}


async def _cards(settings: Settings, merchant_id: MerchantId, *, as_json: bool) -> None:
    async with existing_database(settings) as store:
        if await store.read(merchant_name, merchant_id) is None:
            raise MerchantNotFound
        async for line in store.cards(merchant_id):
            show_line(line, as_json=as_json)

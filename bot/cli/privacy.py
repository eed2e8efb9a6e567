"""What is kept of a customer: handed out, and erased."""

import asyncio
from pathlib import Path

import click

from bot.app.database import existing_database
from bot.app.secret_key import agreed_secret
from bot.cli.asking import read
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show
from bot.cli.writing import Written, force_option
from bot.kit.settings import Settings, load_settings
from bot.kit.tokens import Tokens
from bot.kit.whole_files import in_place_of
from bot.views.personal_data import as_json as data_as_json
from domain.card import CardRef
from domain.ids import MerchantId
from domain.rules.card_numbers import parse_card_number
from domain.usecases.privacy import EraseCard, Erased, OfCard, data_of_card, erase_card

number_option = click.option("--card", "number", required=True, help="The number of one of their cards.")


@click.command()
@merchant_option
@number_option
@click.option("--out", type=Written(), help="Into this file.")
@force_option
@json_option
def export_command(merchant: str, number: str, out: Path | None, *, as_json: bool) -> None:  # noqa: ARG001
    """Print all that the shop keeps of a card's holder, as JSON."""
    asked = OfCard(merchant_id=MerchantId(merchant), card=_ref(number))
    told = data_as_json(read(data_of_card, asked))
    if out is None:
        click.echo(told)
    else:
        with in_place_of(out) as part:
            part.touch(mode=0o600)
            part.write_text(told)


@click.command()
@merchant_option
@number_option
@click.option("--yes", "is_meant", is_flag=True, help="Do it.")
@json_option
def erase_command(merchant: str, number: str, *, is_meant: bool, as_json: bool) -> None:
    """Erase a card's holder at the shop, for good: what is on their cards is lost, sums stay under nobody.

    They are not told: tell them. Copies of the database keep them until you throw the copies away.
    """
    if not is_meant:
        raise click.UsageError("Their cards and what is on them would be lost for good: say --yes.")
    done, is_wiped = asyncio.run(_erase(load_settings(), MerchantId(merchant), _ref(number)))
    show({"erased_at_shops": list(done.shops), "is_wiped": is_wiped}, as_json=as_json)
    if not is_wiped:
        click.echo("The running bot wipes it from the files of the database within a minute.", err=True)


async def _erase(settings: Settings, merchant_id: MerchantId, card: CardRef) -> tuple[Erased, bool]:
    async with existing_database(settings) as database:
        tokens = Tokens(await agreed_secret(settings, database))
        command = EraseCard(merchant_id=merchant_id, card=card, account_hash=tokens.account_hash)
        done = await database.write(erase_card, command)
        return done, await database.wipe(thoroughly=False)


def _ref(number: str) -> CardRef:
    return CardRef("number", parse_card_number(number))

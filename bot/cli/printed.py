"""Cards for customers without Telegram, printed on sheets."""

import asyncio
from pathlib import Path

import click

from bot.cli.linking import write_with_links
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show
from bot.cli.writing import Written, check_written, force_option
from bot.kit.clock import new_id
from bot.kit.settings import load_settings
from bot.kit.tokens import token_hash
from bot.kit.whole_files import in_place_of
from bot.pictures.printed import draw_printed
from bot.texts import texts
from bot.views.printed import printed_face, printed_file_name
from domain.account import Locale
from domain.ids import MerchantId, ProgramId, SheetId
from domain.printed import BLANKS_MAX, SHEET_CARDS
from domain.usecases.print_cards import PrintCards, print_cards


@click.command()
@merchant_option
@click.option("--program", "program_id", help="The program's id.  [default: the first that gives new cards]")
@click.option("--count", type=int, default=SHEET_CARDS, show_default=True, help="How many cards.")
@click.option("--sheet", "sheet_id", help="Print what is left of this sheet again, in place of a new one.")
@click.option(
    "--locale", type=click.Choice([each.value for each in Locale]), help="[default: the shop's language]"
)
@click.option("--out", type=Written(), help="The file to write.")
@force_option
@json_option
def print_command(
    merchant: str,
    program_id: str | None,
    count: int,
    sheet_id: str | None,
    locale: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write cards for customers without Telegram as a PDF, ten on a page; each is somebody's once it is served."""
    check_written(out or Path("cards.pdf"))
    if count < 1:
        raise TermMalformed(f"--count goes from 1 to {BLANKS_MAX}.")
    sheet = SheetId(sheet_id or new_id())
    links, found = asyncio.run(
        write_with_links(
            load_settings(),
            print_cards,
            lambda tokens: PrintCards(
                merchant_id=MerchantId(merchant),
                account=None,
                sheet_id=sheet,
                card_hash=lambda card_id, rotation: token_hash(tokens.card_token(card_id, rotation)),
                program_id=ProgramId(program_id) if program_id else None,
                count=count,
                is_again=sheet_id is not None,
            ),
        )
    )
    t = texts(Locale(locale) if locale else found.merchant.speaks[0])
    file = out or Path(printed_file_name(t, found))
    drawn = draw_printed(printed_face(t, found, links))
    try:
        with in_place_of(file) as part:
            part.touch(mode=0o600)
            part.write_bytes(drawn)
    except OSError:
        click.echo(f"The cards are made, and not written: print them with --sheet {sheet}.", err=True)
        raise
    numbers = [blank.number for blank in found.blanks]
    show({"file": str(file), "sheet_id": sheet, "cards": numbers}, as_json=as_json)

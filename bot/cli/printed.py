"""Sheets of printed cards: written as a PDF, listed, withdrawn."""

import asyncio
from dataclasses import asdict
from pathlib import Path

import click

from bot.cli.asking import read, write, write_with_links
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show
from bot.kit.clock import new_id
from bot.kit.settings import load_settings
from bot.kit.tokens import token_hash
from bot.pictures.printed import draw_printed
from bot.texts import texts
from bot.views.printed import printed_face, printed_file_name
from domain.account import Locale
from domain.ids import MerchantId, ProgramId, SheetId
from domain.printed import SHEET_CARDS
from domain.usecases.print_cards import (
    PrintCards,
    SeeSheets,
    Sheets,
    WithdrawSheet,
    print_cards,
    see_sheets,
    withdraw_sheet,
)


@click.command("print")
@merchant_option
@click.option("--program", "program_id", help="The program's id.  [default: the first that gives new cards]")
@click.option("--count", type=int, default=SHEET_CARDS, show_default=True, help="How many cards.")
@click.option("--sheet", "sheet_id", help="Print what is left of this sheet again, in place of a new one.")
@click.option(
    "--locale", type=click.Choice([each.value for each in Locale]), help="[default: the shop's language]"
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
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
            ),
        )
    )
    t = texts(Locale(locale) if locale else found.merchant.speaks[0])
    file = out or Path(printed_file_name(found))
    file.write_bytes(draw_printed(printed_face(t, found, links)))
    numbers = [blank.number for blank in found.blanks]
    show({"file": str(file), "sheet_id": sheet, "cards": numbers}, as_json=as_json)


@click.command("sheets")
@merchant_option
@json_option
def sheets_command(merchant: str, *, as_json: bool) -> None:
    """Print what is left of each sheet of printed cards, the newest first."""
    _show(read(see_sheets, SeeSheets(merchant_id=MerchantId(merchant), account=None)), as_json=as_json)


@click.command("withdraw")
@merchant_option
@click.option("--sheet", "sheet_id", required=True, help="The sheet's id, as `card sheets` prints it.")
@json_option
def withdraw_command(merchant: str, sheet_id: str, *, as_json: bool) -> None:
    """Let nobody begin the cards that are left of a lost sheet; cards in use go on."""
    command = WithdrawSheet(merchant_id=MerchantId(merchant), account=None, sheet_id=SheetId(sheet_id))
    _show(write(withdraw_sheet, command), as_json=as_json)


def _show(found: Sheets, *, as_json: bool) -> None:
    show({"sheets": [asdict(sheet) for sheet in found.sheets]}, as_json=as_json)


COMMANDS = (print_command, sheets_command, withdraw_command)

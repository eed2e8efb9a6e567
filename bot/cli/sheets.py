"""What is left of sheets of printed cards."""

from dataclasses import asdict

import click

from bot.cli.asking import read, write
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show
from domain.ids import MerchantId, SheetId
from domain.usecases.print_cards import SeeSheets, Sheets, WithdrawSheet, see_sheets, withdraw_sheet


@click.command()
@merchant_option
@json_option
def sheets_command(merchant: str, *, as_json: bool) -> None:
    """Print what is left of each sheet of printed cards, the newest first."""
    _show(read(see_sheets, SeeSheets(merchant_id=MerchantId(merchant), account=None)), as_json=as_json)


@click.command()
@merchant_option
@click.option("--sheet", "sheet_id", required=True, help="The sheet's id, as `card sheets` prints it.")
@json_option
def withdraw_command(merchant: str, sheet_id: str, *, as_json: bool) -> None:
    """Let nobody begin the cards that are left of a lost sheet; cards in use go on."""
    command = WithdrawSheet(merchant_id=MerchantId(merchant), account=None, sheet_id=SheetId(sheet_id))
    _show(write(withdraw_sheet, command), as_json=as_json)


def _show(found: Sheets, *, as_json: bool) -> None:
    show({"sheets": [asdict(sheet) for sheet in found.sheets]}, as_json=as_json)

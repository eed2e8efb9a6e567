"""Flags, on the command line."""

import click

from bot.cli.asking import read, write
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show, show_line
from domain.ids import FlagId, MerchantId
from domain.usecases.flags import DismissFlag, SeeFlags, dismiss_flag, see_flags


@click.command()
@merchant_option
@json_option
def list_command(merchant: str, *, as_json: bool) -> None:
    """Print what nobody has dismissed, newest first, one a line."""
    found = read(see_flags, SeeFlags(account=None, merchant_id=MerchantId(merchant)))
    for line in found.flags:
        show_line(line, as_json=as_json)


@click.command()
@merchant_option
@click.option("--flag", "flag_id", required=True, help="The flag's id, as `flag list` prints it.")
@json_option
def dismiss_command(merchant: str, flag_id: str, *, as_json: bool) -> None:
    """Say that it was right."""
    command = DismissFlag(account=None, merchant_id=MerchantId(merchant), flag_id=FlagId(flag_id))
    show(write(dismiss_flag, command).flag, as_json=as_json)

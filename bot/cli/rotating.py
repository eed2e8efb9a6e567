"""Exchanging the secret key."""

import asyncio

import click

from bot.app.rotating import rotate_secret
from bot.cli.printing import json_option, show_line
from bot.kit.settings import Settings, load_settings


@click.command()
@click.option("--yes", "is_meant", is_flag=True, help="Do it.")
@json_option
def rotate_secret_command(*, is_meant: bool, as_json: bool) -> None:
    """Exchange a secret key that is lost or known to others for another; the bot must not be running.

    Every card has a new code, and customers are told; codes of before are refused. Every PIN has to be chosen
    anew, by the links that are printed, one member a line. Posters go on working. The next key is made, or is
    SECRET_KEY where that is set. Killed half-way, it is finished by the next start, or by asking again.
    """
    if not is_meant:
        raise click.UsageError(
            "Every card would have a new code, the old ones would be refused, every PIN be chosen anew: say --yes."
        )
    asyncio.run(_rotate(load_settings(), as_json=as_json))


async def _rotate(settings: Settings, *, as_json: bool) -> None:
    async with rotate_secret(settings) as links:
        for link in links:
            show_line(link, as_json=as_json)
        pins = "Hand each member their link." if links else "Nobody had a PIN to choose anew."
    click.echo(f"The key is exchanged: every card has a new code. {pins}", err=True)

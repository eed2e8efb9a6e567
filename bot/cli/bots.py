"""The bots that serve a database."""

import asyncio

import click

from bot.app.database import existing_database
from bot.cli.printing import json_option, show
from bot.kit.settings import load_settings
from bot.telegram.username import add_bot


@click.command()
@json_option
def add_bot_command(*, as_json: bool) -> None:
    """Let the bot of BOT_TOKEN serve a database that another bot has served.

    Cards and teams stay with the bot in whose chat they are: customers join this one anew, members are invited to it
    by new links, and only posters made from now on lead to it.
    """
    show({"bot": f"@{asyncio.run(_add())}"}, as_json=as_json)


async def _add() -> str:
    settings = load_settings()
    async with existing_database(settings) as database:
        return (await add_bot(settings, database)).username

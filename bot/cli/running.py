"""Running the bot."""

import asyncio

import click

from bot.logs import set_up_logging
from bot.main import run as run_bot
from bot.settings import load_settings


@click.command()
def run() -> None:
    """Run the bot: polling, or a webhook when WEBHOOK_URL is set."""
    settings = load_settings()
    settings.token  # noqa: B018 - says what is missing before anything starts
    set_up_logging(settings.log_level, settings.log_format)
    asyncio.run(run_bot(settings))


COMMANDS = (run,)

"""Running the bot."""

import asyncio
import gc
from contextlib import nullcontext

import click

from bot.kit.cores import one_core
from bot.kit.loading import loading
from bot.kit.logs import set_up_logging
from bot.kit.settings import load_settings
from domain.merchant import ProgramKind

GARBAGE_THRESHOLDS = 20_000, 20, 50
"""A batch of updates makes tens of thousands of objects and drops them again; with Python's default of 700, looking
through them took a tenth of the whole path's time."""


@click.command()
def run() -> None:
    """Run the bot: polling, or a webhook when WEBHOOK_URL is set."""
    settings = load_settings()
    settings.token  # noqa: B018 - says what is missing before anything starts
    with loading():
        from bot.app.main import run as run_bot  # noqa: PLC0415
    set_up_logging(settings.log_level, settings.log_format)
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    with one_core() if settings.cores == "one" else nullcontext():
        asyncio.run(run_bot(settings))


@click.command()
@click.option("--port", type=int, default=None, help="The page's port; any free one if the usual is taken.")
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
@click.option(
    "--program",
    type=click.Choice([kind.value for kind in ProgramKind]),
    default=ProgramKind.STAMPS.value,
    help="What the café's cards collect.",
)
def demo(*, port: int | None, browser: bool, program: str) -> None:
    """Run the same bot against the built-in sandbox, with the chats in a browser page; needs no token."""
    with loading():
        from bot.app.demo import demo as run_demo  # noqa: PLC0415
    set_up_logging("WARNING", "text")
    asyncio.run(run_demo(port=port, open_browser=browser, program=ProgramKind(program)))

"""The composition root of the bot: what runs until it is told to stop."""

import asyncio
import logging
import os
import signal
import threading
import time
from dataclasses import replace

import xlsxwriter  # noqa: F401 - else the first export would

from bot.app.bot import open_bot
from bot.app.database import at_work, joined, last_time, open_database
from bot.app.process import Surroundings, open_process, timetable
from bot.app.secret_key import agreed_secret
from bot.delivery.wallets import check_wallets
from bot.kit.clock import SteadyClock
from bot.kit.settings import Settings
from bot.kit.web import check_free
from domain.crew import Peers
from domain.ports import Database

logger = logging.getLogger(__name__)

ENDS_WITHIN_S = 9.0
"""The process ends within this time after it is told to."""


async def run(settings: Settings, around: Surroundings = Surroundings()) -> None:  # noqa: B008
    """Runs the bot until it is told to stop. Raises SettingsProblem and PROBLEMS."""
    stop = set_by_signals()
    await run_until(stop, settings, around)


async def run_until(stop: asyncio.Event, settings: Settings, around: Surroundings) -> None:
    check_wallets(settings)
    with at_work(settings):
        await check_free(settings.listened_on)
        known = last_time(settings)
        steady = SteadyClock(around.clock, time.monotonic, known, around.clock_news)
        told = replace(around, clock=steady)
        async with open_database(settings, told) as database, joined(settings, database) as peers:
            secret = await agreed_secret(settings, database)
            await serve(settings, secret, database, stop, told, peers)


def set_by_signals() -> asyncio.Event:
    """Set when the process is told to stop."""
    stop = asyncio.Event()

    def told() -> None:
        stop.set()
        last = threading.Timer(ENDS_WITHIN_S, _end_at_once)
        last.daemon = True
        last.start()

    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told)
    return stop


def _end_at_once() -> None:
    """Ends the process: what has not ended by now waits for something that may never come. Nothing is lost: what was
    not brought to its end is taken up at the next start, as after a crash."""
    logger.warning("not everything came to its end in %.0f s: the next start takes it up", ENDS_WITHIN_S)
    logging.shutdown()
    os._exit(0)


async def serve(
    settings: Settings,
    secret: bytes,
    database: Database,
    stop: asyncio.Event,
    around: Surroundings,
    peers: Peers = Peers(),  # noqa: B008
) -> None:
    """One bot in one process, until ``stop`` is set. Raises SettingsProblem when its first call is refused."""
    async with (
        open_process(secret, database, around, settings.health_listen, peers) as process,
        open_bot(settings, process, around, stop) as means,
    ):
        if means is not None:
            async with timetable(process, [means]):
                around.on_ready()
                await stop.wait()
                database.hurry()

"""The bot as ``python -m bot run`` starts it, but with sending limits that are so many times Telegram's.

``python -m tests.benchmarks.scaled_bot FACTOR`` reads the same settings from the environment.
"""

import asyncio
import gc
import sys

from bot.app.main import run
from bot.app.process import Surroundings
from bot.cli.running import GARBAGE_THRESHOLDS
from bot.kit.logs import set_up_logging
from bot.kit.settings import load_settings
from bot.telegram import rate_limit as gate
from bot.telegram.pacing import SendingLimits


def scaled(factor: float) -> SendingLimits:
    """The bot's own limits in a time that runs ``factor`` times as fast."""
    usual = SendingLimits()
    return SendingLimits(
        overall_per_second=usual.overall_per_second * factor,
        private_chat_per_second=usual.private_chat_per_second * factor,
        group_per_second=usual.group_per_second * factor,
    )


def main(factor: float) -> None:
    settings = load_settings()
    set_up_logging(settings.log_level, settings.log_format)
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    gate.STAFF = gate.Allowance(per_second=gate.STAFF.per_second * factor, burst=gate.STAFF.burst)
    asyncio.run(run(settings, Surroundings(limits=scaled(factor))))


if __name__ == "__main__":
    main(float(sys.argv[1]))

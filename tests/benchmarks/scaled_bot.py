"""The bot as ``python -m bot run`` starts it, only with limits so many times Telegram's.

``python -m tests.benchmarks.scaled_bot FACTOR`` reads the same settings from the environment.
"""

import asyncio
import gc
import sys

from bot import gate
from bot.cli.running import GARBAGE_THRESHOLDS
from bot.logs import set_up_logging
from bot.main import run
from bot.pacing import Limits
from bot.process import Surroundings
from bot.settings import load_settings


def scaled(factor: float) -> Limits:
    """The bot's own limits in a time that runs ``factor`` times as fast."""
    usual = Limits()
    return Limits(
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

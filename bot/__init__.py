"""Everything a person or Telegram touches: handlers, jobs, pictures, texts, the sandbox."""

import os

__version__ = "0.1.0"
"""Written here, because where the bot runs from its folder no package is installed that could be asked."""

# python-telegram-bot then gives durations as timedelta, and does not warn each time that it will one day.
os.environ.setdefault("PTB_TIMEDELTA", "1")

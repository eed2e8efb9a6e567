"""Everything a person or Telegram touches: handlers, jobs, pictures, texts, the sandbox."""

import os

__version__ = "0.1.0"
"""Here, for where the bot runs from its folder nothing is installed under its name that could be asked."""

# python-telegram-bot then gives durations as timedelta, and does not warn each time that it will one day.
os.environ.setdefault("PTB_TIMEDELTA", "1")

"""Everything a person or Telegram touches: handlers, jobs, pictures, texts, the sandbox."""

import os

# python-telegram-bot then gives durations as timedelta, and does not warn each time that it will one day.
os.environ.setdefault("PTB_TIMEDELTA", "1")

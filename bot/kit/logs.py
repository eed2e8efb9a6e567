"""Logs without secrets: no token, no PIN, no whole update. Each line of a bot says which."""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

import msgspec

from bot.kit.bounded import remember
from domain.ids import BotId
from domain.link import LinkKind

_bot: ContextVar[BotId | None] = ContextVar("bot", default=None)
_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,}")
_TOKEN_IN_PATH = re.compile(r"/bot\d+:[^/\s]+")
_SIGNED = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bya29\.[\w.-]+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_START_PAYLOAD = re.compile(rf"(start=[{''.join(LinkKind)}])[A-Za-z0-9_-]{{22}}")

SAID_EVERY_S = 60.0
"""How often a line that comes again and again is written."""
LINES_KNOWN_MAX = 1_000


@contextmanager
def lines_of(bot_id: BotId | None) -> Iterator[None]:
    """What is logged in the block, and in tasks made there, is of this bot; None is the process itself."""
    before = _bot.set(bot_id)
    try:
        yield
    finally:
        _bot.reset(before)


class WhichBot(logging.Filter):
    """Gives every line the id of the bot that it is about, if there is one; never the token."""

    def filter(self, record: logging.LogRecord) -> bool:
        bot_id = _bot.get()
        record.__dict__.update(bot=bot_id, of_bot=f"[bot {bot_id}] " if bot_id else "")
        return True


class Redaction(logging.Filter):
    """The last guard: whatever a library writes, no token, link's secret or e-mail address gets through."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = redacted(logging.Formatter().formatException(record.exc_info))
        return True


class Repeats(logging.Filter):
    """Lets the same trouble through once a minute: while a disk is full or a server is away, a dozen lines would come
    each second, and fill the disk some more. The next of its kind says how many were left out."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._said: dict[tuple[str, str, str], tuple[float, int]] = {}
        """When a line was let through, and how many were left out since. The latest comes last."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Needs ``Redaction`` before it, which puts the arguments into the message."""
        if record.levelno < logging.WARNING:
            return True
        now, line = self._seconds(), (record.name, str(record.msg), record.exc_text or "")
        said_at, left_out = self._said.get(line, (-SAID_EVERY_S, 0))
        if now - said_at < SAID_EVERY_S:
            self._said[line] = said_at, left_out + 1
            return False
        if left_out:
            record.msg = f"{record.msg} ({left_out} more like it since)"
        remember(self._said, line, (now, 0), LINES_KNOWN_MAX)
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if bot := getattr(record, "bot", None):
            line["bot"] = bot
        if record.exc_text:
            line["error"] = record.exc_text
        return msgspec.json.encode(line).decode()


def set_up_logging(level: str, form: Literal["text", "json"]) -> None:
    """Logs to standard error. httpx writes whole addresses at INFO, with the token, so it is heard from WARNING on.
    APScheduler's warning that a job still runs is left out: ``/healthz`` tells of a job that stands still."""
    handler = logging.StreamHandler(sys.stderr)
    for each in (Redaction(), WhichBot(), Repeats()):
        handler.addFilter(each)
    if form == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(of_bot)s%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in (
        "httpx",
        "httpcore",
        "apscheduler",
        "telegram",
        "aiohttp.access",
        "aiosqlite",
        "alembic",
        "hpack",
        "h2",
    ):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
    logging.getLogger("apscheduler.scheduler").setLevel(max(logging.ERROR, logging.getLogger().level))


def redacted(text: str) -> str:
    text = _TOKEN_IN_PATH.sub("/bot<token>", text)
    text = _TOKEN.sub("<token>", text)
    text = _SIGNED.sub("<token>", text)
    text = _ADDRESS.sub("<address>", text)
    return _START_PAYLOAD.sub(r"\1<secret>", text)

"""What is logged opens nothing: no token of the bot, no secret of a link; and it says which bot it is of."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Literal

import pytest
from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.kit.logs import (
    LINES_KNOWN_MAX,
    JsonFormatter,
    Redaction,
    Repeats,
    lines_of,
    redacted,
    set_up_logging,
)
from domain.ids import BotId
from domain.link import LinkKind

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
SECRET = "AAAAAAAAAAAAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("written", "logged"),
    [
        (f"token {TOKEN} refused", "token <token> refused"),
        (f"POST https://api.telegram.org/bot{TOKEN}/getMe", "POST https://api.telegram.org/bot<token>/getMe"),
        ("GET /file/bot1:short/photos/1.jpg", "GET /file/bot<token>/photos/1.jpg"),
        *(
            (
                f"https://t.me/stempel_bot?start={kind}{SECRET}",
                f"https://t.me/stempel_bot?start={kind}<secret>",
            )
            for kind in LinkKind
        ),
        ("550 5.1.1 <lea.weber+cards@example.co.uk>", "550 5.1.1 <<address>>"),
        ("Authorization: Bearer ya29.c0AT-x_y.z", "Authorization: Bearer <token>"),
        (
            "https://pay.google.com/gp/v/save/eyJhbGciOi.eyJpc3Mi.c2ln",
            "https://pay.google.com/gp/v/save/<token>",
        ),
        ("12:30 at 5 of 10", "12:30 at 5 of 10"),
    ],
)
def test_secrets_are_blotted_out_and_nothing_else_is(written: str, logged: str) -> None:
    assert redacted(written) == logged


@pytest.mark.parametrize("formatter", [logging.Formatter(), JsonFormatter()], ids=["text", "json"])
def test_neither_a_message_nor_its_arguments_nor_its_traceback_tells_the_token(
    formatter: logging.Formatter,
) -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redaction())
    handler.setFormatter(formatter)
    logger = logging.Logger("a library")
    logger.addHandler(handler)
    try:
        raise ConnectionError(f"no way to /bot{TOKEN}/getUpdates")
    except ConnectionError:
        logger.exception("failed with %s", TOKEN)
    assert "ConnectionError: no way to /bot<token>/getUpdates" in stream.getvalue()
    assert TOKEN.partition(":")[2] not in stream.getvalue()


@contextmanager
def written(form: Literal["text", "json"], monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """What goes to standard error; the handlers of before are put back."""
    root, stream = logging.getLogger(), StringIO()
    before, root.handlers, level = root.handlers, [], root.level
    monkeypatch.setattr("sys.stderr", stream)
    set_up_logging("INFO", form)
    yield stream
    root.handlers = before
    root.setLevel(level)


async def logs_as_two_bots_and_their_process() -> None:
    logger = logging.getLogger("bot.tests")

    async def works(number: int) -> None:
        await asyncio.sleep(0)
        logger.info("work %d", number)

    tasks = []
    for bot_id in (42, 43):
        with lines_of(BotId(bot_id)):
            tasks.append(asyncio.create_task(works(bot_id)))
            with lines_of(None):
                logger.info("the process, whatever bot it works for")
    logger.info("the process")
    await asyncio.gather(*tasks)


async def test_job_that_takes_longer_than_until_its_next_time_is_no_news(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over, overdue = asyncio.Event(), asyncio.Event()
    with written("text", monkeypatch) as stream:
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_listener(lambda _: overdue.set(), EVENT_JOB_MAX_INSTANCES)
        scheduler.add_job(over.wait, "interval", seconds=0.01)
        scheduler.start()
        await overdue.wait()
        over.set()
        scheduler.shutdown()
    assert stream.getvalue() == ""


async def test_line_of_a_bot_says_which_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    with written("text", monkeypatch) as stream:
        await logs_as_two_bots_and_their_process()
    said = [line.partition(" INFO ")[2] for line in stream.getvalue().splitlines()]
    assert said == [
        "bot.tests: the process, whatever bot it works for",
        "bot.tests: the process, whatever bot it works for",
        "bot.tests: the process",
        "bot.tests: [bot 42] work 42",
        "bot.tests: [bot 43] work 43",
    ]


async def test_line_of_a_bot_says_which_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    with written("json", monkeypatch) as stream:
        await logs_as_two_bots_and_their_process()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line.get("bot") for line in lines] == [None, None, None, 42, 43]


def test_the_same_trouble_is_said_once_a_minute_with_how_often_it_came() -> None:
    now, said = [0.0], Lines()
    repeats = Repeats(lambda: now[0])

    def happens(message: str, level: int = logging.WARNING, error: str = "") -> None:
        record = logging.LogRecord("a.logger", level, "", 0, message, None, None)
        record.exc_text = error
        if repeats.filter(record):
            said.append(record.getMessage())

    for _ in range(120):
        happens("disk full")
        now[0] += 0.5
    happens("disk full")
    assert said.taken() == ["disk full", "disk full (119 more like it since)"]
    happens("disk full", error="KeyError: 1")
    happens("disk full", error="KeyError: 2")
    happens("at work", logging.INFO)
    happens("at work", logging.INFO)
    assert said.taken() == ["disk full", "disk full", "at work", "at work"]
    for number in range(2 * LINES_KNOWN_MAX):
        happens(f"update {number}")
    happens("update 0")
    assert len(said.taken()) == 2 * LINES_KNOWN_MAX + 1, "what is known is bounded: the oldest is forgotten"


class Lines(list[str]):
    def taken(self) -> list[str]:
        taken = list(self)
        self.clear()
        return taken


def test_log_leaves_repeats_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with written("text", monkeypatch) as stream:
        for _ in range(3):
            logging.getLogger("storage").error("group of %d: %s", 1, "disk full")
    assert stream.getvalue().count("group of 1: disk full") == 1

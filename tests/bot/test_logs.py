"""What is logged opens nothing: no token of the bot, no secret of a link."""

import logging
from io import StringIO

import pytest

from bot.kit.logs import JsonFormatter, Redaction, redacted

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
SECRET = "AAAAAAAAAAAAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("written", "logged"),
    [
        (f"token {TOKEN} refused", "token <token> refused"),
        (f"POST https://api.telegram.org/bot{TOKEN}/getMe", "POST https://api.telegram.org/bot<token>/getMe"),
        ("GET /file/bot1:short/photos/1.jpg", "GET /file/bot<token>/photos/1.jpg"),
        (f"https://t.me/stempel_bot?start=i{SECRET}", "https://t.me/stempel_bot?start=i<secret>"),
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

"""The reference of the whole path: a bare python-telegram-bot application that sends every text back."""

import sys
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport
from telegram import Update
from telegram.ext import ApplicationBuilder, MessageHandler, filters
from telegram.request import HTTPXRequest

from bot.telegram.client import CONNECTIONS
from bot.telegram.handling import IN_FLIGHT_MAX

PATIENCE_S = 60.0
"""On a busy machine too each message is answered, or the count never ends."""


async def echo(update: Update, _context: Any) -> None:
    if update.message is not None:
        await update.message.reply_text(update.message.text or "")


def _request() -> HTTPXRequest:
    transport = AiohttpTransport(limits=httpx.Limits(max_connections=CONNECTIONS))
    return HTTPXRequest(
        connection_pool_size=CONNECTIONS,
        connect_timeout=PATIENCE_S,
        read_timeout=PATIENCE_S,
        write_timeout=PATIENCE_S,
        pool_timeout=PATIENCE_S,
        httpx_kwargs={"transport": transport},
    )


def main() -> None:
    token, url = sys.argv[1:]
    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot")
    builder = builder.request(_request()).get_updates_request(_request())
    application = builder.concurrent_updates(IN_FLIGHT_MAX).job_queue(None).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling(timeout=5)


if __name__ == "__main__":
    main()

"""The bot as ``python -m bot run`` starts it, only on the transport that python-telegram-bot comes with: its
``HTTPXRequest`` as it is, and calls as forms, as ``Bot`` makes them. Reads the same settings from the environment.
"""

import asyncio
import gc
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from telegram import Bot

from bot.app import bot as wiring
from bot.app.main import run
from bot.cli.running import GARBAGE_THRESHOLDS
from bot.kit.logs import set_up_logging
from bot.kit.settings import Settings, load_settings
from bot.telegram.client import TIMEOUT_S, DirectBot


class UsualBot(DirectBot):
    """``silent_s`` and ``time_there`` are read of a transport that notes when it was answered: this one does not."""

    def __init__(self, settings: Settings) -> None:
        Bot.__init__(
            self,
            settings.token,
            base_url=f"{settings.bot_api_url}/bot",
            base_file_url=f"{settings.bot_api_url}/file/bot",
        )

    @property
    def silent_s(self) -> float:
        return 0.0

    @property
    def time_there(self) -> datetime | None:
        return None

    async def asked(self, method: str, **parameters: object) -> Any:
        return await self._post(method, parameters)

    async def updates(self, offset: int | None, wait_s: int, kinds: Sequence[str]) -> list[str]:
        asked = {"offset": offset, "timeout": wait_s, "allowed_updates": kinds}
        found = await self._post("getUpdates", asked, read_timeout=wait_s + TIMEOUT_S)
        return [json.dumps(each) for each in found]


def main() -> None:
    settings = load_settings()
    set_up_logging(settings.log_level, settings.log_format)
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    vars(wiring)[DirectBot.__name__] = UsualBot
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()

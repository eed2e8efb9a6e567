"""Asks the bot's health check."""

import asyncio
from typing import Any

import aiohttp

from tests.support.house import House
from tests.support.patience import PATIENCE_S

WELL: tuple[int, dict[str, Any]] = (200, {"status": "ok"})


def failing(*names: str) -> tuple[int, dict[str, Any]]:
    return 503, {"status": "failing", "failing": list(names)}


async def health_of(home: House) -> tuple[int, Any]:
    """The answer of a bot that has a ``health_listen``."""
    url = f"http://{home.settings.health_listen}/healthz"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.json()


async def until_health(home: House, expected: tuple[int, Any]) -> None:
    """Asks until the health check answers as expected."""
    said: tuple[int, Any] | None = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while said != expected:
                said = await health_of(home)
    except TimeoutError:
        assert said == expected

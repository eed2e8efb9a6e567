"""What ends unexpectedly in the running bot: it is said by the health check, started again, and nothing is lost."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from bot.app.process import Surroundings
from domain.plumbing import inbox, outbox
from domain.ports import Tx
from tests.support.house import UNHURRIED, House, house, number_of

WELL: tuple[int, dict[str, Any]] = (200, {"status": "ok"})


def failing(*names: str) -> tuple[int, dict[str, Any]]:
    return 503, {"status": "failing", "failing": list(names)}


@dataclass
class Patient:
    """A bot whose health is asked for."""

    home: House
    port: int

    async def health(self) -> tuple[int, Any]:
        url = f"http://127.0.0.1:{self.port}/healthz"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status, await response.json()

    async def metrics(self) -> str:
        url = f"http://127.0.0.1:{self.port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.text()


@asynccontextmanager
async def patient(path: Path) -> AsyncIterator[Patient]:
    port = unused_port()
    around = Surroundings(limits=UNHURRIED)
    async with house(path, around, health_listen=f"127.0.0.1:{port}") as home:
        yield Patient(home, port)


class Breaks:
    """A use case that fails with what nobody foresaw, so many times."""

    def __init__(self, usecase: Callable[..., Any], times: int = 1) -> None:
        self._usecase = usecase
        self.times_left = times

    def __call__(self, *, tx: Tx, command: Any) -> Any:
        if self.times_left:
            self.times_left -= 1
            raise KeyError("a row that nobody can read")
        return self._usecase(tx=tx, command=command)


async def test_dispatcher_that_fails_is_told_and_goes_on_and_the_message_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with patient(tmp_path / "a.db") as sick:
        home = sick.home
        shop = await home.opens_shop()
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
        await home.at_rest()
        assert await sick.health() == WELL
        broken = Breaks(outbox.lease_deliveries)
        monkeypatch.setattr(outbox, "lease_deliveries", broken)
        await sam.sends(f"/stamp {number_of(anna)}")
        await home.sandbox.until(lambda: broken.times_left == 0)
        await anna.sees("✅ +1 stamp")
        name = f"telegram dispatcher of bot {home.settings.bot_id}"
        assert await sick.health() == failing(name)
        assert "the outbox could not be looked through" in caplog.text


async def test_marking_that_ends_is_started_again_and_every_answer_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with patient(tmp_path / "a.db") as sick:
        broken = Breaks(inbox.finish_updates)
        monkeypatch.setattr(inbox, "finish_updates", broken)
        anna = sick.home.sandbox.person("Anna")
        await anna.sends("/help")
        await anna.sees("Your card")
        await sick.home.at_rest()
        assert broken.times_left == 0
        assert await sick.health() == failing(f"inbox of bot {sick.home.settings.bot_id}")

"""Fixtures to run single jobs from a test, and to call the sandbox with a client beside the bot's own."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.app import bot as one_bot
from bot.jobs import schedule
from bot.jobs.means import Means
from bot.sandbox import Person, Sandbox
from bot.telegram.client import DirectBot
from tests.support.house import settings_for


@pytest.fixture
def all_means(monkeypatch: pytest.MonkeyPatch) -> list[Means]:
    """What the jobs of each bot that starts work with. No job runs by itself: a test decides when."""
    found: list[Means] = []
    make = one_bot._means

    def caught(*parts: object) -> Means:
        found.append(make(*parts))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(one_bot, "_means", caught)
    monkeypatch.setattr(schedule, "make_scheduler", partial(schedule.make_scheduler, timetable=()))
    return found


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def anna(sandbox: Sandbox) -> Person:
    person = sandbox.person("Anna")
    await person.opens(sandbox.link())
    return person


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[DirectBot]:
    async with DirectBot(settings_for(sandbox, tmp_path / "a.db")) as bot:
        yield bot

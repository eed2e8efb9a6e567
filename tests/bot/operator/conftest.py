"""A café whose bot has operators."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.sandbox import Person, Sandbox
from tests.support.house import UNHURRIED, House, Shop, TestClock, house

OLIVIA, OTTO = 7_200_000_001, 7_200_000_002


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as found:
        yield found


@pytest.fixture
def olivia(sandbox: Sandbox) -> Person:
    """An operator."""
    return sandbox.person("Olivia", user_id=OLIVIA)


@pytest.fixture
def otto(sandbox: Sandbox) -> Person:
    """Another operator, who reads German."""
    return sandbox.person("Otto", user_id=OTTO, language="de")


@pytest.fixture
async def home(tmp_path: Path, clock: TestClock, sandbox: Sandbox) -> AsyncIterator[House]:
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with house(tmp_path / "a.db", around, sandbox, operator_ids=(OLIVIA, OTTO)) as found:
        yield found


@pytest.fixture
async def shop(home: House) -> Shop:
    return await home.opens_shop()

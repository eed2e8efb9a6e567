from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import Person, Sandbox
from tests.bot.sandbox.api import Api


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(webhook_retry_seconds=0.01) as running:
        yield running


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as http:
        yield Api(sandbox, http)


@pytest.fixture
async def anna(sandbox: Sandbox) -> Person:
    """A person who has started the bot; the update of that is confirmed."""
    person = sandbox.person("Anna", language="de")
    await person.opens(sandbox.link())
    sandbox.world.updates.drop_all()
    return person

"""A café whose bot can be killed at any step of an update."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.app.database import open_database
from bot.app.process import Surroundings
from bot.kit.links import Links
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens
from bot.sandbox import Person, Sandbox
from bot.sandbox.changes import Change, ChangeKind
from domain.staff import Role
from domain.steps import Step
from tests.crash.lives import Life, Nursery, nursery
from tests.support.databases import lay_empty_database, rows
from tests.support.house import SECRET, House, Shop, settings_for
from tests.support.patience import PATIENCE_S

UNFINISHED = "SELECT 1 FROM inbox WHERE done_at IS NULL AND failed_at IS NULL LIMIT 1"


@dataclass
class Cafe:
    """A shop, the people invited to work there, and the bot's present life."""

    sandbox: Sandbox
    settings: Settings
    nursery: Nursery
    shop: Shop
    links: dict[str, str]
    life: Life

    def person(self, name: str) -> Person:
        return self.sandbox.person(name)

    @asynccontextmanager
    async def dying_at(self, step: Step, occurrence: int = 1) -> AsyncIterator[None]:
        """What happens in the block makes the bot reach this step, where it is killed; then a new life begins."""
        await self.is_at_rest()
        await self.life.arms(step, occurrence)
        yield
        await self.life.dies_at(step)
        self.life = self.nursery.begin()

    async def is_at_rest(self) -> None:
        """Waits until all that people have sent was brought to its end."""
        await self.life.is_at_work()
        await self.sandbox.until(self._is_at_rest, timeout=PATIENCE_S)

    def _is_at_rest(self) -> bool:
        """Called after every change of the sandbox, which answers nobody until this returns."""
        if self.sandbox.world.updates.pending:
            return False
        return not rows(self.settings.database_path, UNFINISHED)

    async def staff_names_in_ledger(self) -> list[tuple[str | None, int]]:
        """Who changed how many stamps, oldest first."""
        async with open_database(self.settings) as store:
            return [
                (line.staff_name, line.stamps_delta)
                async for line in store.ledger(self.shop.merchant_id, None)
            ]


@dataclass
class Opening:
    """Opens the café with its terms and the team it invites, by name and role."""

    sandbox: Sandbox
    settings: Settings
    log: Path

    @asynccontextmanager
    async def __call__(self, team: dict[str, Role], **terms: Any) -> AsyncIterator[Cafe]:
        lay_empty_database(self.settings.database_path)
        async with open_database(self.settings) as store:
            links = Links(self.sandbox.username, Tokens(SECRET))
            house = House(self.sandbox, self.settings, store, links, Surroundings().clock)
            shop = await house.opens_shop(**terms)
            invites = {name: (await house.invites(shop, name, role))[1] for name, role in team.items()}
        async with nursery(self.settings, self.log) as lives:
            cafe = Cafe(self.sandbox, self.settings, lives, shop, invites, lives.begin())
            something = Change(ChangeKind.SURROUNDINGS)
            lives.on_done = lambda: self.sandbox.world.changes.announce(something)
            yield cafe
            await cafe.is_at_rest()
            await cafe.life.stops()


@pytest.fixture
async def opening(tmp_path: Path) -> AsyncIterator[Opening]:
    async with Sandbox() as sandbox:
        yield Opening(sandbox, settings_for(sandbox, tmp_path / "stempel.db"), tmp_path / "lives.log")

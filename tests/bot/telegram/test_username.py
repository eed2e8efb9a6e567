"""Which bot serves a database, and what it is called: settled by one of two that begin with it at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.app.secret_key import is_key_of
from bot.kit.settings import Settings, SettingsProblem
from bot.telegram.username import find_username, remember_username
from domain.plumbing.bot_profiles import save_bot_profile
from domain.ports import Database
from tests.support import postgres
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import Opener, lay_empty_database, sqlite_at

HOUSES = ["sqlite", *(["postgresql"] if postgres.is_here() else [])]


def bot(number: int, **settings: Any) -> Settings:
    return Settings(bot_token=f"{number}:SANDBOX-the-token-of-a-bot-in-a-test", **settings)


@pytest.fixture(params=HOUSES)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    if request.param == "sqlite":
        yield sqlite_at(lay_empty_database(tmp_path / "stempel.db"))
        return
    url, give_back = postgres.lend_database()
    yield postgres.postgres_at(url)
    give_back()


@dataclass
class AtOnce:
    """A database of which two have read all that they want to know before either writes."""

    database: Database
    both: asyncio.Barrier

    async def read(self, usecase: Any, query: Any) -> Any:
        return await self.database.read(usecase, query)

    async def write(self, usecase: Any, command: Any) -> Any:
        await self.both.wait()
        return await self.database.write(usecase, command)


@asynccontextmanager
async def two_processes(opener: Opener) -> AsyncIterator[list[Any]]:
    both, opened = asyncio.Barrier(2), [opener(Clock(), Ids(), Chance()) for _ in range(2)]
    try:
        yield [AtOnce(each, both) for each in opened]
    finally:
        for each in opened:
            await each.close()


Begins = Callable[[Settings, Database], Any]


@pytest.mark.parametrize(
    "begins",
    [
        lambda settings, database: remember_username(settings, database, settings.bot_username or ""),
        find_username,
    ],
    ids=["run", "a command that makes links"],
)
async def test_of_two_bots_that_begin_with_an_empty_database_at_once_one_serves_it(
    opener: Opener, begins: Begins
) -> None:
    async with two_processes(opener) as databases:
        bots = [bot(number, bot_username=f"bot_{number}") for number in (1, 2)]
        told = await asyncio.gather(*map(begins, bots, databases), return_exceptions=True)
    [refused] = [each for each in told if isinstance(each, BaseException)]
    assert isinstance(refused, SettingsProblem)
    assert "add-bot" in str(refused)


async def test_name_that_telegram_has_told_goes_before_a_mistyped_one(opener: Opener) -> None:
    """Before a first start only the setting says what the bot is called, and it can be put right."""
    database = opener(Clock(), Ids(), Chance())
    mistyped, right = bot(1, bot_username="knetsch_bot"), bot(1, bot_username="Knaetsch_bot")
    assert await find_username(mistyped, database) == "knetsch_bot"
    assert await find_username(right, database) == "Knaetsch_bot"
    told = await remember_username(bot(1), database, "knaetsch_bot")
    await database.write(save_bot_profile, replace(told, menus="what they were"))
    assert await find_username(right, database) == "Knaetsch_bot"
    with pytest.raises(SettingsProblem, match=r"BOT_USERNAME is knetsch_bot, .* @knaetsch_bot: links"):
        await find_username(mistyped, database)
    await database.close()


async def test_of_two_keys_that_come_to_an_empty_database_at_once_one_is_its_own(opener: Opener) -> None:
    async with two_processes(opener) as databases:
        found = await asyncio.gather(
            *(is_key_of(each, key) for each, key in zip(databases, (b"1", b"2"), strict=True))
        )
    assert sorted(found) == [False, True]

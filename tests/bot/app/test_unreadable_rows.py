"""Whatever rows of a shop cannot be read, the bot starts and serves everybody who has nothing to do with it.

Several tables at once here; each column of each by itself in `python -m tests.soak.rows`.
"""

import asyncio
from pathlib import Path

import pytest

from tests.support.clock import Chance, Ids
from tests.support.damage import Damage, whole_rows
from tests.support.databases import sqlite_at
from tests.support.house import TestClock
from tests.support.two_shops import TwoShops, is_well, two_shops

pytestmark = pytest.mark.all_jobs

GROUPS = 9
DAMAGES = list(whole_rows())
PLAIN = {"bots", "campaign_photos", "closings", "desks", "programs", "shown_cards", "wallet_spreads"}
"""Of text and small numbers: nothing tells what is wrong there from what is right."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> TwoShops:
    with asyncio.Runner() as runner:
        return runner.run(two_shops(tmp_path_factory.mktemp("town") / "stempel.db"))


@pytest.mark.parametrize(
    "damages",
    [DAMAGES[first::GROUPS] for first in range(GROUPS)],
    ids=lambda damages: " ".join(damage.table.name for damage in damages),
)
async def test_bot_starts_and_serves_the_other_shop_and_operators_hear_of_it(
    town: TwoShops, tmp_path: Path, damages: list[Damage]
) -> None:
    path = tmp_path / "stempel.db"
    for damage in damages:
        assert town.damaged(path, damage), f"the shop has no row in {damage.table.name}"
    async with town.at_work(path) as (home, people):
        await is_well(home, people, town.healthy)
        if "job_runs" not in {
            damage.table.name for damage in damages
        }:  # it is not known that the check is due
            await people["Paul"].sees("The database is damaged")


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
async def test_nightly_check_names_the_rows_that_cannot_be_read(
    town: TwoShops, tmp_path: Path, damage: Damage
) -> None:
    path = tmp_path / "stempel.db"
    town.damaged(path, damage)
    store = sqlite_at(path)(TestClock(town.now), Ids(), Chance())  # type: ignore[arg-type]
    try:
        found = await store.damage()
        assert any(damage.table.name in line for line in found) == (damage.table.name not in PLAIN)
        assert [history async for history in store.histories()]
    finally:
        await store.close()


async def test_nightly_check_finds_nothing_where_nothing_is_wrong(town: TwoShops) -> None:
    store = sqlite_at(town.path)(TestClock(town.now), Ids(), Chance())  # type: ignore[arg-type]
    try:
        assert await store.damage() == []
    finally:
        await store.close()

"""The simulated year, small enough for every run of the tests: a spring with its daylight-saving change."""

from pathlib import Path

import pytest

from tests.soak.year import Scale, simulate
from tests.support.databases import lay_empty_database

pytestmark = pytest.mark.long

SPRING = Scale(days=110, customers=60, acts_a_day=20, outages=((30, 3), (50, 1)), policy_changes_on=75)


async def test_every_day_is_told_once_with_the_numbers_of_the_ledger_and_nothing_expires_unwarned(
    tmp_path: Path,
) -> None:
    path = lay_empty_database(tmp_path / "stempel.db")
    simulation, found = await simulate(path, SPRING, seed=7)
    assert found.summaries == SPRING.days
    assert found.expiries > 0
    assert found.entries > 1_000
    assert min(simulation.post.mailed, simulation.post.came_back) > 0

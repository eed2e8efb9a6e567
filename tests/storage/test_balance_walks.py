"""A few walks over a real file, with restarts; ``python -m tests.soak.ledger`` walks on."""

import random
from pathlib import Path

import pytest

from tests.soak import ledger
from tests.support.balance_walk import BalanceWalk, Picks
from tests.support.databases import Opener, Running, sqlite_at


@pytest.mark.parametrize("seed", range(3))
def test_no_walk_over_a_file_shows_a_difference(path: Path, seed: int) -> None:
    BalanceWalk(lambda clock: Running(clock, sqlite_at(path)), Picks(random.Random(seed).choice)).steps(150)


def test_no_walk_over_any_database_shows_a_difference(opener: Opener) -> None:
    BalanceWalk(lambda clock: Running(clock, opener), Picks(random.Random(3).choice)).steps(100)


def test_soak_says_how_much_it_did_and_from_which_seed(capsys: pytest.CaptureFixture[str]) -> None:
    assert ledger.main(["--operations", "250", "--seed", "5", "--store", "memory"]) == 0
    plan, verdict = capsys.readouterr().out.splitlines()
    assert plan == "250 operations in walks of 200, over memory; seed 5"
    assert verdict == "250 operations in 2 walks over memory, no difference; seed 5"

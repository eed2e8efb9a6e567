"""Birthdays and friends who were invited against an independent model; ``make soak`` walks on."""

import random

import pytest

from tests.support.balance_walk import Picks
from tests.support.coming_back_walk import ComingBackWalk
from tests.support.one_thread import OneThread


@pytest.mark.parametrize("seed", range(6))
def test_no_walk_shows_a_difference(seed: int) -> None:
    ComingBackWalk(OneThread, Picks(random.Random(seed).choice)).steps(60)

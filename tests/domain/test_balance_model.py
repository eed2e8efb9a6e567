"""Lots, expiry and warnings against an independent model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.balance_walk import BalanceWalk, Picks
from tests.support.ledger_machine import machine_settings
from tests.support.one_thread import OneThread

pytestmark = pytest.mark.long


@settings(machine_settings(examples=60, steps=1))
@given(data=st.data(), steps=st.integers(10, 60))
def test_no_walk_shows_a_difference(data: st.DataObject, steps: int) -> None:
    picks = Picks(lambda choices: data.draw(st.sampled_from(choices)))
    BalanceWalk(OneThread, picks).steps(steps)

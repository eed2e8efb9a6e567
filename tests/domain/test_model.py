"""The rules against an independent model."""

import pytest
from hypothesis.internal.conjecture.providers import HypothesisProvider

from tests.support.ledger_machine import LedgerMachine, machine_settings

pytestmark = pytest.mark.long

TestLedger = LedgerMachine.TestCase
TestLedger.settings = machine_settings(examples=100, steps=50)


def test_what_is_tried_does_not_depend_on_the_modules_that_are_loaded() -> None:
    assert [*HypothesisProvider(None)._local_constants] == []

"""The rules against an independent model."""

import pytest

from tests.support.ledger_machine import LedgerMachine, machine_settings

pytestmark = pytest.mark.long

TestLedger = LedgerMachine.TestCase
TestLedger.settings = machine_settings(examples=100, steps=50)

"""The rules against an independent model."""

from tests.support.ledger_machine import LedgerMachine, machine_settings

TestLedger = LedgerMachine.TestCase
TestLedger.settings = machine_settings(examples=100, steps=50)

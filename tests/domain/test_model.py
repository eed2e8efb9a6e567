"""The rules against an independent model, over a store in memory."""

from tests.support.clock import Clock
from tests.support.databases import InMemory, SyncDatabase
from tests.support.ledger_machine import LedgerMachine, machine_settings


class LedgerInMemory(LedgerMachine):
    def opens(self, clock: Clock) -> SyncDatabase:
        return InMemory(clock)


TestLedgerInMemory = LedgerInMemory.TestCase
TestLedgerInMemory.settings = machine_settings(examples=100, steps=50)

"""The rules over PostgreSQL against the independent model, in few and short runs: ``tests/domain/test_model.py`` has
the many."""

from unittest.mock import patch

from tests.support import ledger_machine, postgres
from tests.support.clock import Clock
from tests.support.databases import Running
from tests.support.ledger_machine import LedgerMachine, machine_settings


class OnPostgres(LedgerMachine):
    def __init__(self) -> None:
        super().__init__()
        url, self._give_back = postgres.lend_database()

        def opened(clock: Clock) -> Running:
            return Running(clock, postgres.postgres_at(url))

        self._patch = patch.object(ledger_machine, "OneThread", opened)
        self._patch.start()

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self._patch.stop()
            self._give_back()


TestLedger = OnPostgres.TestCase
TestLedger.settings = machine_settings(examples=3, steps=20)

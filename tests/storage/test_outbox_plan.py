"""What SQLite looks at to find the next messages: an index, from where they begin to where they end."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from sqlalchemy import ClauseElement
from sqlalchemy.dialects import sqlite

from storage.outbox import (
    COUNT_FAILED,
    COUNT_HELD,
    COUNT_OWED,
    END_LAPSED_LEASES,
    SELECT_DUE,
    SELECT_UNREPORTED,
)
from storage.statements import compile_statement
from tests.support.databases import lay_empty_database

OWED, WAITING, SENT = 10_000, 8_000, 40_000
NOW = 1_000_000
STEPS_PER_ROW_MAX = 60
"""Of SQLite's virtual machine, for each row found; a scan of what waits takes many times that."""


@dataclass
class Pile:
    """10,000 messages owed, most of them to chats that must wait, beside others that were sent."""

    driver: sqlite3.Connection

    def plan(self, statement: ClauseElement, **values: object) -> list[str]:
        compiled = compile_statement(statement, sqlite.dialect())
        found = self.driver.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", compiled.parameters(values))
        return [str(row[3]) for row in found]

    def steps(self, statement: ClauseElement, **values: object) -> tuple[int, int]:
        """How many rows there are, and how many steps of the virtual machine it took, in tens."""
        compiled, counted = compile_statement(statement, sqlite.dialect()), [0]

        def count() -> int:
            counted[0] += 1
            return 0

        self.driver.set_progress_handler(count, 10)
        rows = self.driver.execute(compiled.sql, compiled.parameters(values)).fetchall()
        self.driver.set_progress_handler(None, 0)
        return len(rows), counted[0] * 10


@pytest.fixture(scope="module", params=["as it is", "analyzed"])
def pile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pile]:
    """Whether or not somebody has run ANALYZE, which lets SQLite choose by what the rows are like; only read."""
    path = lay_empty_database(tmp_path_factory.mktemp("pile") / "stempel.db")
    with closing(sqlite3.connect(path)) as driver:
        columns = (
            "merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts, delivered_at,"
            " is_unreported"
        )
        driver.executemany(
            f"INSERT INTO deliveries ({columns}) VALUES (?, ?, 'telegram', ?, 1, ?, ?, 0, ?, 0)",
            [
                (
                    f"m{number % 7}",
                    f"{number:08d}",
                    str(number % 2_000),
                    number % 2,
                    NOW + 1 if number < WAITING else NOW - number % 10,
                    1 if number >= OWED else None,
                )
                for number in range(OWED + SENT)
            ],
        )
        if request.param == "analyzed":
            driver.execute("ANALYZE")
        driver.commit()
        driver.execute("PRAGMA query_only=ON")
        yield Pile(driver)


def test_due_messages_are_found_by_a_range_of_the_index_in_their_order(pile: Pile) -> None:
    [step] = pile.plan(SELECT_DUE, of_bot_id=1, of_channel="telegram", is_marketing=0, now=NOW, limit=64)
    found_by = "bot_id=? AND channel=? AND is_marketing=? AND due_at<?"
    assert step == f"SEARCH deliveries USING INDEX ix_deliveries_owed ({found_by})"


def test_chats_that_must_wait_cost_nothing(pile: Pile) -> None:
    rows, steps = pile.steps(
        SELECT_DUE, of_bot_id=1, of_channel="telegram", is_marketing=0, now=NOW, limit=64
    )
    assert rows == 64
    assert steps < 64 * STEPS_PER_ROW_MAX


def test_nothing_due_is_found_out_at_once(pile: Pile) -> None:
    rows, steps = pile.steps(SELECT_DUE, of_bot_id=1, of_channel="telegram", is_marketing=1, now=0, limit=64)
    assert (rows, steps // 1000) == (0, 0)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (COUNT_OWED, "ix_deliveries_owed"),
        (COUNT_FAILED, "ix_deliveries_failed"),
        (COUNT_HELD, "ix_deliveries_held"),
        (END_LAPSED_LEASES, "ix_deliveries_owed"),
        (SELECT_UNREPORTED, "ix_deliveries_failed (bot_id=? AND is_unreported=?"),
    ],
    ids=["owed", "failed", "held", "lapsed leases", "unreported"],
)
def test_what_was_sent_is_never_looked_through(pile: Pile, statement: ClauseElement, index: str) -> None:
    """The delivery log only grows."""
    values = {
        "of_bot_id": 1,
        "of_channel": "telegram",
        "is_marketing": 0,
        "now": NOW,
        "leased_by": None,
        "leased_until": None,
    }
    [step] = pile.plan(statement, **values)
    assert index in step
    assert step.startswith("SEARCH")

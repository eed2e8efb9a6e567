"""What every store promises of a long scan while it is under way: a moment of its own, and nobody waits for it."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import cast

import pytest

import storage.store
from domain.history import CardHistory, LedgerLine
from domain.ports import Database, DatabaseUnavailable
from domain.usecases.stamp_card import stamp_card
from storage import histories, streams
from tests.storage.conftest import Lent
from tests.support.async_shop import Counter, opens_counter
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import Edits
from tests.support.patience import PATIENCE_S

AT_ONCE = 20
"""Stamps of one act."""
ROUNDS = 50
"""Of the event loop, in which whoever can go on does."""


@pytest.fixture(autouse=True)
def row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PAGE", 1)
    monkeypatch.setattr(histories, "PAGE", 1)


@pytest.fixture
async def counter(store: Database) -> Counter:
    return await opens_counter(store, cards=2)


def lines_of(counter: Counter) -> AsyncGenerator[LedgerLine, None]:
    lines = counter.store.ledger(counter.paul.merchant_id, None)
    return cast(AsyncGenerator[LedgerLine, None], lines)


async def test_scan_holds_up_no_commit_and_goes_on_with_what_was_there_when_it_began(
    counter: Counter,
) -> None:
    await counter.stamps(3 * AT_ONCE)
    async with aclosing(lines_of(counter)) as lines:
        await anext(lines)
        await counter.store.write(stamp_card, counter.stamping("meanwhile"))
        assert len([line async for line in lines]) == 2
    assert len([line async for line in lines_of(counter)]) == 4


async def test_statements_of_a_scan_see_the_same_moment(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "ENTRIES_AT_ONCE", 1)
    await counter.stamps(AT_ONCE, counter.cards[0])
    await counter.stamps(AT_ONCE, counter.cards[1])
    async with aclosing(cast(AsyncGenerator[CardHistory, None], counter.store.histories())) as found:
        await anext(found)
        await counter.store.write(stamp_card, counter.stamping("meanwhile", counter.cards[1]))
        history = await anext(found)
    assert (history.card.entry_count, len(history.entries)) == (1, 1)


async def test_who_asks_for_one_scan_too_many_waits_until_another_is_left(
    lent: Lent, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.store, "SCANS_AT_ONCE", 1)
    store = lent.opener(clock, Ids(), Chance())
    counter = await opens_counter(store)
    opened, open_scan = [], vars(store)["_open_scan"]
    monkeypatch.setattr(store, "_open_scan", lambda: opened.append(1) or open_scan())  # type: ignore[func-returns-value]
    await counter.stamps(2 * AT_ONCE)
    async with aclosing(lines_of(counter)) as first, aclosing(lines_of(counter)) as second:
        await anext(first)
        line = asyncio.ensure_future(anext(second))
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
        assert opened == [1]
        await first.aclose()
        assert (await asyncio.wait_for(line, PATIENCE_S)).stamps_delta == AT_ONCE
    await store.close()


async def test_scan_that_is_left_leaves_no_thread(counter: Counter) -> None:
    await counter.stamps(2 * AT_ONCE)
    before = threading.active_count()
    async with aclosing(lines_of(counter)) as lines:
        await anext(lines)
    async with asyncio.timeout(PATIENCE_S):
        while threading.active_count() > before:  # noqa: ASYNC110 - it says that it is at its end just before it is
            await asyncio.sleep(0.01)


@contextmanager
def without(edits: Edits, table: str, column: str) -> Iterator[None]:
    """Until the block ends: databases are lent from test to test."""
    edits(f"ALTER TABLE {table} RENAME COLUMN {column} TO another_{column}")
    try:
        yield
    finally:
        edits(f"ALTER TABLE {table} RENAME COLUMN another_{column} TO {column}")


async def test_table_that_cannot_be_read_keeps_no_other_from_being_looked_through(
    counter: Counter, edits: Edits
) -> None:
    edits("UPDATE staff SET role = 'nobody'")
    with without(edits, "merchants", "name"):
        found = await counter.store.damage()
    assert [line.partition(" ")[0] for line in found] == ["merchants:", "staff"]


async def test_scan_of_a_table_that_is_not_as_it_should_be_says_that_the_database_is_unavailable(
    counter: Counter, edits: Edits
) -> None:
    with without(edits, "entries", "kind"), pytest.raises(DatabaseUnavailable, match="kind"):
        await anext(lines_of(counter))

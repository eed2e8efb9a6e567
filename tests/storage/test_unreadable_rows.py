"""A row that no version of the program has written fails alone: whoever has nothing to do with it is served."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.jobs.expiry import expire_balances
from bot.jobs.steadily import SomeFailed
from domain.expiry import ExpiryKind
from domain.invariants import Violation, check
from domain.merchant import ProgramKind
from tests.domain.test_summaries import MONDAY, at
from tests.storage.test_contract_expiry import a_day
from tests.support.clock import Clock
from tests.support.databases import Running, do
from tests.support.nights import Nights
from tests.support.shop import Shop, Town

SUNDAY = date(2026, 6, 14)
WRONG = '{"cost": "much"}'


def edits(path: Path, sql: str, *parameters: str) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(sql, parameters)


def breaks(path: Path, table: str, column: str, shop: Shop) -> None:
    edits(path, f"UPDATE {table} SET {column} = ? WHERE merchant_id = ?", WRONG, shop.merchant_id)


def test_day_that_cannot_be_read_keeps_no_other_from_being_told(town: Town, path: Path, clock: Clock) -> None:
    clock.is_at(at(MONDAY, 9))
    shop, nights = town.opens_shop(), Nights(town)
    do(town.database, lambda tx: tx.add_summary(shop.merchant_id, a_day(SUNDAY)))
    breaks(path, "summaries", "summary", shop)
    clock.is_at(at(MONDAY, 20))
    assert nights.summarizes() == 1
    [facts] = nights.summaries()
    assert (facts.day.local_date, facts.missed) == (MONDAY, ())


def test_day_that_can_be_read_again_is_told_with_the_next(town: Town, path: Path, clock: Clock) -> None:
    clock.is_at(at(MONDAY, 9))
    shop, nights = town.opens_shop(), Nights(town)
    do(town.database, lambda tx: tx.add_summary(shop.merchant_id, a_day(SUNDAY)))
    edits(path, "UPDATE summaries SET summary = summary || '?'")
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    nights.delivers()
    edits(path, "UPDATE summaries SET summary = rtrim(summary, '?')")
    clock.is_at(at(MONDAY + timedelta(days=1), 20))
    nights.summarizes()
    [facts] = nights.summaries()
    assert [day.local_date for day in facts.missed] == [SUNDAY]


def test_day_is_told_without_the_one_of_the_week_before_if_that_cannot_be_read(
    town: Town, path: Path, clock: Clock
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop, nights = town.opens_shop(), Nights(town)
    week_before = a_day(MONDAY - timedelta(days=7))
    do(town.database, lambda tx: tx.add_summary(shop.merchant_id, week_before))
    breaks(path, "summaries", "summary", shop)
    clock.is_at(at(MONDAY, 20))
    assert nights.summarizes() == 1
    [facts] = nights.summaries()
    assert facts.day.before is None


def points_shop(town: Town) -> Shop:
    """With points that expire a month after the last visit, and a card of somebody who came once."""
    shop = town.opens_shop(kind=ProgramKind.POINTS)
    shop.earns(shop.hires("Anna"), shop.gives_card())
    shop.changes_terms(expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    return shop


def test_program_that_cannot_be_read_keeps_no_other_shops_balances_from_being_warned_of(
    database: Running, town: Town, path: Path, clock: Clock
) -> None:
    broken, healthy = points_shop(town), points_shop(town)
    breaks(path, "program_versions", "point_rewards", broken)
    with pytest.raises(SomeFailed, match="0 cards, 1 programs"):
        database.run(expire_balances(database.store))
    clock.passes(days=20)
    with pytest.raises(SomeFailed):
        database.run(expire_balances(database.store))
    assert [message.merchant_id for message in town.messages() if "expiring" in message.kind] == [
        healthy.merchant_id
    ]


def test_program_that_cannot_be_read_is_a_violation_and_keeps_no_card_from_being_checked(
    town: Town, path: Path
) -> None:
    broken, healthy = town.opens_shop(), town.opens_shop()
    slip = broken.stamps(broken.hires("Anna"), broken.gives_card())
    card = healthy.gives_card()
    healthy.stamps(healthy.hires("Bob"), card)
    breaks(path, "program_versions", "point_rewards", broken)
    edits(path, "UPDATE cards SET stamp_count = 7 WHERE merchant_id = ?", healthy.merchant_id)
    found = [violation for history in town.database.histories() for violation in check(history)]
    assert found[0] == Violation(
        invariant="I6",
        merchant_id=broken.merchant_id,
        card_id=found[0].card_id,
        entry_id=slip.entry.entry_id,
        detail="its terms cannot be read",
    )
    assert [(violation.invariant, violation.card_id) for violation in found[1:]] == [("I1", card.card_id)]

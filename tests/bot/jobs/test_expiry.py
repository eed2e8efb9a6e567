"""The job of expiry: one card that cannot be looked at holds up no other."""

from pathlib import Path

import pytest
from sqlalchemy import update

from bot.jobs.expiry import expire_balances
from bot.jobs.steadily import SomeFailed
from domain.expiry import ExpiryKind
from domain.merchant import ProgramKind
from storage.tables import entries
from tests.support.clock import Clock
from tests.support.databases import Running, lay_empty_database, sqlite_at
from tests.support.nights import Nights
from tests.support.shop import Town

CARDS = 25
"""More than are looked at in one transaction."""


def test_card_that_cannot_be_looked_at_keeps_no_other_from_being_warned(tmp_path: Path) -> None:
    clock = Clock()
    database = Running(clock, sqlite_at(lay_empty_database(tmp_path / "stempel.db")))
    town = Town(database)
    shop = town.opens_shop(kind=ProgramKind.POINTS, expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    anna, holders = shop.hires("Anna"), [shop.gives_card(f"Customer {number}") for number in range(CARDS)]
    for holder in holders:
        shop.earns(anna, holder)
    clock.passes(days=20)
    database.alter(update(entries).where(entries.c.card_id == holders[7].card_id).values(kind="unreadable"))
    with pytest.raises(SomeFailed, match="1 cards, 0 programs"):
        database.run(expire_balances(database.store))
    assert len(Nights(town).warnings()) == CARDS - 1
    database.close()

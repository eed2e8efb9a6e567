"""Customers of a shop that closes are all told, though a few at a time."""

from pathlib import Path

import pytest

from bot.jobs.closing import tell_customers
from domain.usecases import close_shop
from domain.usecases.close_shop import CloseShop
from storage.sqlite.database import SqliteDatabase
from tests.support.async_shop import opens_counter
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import lay_empty_database


async def test_all_are_told_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(close_shop, "TOLD_AT_ONCE", 2)
    path = lay_empty_database(tmp_path / "stempel.db")
    store = SqliteDatabase(path, clock=Clock(), new_id=Ids(), chance_below=Chance())
    counter = await opens_counter(store, cards=5)
    await store.write(close_shop.close_shop, CloseShop(merchant_id=counter.paul.merchant_id, account=None))
    assert [await tell_customers(store) for _ in range(2)] == [3, 0]
    await store.close()

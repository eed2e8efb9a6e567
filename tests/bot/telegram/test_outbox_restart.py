"""The outbox at the start: what a dead dispatcher held is sent at once, without waiting for its lease to end."""

import sqlite3
from pathlib import Path
from typing import Any, Never, cast

import pytest
from sqlalchemy import update

from bot.app.database import open_database
from bot.app.process import Surroundings
from bot.delivery.dispatcher import Dispatcher
from bot.sandbox import Sandbox
from domain.crew import ALONE
from domain.delivery import ChannelKind
from domain.ids import BotId
from domain.plumbing import outbox
from domain.plumbing.outbox import LeaseDeliveries, lease_deliveries
from domain.ports import DatabaseUnavailable, Tx
from storage import tables
from tests.support.commands import changing
from tests.support.house import UNHURRIED, TestClock, house, number_of


async def test_next_start_takes_over_what_a_dead_dispatcher_held(tmp_path: Path, clock: TestClock) -> None:
    path, around = tmp_path / "stempel.db", Surroundings(clock=clock, limits=UNHURRIED)
    async with Sandbox() as sandbox:
        async with house(path, around, sandbox) as home:
            shop = await home.opens_shop()
            anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
            sandbox.faults.server_error(method="editMessageMedia", chat_id=anna.id)
            await sam.sends(f"/stamp {number_of(anna)}")
            await home.until_rows("SELECT attempts FROM deliveries", [(1,)])
        clock.passes(minutes=1)
        async with open_database(home.settings, around) as store:
            dead = LeaseDeliveries(
                bot_id=home.settings.bot_id, channel=ChannelKind.TELEGRAM, holder="dead", limit=10
            )
            assert len(await store.write(lease_deliveries, dead)) == 1
        async with house(path, around, sandbox):
            await anna.sees("✅ +1 stamp")


async def test_dispatcher_that_ended_takes_over_what_it_held_itself(
    tmp_path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process lives, and with it the name of the lease."""
    rest = Dispatcher._rest

    async def ends(_self: Dispatcher, _seconds: float | None) -> None:
        monkeypatch.setattr(Dispatcher, "_rest", rest)
        raise RuntimeError("ended")

    async with house(tmp_path / "stempel.db", Surroundings(clock=clock, limits=UNHURRIED)) as home:
        shop = await home.opens_shop()
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
        home.sandbox.faults.server_error(method="editMessageMedia", chat_id=anna.id)
        await sam.sends(f"/stamp {number_of(anna)}")
        await home.until_rows("SELECT attempts FROM deliveries", [(1,)])
        owed = update(tables.deliveries).where(tables.deliveries.c.attempts == 1)
        held = owed.values(leased_by=ALONE.me, leased_until=2**62)
        await home.store.write(changing(lambda tx: cast(Any, tx).session.run(held)), None)
        clock.passes(minutes=1)
        monkeypatch.setattr(Dispatcher, "_rest", ends)
        await anna.sees("✅ +1 stamp")


@pytest.mark.parametrize("error", [DatabaseUnavailable, sqlite3.OperationalError])
async def test_dispatcher_that_could_not_take_over_sends_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def is_locked(*, tx: Tx, command: tuple[BotId, ChannelKind]) -> Never:
        raise error("database is locked")

    monkeypatch.setattr(outbox, "release_leases", is_locked)
    async with house(tmp_path / "stempel.db", Surroundings(limits=UNHURRIED)) as home:
        shop = await home.opens_shop()
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
        await sam.sends(f"/stamp {number_of(anna)}")
        await anna.sees("✅ +1 stamp")

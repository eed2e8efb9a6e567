"""A stamp on a card in two wallets against one on a card in none, in turn on the same database."""

import asyncio
import statistics
import tempfile
import time
from functools import partial
from itertools import count
from pathlib import Path

from bot.kit.clock import chance_below, new_id, system_clock
from domain.acts import Asked, Stamp
from domain.card import Card, CardRef, Customer
from domain.entry import Origin
from domain.ids import CardNumber, MerchantId, OperationKey
from domain.merchant import Program
from domain.ports import Tx
from domain.staff import Actor
from domain.usecases.stamp_card import stamp_card
from domain.usecases.wallets import AddPass, add_pass
from domain.wallet import WalletKind
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.town import build_town
from tests.support.async_shop import look

STAMPS = 3_000


async def measure() -> float:
    """The ratio of the medians."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        migrate(path, system_clock())
        store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
        town = await build_town(store, staff=1, customers=200)
        for number in town.numbers[::2]:
            found = await look(store, partial(_card, town.merchant_id, number))
            assert found is not None
            card, customer, _ = found
            for kind in WalletKind:
                put = AddPass(
                    account=customer.account,
                    merchant_id=town.merchant_id,
                    card_id=card.card_id,
                    wallet=kind,
                )
                await store.write(add_pass, put)
        staff, keys = town.staff[0], count()
        actor = Actor(
            merchant_id=town.merchant_id,
            staff_id=staff.staff_id,
            store_id=town.store_id,
            account=staff.account,
        )
        took: tuple[list[float], list[float]] = ([], [])
        for turn in range(STAMPS):
            act = Stamp(
                card=CardRef("number", town.numbers[turn % 200]),
                count=1,
                key=OperationKey(f"key {next(keys)}"),
            )
            origin = Origin(account=staff.account, chat_id=staff.account.user_id, message_id=turn)
            begun = time.perf_counter()
            await store.write(stamp_card, Asked(act=act, actor=actor, origin=origin))
            took[turn % 2].append(time.perf_counter() - begun)
        await store.close()
    in_two, in_none = (statistics.median(each) * 1_000_000 for each in took)
    print(
        f"a stamp, median of {STAMPS // 2}: {in_two:,.0f} µs on a card in two wallets, {in_none:,.0f} µs on one in"
        f" none, ratio {in_two / in_none:.2f}"
    )
    return in_two / in_none


def _card(merchant_id: MerchantId, number: CardNumber, tx: Tx) -> tuple[Card, Customer, Program] | None:
    return tx.card(merchant_id, CardRef("number", number))


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()

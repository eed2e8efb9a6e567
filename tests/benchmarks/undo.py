"""Undo of a stamp on a card with 20,000 entries against one with 20, one after the other in the same run.

Printed by ``python -m tests.benchmarks.undo``: how long an Undo takes, and how much of that is processor time.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from itertools import count
from pathlib import Path

from bot.kit.clock import chance_below, new_id, system_clock
from domain.acts import Asked, Stamp, TakeBack
from domain.card import CardRef
from domain.entry import Origin
from domain.ids import CardNumber, OperationKey
from domain.staff import Actor
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.town import Town, build_town
from tests.support.long_life import lives_long

SHORT, LONG = 21, 20_019
ROUNDS = 101
_keys = count()


class Counter:
    """Where stamps are given and taken back."""

    def __init__(self, store: SqliteDatabase, town: Town) -> None:
        self.store = store
        self.actor = Actor(
            merchant_id=town.merchant_id,
            store_id=town.store_id,
            staff_id=town.staff[0].staff_id,
            account=town.staff[0].account,
        )

    async def undone(self, number: CardNumber) -> tuple[float, float]:
        """The milliseconds that an Undo took, and those of the processor among them."""
        card, key = CardRef("number", number), next(_keys)
        origin = Origin(account=self.actor.account, chat_id=self.actor.account.user_id, message_id=key)
        stamp = Stamp(card=card, count=1, key=OperationKey(f"stamp-{key}"))
        given = await self.store.write(stamp_card, Asked(act=stamp, actor=self.actor, origin=origin))
        undo = TakeBack(card=card, key=OperationKey(f"undo-{key}"), entry=given.entry.entry_id, is_undo=True)
        begun, working = time.perf_counter(), time.process_time()
        await self.store.write(void_act, Asked(act=undo, actor=self.actor, origin=origin))
        return (time.perf_counter() - begun) * 1000, (time.process_time() - working) * 1000


def live(path: Path, number: CardNumber, entries: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        [(card_id,)] = connection.execute("SELECT card_id FROM cards WHERE number = ?", (number,)).fetchall()
        lives_long(connection, card_id, entries)


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "undo.db"
        migrate(path, system_clock())
        store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
        town = await build_town(store, staff=1, customers=2)
        counter = Counter(store, town)
        short, long = town.numbers
        for number, entries in ((short, SHORT), (long, LONG)):
            await give_one(counter, number)
            live(path, number, entries)
            await counter.undone(number)
        pairs = [(await counter.undone(short), await counter.undone(long)) for _ in range(ROUNDS)]
        await store.close()
    print(f"Undo on a card with {LONG:,} entries against one with {SHORT}, {ROUNDS} rounds in turn")
    for what, part in (("in all", 0), ("of the processor", 1)):
        ratios = sorted(other[part] / one[part] for one, other in pairs)
        print(
            f"  {statistics.median(other[part] for _, other in pairs):6.2f} ms {what},"
            f" {statistics.median(one[part] for one, _ in pairs):6.2f} ms with {SHORT},"
            f" ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )


async def give_one(counter: Counter, number: CardNumber) -> None:
    key = next(_keys)
    origin = Origin(account=counter.actor.account, chat_id=1, message_id=key)
    act = Stamp(card=CardRef("number", number), count=1, key=OperationKey(f"first-{key}"))
    await counter.store.write(stamp_card, Asked(act=act, actor=counter.actor, origin=origin))


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()

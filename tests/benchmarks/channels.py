"""What a stamp costs where there are other channels beside the chat: the use case through the writer, one stamp after
the other.

Printed by ``python -m tests.benchmarks.channels``. All ways share one database, one writer and its thread, and their
stamps come in a random order, so that whatever else the machine does falls on all of them alike; each has its own
customers. Sending is off the request path and not measured. Beside the time stands the processor time, in which other
programs have no part.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from bot.kit.clock import chance_below, new_id, system_clock
from domain.account import Account
from domain.acts import Asked, Stamp
from domain.card import CardRef
from domain.delivery import ALWAYS_ON, ChannelKind
from domain.entry import Origin
from domain.ids import CardNumber, OperationKey, UserId
from domain.mailbox import Mailbox, Ways
from domain.ports import Database, Tx
from domain.staff import Actor
from domain.usecases.stamp_card import stamp_card
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.town import BOT_ID, FIRST_CUSTOMER, Town, build_town

STAMPS = 2_000
WARMING = 200
CUSTOMERS = 100
RATIO_MAX = 1.1
"""Of the median of a stamp, to that with the chat alone."""


Took = tuple[float, float]
"""Seconds by the clock, and of the processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is on, and whether its customers have a mailbox: a delivery more for each message."""

    name: str
    channels_on: Collection[ChannelKind] = ALWAYS_ON
    reads_mail: bool = False


WAYS: Sequence[Way] = (
    Way(name="the chat alone"),
    Way(name="mail on, nobody reads it", channels_on=ALWAYS_ON | {ChannelKind.EMAIL}),
    Way(name="mail on, everybody reads it", channels_on=ALWAYS_ON | {ChannelKind.EMAIL}, reads_mail=True),
)
"""The first is what the others are compared with."""


def give_mailbox(*, tx: Tx, command: Account) -> None:
    address = f"customer{command.user_id}@example.lu"
    tx.save_mailbox(Mailbox(account=command, address=address, ways=Ways.BOTH, verified_at=tx.now))


async def begin(store: Database, way: Way, first: int) -> None:
    """Its customers are those from ``first`` on."""
    for user_id in range(FIRST_CUSTOMER + first, FIRST_CUSTOMER + first + CUSTOMERS):
        if way.reads_mail:
            await store.write(give_mailbox, Account(bot_id=BOT_ID, user_id=UserId(user_id)))


async def stamp(store: Database, town: Town, number: CardNumber, key: OperationKey) -> Took:
    staff = town.staff[0]
    actor = Actor(
        merchant_id=town.merchant_id, staff_id=staff.staff_id, store_id=town.store_id, account=staff.account
    )
    act = Stamp(card=CardRef("number", number), count=1, key=key)
    origin = Origin(account=staff.account, chat_id=staff.account.user_id, message_id=1)
    asked = Asked(act=act, actor=actor, origin=origin)
    began = time.perf_counter(), time.process_time()
    await store.write(stamp_card, asked)
    return time.perf_counter() - began[0], time.process_time() - began[1]


async def measure(stamps: int = STAMPS) -> Mapping[str, Took]:
    """The medians of a stamp, for each way."""
    keys, chance, channels_on = count(), Random(1), set(ALWAYS_ON)
    taken: dict[str, list[Took]] = {way.name: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        migrate(path, system_clock())
        store = SqliteDatabase(
            path, clock=system_clock, new_id=new_id, chance_below=chance_below, channels_on=channels_on
        )
        town = await build_town(store, staff=1, customers=CUSTOMERS * len(WAYS))
        for at, way in enumerate(WAYS):
            await begin(store, way, at * CUSTOMERS)
        order = [*enumerate(WAYS)]
        for turn in range(WARMING + stamps):
            chance.shuffle(order)
            for at, way in order:
                channels_on.clear()
                channels_on.update(way.channels_on)
                number = town.numbers[at * CUSTOMERS + turn % CUSTOMERS]
                took = await stamp(store, town, number, OperationKey(f"stamp {next(keys)}"))
                if turn >= WARMING:
                    taken[way.name].append(took)
        await store.close()
    return {
        name: (statistics.median(each[0] for each in took), statistics.median(each[1] for each in took))
        for name, took in taken.items()
    }


def show(medians: Mapping[str, Took], stamps: int = STAMPS) -> None:
    print(f"a stamp beside other channels, the median of {stamps} each")
    [alone, *_] = medians.values()
    for name, median in medians.items():
        ratios = [one / other for one, other in zip(median, alone, strict=True)]
        verdict = "" if ratios[0] <= RATIO_MAX else f", above {RATIO_MAX}"
        print(
            f"  {name:<28} {median[0] * 1000:.3f} ms, ratio {ratios[0]:.2f}{verdict};"
            f" processor {median[1] * 1000:.3f} ms, ratio {ratios[1]:.2f}"
        )


def main() -> None:
    show(asyncio.run(measure()))


if __name__ == "__main__":
    main()

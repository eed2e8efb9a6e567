"""Commands that share a transaction of the file come to what they come to one by one."""

import asyncio
import random
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain import ports
from domain.ports import Command, InputT, ResultT
from domain.refusals import Refusal
from storage.tables import metadata
from storage.tx import Tx
from tests.support.balance_walk import BalanceWalk, Picks
from tests.support.clock import Chance, Clock, Ids
from tests.support.coming_back_walk import ComingBackWalk
from tests.support.databases import lay_empty_database, sqlite_at
from tests.support.gate import all_are_asked, held_writer
from tests.support.one_thread import OneThread

pytestmark = pytest.mark.usefixtures("patient")

Walk = Callable[[Callable[[Clock], OneThread], Picks], BalanceWalk | ComingBackWalk]
TABLES = [table.name for table in metadata.sorted_tables]
Content = dict[str, list[tuple[Any, ...]]]


def content(connection: sqlite3.Connection) -> Content:
    return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}


@dataclass(frozen=True)
class Done:
    """A command, what it had of the clock, of ids and of chance, and what it came to."""

    usecase: Command[Any, Any]
    command: Any
    now: datetime
    ids_made: int
    chance: Any
    came_to: str


class Recording(OneThread):
    """Keeps what was written, command by command, and at its end all that there is."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.done: list[Done] = []

    def _written(self, usecase: Command[InputT, ResultT], command: InputT, *, defers: bool) -> ResultT:
        before = self.clock(), self.ids.made, self.chance.source.getstate()
        try:
            result = super()._written(usecase, command, defers=defers)
        except Refusal as refusal:
            self.done.append(Done(usecase, command, *before, repr(refusal)))
            raise
        self.done.append(Done(usecase, command, *before, repr(result)))
        return result

    def close(self) -> None:
        self.content = content(self._driver)
        super().close()


def recorded(walk: Walk, seed: int) -> Recording:
    opened: list[Recording] = []

    def opens(clock: Clock) -> OneThread:
        opened.append(Recording(clock))
        return opened[-1]

    walk(opens, Picks(random.Random(seed).choice)).steps(120)
    [recording] = opened
    return recording


async def again_in_groups(done: Sequence[Done], path: Path, sizes: random.Random) -> list[str]:
    """Has it all done by the writer of a file, several commands to a transaction; returns what each came to."""
    clock, ids, chance = Clock(), Ids(), Chance()

    def as_then(each: Done) -> Command[None, Any]:
        def usecase(*, tx: ports.Tx, command: None) -> Any:
            assert isinstance(tx, Tx)
            tx.now, ids.made = each.now, each.ids_made
            chance.source.setstate(each.chance)
            return each.usecase(tx=tx, command=each.command)

        return usecase

    store, found, at = sqlite_at(lay_empty_database(path))(clock, ids, chance), [], 0
    while at < len(done):
        group, at = done[at : (after := at + sizes.randint(2, 12))], after
        async with held_writer(store) as gate:
            tasks = [asyncio.create_task(store.write(as_then(each), None)) for each in group]
            await all_are_asked()
            gate.opens()
            found += await asyncio.gather(*tasks, return_exceptions=True)
    await store.close()
    return [repr(each) for each in found]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("walk", [BalanceWalk, ComingBackWalk])
def test_whatever_a_shop_does_comes_to_the_same_in_groups(walk: Walk, seed: int, tmp_path: Path) -> None:
    """Acts, merges, jobs, warnings, what is sent, new terms, restarts: all answers, and each row of each table."""
    recording = recorded(walk, seed)
    path = tmp_path / "groups.db"
    came_to = asyncio.run(again_in_groups(recording.done, path, random.Random(seed)))
    for number, (told, each) in enumerate(zip(came_to, recording.done, strict=True)):
        assert told == each.came_to, f"command {number} of {len(came_to)}"
    with closing(sqlite3.connect(path)) as file:
        assert content(file) == recording.content

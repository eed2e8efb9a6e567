"""The one writer: many callers, one commit, and everybody is told the truth about it."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Never

import pytest
from sqlalchemy import text

from domain.ids import MerchantId, StoreId
from domain.merchant import Store as MerchantStore
from domain.ports import DatabaseUnavailable, Tx
from domain.refusals import NotAllowed, NotEnoughStamps
from domain.steps import Step
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from storage import callers
from storage.callers import Group
from storage.sqlite import engine
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.writer import Writer
from storage.tx import Tx as SqliteTx
from tests.support.async_shop import Counter, do, look, opens_counter, violations
from tests.support.clock import Chance, Clock, Ids
from tests.support.gate import Gate, all_are_asked, held_writer
from tests.support.patience import PATIENCE_S


class Watched:
    """What the writer says of its steps, with a look at each."""

    def __init__(self) -> None:
        self.looks: list[Callable[[Step], object]] = []
        self.steps: list[Step] = []

    def __call__(self, step: Step) -> None:
        self.steps.append(step)
        for look_at in self.looks:
            look_at(step)


pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
async def sqlite(path: Path, clock: Clock, watched: Watched) -> AsyncIterator[SqliteDatabase]:
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance(), trace=watched)
    yield store
    await store.close()


@pytest.fixture
async def counter(sqlite: SqliteDatabase) -> Counter:
    return await opens_counter(sqlite)


def add_store(tx: Tx, name: str) -> None:
    tx.add_store(MerchantStore(merchant_id=MerchantId("m"), store_id=StoreId(name), name=name, active=True))


def stamps_in(path: Path) -> int:
    """What somebody else who opens the file sees."""
    with closing(sqlite3.connect(path)) as connection:
        [[found]] = connection.execute("SELECT count(*) FROM entries").fetchall()
        return int(found)


async def test_those_who_wait_are_committed_together(
    sqlite: SqliteDatabase, counter: Counter, watched: Watched
) -> None:
    async with held_writer(sqlite) as gate:
        watched.steps.clear()
        tasks = [
            asyncio.create_task(sqlite.write(stamp_card, counter.stamping(f"{number}")))
            for number in range(20)
        ]
        await all_are_asked()
        gate.opens()
        await asyncio.gather(*tasks)
    assert watched.steps == [Step.COMMAND_RUN] * 21 + [Step.GROUP_COMMITTED]
    assert await counter.stamp_count() == 20


@dataclass
class Stuck:
    """A store whose writer stands still in ``gate``, where ``first`` waits."""

    store: SqliteDatabase
    gate: Gate
    first: asyncio.Task[None]


@pytest.fixture
async def stuck(
    path: Path, clock: Clock, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stuck]:
    """Nobody has waited for the store before. On a busy machine whoever begins is given more time."""
    store, gate = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance()), Gate()
    entered = asyncio.create_task(gate.entered.wait())
    for patience_s in (0.05, 1.0, PATIENCE_S):
        monkeypatch.setattr(callers, "STANDS_STILL_S", patience_s)
        first = asyncio.create_task(store.write(gate, None))
        await asyncio.wait([first, entered], return_when=asyncio.FIRST_COMPLETED)
        if entered.done():
            break
    yield Stuck(store, gate, first)
    gate.opens()
    await store.close()


async def test_who_waits_for_a_disk_that_stands_still_is_told_in_time_and_what_nobody_waits_for_is_not_begun(
    path: Path, counter: Counter, stuck: Stuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamped = asyncio.create_task(stuck.store.write(stamp_card, counter.stamping("1")))
    told = await asyncio.gather(stuck.first, stamped, return_exceptions=True)
    assert [type(error) for error in told] == [DatabaseUnavailable] * 2
    monkeypatch.setattr(callers, "STANDS_STILL_S", PATIENCE_S)
    stuck.gate.opens()
    again = await stuck.store.write(stamp_card, counter.stamping("1"))
    assert (again.replayed, stamps_in(path)) == (False, 1)


async def test_who_asks_while_others_wait_is_given_up_at_a_time_of_their_own(
    counter: Counter, stuck: Stuck
) -> None:
    with pytest.raises(DatabaseUnavailable):
        await stuck.first
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            await stuck.store.write(stamp_card, counter.stamping("1"))


async def test_those_who_come_one_round_of_the_event_loop_after_the_other_share_a_commit(
    sqlite: SqliteDatabase, counter: Counter, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round lasts for as long as the writer's thread would need to begin."""
    monkeypatch.setattr(callers, "GATHERED_FOR_S", 60.0)
    has_begun = threading.Event()
    asked: list[int] = []
    asked_before: list[int] = []

    async def comes_after(rounds: int) -> None:
        for _ in range(rounds):
            await asyncio.sleep(0)
        asked.append(rounds)
        stamped = asyncio.create_task(sqlite.write(stamp_card, counter.stamping(f"{rounds}")))
        has_begun.wait(0.02)
        await stamped

    def looks(_step: Step) -> None:
        asked_before.append(len(asked))
        has_begun.set()

    watched.looks.append(looks)
    watched.steps.clear()
    await asyncio.gather(*map(comes_after, range(10)))
    assert asked_before[0] == 10
    assert watched.steps == [Step.COMMAND_RUN] * 10 + [Step.GROUP_COMMITTED]


async def test_who_has_just_asked_when_the_database_is_closed_is_served(
    path: Path, sqlite: SqliteDatabase, counter: Counter
) -> None:
    asked = asyncio.create_task(sqlite.write(stamp_card, counter.stamping("1")))
    await asyncio.sleep(0)
    await sqlite.close()
    assert (await asked).replayed is False
    assert stamps_in(path) == 1


async def test_group_is_no_larger_than_its_limit(
    sqlite: SqliteDatabase, counter: Counter, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "GROUP_SIZE_MAX", 4)
    async with held_writer(sqlite) as gate:
        watched.steps.clear()
        tasks = [
            asyncio.create_task(sqlite.write(stamp_card, counter.stamping(f"{number}")))
            for number in range(9)
        ]
        await all_are_asked()
        gate.opens()
        await asyncio.gather(*tasks)
    group = [Step.COMMAND_RUN] * 4 + [Step.GROUP_COMMITTED]
    assert watched.steps == group + group + [Step.COMMAND_RUN] * 2 + [Step.GROUP_COMMITTED]


async def test_nobody_is_answered_before_the_commit(
    path: Path, sqlite: SqliteDatabase, counter: Counter, watched: Watched
) -> None:
    seen: list[tuple[Step, bool, int]] = []
    async with held_writer(sqlite) as gate:
        tasks = [
            asyncio.create_task(sqlite.write(stamp_card, counter.stamping(f"{number}")))
            for number in range(5)
        ]
        await all_are_asked()
        watched.looks.append(
            lambda step: seen.append((step, any(task.done() for task in tasks), stamps_in(path)))
        )
        gate.opens()
        await asyncio.gather(*tasks)
    assert seen == [(Step.COMMAND_RUN, False, 0)] * 6 + [(Step.GROUP_COMMITTED, False, 5)]


def breaks_the_commit(tx: Tx) -> None:
    """A store of no merchant, which is noticed at the commit and not before."""
    assert isinstance(tx, SqliteTx)
    tx.session.one(text("PRAGMA defer_foreign_keys=ON"))
    tx.add_store(
        MerchantStore(merchant_id=MerchantId("none"), store_id=StoreId("s"), name="Gare", active=True)
    )


async def test_commit_that_fails_is_told_to_the_whole_group_and_keeps_nothing_of_it(
    path: Path, sqlite: SqliteDatabase, counter: Counter
) -> None:
    gate = Gate(before=breaks_the_commit)
    tasks: list[asyncio.Task[object]] = [
        asyncio.create_task(sqlite.write(gate, None)),
        *(
            asyncio.create_task(sqlite.write(stamp_card, counter.stamping(f"{number}")))
            for number in range(3)
        ),
    ]
    await all_are_asked()
    gate.opens()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(error) for error in told] == [DatabaseUnavailable] * 4
    assert stamps_in(path) == 0
    again = [await sqlite.write(stamp_card, counter.stamping(f"{number}")) for number in range(3)]
    assert [stamped.replayed for stamped in again] == [False] * 3
    assert await violations(sqlite) == []


async def test_database_that_somebody_else_has_locked_is_told_as_unavailable_until_it_is_free(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    try:
        counter = await opens_counter(store)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseUnavailable, match="locked"):
                await store.write(stamp_card, counter.stamping("one"))
        await store.write(stamp_card, counter.stamping("one"))
        assert await counter.stamp_count() == 1
    finally:
        await store.close()


async def test_those_who_wait_behind_a_lock_that_somebody_else_holds_are_told_together(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than one after the other, the twentieth after twenty times as long."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 500)
    waits: list[Group] = []
    begin = Writer._begin

    def waits_for_it(writer: Writer, group: Group) -> None:
        waits.append(group)
        begin(writer, group)

    monkeypatch.setattr(Writer, "_begin", waits_for_it)
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            told = await asyncio.gather(*(do(store, nothing) for _ in range(20)), return_exceptions=True)
        assert [type(error) for error in told] == [DatabaseUnavailable] * 20
        assert len(waits) < 10
        await do(store, nothing)
    finally:
        await store.close()


def nothing(tx: Tx) -> None:
    """Changes nothing."""


async def test_disk_that_is_full_in_the_middle_of_a_command_is_told_as_unavailable_until_there_is_room(
    sqlite: SqliteDatabase, counter: Counter
) -> None:
    """Told as what SQLite calls it, it would look like a fault of the command."""

    def fills(tx: Tx) -> None:
        for number in range(500):
            add_store(tx, f"{number:0200}")

    def pages_max(tx: Tx, count: int) -> None:
        assert isinstance(tx, SqliteTx)
        tx.session.one(text(f"PRAGMA max_page_count={count}"))

    await do(sqlite, lambda tx: pages_max(tx, 1))
    with pytest.raises(DatabaseUnavailable, match="full"):
        await do(sqlite, fills)
    await do(sqlite, lambda tx: pages_max(tx, 1_000_000))
    await do(sqlite, fills)
    assert await violations(sqlite) == []


async def test_proof_that_something_can_be_written_fails_while_nothing_can(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    try:
        await do(store, nothing)
        before = await store.size_bytes()
        await store.prove_writable()
        assert await store.size_bytes() > before
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(DatabaseUnavailable, match="locked"):
                await store.prove_writable()
        await store.prove_writable()
    finally:
        await store.close()


@pytest.mark.parametrize("is_replaced", [True, False])
async def test_proof_that_something_can_be_written_fails_once_the_file_is_another(
    path: Path, clock: Clock, is_replaced: bool
) -> None:
    """It would go on writing into a file that nobody finds again."""
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    aside = path.with_name("aside.db")
    try:
        await do(store, nothing)
        shutil.move(path, aside)
        if is_replaced:
            shutil.copy(aside, path)
        with pytest.raises(DatabaseUnavailable, match=f"{path} is no longer the file that was opened"):
            await store.prove_writable()
        shutil.move(aside, path)
        await store.prove_writable()
    finally:
        await store.close()


async def test_at_the_end_nobody_waits_long_for_what_somebody_else_holds(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting as long as otherwise, they would be told that the disk does not answer."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 60_000)
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.hurry()
        for _ in range(3):
            with pytest.raises(DatabaseUnavailable, match="locked"):
                await do(store, nothing)
        await store.close()


async def test_commands_are_run_in_the_order_in_which_they_were_asked(
    sqlite: SqliteDatabase, counter: Counter
) -> None:
    ran: list[int] = []

    def runs(*, tx: Tx, command: int) -> None:
        ran.append(command)

    await asyncio.gather(*(sqlite.write(runs, number) for number in range(100)))
    assert ran == list(range(100))


@pytest.mark.parametrize("place", [0, 5, 9], ids=["first", "in the middle", "last"])
@pytest.mark.parametrize("error", [NotAllowed(), ZeroDivisionError("a bug")], ids=["refusal", "bug"])
async def test_command_that_fails_after_it_has_written_takes_back_only_itself(
    sqlite: SqliteDatabase, counter: Counter, place: int, error: Exception
) -> None:
    def half(tx: Tx) -> Never:
        add_store(tx, "half")
        raise error

    async with held_writer(sqlite) as gate:
        tasks: list[asyncio.Task[object]] = [
            asyncio.create_task(sqlite.write(stamp_card, counter.stamping(f"{number}")))
            if number != place
            else asyncio.create_task(do(sqlite, half))
            for number in range(10)
        ]
        await all_are_asked()
        gate.opens()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [number for number, result in enumerate(results) if result is error] == [place]
    assert [result for result in results if isinstance(result, Exception)] == [error]
    assert await counter.stamp_count() == 9
    assert await look(sqlite, lambda tx: tx.store(MerchantId("m"), StoreId("half"))) is None
    assert await violations(sqlite) == []


async def test_refusals_in_a_group_leave_the_others_alone(sqlite: SqliteDatabase, counter: Counter) -> None:
    async with held_writer(sqlite) as gate:
        stamping = [
            asyncio.create_task(sqlite.write(stamp_card, counter.stamping(f"s{number}")))
            for number in range(9)
        ]
        redeeming = [
            asyncio.create_task(sqlite.write(redeem_reward, counter.redeeming(f"r{number}")))
            for number in range(3)
        ]
        await all_are_asked()
        gate.opens()
        await asyncio.gather(*stamping)
        refused = await asyncio.gather(*redeeming, return_exceptions=True)
    assert {type(refusal) for refusal in refused} == {NotEnoughStamps}
    assert await counter.stamp_count() == 9


async def test_group_that_is_run_again_wakes_the_outbox_once_and_counts_each_message_once(
    sqlite: SqliteDatabase, counter: Counter
) -> None:
    woken: list[bool] = []
    sqlite.on_enqueued(lambda: woken.append(True))

    def half(tx: Tx) -> Never:
        add_store(tx, "half")
        raise NotAllowed

    async with held_writer(sqlite) as gate:
        stamped = asyncio.create_task(sqlite.write(stamp_card, counter.stamping("one")))
        failed = asyncio.create_task(do(sqlite, half))
        await all_are_asked()
        gate.opens()
        await asyncio.gather(stamped, failed, return_exceptions=True)
        await all_are_asked()
    assert woken == [True]
    assert len((await counter.history()).notified) == 1


async def test_error_in_one_use_case_does_not_poison_the_next(
    sqlite: SqliteDatabase, counter: Counter
) -> None:
    def bug(tx: Tx) -> Never:
        add_store(tx, "half")
        raise ZeroDivisionError

    def broken_row(tx: Tx) -> None:
        tx.add_store(
            MerchantStore(merchant_id=MerchantId("none"), store_id=StoreId("s"), name="Gare", active=True)
        )

    for number in range(5):
        with pytest.raises(ZeroDivisionError):
            await do(sqlite, bug)
        with pytest.raises(sqlite3.IntegrityError):
            await do(sqlite, broken_row)
        await sqlite.write(stamp_card, counter.stamping(f"{number}"))
    assert await counter.stamp_count() == 5


async def test_caller_who_gives_up_waiting_does_no_harm_to_the_others(
    sqlite: SqliteDatabase, counter: Counter
) -> None:
    async with held_writer(sqlite) as gate:
        first = asyncio.create_task(sqlite.write(stamp_card, counter.stamping("one")))
        impatient = asyncio.create_task(sqlite.write(stamp_card, counter.stamping("two")))
        last = asyncio.create_task(sqlite.write(stamp_card, counter.stamping("three")))
        await all_are_asked()
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        gate.opens()
        await asyncio.gather(first, last)
    assert impatient.cancelled()
    assert await violations(sqlite) == []
    again = await sqlite.write(stamp_card, counter.stamping("two"))
    assert again.replayed, "what was asked for is carried out, whoever waits for it"
    assert await counter.stamp_count() == 3


async def test_close_finishes_what_was_asked_for(
    path: Path, sqlite: SqliteDatabase, counter: Counter
) -> None:
    async with held_writer(sqlite) as gate:
        tasks = [
            asyncio.create_task(sqlite.write(stamp_card, counter.stamping(f"{number}")))
            for number in range(200)
        ]
        await all_are_asked()
        closing_down = asyncio.create_task(sqlite.close())
        await all_are_asked()
        gate.opens()
        await closing_down
        await asyncio.gather(*tasks)
    assert stamps_in(path) == 200


async def test_clock_is_read_after_the_lock_is_held(path: Path) -> None:
    """Read before it, a stamp would seem to come before the one that it has waited for."""
    was_locked: list[bool] = []
    clock = Clock()

    def watched_clock() -> datetime:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                was_locked.append(True)
            else:
                was_locked.append(False)
        return clock.now

    store = SqliteDatabase(path, clock=watched_clock, new_id=Ids(), chance_below=Chance())
    try:
        for _ in range(3):
            await do(store, lambda tx: tx.now)
    finally:
        await store.close()
    assert was_locked == [True] * 3


async def test_each_command_of_a_group_has_its_own_moment(
    sqlite: SqliteDatabase, counter: Counter, clock: Clock
) -> None:
    def moment(tx: Tx) -> object:
        clock.passes(seconds=1)
        return tx.now

    moments = await asyncio.gather(*(do(sqlite, moment) for _ in range(5)))
    assert len(set(moments)) == 5


def closes_its_connection(tx: Tx) -> None:
    """After this neither COMMIT nor ROLLBACK can be said."""
    assert isinstance(tx, SqliteTx)
    tx.session._cursor.connection.close()  # type: ignore[attr-defined]


async def test_connection_that_is_lost_fails_its_group_and_the_next_writes_on_another(
    sqlite: SqliteDatabase, counter: Counter
) -> None:
    async with asyncio.timeout(PATIENCE_S):
        for number in range(3):
            with pytest.raises(DatabaseUnavailable):
                await do(sqlite, closes_its_connection)
            await sqlite.write(stamp_card, counter.stamping(f"{number}"))
    assert await counter.stamp_count() == 3
    assert await violations(sqlite) == []


async def test_whatever_else_goes_wrong_in_the_writer_is_told_to_its_callers_and_ends_nothing(
    sqlite: SqliteDatabase, counter: Counter, watched: Watched
) -> None:
    told: list[str] = []
    sqlite.on_failure(told.append)

    def fails(_step: Step) -> None:
        watched.looks.clear()
        raise KeyError("nobody foresaw this")

    watched.looks.append(fails)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(DatabaseUnavailable):
            await sqlite.write(stamp_card, counter.stamping("one"))
        await sqlite.write(stamp_card, counter.stamping("one"))
    assert await counter.stamp_count() == 1
    assert told == ["writer of the database"]


async def test_command_that_runs_out_of_an_iterator_leaves_nobody_of_its_group_waiting(
    sqlite: SqliteDatabase, counter: Counter
) -> None:
    """``StopIteration`` is the one error that a future does not take."""

    def runs_out(tx: Tx) -> Never:
        raise StopIteration

    async with held_writer(sqlite) as gate:
        first = asyncio.create_task(do(sqlite, runs_out))
        second = asyncio.create_task(sqlite.write(stamp_card, counter.stamping("one")))
        await all_are_asked()
        gate.opens()
        async with asyncio.timeout(PATIENCE_S):
            told, stamped = await asyncio.gather(first, second, return_exceptions=True)
    assert isinstance(told, RuntimeError)
    assert not isinstance(stamped, Exception)


async def test_wake_that_fails_keeps_no_other_from_being_called(
    sqlite: SqliteDatabase, counter: Counter
) -> None:
    woken = asyncio.Event()

    def fails() -> Never:
        raise KeyError("nobody foresaw this")

    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    sqlite.on_enqueued(fails)
    sqlite.on_enqueued(woken.set)
    await sqlite.write(stamp_card, counter.stamping("one"))
    async with asyncio.timeout(PATIENCE_S):
        await woken.wait()

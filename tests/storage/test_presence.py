"""Several processes on one PostgreSQL database: who is at work, who is dead, and whose an update, a chat and a lease
is. Each has a store of its own, and seconds that the test lets pass."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
import pytest

from domain.crew import Crew
from domain.delivery import ChannelKind
from domain.ids import BotId, UpdateId
from domain.plumbing.inbox import (
    CalledFor,
    UpdateRef,
    finish_updates,
    is_something_left,
    receive_updates,
    take_over,
    updates_called_for,
)
from domain.plumbing.outbox import LeaseDeliveries, Waits, deliveries_wait, lease_deliveries, release_leases
from domain.update import ReceivedUpdate
from domain.usecases.stamp_card import stamp_card
from storage.instances import CHANNEL
from storage.postgres import engine
from storage.postgres import presence as module
from storage.postgres.database import PostgresDatabase
from storage.postgres.instance import AlreadyInUse, in_use
from storage.postgres.presence import GONE_AFTER_S, STILL_AFTER_S, SURE_FOR_S, Presence
from tests.support import postgres
from tests.support.async_shop import BOT, opens_counter
from tests.support.clock import Chance, Clock, Ids
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.skipif(not postgres.is_here(), reason=postgres.LEFT_OUT)
PEOPLE = range(100)
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass
class Seconds:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Process:
    """``stack`` is left when it ends in order."""

    store: PostgresDatabase
    presence: Presence
    seconds: Seconds
    stack: AsyncExitStack
    losses: list[str] = field(default_factory=list)

    @property
    def crew(self) -> Crew:
        return self.presence.crew

    def leads(self) -> bool:
        return self.crew.leads()

    async def stands_still(self) -> None:
        """Its session stays."""
        self.presence._beating.cancel()
        await asyncio.wait([self.presence._beating])

    async def is_killed(self) -> None:
        """Its sessions end."""
        await self.stands_still()
        await self.presence._disconnect()

    async def receives(self, update_id: int, person: int) -> bool:
        """Whether it is for itself to handle."""
        [kept] = await self.store.write(receive_updates, [update(update_id, person)])
        return kept.is_mine

    async def is_called_for(self) -> list[int]:
        asked = CalledFor(bot_id=BOT, known=frozenset(), limit=1_000)
        return [each.update_id for each in await self.store.read(updates_called_for, asked)]

    async def leases(self, limit: int = 100) -> list[str]:
        asked = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder=self.crew.me, limit=limit)
        return [each.address for each in await self.store.write(lease_deliveries, asked)]


def update(update_id: int, person: int) -> ReceivedUpdate:
    return ReceivedUpdate(bot_id=BOT, update_id=UpdateId(update_id), person_key=person, payload="{}")


@dataclass
class Pier:
    url: str
    processes: list[Process] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    async def launches(self, bot_id: BotId = BOT) -> Process:
        ids, seconds = Ids(next(self._numbers) * 1_000_000), Seconds()
        async with AsyncExitStack() as stack:
            store = PostgresDatabase(self.url, clock=Clock(), new_id=ids, chance_below=Chance())
            stack.push_async_callback(store.close)
            presence = await stack.enter_async_context(store.joined(bot_id, seconds))
            found = Process(store, presence, seconds, stack.pop_all())
        presence.on_lost(lambda: found.losses.append(found.crew.me))
        self.processes.append(found)
        return found

    async def looks(self, process: Process, times: int = 2) -> None:
        """It beats so many times at least. The first may have been under way."""
        for _ in range(times):
            await self.until(partial(self._has_beaten, process, self._beat(process)))

    def _has_beaten(self, process: Process, before: object) -> bool:
        return self._beat(process) != before

    def calls_all(self) -> None:
        postgres.edits(self.url, f"SELECT pg_notify('{CHANNEL}', '')")

    def _beat(self, process: Process) -> object:
        with self.connected() as connection:
            return connection.execute(
                "SELECT beat FROM instances WHERE instance_id = %s", [process.presence._me]
            ).fetchone()

    def connected(self) -> closing[psycopg.Connection[Any]]:
        return closing(psycopg.connect(self.url.replace("+psycopg", "")))

    async def until(self, check: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not check():
                self.calls_all()
                await asyncio.sleep(0.02)


@pytest.fixture
async def pier(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pier]:
    """Nobody beats but when the test calls."""
    monkeypatch.setattr(module, "BEATS_EVERY_S", 1_000.0)
    url, give_back = postgres.lend_database()
    found = Pier(url)
    yield found
    for process in found.processes:
        await process.stack.aclose()
    give_back()


@pytest.fixture
async def two(pier: Pier) -> tuple[Process, Process]:
    first, second = await pier.launches(), await pier.launches()
    await pier.until(lambda: len(first.crew.mates) == 2)
    return first, second


async def test_all_see_each_other_and_the_eldest_leads(pier: Pier, two: tuple[Process, Process]) -> None:
    first, second = two
    third = await pier.launches(BotId(BOT + 1))
    await pier.until(lambda: all(len(each.crew.mates) == 3 for each in pier.processes))
    assert [each.crew.leads() for each in pier.processes] == [True, False, False]
    assert third.crew.leads(BotId(BOT + 1))
    assert [len(each.crew.sharing) for each in pier.processes] == [2, 2, 1]
    owners = {(first.crew.owner_of(f"{one}"), second.crew.owner_of(f"{one}")) for one in PEOPLE}
    assert owners == {(first.crew.me,) * 2, (second.crew.me,) * 2}
    places = [*first.crew.places_of_mine(), *second.crew.places_of_mine()]
    assert (len(places), len(set(places))) == (100, 100)


async def test_who_leaves_takes_nothing_new_and_is_gone_in_the_end(
    pier: Pier, two: tuple[Process, Process]
) -> None:
    first, second = two
    await first.presence.leave()
    assert not first.crew.leads()
    await pier.until(second.leads)
    assert len(second.crew.mates) == 2
    assert {second.crew.owner_of(f"{one}") for one in PEOPLE} == {second.crew.me}
    await first.stack.aclose()
    await pier.until(lambda: len(second.crew.mates) == 1)


async def test_who_is_killed_is_dead_within_seconds(pier: Pier, two: tuple[Process, Process]) -> None:
    first, second = two
    await first.is_killed()
    await pier.looks(second)
    second.seconds.now += GONE_AFTER_S - 0.1
    await pier.looks(second)
    assert len(second.crew.mates) == 2
    second.seconds.now += 0.2
    await pier.until(lambda: len(second.crew.mates) == 1)
    assert second.crew.leads()


async def test_who_beats_lives_however_long_it_is_watched(pier: Pier, two: tuple[Process, Process]) -> None:
    first, second = two
    names = {each.crew.me for each in two}
    for _ in range(3):
        second.seconds.now += STILL_AFTER_S - 0.1
        await pier.looks(first)
        await pier.looks(second)
    assert {mate.instance_id for mate in second.crew.mates} == names
    assert first.losses == []


async def test_what_was_not_watched_is_no_silence(pier: Pier, two: tuple[Process, Process]) -> None:
    first, second = two
    await first.stands_still()
    await pier.looks(second)
    await second.is_killed()
    second.seconds.now += STILL_AFTER_S
    second.presence._beats()
    await pier.looks(second)
    assert len(second.crew.mates) == 2


async def test_who_stands_still_is_dead_later_and_joins_again_under_another_name(
    pier: Pier, two: tuple[Process, Process]
) -> None:
    first, second = two
    before = first.crew.me
    await first.stands_still()
    await pier.looks(second)
    second.seconds.now += STILL_AFTER_S - 0.1
    await pier.looks(second)
    assert len(second.crew.mates) == 2
    second.seconds.now += 0.2
    await pier.until(lambda: len(second.crew.mates) == 1)
    first.presence._beats()
    await pier.until(lambda: len(second.crew.mates) == 2)
    await pier.until(lambda: first.crew.me != before)
    assert first.losses == [before]
    assert (first.crew.leads(), second.crew.leads()) == (False, True)


async def test_who_has_not_beaten_is_not_sure_before_others_can_believe_it_dead(
    pier: Pier, two: tuple[Process, Process]
) -> None:
    first, _ = two
    await pier.looks(first)
    assert first.presence.is_sure()
    await first.stands_still()
    first.seconds.now += SURE_FOR_S
    assert not first.presence.is_sure()
    first.presence._beats()
    await pier.until(first.presence.is_sure)
    assert SURE_FOR_S < GONE_AFTER_S < STILL_AFTER_S


async def test_lost_connection_is_made_anew_and_nobody_dies_of_it(
    pier: Pier, two: tuple[Process, Process]
) -> None:
    first, second = two
    names = {each.crew.me for each in two}
    postgres.edits(
        pier.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    for each in two:
        each.seconds.now += SURE_FOR_S
    await pier.until(lambda: first.presence.is_sure() and second.presence.is_sure())
    assert {each.crew.me for each in two} == names
    assert (first.losses, second.losses) == ([], [])


async def test_database_that_somebody_needs_alone_is_not_joined_nor_the_other_way_round(pier: Pier) -> None:
    with in_use(pier.url), pytest.raises(AlreadyInUse):
        await pier.launches()
    await pier.launches()
    with pytest.raises(AlreadyInUse), in_use(pier.url):
        pass


async def test_update_is_for_whose_the_chat_is_and_who_is_told(two: tuple[Process, Process]) -> None:
    first, second = two
    is_told = asyncio.Event()
    second.presence.on_called(is_told.set)
    mine = {one: await first.receives(one, one) for one in PEOPLE}
    assert mine == {one: first.crew.owner_of(f"{one}") == first.crew.me for one in PEOPLE}
    assert await second.is_called_for() == [one for one, is_mine in mine.items() if not is_mine]
    async with asyncio.timeout(PATIENCE_S):
        await is_told.wait()
    assert [await second.receives(one, one) for one in PEOPLE] == [False] * len(PEOPLE)


async def test_who_has_something_of_a_person_has_the_rest_whoever_is_at_work(
    pier: Pier, two: tuple[Process, Process]
) -> None:
    first, second = two
    lea = next(one for one in PEOPLE if first.crew.owner_of(f"{one}") == first.crew.me)
    assert await second.receives(1, lea) is False
    await first.presence.leave()
    await pier.until(lambda: second.crew.owner_of(f"{lea}") == second.crew.me)
    assert await second.receives(2, lea) is False
    assert await first.is_called_for() == [1, 2]
    done = [UpdateRef(bot_id=BOT, update_id=UpdateId(each)) for each in (1, 2)]
    await first.store.write(finish_updates, done)
    assert await second.receives(3, lea) is True


async def test_updates_of_one_person_that_come_at_once_have_one_owner(
    pier: Pier, two: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the two processes see another crew, and both look before either can write."""
    first, second = two
    monkeypatch.setitem(engine._SETTINGS, "lock_timeout", int(PATIENCE_S * 1_000))
    lea = next(one for one in PEOPLE if first.crew.owner_of(f"{one}") == first.crew.me)
    for each in two:
        await each.stands_still()
    second.presence._crew = Crew(second.crew.me, list(second.crew.mates[1:]))
    assert second.crew.owner_of(f"{lea}") == second.crew.me
    with pier.connected() as holding, pier.connected() as looking:
        looking.autocommit = True
        holding.execute("LOCK TABLE inbox IN EXCLUSIVE MODE")
        receiving = [asyncio.create_task(each.receives(at, lea)) for at, each in enumerate(two)]
        await pier.until(lambda: looking.execute(WAITING).fetchone() == (2,))
        holding.rollback()
        await asyncio.gather(*receiving)
        assert looking.execute("SELECT count(DISTINCT owner) FROM inbox").fetchone() == (1,)


async def test_what_the_dead_leave_is_taken_over_once(pier: Pier, two: tuple[Process, Process]) -> None:
    first, second = two
    for one in PEOPLE:
        await first.receives(one, one)
    assert not await second.store.read(is_something_left, BOT)
    kept = await second.is_called_for()
    third = await pier.launches()
    await pier.until(lambda: len(third.crew.mates) == 3)
    of_third = next(one for one in PEOPLE if third.crew.owner_of(f"{len(PEOPLE) + one}") == third.crew.me)
    await third.receives(len(PEOPLE), len(PEOPLE) + of_third)
    await first.is_killed()
    await pier.looks(second)
    second.seconds.now += GONE_AFTER_S + 1
    await pier.until(lambda: len(second.crew.mates) == 2)
    assert await second.store.read(is_something_left, BOT)
    left: Sequence[ReceivedUpdate] = await second.store.write(take_over, BOT)
    assert sorted([*kept, *(each.update_id for each in left)]) == [*PEOPLE]
    assert not await second.store.read(is_something_left, BOT)
    assert await second.store.write(take_over, BOT) == []
    assert sorted(await second.is_called_for()) == [*PEOPLE]
    assert await third.is_called_for() == [len(PEOPLE)]


async def test_chats_are_delivered_to_by_one_process_each(two: tuple[Process, Process]) -> None:
    first, second = two
    counter = await opens_counter(first.store, cards=40)
    for number, card in enumerate(counter.cards):
        await first.store.write(stamp_card, counter.stamping(f"{number}", card))
    leased = [await first.leases(), await second.leases()]
    assert all(leased)
    assert not set(leased[0]) & set(leased[1])
    assert all(first.crew.owner_of(each) == first.crew.me for each in leased[0])
    assert [await first.leases(), await second.leases()] == [[], []]
    of = (BOT, ChannelKind.TELEGRAM)
    assert await first.store.write(release_leases, of) == len(leased[0])
    assert await first.store.write(release_leases, of) == 0


async def test_chat_that_has_moved_is_left_to_who_is_at_it_until_it_is_done(
    pier: Pier, two: tuple[Process, Process]
) -> None:
    first, second = two
    counter = await opens_counter(first.store, cards=40)
    for number, card in enumerate(counter.cards):
        await first.store.write(stamp_card, counter.stamping(f"{number}", card))
    asked = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder=first.crew.me, limit=100)
    held = await first.store.write(lease_deliveries, asked)
    await first.presence.leave()
    await pier.until(second.leads)
    for number, card in enumerate(counter.cards):
        await first.store.write(stamp_card, counter.stamping(f"again {number}", card))
    assert not {each.address for each in held} & set(await second.leases())
    waits = [Waits(delivery=each, until=Clock()()) for each in held]
    await first.store.write(deliveries_wait, waits)
    assert {each.address for each in held} == set(await second.leases())

"""What is PostgreSQL's alone: who writes together, who alone, several processes, and a server that goes away."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import create_engine, inspect, text

from domain.account import Account
from domain.card import CardRef
from domain.delivery import ChannelKind
from domain.ids import MerchantId, StaffId, StoreId, TokenHash, UserId
from domain.merchant import Store
from domain.plumbing.outbox import LeaseDeliveries, lease_deliveries
from domain.ports import DatabaseUnavailable, Tx
from domain.refusals import ChosenInvited
from domain.staff import Role
from domain.steps import Step
from domain.usecases.manage_team import InviteMember, invite_member
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.set_up import InviteStaff
from domain.usecases.stamp_card import stamp_card
from storage import streams
from storage.callers import Job
from storage.known import FIXED
from storage.migrate import downgrade, revision, upgrade
from storage.postgres import pipeline
from storage.postgres.backup import _environment
from storage.postgres.database import PostgresDatabase
from storage.postgres.engine import EDITION, connect, is_outage
from storage.postgres.scans import open_scan
from storage.postgres.together_tx import WRITTEN
from storage.tables import metadata
from storage.tx import Tx as StoredTx
from tests.support import postgres
from tests.support.async_shop import BOT, Counter, do, look, opens_counter, outcomes, violations
from tests.support.clock import Chance, Clock, Ids
from tests.support.patience import PATIENCE_S

Opens = Callable[[], PostgresDatabase]


class Watched:
    """What the writers say of their steps."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def __call__(self, step: Step) -> None:
        self.steps.append(step)


class ClockThatActs(Clock):
    """What is to happen when somebody looks at it: at the beginning of a command, say."""

    def __init__(self) -> None:
        super().__init__()
        self.next_time: list[Callable[[], object]] = []

    def __call__(self) -> datetime:
        if self.next_time:
            self.next_time.pop()()
        return super().__call__()


class IdsToCome(Ids):
    """Those that a test wants to come next, or an error in the place of one; None for the next as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.coming: list[str | Exception | None] = []

    def __call__(self) -> str:
        wanted = self.coming.pop(0) if self.coming else None
        if isinstance(wanted, Exception):
            raise wanted
        return wanted or super().__call__()


@pytest.fixture
def clock() -> ClockThatActs:
    return ClockThatActs()


@pytest.fixture
def ids() -> IdsToCome:
    return IdsToCome()


@pytest.fixture
def url() -> Iterator[str]:
    url, give_back = postgres.lend_database()
    yield url
    give_back()


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
async def opens(url: str, clock: Clock, watched: Watched, ids: IdsToCome) -> AsyncIterator[Opens]:
    """As another process would."""
    opened: list[PostgresDatabase] = []

    def open_it() -> PostgresDatabase:
        opened.append(PostgresDatabase(url, clock=clock, new_id=ids, chance_below=Chance(), trace=watched))
        return opened[-1]

    yield open_it
    for each in opened:
        await each.close()


@pytest.fixture
async def counter(opens: Opens) -> Counter:
    return await opens_counter(opens(), cards=5)


@contextmanager
def somebody_at(url: str) -> Iterator[psycopg.Connection]:
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as connection:
        yield connection


def ends_all_others(url: str) -> None:
    """As a restart of the server would."""
    with somebody_at(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def stampings(counter: Counter, keys: int) -> list[Any]:
    return [
        counter.store.write(
            stamp_card, counter.stamping(f"key {key}", counter.cards[key % len(counter.cards)])
        )
        for key in range(keys)
    ]


async def stamps(counter: Counter) -> int:
    return sum([await counter.stamp_count(card) for card in counter.cards])


async def wait_until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - a thread of the store makes it true
            await asyncio.sleep(0.01)


def noting(put: Callable[[Job], None], noted: list[Job]) -> Callable[[Job], None]:
    def note(job: Job) -> None:
        noted.append(job)
        put(job)

    return note


def add_store(tx: Tx, name: str) -> None:
    tx.add_store(Store(merchant_id=MerchantId("m"), store_id=StoreId(name), name=name, active=True))


async def test_stamps_of_many_callers_are_committed_together_also_on_one_card(
    url: str, counter: Counter, watched: Watched
) -> None:
    """Those in a wallet too."""
    postgres.edits(url, "UPDATE cards SET has_pass = 1 WHERE card_id = ?", counter.lea.value)
    watched.steps.clear()
    await asyncio.gather(*stampings(counter, 60))
    assert watched.steps.count(Step.COMMAND_RUN) == 60
    assert watched.steps.count(Step.GROUP_COMMITTED) < 15
    assert await stamps(counter) == 60
    assert await violations(counter.store) == []


async def test_one_card_by_two_of_its_names_is_stamped_by_one_command_after_the_other(
    counter: Counter, watched: Watched
) -> None:
    posted = await counter.store.write(stamp_card, counter.stamping("before"))
    names = counter.lea, CardRef("number", posted.card.card_number)
    watched.steps.clear()
    await asyncio.gather(
        *(counter.store.write(stamp_card, counter.stamping(f"{n}", names[n % 2])) for n in range(20))
    )
    assert watched.steps.count(Step.COMMAND_RUN) == 20, "none had to run again"
    assert await counter.stamp_count() == 21
    assert await violations(counter.store) == []


async def test_key_that_was_used_before_is_answered_as_then_though_it_would_be_refused_now(
    opens: Opens,
) -> None:
    counter = await opens_counter(opens(), stamps_target=1)
    await counter.store.write(stamp_card, counter.stamping("full"))
    first = await counter.store.write(redeem_reward, counter.redeeming("reward"))
    again = await counter.store.write(redeem_reward, counter.redeeming("reward"))
    assert (again.replayed, again.entry) == (True, first.entry)


async def test_what_another_process_has_made_of_the_shop_holds_for_the_next_stamp(
    opens: Opens, counter: Counter
) -> None:
    """Also where the change after it was taken back."""
    other = opens()
    await asyncio.gather(*stampings(counter, 10))

    def renames(tx: Tx, name: str) -> None:
        merchant = tx.merchant(MerchantId("m"))
        assert merchant is not None
        tx.save_merchant(replace(merchant, name=name))

    def breaks(tx: Tx) -> None:
        renames(tx, "Never")
        raise ZeroDivisionError

    await do(other, lambda tx: renames(tx, "Renamed"))
    with pytest.raises(ZeroDivisionError):
        await do(other, breaks)
    for key in ("first", "second"):
        posted = await counter.store.write(stamp_card, counter.stamping(key))
        assert posted.card.merchant_name == "Renamed"


def test_nothing_that_is_kept_in_memory_is_written_beside_others() -> None:
    assert {pipeline._compiled_for[statement].written for statement in WRITTEN}.isdisjoint(FIXED)


async def test_who_finds_the_card_taken_by_another_process_runs_when_that_is_done(
    url: str, counter: Counter, watched: Watched
) -> None:
    await counter.store.write(stamp_card, counter.stamping("before"))
    with somebody_at(url) as other:
        other.execute("LOCK TABLE alembic_version IN ROW SHARE MODE")
        other.execute("SELECT 1 FROM cards WHERE card_id = %s FOR NO KEY UPDATE", [counter.lea.value])
        watched.steps.clear()
        waits = asyncio.create_task(counter.store.write(stamp_card, counter.stamping("waits")))
        await wait_until(lambda: Step.GROUP_COMMITTED in watched.steps)
        other.execute("UPDATE cards SET stamp_count = 5 WHERE card_id = %s", [counter.lea.value])
        assert not waits.done()
        other.commit()
    posted = await asyncio.wait_for(waits, PATIENCE_S)
    assert posted.card.stamp_count == 6
    assert watched.steps.count(Step.GROUP_COMMITTED) == 2, "it waited, and asked once"


async def test_what_breaks_after_it_has_written_takes_nobody_elses_stamp_along(
    counter: Counter, ids: IdsToCome
) -> None:
    """An entry with an id that is there already."""
    taken = (await counter.store.write(stamp_card, counter.stamping("first"))).entry.entry_id
    ids.coming.append(taken)
    await asyncio.gather(*stampings(counter, 20))
    assert ids.coming == []
    assert await stamps(counter) == 21
    assert await violations(counter.store) == []


async def test_what_breaks_before_a_statement_was_prepared_sends_nobody_after_it_apart(
    opens: Opens, counter: Counter, ids: IdsToCome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit of the first group of a connection, say, which the server passes over like all after an error."""
    taken = (await counter.store.write(stamp_card, counter.stamping("before"))).entry.entry_id
    other, apart = opens(), list[Job]()
    ids.coming.append(taken)
    await other.write(stamp_card, counter.stamping("breaks"))
    monkeypatch.setattr(other._writer, "put", noting(other._writer.put, apart))
    await other.write(stamp_card, counter.stamping("after"))
    assert (apart, await stamps(counter)) == ([], 3)


async def test_bug_after_something_was_written_leaves_no_trace(opens: Opens, ids: IdsToCome) -> None:
    """It is tried together, alone, and apart from all others."""
    counter = await opens_counter(opens(), stamps_target=1)
    ids.coming += [None, ZeroDivisionError("a bug")] * 3
    with pytest.raises(ZeroDivisionError):
        await counter.store.write(stamp_card, counter.stamping("bug"))
    assert ids.coming == []
    assert await counter.stamp_count() == 0
    assert (await counter.history()).entries == []


async def test_server_that_was_restarted_meanwhile_costs_nobody_a_stamp(
    url: str, counter: Counter, clock: ClockThatActs
) -> None:
    ends_all_others(url)
    await counter.store.write(stamp_card, counter.stamping("after"))
    clock.next_time.append(lambda: ends_all_others(url))
    await asyncio.gather(*stampings(counter, 20))
    assert clock.next_time == []
    restarts = [ends_all_others]

    def alone(tx: Tx) -> None:
        if restarts:
            restarts.pop()(url)
        add_store(tx, "alone")

    await do(counter.store, alone)
    assert await stamps(counter) == 21
    assert await violations(counter.store) == []


async def test_commit_whose_answer_is_lost_is_no_yes_and_asked_again_has_one_effect(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await counter.store.write(stamp_card, counter.stamping("before"))
    real, said = pipeline.Pipeline.answers, pipeline.Pipeline.say

    def lost(self: pipeline.Pipeline) -> Iterator[pipeline.Answer]:
        yield from [*real(self)] if committing else real(self)
        if committing:
            committing.clear()
            self._server.finish()
            raise psycopg.OperationalError("the line is dead")

    def noted(self: pipeline.Pipeline, words: str) -> pipeline.Answer:
        committing.extend(words for _ in range(words == "COMMIT"))
        return said(self, words)

    committing: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(pipeline.Pipeline, "answers", lost)
        patch.setattr(pipeline.Pipeline, "say", noted)
        with pytest.raises(DatabaseUnavailable, match="dead"):
            await counter.store.write(stamp_card, counter.stamping("lost"))
    again = await counter.store.write(stamp_card, counter.stamping("lost"))
    assert (again.replayed, await counter.stamp_count()) == (True, 2)


async def test_server_is_at_what_was_sent_before_anybody_asks_for_an_answer(url: str) -> None:
    with closing(connect(url)) as connection, somebody_at(url) as other:
        sent = pipeline.Pipeline(connection)
        sent.begin()
        for _ in range(pipeline.PUSHED_AFTER):
            sent.say("SELECT pg_advisory_lock(7)")
        await wait_until(lambda: _has_a_lock(other))
        sent.end()


def _has_a_lock(other: psycopg.Connection) -> bool:
    locks = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND granted"
    return other.execute(locks).fetchone() is not None


async def test_who_waits_too_long_for_another_process_is_told(
    url: str, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.store.hurry()
    with somebody_at(url) as other:
        other.execute("LOCK TABLE alembic_version IN EXCLUSIVE MODE")
        with pytest.raises(DatabaseUnavailable, match="lock timeout"):
            await do(counter.store, lambda tx: add_store(tx, "never"))
    await do(counter.store, lambda tx: add_store(tx, "then"))


async def test_statement_that_takes_too_long_is_ended_and_whoever_asked_is_told(url: str) -> None:
    """By the operator's setting, which goes before the program's."""
    store = PostgresDatabase(
        f"{url}&options=-c%20statement_timeout%3D100",
        clock=Clock(),
        new_id=Ids(),
        chance_below=Chance(),
    )
    for ask in (do, look):
        with pytest.raises(DatabaseUnavailable, match="statement timeout"):
            await ask(store, sleeps)
    await store.close()


def sleeps(tx: Tx) -> None:
    assert isinstance(tx, StoredTx)
    tx.session.all(text("SELECT pg_sleep(60)"))


def test_connections_wait_for_nothing_for_ever(url: str) -> None:
    with closing(connect(url)) as connection:
        told = {
            name: connection.execute(f"SHOW {name}".encode()).fetchone()
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        }
    assert told == {
        "lock_timeout": ("3s",),
        "statement_timeout": ("1min",),
        "idle_in_transaction_session_timeout": ("1min",),
    }


@pytest.mark.parametrize(
    "state", ["08006", "53100", "53300", "57014", "57P01", "57P03", "58030", "55P03", "25P03", "25006"]
)
def test_what_ails_the_server_is_an_outage(state: str) -> None:
    assert is_outage(errors.lookup(state)("it may pass"))


@pytest.mark.parametrize("state", ["23505", "22021", "40001", "42601"])
def test_what_was_asked_wrongly_is_none(state: str) -> None:
    assert not is_outage(errors.lookup(state)("it will not pass"))


async def test_two_processes_lose_and_double_nothing(opens: Opens, counter: Counter) -> None:
    other = replace(counter, store=opens())
    asked = [
        *stampings(counter, 60),
        *stampings(other, 60),
        *(
            each.store.write(stamp_card, each.stamping(f"own {n}"))
            for n, each in enumerate([counter, other] * 10)
        ),
    ]
    done, refused = await outcomes(asked)
    assert refused == []
    assert [outcome.replayed for outcome in done].count(True) == 60
    assert await stamps(counter) == 80
    assert await violations(counter.store) == []


async def test_two_dispatchers_of_two_processes_never_lease_the_same(opens: Opens, counter: Counter) -> None:
    other = opens()
    await asyncio.gather(*stampings(counter, 40))
    asked = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder="", limit=7)
    leased = await asyncio.gather(
        *(
            store.write(lease_deliveries, replace(asked, holder=f"{number}"))
            for number, store in enumerate([counter.store, other] * 5)
        )
    )
    ids = [one.message_id for some in leased for one in some]
    assert len(ids) == len(set(ids)) >= 40


async def test_owners_in_two_processes_who_choose_the_same_person_invite_them_once(
    opens: Opens, counter: Counter
) -> None:
    """What one looks at, who is invited already, is as it was until they have invited: they write alone."""
    other, invited = opens(), 0
    for number in range(10):
        anna = Account(bot_id=BOT, user_id=UserId(5000 + number))
        asked = [inviting(counter, anna, f"{number} {each}") for each in range(4)]
        stores = [counter.store, other] * 2
        done, refused = await outcomes(
            store.write(invite_member, each) for store, each in zip(stores, asked, strict=True)
        )
        assert len(done) == 1
        assert [type(refusal) for refusal in refused] == [ChosenInvited] * 3
        invited += len(done)
    found = await look(counter.store, lambda tx: tx.invites_of(counter.paul.merchant_id))
    assert len({each.meant_for for each in found if each.meant_for}) == invited
    assert len([each for each in found if each.meant_for]) == invited


def inviting(counter: Counter, chosen: Account, key: str) -> InviteMember:
    """As a press of its own each, for a member of its own."""
    invite = InviteStaff(
        merchant_id=counter.paul.merchant_id,
        store_id=counter.paul.store_id,
        name="Anna",
        role=Role.STAFF,
        token_hash=TokenHash(f"link {key}"),
        staff_id=StaffId(f"staff {key}"),
        meant_for=chosen,
    )
    return InviteMember(account=counter.paul.account, store_ids=(counter.paul.store_id,), invite=invite)


async def test_scan_reads_one_moment_and_no_time_is_set_to_it(url: str) -> None:
    asked = {
        "transaction_isolation": "repeatable read",
        "transaction_read_only": "on",
        "statement_timeout": "0",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "10min",
    }
    async with open_scan(url) as scan:
        for name, value in asked.items():
            assert await scan.all(text("SELECT current_setting(:name)").bindparams(name=name)) == [(value,)]


async def test_rows_of_a_scan_stay_with_the_server_until_they_are_asked_for(url: str) -> None:
    async with open_scan(url) as scan:
        pages = scan.pages(3, text("SELECT generate_series(1, 1000000)"))
        assert await anext(pages) == [(1,), (2,), (3,)]
        with somebody_at(url) as connection:
            said = connection.execute(
                "SELECT query FROM pg_stat_activity"
                " WHERE datname = current_database() AND state = 'idle in transaction'"
            )
            assert said.fetchall() == [('FETCH FORWARD 3 FROM "scan"',)]


async def test_scan_whose_connection_is_lost_says_so_and_the_next_has_another(
    url: str, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PAGE", 1)
    await counter.stamps(60)
    lines = counter.store.ledger(counter.paul.merchant_id, None)
    await anext(lines)
    ends_all_others(url)
    with pytest.raises(DatabaseUnavailable):
        await anext(lines)
    assert len([line async for line in counter.store.ledger(counter.paul.merchant_id, None)]) == 3


async def test_scan_whose_connection_is_lost_after_its_last_row_was_read_to_its_end(url: str) -> None:
    """psycopg leaves a cursor marked as open whose CLOSE is lost; it complains when that is collected."""
    async with open_scan(url) as scan:
        assert await scan.all(text("SELECT 1")) == [(1,)]
        ends_all_others(url)
    del scan
    gc.collect()


async def test_deleted_rows_are_wiped_unless_somebody_uses_the_table(url: str, counter: Counter) -> None:
    assert await counter.store.wipe(thoroughly=False)
    assert await counter.store.damage() == []
    assert await counter.store.size_bytes() > 0


async def test_proof_that_it_can_be_written_is_a_commit_and_makes_nobody_read_anew(
    url: str, counter: Counter
) -> None:
    """Who last locked a row is written to it."""

    def seen() -> tuple[object, ...]:
        with somebody_at(url) as other:
            [edition] = other.execute(EDITION.encode()).fetchall()
            [locked] = other.execute("SELECT xmax FROM alembic_version").fetchall()
        return edition, locked

    edition, locked = seen()
    await counter.store.prove_writable()
    assert seen()[0] == edition
    assert seen()[1] != locked


async def test_database_that_may_only_be_read_is_not_proved_to_be_writable(url: str) -> None:
    store = PostgresDatabase(
        f"{url}&options=-c%20default_transaction_read_only%3Don",
        clock=Clock(),
        new_id=Ids(),
        chance_below=Chance(),
    )
    with pytest.raises(DatabaseUnavailable):
        await store.prove_writable()
    await store.close()


async def test_migrations_that_move_rows_keep_what_operations_asked_for(url: str, counter: Counter) -> None:
    await counter.store.write(stamp_card, counter.stamping("a key"))
    told = text("SELECT operation_key, fingerprint FROM entries")
    engine = create_engine(url)
    with engine.connect() as connection:
        [(key, fingerprint)] = before = connection.execute(told).all()
        assert (key, bool(fingerprint)) == ("a key", True)
        connection.rollback()
        downgrade(connection, "0056")
        upgrade(connection, "head")
        assert connection.execute(told).all() == before
        connection.rollback()
    engine.dispose()


def test_migrations_lead_up_down_and_up_again_to_what_the_tables_say() -> None:
    url = postgres.create_database(f"migrated_{os.getpid()}", "ready", postgres.server())
    engine = create_engine(url)
    for change, to in ((downgrade, "base"), (upgrade, "head")):
        with engine.begin() as connection:
            change(connection, to)
    with engine.connect() as connection:
        assert revision(connection) is not None
        found = inspect(connection)
        there = {
            name: {
                column["name"]: (str(column["type"]).partition(" ")[0], column["nullable"])
                for column in found.get_columns(name)
            }
            for name in found.get_table_names()
            if name != "alembic_version"
        }
    said = {
        table.name: {
            column.name: (column.type.compile(engine.dialect).partition(" ")[0], bool(column.nullable))
            for column in table.columns
        }
        for table in metadata.sorted_tables
    }
    assert there == said
    engine.dispose()
    postgres.drop_database(url)


def test_tools_of_postgresql_hear_all_that_the_url_says_and_not_how_long_we_wait() -> None:
    """Of a server that asks for a certificate no copy could be made."""
    said = "sslmode=verify-full&sslcert=/c.pem&sslkey=/k.pem&channel_binding=require&options=-c%20lock_timeout%3D9s"
    assert _environment(f"postgresql+psycopg://u:p@db.example:5433/shop?{said}") == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "u",
        "PGPASSWORD": "p",
        "PGDATABASE": "shop",
        "PGSSLMODE": "verify-full",
        "PGSSLCERT": "/c.pem",
        "PGSSLKEY": "/k.pem",
        "PGCHANNELBINDING": "require",
        "PGCONNECT_TIMEOUT": "3",
        "PGAPPNAME": "stempel",
    }

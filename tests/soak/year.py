"""A simulated year of the café, through the real store and the real jobs with a virtual clock.

Telegram is played by ``Post``, and so are the mailboxes that some customers have: it takes what the outbox leases,
some of it fails, and some mail comes back days later. Everything the bot said is then compared with what an
independent count finds in the ledger as an operator exports it. A thief works there too (``tests/soak/frauds.py``).
"""

import argparse
import asyncio
import csv
import json
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

import msgspec

from bot.jobs.expiry import expire_balances
from bot.jobs.flags import look_for_flags
from bot.jobs.summaries import summarize
from bot.owner.books import write_export
from bot.owner.reckoning import report_of
from bot.owner.sheets import SheetFormat
from bot.texts import texts
from bot.views.exports import What
from domain.account import Account, Locale
from domain.delivery import ChannelKind, Delivered, Delivery, RecipientGone, Refused, Unreachable
from domain.expiry import ExpiryKind
from domain.history import LedgerLine
from domain.ids import EntryId, MessageId, OperationKey, TokenHash, UserId
from domain.mailbox import Ways
from domain.money import Money
from domain.plumbing.bounces import CameBack, Returned, mail_came_back
from domain.plumbing.outbox import (
    Failed,
    LeaseDeliveries,
    Made,
    deliveries_made,
    delivery_failed,
    lease_deliveries,
)
from domain.report import DateRange
from domain.usecases.change_fields import change_fields
from domain.usecases.export import Export, open_whole_books
from domain.usecases.keep_mailbox import (
    AskMailCode,
    ChooseWays,
    ProveMailCode,
    ask_mail_code,
    choose_ways,
    prove_mail_code,
    see_mailbox,
)
from domain.usecases.letters import letter_for
from domain.usecases.see_report import SeeReport
from storage import callers
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.soak.cafe import BOT, MERCHANT, SUMMARY_HOUR, ZONE, Act, Cafe, account_of
from tests.soak.frauds import Thief, judge_flags
from tests.support.async_shop import look, violations
from tests.support.clock import Chance, Clock, Ids, local
from tests.support.patience import PATIENCE_S
from tests.support.recount import (
    Line,
    Recount,
    assert_equal_to_the_cards,
    assert_equal_to_the_days,
    assert_equal_to_the_ledger,
)
from tests.support.terms import editing

FIRST_DAY = date(2026, 3, 2)
"""A year from here has both of its daylight-saving changes."""
WARNING_US = 14 * 86_400 * 1_000_000
LEASED_AT_ONCE = 200
WATCHED_EACH = 8
"""Hours. The job reads five weeks each time, which is most of the year's time when it runs each hour."""
Given = dict[EntryId, LedgerLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    days: int
    customers: int
    acts_a_day: int
    outages: tuple[tuple[int, int], ...]
    """Each the number of its first day and how many days it lasts."""
    policy_changes_on: int


YEAR = Scale(
    days=365,
    customers=3_000,
    acts_a_day=640,
    outages=((40, 1), (95, 3), (170, 2), (236, 3), (300, 3)),
    policy_changes_on=200,
)


@dataclass
class Post:
    """Delivers messages. A few in a hundred people block the bot one day, a few messages are refused for good.

    ``arrived`` is when each got to its reader over a channel, without what came back; ``dead`` are those whose
    address takes no mail any more. Some of that is refused at once, some taken and given back in ``returns``.
    """

    chance: Random
    blocked: set[UserId] = field(default_factory=set)
    delivered: int = 0
    refused: int = 0
    mailed: int = 0
    came_back: int = 0
    dead: set[UserId] = field(default_factory=set)
    returns: list[tuple[datetime, Delivery]] = field(default_factory=list)
    arrived: dict[tuple[MessageId, ChannelKind], datetime] = field(default_factory=dict)

    async def empties(self, store: SqliteDatabase, now: datetime) -> None:
        """Until nothing is owed over either channel: what one gives up may be owed over the other."""
        while await self._takes(store, ChannelKind.TELEGRAM, now) + await self._takes(
            store, ChannelKind.EMAIL, now
        ):
            pass

    async def _takes(self, store: SqliteDatabase, channel: ChannelKind, now: datetime) -> int:
        delivers = self._delivers if channel is ChannelKind.TELEGRAM else self._mails
        wanted = LeaseDeliveries(bot_id=BOT, channel=channel, holder="post", limit=LEASED_AT_ONCE)
        leased = await store.write(lease_deliveries, wanted)
        await asyncio.gather(*(delivers(store, each, now) for each in leased))
        return len(leased)

    async def _delivers(self, store: SqliteDatabase, leased: Delivery, now: datetime) -> None:
        user_id = UserId(int(leased.address))
        if user_id in self.blocked:
            await store.write(delivery_failed, Failed(delivery=leased, outcome=Unreachable()))
        elif user_id > UserId(1) and self.chance.random() < 0.01:
            self.refused += 1
            await store.write(delivery_failed, Failed(delivery=leased, outcome=Refused("refused")))
        else:
            self.delivered += 1
            await self._made(store, leased, now)

    async def _mails(self, store: SqliteDatabase, leased: Delivery, now: datetime) -> None:
        """What the channel does, and the relay behind it."""
        try:
            await store.glance(letter_for, leased)
        except RecipientGone as gone:
            await store.write(delivery_failed, Failed(delivery=leased, outcome=gone))
            return
        luck, is_dead = self.chance.random(), UserId(int(leased.address)) in self.dead
        if luck < (0.3 if is_dead else 0.01):
            self.refused += 1
            refused = Refused("smtp 550", is_of_address=is_dead)
            await store.write(delivery_failed, Failed(delivery=leased, outcome=refused))
            return
        self.mailed += 1
        await self._made(store, leased, now)
        if is_dead or luck > 0.95:
            self.returns.append((now + timedelta(hours=self.chance.randrange(1, 120)), leased))

    async def _made(self, store: SqliteDatabase, leased: Delivery, now: datetime) -> None:
        self.arrived[leased.message_id, leased.channel] = now
        await store.write(deliveries_made, [Made(delivery=leased, outcome=Delivered("1"))])

    async def returns_mail(self, store: SqliteDatabase, now: datetime) -> None:
        """What is due to come back: some of it because nobody wanted that message, whoever it was for."""
        due = [each for each in self.returns if each[0] <= now]
        self.returns = [each for each in self.returns if each[0] > now]
        for _, delivery in due:
            self.came_back += 1
            del self.arrived[delivery.message_id, delivery.channel]
            command = CameBack(
                bot_id=BOT,
                merchant_id=delivery.merchant_id,
                message_id=delivery.message_id,
                status="5.0.0",
                is_of_address=UserId(int(delivery.address)) in self.dead,
                went_to=lambda _address: True,
            )
            assert await store.write(mail_came_back, command) is not Returned.NOT_OURS


@dataclass
class Readers:
    """Customers who have mail sent: every other one, over what they like. Now and then an address is given up; who is
    still at the chat corrects it."""

    chance: Random
    post: Post
    asked: int = 0
    seen: int = 0
    with_mail: set[UserId] = field(default_factory=set)

    async def write(self, store: SqliteDatabase, joined: int) -> None:
        for number in range(self.seen, joined):
            if self.chance.random() < 0.5:
                await self._gives_address(store, account_of(number))
        self.seen = joined
        if self.with_mail and self.chance.random() < 0.3:
            self.post.dead.add(self.chance.choice(sorted(self.with_mail)))
        for user_id in sorted(self.post.dead - self.post.blocked):
            account = Account(bot_id=BOT, user_id=user_id)
            mailbox = await store.read(see_mailbox, account)
            if mailbox is not None and not mailbox.takes_mail and self.chance.random() < 0.1:
                self.post.dead.discard(user_id)
                await self._gives_address(store, account)

    async def _gives_address(self, store: SqliteDatabase, account: Account) -> None:
        self.asked += 1
        ask = AskMailCode(
            account=account,
            key=OperationKey(f"code {self.asked}"),
            address=f"customer{self.asked}@example.lu",
            address_mark=f"mark {self.asked}",
            code_hash="right",
            mail_hash=TokenHash(f"mail {self.asked}"),
        )
        await store.write(ask_mail_code, ask)
        await store.write(prove_mail_code, ProveMailCode(account=account, code_hash="right"))
        await store.write(choose_ways, ChooseWays(account=account, ways=self.chance.choice([*Ways])))
        self.with_mail.add(account.user_id)

    def are_deaf_to(self, user_id: UserId) -> bool:
        """Whether nothing reaches them any more."""
        return user_id in self.post.blocked and (user_id not in self.with_mail or user_id in self.post.dead)


@dataclass
class Simulation:
    path: Path
    scale: Scale
    seed: int
    is_told: bool = False
    clock: Clock = field(default_factory=lambda: Clock(local(ZONE, FIRST_DAY, 6)))
    ids: Ids = field(default_factory=Ids)
    random_numbers: Chance = field(default_factory=Chance)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.post = Post(Random(self.seed + 1))
        self.readers = Readers(Random(self.seed + 4), self.post)
        self.cafe = Cafe.with_customers(self.chance, FIRST_DAY, self.scale.days, self.scale.customers)
        self.thief = Thief(self.cafe, self.clock, self.scale.days)

    def opens(self) -> SqliteDatabase:
        return SqliteDatabase(
            self.path,
            clock=self.clock,
            new_id=self.ids,
            chance_below=self.random_numbers,
            channels_on=frozenset(ChannelKind),
        )

    async def runs(self) -> SqliteDatabase:
        """Lives the year; returns the store as it is then."""
        migrate(self.path, self.clock.now)
        store = self.opens()
        await self.cafe.opens(store)
        for number in range(self.scale.days):
            if self.is_told and number % 30 == 0:
                acts = self.cafe.asked - sum(self.cafe.refused.values())
                sys.stdout.write(f"day {number} of {self.scale.days}, {acts:,} acts\n")
                sys.stdout.flush()
            if any(first <= number < first + length for first, length in self.scale.outages):
                if any(first == number for first, _ in self.scale.outages):
                    await store.close()
                    store = self.opens()
                continue
            await self._lives(store, number)
        return store

    async def _lives(self, store: SqliteDatabase, number: int) -> None:
        """A day: customers join in the morning, acts through the day, the jobs every hour and some of them twice."""
        today = FIRST_DAY + timedelta(days=number)
        self.clock.is_at(max(self.clock.now, local(ZONE, today, 6)))
        if number == self.scale.policy_changes_on:
            await self._changes_policy(store)
        await self.cafe.welcomes(store, today)
        if self.cafe.joined > 20 and self.chance.random() < 0.3:
            self.post.blocked.add(account_of(self.chance.randrange(self.cafe.joined)).user_id)
        await self.readers.write(store, self.cafe.joined)
        acts = list(self.cafe.day(today, self.scale.acts_a_day)) if self.cafe.joined else []
        for hour in range(6, 24):
            until = local(ZONE, today, hour)
            while acts and acts[0].at < until:
                await self._carries_out(store, acts.pop(0))
            self.clock.is_at(max(self.clock.now, until))
            await self.thief.steals(store, number, hour)
            if hour == SUMMARY_HOUR:
                await self.cafe.counts_up(store, today)
            if hour % WATCHED_EACH == 0 or hour == 23:
                await look_for_flags(store)
            await self._jobs(store)

    async def _carries_out(self, store: SqliteDatabase, act: Act) -> None:
        self.clock.is_at(max(self.clock.now, act.at))
        await self.cafe.carries_out(store, act)

    async def _jobs(self, store: SqliteDatabase) -> None:
        if self.chance.random() < 0.1:
            await asyncio.gather(
                expire_balances(store), expire_balances(store), summarize(store), summarize(store)
            )
        else:
            await expire_balances(store)
            await summarize(store)
        await self.post.returns_mail(store, self.clock.now)
        await self.post.empties(store, self.clock.now)

    async def _changes_policy(self, store: SqliteDatabase) -> None:
        [program] = await look(store, lambda tx: tx.programs_of(MERCHANT))
        by_lot = editing(program, expiry_kind=ExpiryKind.LOT, expiry_months=3)
        await store.write(change_fields, by_lot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    entries: int
    summaries: int
    expiries: int
    warned_over: Mapping[frozenset[ChannelKind], int]
    """Expiries by the channels over which their warnings came in time."""
    messages: int
    frauds: str


async def judge(simulation: Simulation, store: SqliteDatabase) -> Findings:
    """Raises AssertionError for whatever is not as promised."""
    lines = [line async for line in store.ledger(MERCHANT, None)]
    with closing(sqlite3.connect(simulation.path)) as database:
        summaries = _judge_summaries(simulation, lines, database)
        warned_over = _judge_expiries(simulation, database)
        frauds = judge_flags(database, simulation.thief)
        [[messages]] = database.execute("SELECT count(*) FROM outbox").fetchall()
    await _judge_books(simulation, store, lines)
    assert await violations(store) == []
    return Findings(
        entries=len(lines),
        summaries=summaries,
        expiries=warned_over.total(),
        warned_over=warned_over,
        messages=messages,
        frauds=frauds,
    )


async def _judge_books(simulation: Simulation, store: SqliteDatabase, lines: list[LedgerLine]) -> None:
    """The whole time's report and files, and a month's report, against the count over the ledger's JSON lines."""
    exported = [json.loads(msgspec.json.encode(line)) for line in lines]
    last = FIRST_DAY + timedelta(days=simulation.scale.days - 1)
    for first in (FIRST_DAY, last - timedelta(days=30)):
        counted = Recount(exported, ZONE, first, last)
        query = SeeReport(merchant_id=MERCHANT, account=None, asked=DateRange(first, last))
        found = await report_of(store, query)
        assert asdict(found.figures) == counted.figures()
        assert [[*hours] for hours in found.visits_by_hour] == counted.by_hour()
        assert found.came_back == counted.came_back()
        typed = {key: minor for key, minor in simulation.cafe.typed.items() if key[1] >= first}
        assert found.takings == Money(sum(typed.values()), "EUR")
        assert found.takings_days == len({day for _, day in typed})
        stores = {part.key: (part.visits, asdict(part.figures)) for part in found.stores}
        assert stores == counted.parts("store_id")
        staff = {part.name: (part.visits, asdict(part.figures)) for part in found.staff}
        assert staff == counted.parts("staff_name")
    counted = Recount(exported, ZONE, FIRST_DAY, last)
    assert_equal_to_the_ledger(await _csv(simulation, store, What.ENTRIES), exported)
    takings: Counter[date] = Counter()
    for (_, day), minor in simulation.cafe.typed.items():
        takings[day] += minor
    assert_equal_to_the_days(await _csv(simulation, store, What.DAYS), counted, takings)
    assert_equal_to_the_cards(await _csv(simulation, store, What.CUSTOMERS), counted)


async def _csv(simulation: Simulation, store: SqliteDatabase, what: What) -> list[Line]:
    async def told(_read: int) -> None: ...

    path = simulation.path.with_name(f"{what}.csv")
    whole = await store.read(open_whole_books, Export(merchant_id=MERCHANT, account=None))
    await write_export(store, whole, what, SheetFormat.CSV, texts(Locale.EN), path, told)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _judge_summaries(simulation: Simulation, lines: list[LedgerLine], database: sqlite3.Connection) -> int:
    """One for each local date, told once to the owner, with the numbers of the ledger."""
    rows = database.execute("SELECT local_date, summary FROM summaries ORDER BY local_date").fetchall()
    days = [FIRST_DAY + timedelta(days=number) for number in range(simulation.scale.days)]
    owed = [day for day in days if local(ZONE, day, SUMMARY_HOUR) <= simulation.clock.now]
    assert [day for day, _ in rows] == [day.isoformat() for day in owed]
    told: Counter[str] = Counter()
    for (facts,) in database.execute("SELECT facts FROM outbox WHERE kind = 'daily_summary' AND user_id = 1"):
        said = json.loads(facts)
        told.update(day["local_date"] for day in [said["day"], *said["missed"]])
    assert told == Counter(day for day, _ in rows)
    given = {line.entry_id: line for line in lines}
    begins_at = local(ZONE, FIRST_DAY, 6)
    for day, text in rows:
        ends_at = local(ZONE, date.fromisoformat(day), SUMMARY_HOUR)
        here = [line for line in lines if begins_at <= line.occurred_at < ends_at]
        said = json.loads(text)
        assert said["figures"] == _count(here, here, given), day
        by_staff = {share["name"]: share["figures"] for share in said["staff"]}
        assert by_staff == _counts_by(here, given, "staff_name"), day
        by_store = {share["name"]: share["figures"] for share in said["stores"]}
        assert by_store == _counts_by(here, given, "store_id"), day
        assert len(said["voids"]) == said["figures"]["voids"]
        begins_at = ends_at
    return len(rows)


def _counts_by(here: list[LedgerLine], given: Given, name: str) -> dict[str, dict[str, int]]:
    found = {
        str(key): _count([line for line in here if getattr(line, name) == key], here, given)
        for key in {getattr(line, name) for line in here} - {None}
    }
    return {key: figures for key, figures in found.items() if any(figures.values())}


def _count(lines: list[LedgerLine], here: list[LedgerLine], given: Given) -> dict[str, int]:
    """Counted again from what the operator's export says, by the words of its kinds: what nothing ``here`` took back,
    and beside it what these lines took back of what was ever given."""
    undone = {line.related_entry_id for line in here if line.kind.value.endswith("voided")}
    stands = [line for line in lines if line.entry_id not in undone]
    gone = [
        given[line.related_entry_id]
        for line in lines
        if line.kind.value.endswith("voided") and line.related_entry_id
    ]
    visits = {"stamp_earned", "points_earned", "stamp_redeemed", "points_redeemed"}
    return {
        "stamps": sum(line.stamps_delta for line in stands if line.kind.value == "stamp_earned"),
        "points": sum(line.points_delta for line in stands if line.kind.value == "points_earned"),
        "redemptions": sum(line.kind.value.endswith("redeemed") for line in stands),
        "voids": len(gone),
        "cards": len({line.card_number for line in stands if line.kind.value in visits}),
        "stamps_voided": sum(line.stamps_delta for line in gone if line.kind.value == "stamp_earned"),
        "points_voided": sum(line.points_delta for line in gone if line.kind.value == "points_earned"),
        "redemptions_voided": sum(line.kind.value.endswith("redeemed") for line in gone),
    }


def _judge_expiries(simulation: Simulation, database: sqlite3.Connection) -> Counter[frozenset[ChannelKind]]:
    """Each was told at least two weeks before, for at least as much, in the chat or by mail that did not come back,
    unless its holder had blocked the bot and reads no mail."""
    expired = database.execute(
        "SELECT entries.kind, entries.occurred_at, entries.stamps_delta + entries.points_delta, customers.user_id"
        " FROM entries JOIN cards USING (merchant_id, card_id) JOIN customers USING (merchant_id, customer_id)"
        " WHERE entries.kind IN ('stamps_expired', 'points_expired')"
    ).fetchall()
    warned: dict[tuple[int, str], list[tuple[int, int, ChannelKind]]] = {}
    for user_id, kind, message_id, facts in database.execute(
        "SELECT user_id, kind, message_id, facts FROM outbox WHERE kind IN ('stamps_expiring', 'points_expiring')"
    ):
        for channel in ChannelKind:
            if at := simulation.post.arrived.get((message_id, channel)):
                told = int(at.timestamp() * 1_000_000), json.loads(facts)["count"], channel
                warned.setdefault((user_id, kind), []).append(told)
    found: Counter[frozenset[ChannelKind]] = Counter()
    for kind, occurred_at, delta, user_id in expired:
        known = warned.get((user_id, kind.replace("expired", "expiring")), [])
        over = frozenset(
            channel
            for sent_at, count, channel in known
            if sent_at + WARNING_US <= occurred_at and count >= -delta
        )
        found[over] += 1
        if simulation.readers.are_deaf_to(user_id):
            continue
        assert over, (kind, occurred_at, user_id)
    return found


async def simulate(
    path: Path, scale: Scale, seed: int, *, is_told: bool = False
) -> tuple[Simulation, Findings]:
    simulation = Simulation(path, scale, seed, is_told)
    with patch.object(callers, "STANDS_STILL_S", PATIENCE_S):
        store = await simulation.runs()
        try:
            return simulation, await judge(simulation, store)
        finally:
            await store.close()


def _said(warned_over: Mapping[frozenset[ChannelKind], int]) -> str:
    names = {over: " and ".join(sorted(over)) or "neither, for they are deaf to both" for over in warned_over}
    return ", ".join(f"{count:,} over {names[over]}" for over, count in warned_over.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20260302)
    parser.add_argument("--days", type=int, default=YEAR.days, help="Only the first so many.")
    given = parser.parse_args()
    seed: int = given.seed
    scale = replace(YEAR, days=given.days)
    sys.stdout.write(f"{scale.days} days, {scale.acts_a_day} acts a day, {scale.customers:,} customers\n")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        simulation, found = asyncio.run(simulate(Path(folder) / "stempel.db", scale, seed, is_told=True))
    sys.stdout.write(
        f"{scale.days} days of a café (seed {seed}): {found.entries:,} entries on {simulation.cafe.joined:,} cards,"
        f" {sum(simulation.cafe.refused.values()):,} refusals, {len(scale.outages)} outages\n"
        f"{found.summaries} summaries, one for each local date, equal to the count over the ledger,"
        " and so are reports and CSV;"
        f" {found.expiries:,} expiries, each warned of ({_said(found.warned_over)}); {found.messages:,} messages,"
        f" {simulation.post.refused:,} refused, {len(simulation.post.blocked)} people who blocked the bot;"
        f" {simulation.post.mailed:,} mails to {len(simulation.readers.with_mail):,} people, of which"
        f" {simulation.post.came_back:,} came back;"
        f" verify clean; {found.frauds}; {time.monotonic() - begun:.0f} s\n"
    )


if __name__ == "__main__":
    main()

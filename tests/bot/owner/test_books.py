"""A report equals a count over the ledger that knows nothing of how the product counts."""

import csv
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, timedelta
from itertools import product
from operator import attrgetter
from pathlib import Path
from random import Random

import msgspec
import pytest

from bot.owner.books import write_export
from bot.owner.reckoning import report_of
from bot.owner.sheets import SheetFormat
from bot.texts import texts
from bot.views.entries import SAID
from bot.views.exports import What, dashed
from bot.views.reasons import TO_TAKE_BACK
from domain.account import Locale
from domain.expiry import ExpiryKind
from domain.ids import EntryId, MerchantId
from domain.kinds import EntryKind
from domain.merchant import ProgramKind
from domain.money import Money
from domain.refusals import MerchantNotFound, NotAllowed, Refusal, TooManyDays
from domain.report import DateRange, Part, Report
from domain.rules.date_ranges import NamedRange
from domain.staff import Actor, Role
from domain.usecases.export import Export, open_whole_books
from domain.usecases.see_report import SeeLines, SeeReport, see_lines
from domain.usecases.store_today import SeeToday, store_today
from tests.support.clock import Clock, local
from tests.support.databases import Running, lay_empty_database, sqlite_at
from tests.support.nights import Nights
from tests.support.recount import (
    Line,
    Recount,
    assert_equal_to_the_cards,
    assert_equal_to_the_days,
    assert_equal_to_the_ledger,
)
from tests.support.shop import Holder, Shop, Town

ZONE = "Europe/Luxembourg"
MUST_HAPPEN = (
    EntryKind.STAMP_VOIDED,
    EntryKind.REDEMPTION_VOIDED,
    EntryKind.POINTS_ADJUSTED,
    EntryKind.POINTS_EXPIRED,
    EntryKind.MERGED_OUT,
    EntryKind.WELCOME_BONUS,
)
MONDAY = date(2026, 3, 23)
"""Its Sunday has daylight saving begin."""


@pytest.fixture
def clock() -> Clock:
    return Clock(local(ZONE, MONDAY, 9))


@pytest.fixture
def running(tmp_path: Path, clock: Clock) -> Iterator[Running]:
    running = Running(clock, sqlite_at(lay_empty_database(tmp_path / "stempel.db")))
    yield running
    running.close()


@pytest.fixture
def shop(running: Running) -> Shop:
    """Nothing is carried over: a void takes what its purchase gave, as the recount has it."""
    return Town(running).opens_shop(
        kind=ProgramKind.HYBRID,
        carry_over=False,
        stamps_target=4,
        timezone=ZONE,
        require_staff_pin=False,
        reward_cost_minor=250,
    )


def told(running: Running, shop: Shop, asked: NamedRange | DateRange, who: Actor | None = None) -> Report:
    query = SeeReport(merchant_id=shop.merchant_id, account=who.account if who else None, asked=asked)
    return running.run(report_of(running.store, query))


def ledger(running: Running, shop: Shop) -> list[Line]:
    """As ``ledger --json`` prints it."""

    async def read() -> list[Line]:
        found = running.store.ledger(shop.merchant_id, None)
        return [json.loads(msgspec.json.encode(line)) async for line in found]

    return running.run(read())


async def nobody(_read: int) -> None: ...


def exported(
    running: Running, shop: Shop, what: What, folder: Path, locale: Locale = Locale.EN
) -> list[Line]:
    """The lines of the CSV, by their headers."""
    path = folder / f"{what}.csv"

    async def write() -> int:
        whole = await running.store.read(open_whole_books, Export(merchant_id=shop.merchant_id, account=None))
        return await write_export(running.store, whole, what, SheetFormat.CSV, texts(locale), path, nobody)

    count = running.run(write())
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == count
    return found


def parts(found: tuple[Part, ...]) -> dict[str, tuple[int, dict[str, int]]]:
    return {part.key: (part.visits, asdict(part.figures)) for part in found}


class Days:
    """Anything may happen, at two stores, in stamps and points; a third of it is taken back again some time."""

    def __init__(self, shop: Shop, clock: Clock, chance: Random) -> None:
        self.shop, self.clock, self.chance = shop, clock, chance
        belval = shop.adds_store("Belval")
        self.team = [
            shop.hires("Olga", role=Role.OWNER),
            shop.hires("Max", role=Role.MANAGER, store_id=belval),
        ]
        self.cards: list[Holder] = []
        self.acts: list[tuple[Holder, EntryId]] = []

    def pass_by(self, acts: int) -> None:
        for _ in range(acts):
            self.clock.passes(minutes=self.chance.randrange(1, 600))
            if len(self.cards) < 3 or self.chance.random() < 0.05:
                self.cards.append(self.shop.gives_card(f"Customer {len(self.cards)}"))
            with suppress(Refusal):
                self._act(self.chance.choice(self.team), self.chance.choice(self.cards))

    def _act(self, who: Actor, card: Holder) -> None:
        shop, chance = self.shop, self.chance
        match chance.choices(("stamp", "earn", "redeem", "spend", "undo", "take"), (6, 3, 2, 1, 4, 1))[0]:
            case "stamp":
                done = shop.stamps(who, card, chance.randrange(1, 4))
            case "earn":
                done = shop.earns(who, card, chance.randrange(100, 9000))
            case "redeem":
                done = shop.redeems(who, card)
            case "spend":
                done = shop.redeems_points(who, card)
            case "undo":
                if self.acts:
                    card, entry_id = chance.choice(self.acts)
                    shop.voids(who, card, entry=entry_id, reason="slip")
                return
            case _:
                if shop.card(card).stamp_count >= 2:
                    shop.voids(who, card, count=chance.randrange(1, 3), reason="slip")
                return
        self.acts.append((card, done.entry.entry_id))


@pytest.mark.parametrize("seed", range(4))
def test_report_equals_an_independent_count(running: Running, shop: Shop, clock: Clock, seed: int) -> None:
    days = Days(shop, clock, Random(seed))
    days.pass_by(400)
    lines = ledger(running, shop)
    kinds = {line["kind"] for line in lines}
    assert {"stamp_voided", "points_voided", "redemption_voided", "points_redeemed"} <= kinds
    staff: dict[str, str] = {
        member.staff_id: member.name for member in [shop.staff(actor) for actor in days.team]
    }
    last = clock.now.date()
    for first, until in (
        (MONDAY, last),
        (MONDAY + timedelta(days=14), MONDAY + timedelta(days=20)),
        (last - timedelta(days=3), last - timedelta(days=3)),
        (MONDAY + timedelta(days=35), last),
    ):
        found = told(running, shop, DateRange(first, until))
        counted = Recount(lines, ZONE, first, until)
        assert asdict(found.figures) == counted.figures()
        assert [[*hours] for hours in found.visits_by_hour] == counted.by_hour()
        assert found.visits == sum(map(sum, counted.by_hour()))
        assert found.came_back == counted.came_back()
        assert parts(found.stores) == counted.parts("store_id")
        assert {
            staff[part.key]: (part.visits, asdict(part.figures)) for part in found.staff
        } == counted.parts("staff_name")
        assert parts(found.days) == counted.parts("day")


@pytest.mark.parametrize("seed", range(2))
def test_csv_equals_an_independent_count(
    running: Running, shop: Shop, clock: Clock, seed: int, tmp_path: Path
) -> None:
    Days(shop, clock, Random(seed)).pass_by(400)
    lines = ledger(running, shop)
    assert_equal_to_the_ledger(exported(running, shop, What.ENTRIES, tmp_path), lines)
    counted = Recount(lines, ZONE, MONDAY, clock.now.date())
    assert_equal_to_the_days(exported(running, shop, What.DAYS, tmp_path), counted)
    assert_equal_to_the_cards(exported(running, shop, What.CUSTOMERS, tmp_path), counted)


class Everything(Days):
    """What may happen to cards beside: points put right, cards merged, new customers, and what expires overnight."""

    def _act(self, who: Actor, card: Holder) -> None:
        match self.chance.choices(("usual", "adjust", "merge"), (14, 1, 1))[0]:
            case "adjust":
                self.shop.adjusts(self.team[1], card, self.chance.choice((-7, 30)))
            case "merge":
                self.shop.merges(self.team[1], card, self.chance.choice(self.cards))
            case _:
                super()._act(who, card)


@pytest.mark.parametrize("first", [MONDAY, date(2026, 10, 19)], ids=["an hour left out", "an hour twice"])
def test_summary_report_and_file_tell_one_story_of_each_day(
    running: Running, clock: Clock, first: date, tmp_path: Path
) -> None:
    """A day is asked for at its end, as long as nothing of it was taken back on a later one; the file at last."""
    clock.is_at(local(ZONE, first, 9))
    town = Town(running)
    shop = town.opens_shop(
        kind=ProgramKind.HYBRID,
        stamps_target=4,
        timezone=ZONE,
        require_staff_pin=False,
        summary_hour=0,
        welcome_bonus=5,
        expiry_kind=ExpiryKind.LOT,
        expiry_months=1,
    )
    days, nights = Everything(shop, clock, Random(first.day)), Nights(town)
    seen: set[EntryKind] = set()
    for day in range(70):
        today = first + timedelta(days=day)
        while clock.now < local(ZONE, today, 23) - timedelta(hours=3) and today.weekday() != 6:
            days.pass_by(1)
        clock.is_at(local(ZONE, today, 23, 59))
        so_far = {
            each.store_name: each.store
            for actor in days.team
            for each in [running.read(store_today, SeeToday(actor=actor))]
        }
        clock.is_at(local(ZONE, today + timedelta(days=1), 0))
        assert nights.summarizes() == 1
        summary = nights.summaries()[-1].day
        report = told(running, shop, DateRange(today, today))
        assert (summary.local_date, summary.figures) == (today, report.figures)
        assert (summary.new_customers, summary.returning_customers) == (
            report.new_customers,
            report.returning_customers,
        )
        assert [(each.name, each.figures) for each in sorted(summary.stores, key=attrgetter("name"))] == [
            (each.name, each.figures) for each in sorted(report.stores, key=attrgetter("name"))
        ]
        assert {each.name: each.figures for each in summary.staff} == {
            each.name: each.figures for each in report.staff
        }
        assert {name: each for name, each in so_far.items() if not each.is_quiet} == {
            each.name: each.figures for each in report.stores
        }
        nights.delivers()
        nights.looks()
    last = first + timedelta(days=69)
    whole = told(running, shop, DateRange(first, last))
    lines = exported(running, shop, What.DAYS, tmp_path)
    assert {
        line["Date"]: (int(line["Visits"]), int(line["Stamps"]), int(line["Points"])) for line in lines
    } == {part.key: (part.visits, part.figures.stamps, part.figures.points) for part in whole.days}
    for name, of in (
        ("Stamps", "stamps"),
        ("Points", "points"),
        ("Rewards", "redemptions"),
        ("Stamps taken back", "stamps_voided"),
        ("Points taken back", "points_voided"),
        ("Rewards taken back", "redemptions_voided"),
    ):
        assert sum(int(line[name]) for line in lines) == getattr(whole.figures, of)
    cards = exported(running, shop, What.CUSTOMERS, tmp_path)
    entries = exported(running, shop, What.ENTRIES, tmp_path)
    for of_card, unit in product(cards, ("Stamps", "Points")):
        moved = sum(int(line[unit]) for line in entries if line["Card"] == of_card["Card"])
        assert moved == int(of_card[unit])
    seen = {line["What"] for line in entries}
    assert seen >= {texts(Locale.EN)(SAID[kind].called) for kind in MUST_HAPPEN}


def test_note_of_an_entry_is_read_in_the_files_language(
    running: Running, shop: Shop, clock: Clock, tmp_path: Path
) -> None:
    olga, lea, other = shop.hires("Olga", role=Role.OWNER), shop.gives_card(), shop.gives_card("Léa again")
    for reason in (texts(Locale.DE)(TO_TAKE_BACK[1]), "she came back"):
        shop.stamps(olga, lea)
        shop.voids(olga, lea, count=1, reason=reason)
    clock.passes(minutes=5)
    shop.merges(olga, other, lea)
    notes = {line["Note"] for line in exported(running, shop, What.ENTRIES, tmp_path, Locale.EN)}
    numbers = {dashed(shop.card(each).number) for each in (lea, other)}
    assert notes == {"", "Wrong card", "she came back", *numbers}


def test_lines_behind_a_figure_add_up_to_it(running: Running, shop: Shop, clock: Clock) -> None:
    days = Days(shop, clock, Random(8))
    days.pass_by(150)
    dates = DateRange(MONDAY + timedelta(days=3), MONDAY + timedelta(days=12))
    found = told(running, shop, dates)

    def stamps(**of: int) -> int:
        query = SeeLines(merchant_id=shop.merchant_id, account=days.team[0].account, dates=dates, **of)
        total, page = 0, running.read(see_lines, query)
        while True:
            total += sum(line.count for line in page.lines if line.entry.kind == "stamp_earned")
            if not page.has_more:
                return total
            query = replace(query, page=query.page + 1)
            page = running.read(see_lines, query)

    assert stamps() == found.figures.stamps > 0
    assert [stamps(store=0), stamps(store=1)] == [part.figures.stamps for part in found.stores]
    assert [stamps(staff=1), stamps(staff=2)] == [part.figures.stamps for part in found.staff]


def test_what_is_taken_back_on_a_later_day_counts_on_its_own_day_and_not_in_the_week(
    running: Running, shop: Shop, clock: Clock
) -> None:
    anna, lea = shop.hires("Anna", role=Role.OWNER), shop.gives_card()
    shop.stamps(anna, lea, 3)
    monday = shop.entries(lea)[0].local_date
    clock.passes(days=2)
    shop.voids(anna, lea, count=1, reason="slip")
    week = told(running, shop, NamedRange.THIS_WEEK)
    assert told(running, shop, DateRange(monday, monday)).figures.stamps == 3
    assert (week.figures.stamps, week.added_up.stamps, week.figures.stamps_voided) == (2, 3, 1)
    assert [part.figures.stamps for part in week.days] == [2, 0]


def test_stamp_and_reward_of_a_day_are_one_visit_and_a_card_on_two_days_is_one_card(
    running: Running, shop: Shop, clock: Clock
) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 4)
    clock.passes(minutes=1)
    shop.redeems(anna, lea)
    clock.passes(days=1)
    shop.stamps(anna, lea)
    week = told(running, shop, NamedRange.THIS_WEEK)
    assert (week.visits, week.figures.cards, week.came_back) == (2, 1, 1)
    assert (week.new_customers, week.returning_customers) == (1, 0)


def test_promised_rewards_cost_what_the_owner_says(running: Running, shop: Shop) -> None:
    anna = shop.hires("Anna")
    for _ in range(2):
        shop.stamps(anna, shop.gives_card(), 9)
    assert told(running, shop, NamedRange.TODAY).liability == Money(4 * 250, "EUR")
    shop.changes_terms(reward_cost_minor=None)
    report = told(running, shop, NamedRange.TODAY)
    assert (report.rewards_promised, report.liability) == (4, None)


def test_staff_strangers_and_other_shops_are_told_nothing(running: Running, shop: Shop) -> None:
    other = shop.town.opens_shop()
    for who in (shop.hires("Anna"), other.hires("Olga", role=Role.OWNER)):
        query = SeeLines(merchant_id=shop.merchant_id, account=who.account, dates=DateRange(MONDAY, MONDAY))
        with pytest.raises(NotAllowed):
            told(running, shop, NamedRange.TODAY, who)
        with pytest.raises(NotAllowed):
            running.read(see_lines, query)


def test_a_range_has_an_end(running: Running, shop: Shop) -> None:
    with pytest.raises(TooManyDays):
        told(running, shop, DateRange(MONDAY - timedelta(days=366), MONDAY))
    assert told(running, shop, DateRange(MONDAY - timedelta(days=365), MONDAY)).visits == 0
    nowhere = SeeReport(merchant_id=MerchantId("nowhere"), account=None, asked=NamedRange.TODAY)
    with pytest.raises(MerchantNotFound):
        running.run(report_of(running.store, nowhere))

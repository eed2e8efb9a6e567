"""The daily summary: once for each local date, of all that happened since the one before."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.fields import Target
from domain.kinds import EntryKind
from domain.merchant import PointReward, ProgramKind
from domain.messages import DailySummary
from domain.refusals import NotAllowed
from domain.staff import Actor, Role
from domain.summary import DaySummary, Figures
from domain.usecases.change_fields import ChangeFields, Edit, change_fields
from domain.usecases.open_dispute import OpenDispute, open_dispute
from domain.usecases.see_day import SeeDay, see_day
from domain.usecases.store_today import SeeToday, store_today
from domain.usecases.summarize import summarize
from tests.support.clock import Clock, local
from tests.support.closures import closes, is_open_after_all
from tests.support.databases import look
from tests.support.nights import Nights
from tests.support.shop import Shop, Town

LUXEMBOURG = "Europe/Luxembourg"
MONDAY = date(2026, 6, 15)


@pytest.fixture
def nights(town: Town) -> Nights:
    return Nights(town)


def at(day: date, hour: int, minute: int = 0, timezone: str = LUXEMBOURG) -> datetime:
    return local(timezone, day, hour, minute)


def later(days: int) -> date:
    return MONDAY + timedelta(days=days)


def summary_of(shop: Shop, day: date) -> DaySummary | None:
    return look(shop.database, lambda tx: tx.summary(shop.merchant_id, day))


def told(nights: Nights) -> DailySummary:
    """The one summary that the owner has just been told."""
    [facts] = nights.summaries()
    nights.delivers()
    return facts


def test_summary_adds_up_what_happened(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop(kind=ProgramKind.HYBRID, stamps_target=3, welcome_bonus=1)
    belval = shop.adds_store("Belval")
    anna, bob = shop.hires("Anna"), shop.hires("Bob", store_id=belval)
    lea, marc = shop.gives_card(), shop.gives_card("Marc")
    shop.gives_card("Nobody came with this")
    shop.stamps(anna, lea, 4)
    shop.redeems(anna, lea)
    shop.earns(anna, marc, 60_00)
    slip = shop.stamps(bob, marc, 2)
    shop.voids(bob, marc, entry=slip.entry.entry_id, reason="a slip")
    shop.redeems_points(bob, marc)
    shop.adjusts(shop.owner, lea, 5)
    clock.is_at(at(MONDAY, 20))
    assert nights.summarizes() == 1
    day = told(nights).day
    assert day.figures == Figures(stamps=4, points=60, redemptions=2, voids=1, cards=2, stamps_voided=2)
    assert (day.new_customers, day.returning_customers, day.before) == (3, 0, None)
    assert [(share.name, share.figures) for share in day.stores] == [
        ("Belval", Figures(redemptions=1, voids=1, cards=1, stamps_voided=2)),
        ("Gare", Figures(stamps=4, points=60, redemptions=1, cards=2)),
    ]
    assert [(share.name, share.figures.cards) for share in day.staff] == [("Anna", 2), ("Bob", 1)]
    [void] = day.voids
    assert (
        void.staff_name,
        void.store_name,
        void.card_number,
        void.kind,
        void.stamps_delta,
        void.reason,
    ) == (
        "Bob",
        "Belval",
        marc.number,
        EntryKind.STAMP_VOIDED,
        -2,
        "a slip",
    )
    assert (day.has_stamps, day.has_points, day.local_date) == (True, True, MONDAY)


def test_owners_who_try_their_own_card_are_no_new_customers(town: Town, clock: Clock, nights: Nights) -> None:
    """Others on the team are: they collect like anybody else."""
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    shop.gives_card("Paul", shop.owner.account)
    shop.gives_card("Sam", shop.hires("Sam").account)
    lea = shop.gives_card("Léa")
    shop.stamps(shop.owner, lea)
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    assert told(nights).day.new_customers == 2


def test_disputes_are_told_until_somebody_settles_them(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    for _ in range(2):
        entry = shop.stamps(anna, lea).entry
        asked = OpenDispute(account=lea.account, merchant_id=shop.merchant_id, entry_id=entry.entry_id)
        shop.database.write(open_dispute, asked)
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    shop.voids(shop.owner, lea, entry=entry.entry_id, reason="hers")
    clock.is_at(at(MONDAY + timedelta(days=1), 20))
    nights.summarizes()
    assert [each.day.disputes for each in nights.summaries()] == [2, 1]


def test_changes_that_no_owner_made_are_counted(town: Town, clock: Clock, nights: Nights) -> None:
    """Mia's joining, by the operator's invitation, is one of them."""
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    mia = shop.hires("Mia", Role.MANAGER)
    for target, by in ((9, shop.owner), (8, mia), (10, mia)):
        program = shop.program()
        edit = Edit(seen=program.stamps_target, value=target)
        command = ChangeFields(
            merchant_id=shop.merchant_id,
            target_kind=Target.PROGRAM,
            target_id=program.program_id,
            staff_id=by.staff_id,
            edits={"stamps_target": edit},
        )
        shop.database.write(change_fields, command)
    for day in (0, 1):
        clock.is_at(at(later(day), 20))
        nights.summarizes()
    assert [each.day.changes for each in nights.summaries()] == [3, 3, 0, 0], "to Paul and to Mia"


def test_four_rewards_of_which_three_were_undone_are_one_reward(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    for _ in range(3):
        shop.voids(anna, lea, entry=shop.redeems(anna, lea).entry.entry_id)
    shop.redeems(anna, lea)
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    figures = told(nights).day.figures
    assert figures == Figures(stamps=3, redemptions=1, voids=3, cards=1, redemptions_voided=3)


def test_act_is_lost_to_who_did_it_and_told_of_who_took_it_back(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    belval = shop.adds_store("Belval")
    anna, mia = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER, store_id=belval)
    lea, marc = shop.gives_card(), shop.gives_card("Marc")
    slip = shop.stamps(anna, lea, 2)
    shop.stamps(anna, marc)
    shop.voids(mia, lea, entry=slip.entry.entry_id, reason="a slip")
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    day = nights.summaries()[0].day
    given, taken_back = Figures(stamps=1, cards=1), Figures(voids=1, stamps_voided=2)
    assert [(share.name, share.figures) for share in day.staff] == [("Anna", given), ("Mia", taken_back)]
    assert [(share.name, share.figures) for share in day.stores] == [("Belval", taken_back), ("Gare", given)]
    assert day.figures == Figures(stamps=1, cards=1, voids=1, stamps_voided=2)


def test_card_whose_only_act_was_undone_was_not_served(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, lea, marc = shop.hires("Anna"), shop.gives_card(), shop.gives_card("Marc")
    clock.is_at(at(later(1), 9))
    nights.summarizes()
    told(nights)
    shop.stamps(anna, lea)
    shop.voids(anna, marc, entry=shop.stamps(anna, marc).entry.entry_id)
    clock.is_at(at(later(1), 20))
    nights.summarizes()
    day = told(nights).day
    assert (day.figures.cards, day.returning_customers) == (1, 1)


def test_what_is_taken_back_after_its_day_was_told_is_told_of_the_next(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(at(MONDAY, 19, 59))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    slip = shop.stamps(anna, lea, 2)
    clock.is_at(at(MONDAY, 20))
    shop.voids(anna, lea, entry=slip.entry.entry_id)
    shop.stamps(anna, lea)
    days = []
    for days_later in range(2):
        clock.is_at(at(later(days_later), 20, 1))
        nights.summarizes()
        days.append(told(nights).day.figures)
    assert days == [Figures(stamps=2, cards=1), Figures(stamps=1, cards=1, voids=1, stamps_voided=2)]


def test_bonus_a_correction_and_a_void_are_no_visits(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop(kind=ProgramKind.HYBRID, welcome_bonus=5)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    slip = shop.stamps(anna, lea)
    clock.is_at(at(later(1), 9))
    nights.summarizes()
    told(nights)
    shop.gives_card("Marc")
    shop.adjusts(shop.owner, lea, 5)
    shop.voids(shop.owner, lea, entry=slip.entry.entry_id, reason="a slip")
    clock.is_at(at(later(1), 20))
    nights.summarizes()
    day = told(nights).day
    assert day.figures == Figures(voids=1, stamps_voided=1)
    assert (day.new_customers, day.returning_customers) == (1, 0)


def test_day_so_far_and_the_day_that_is_told_say_the_same(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 0))
    shop = town.opens_shop(kind=ProgramKind.HYBRID, stamps_target=3)
    anna, bob = shop.hires("Anna"), shop.hires("Bob")
    lea, marc = shop.gives_card(), shop.gives_card("Marc")
    shop.stamps(anna, lea, 4)
    shop.redeems(bob, lea)
    shop.voids(bob, marc, entry=shop.earns(bob, marc, 30_00).entry.entry_id)
    shop.earns(anna, marc, 70_00)
    so_far = town.database.read(store_today, SeeToday(actor=anna))
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    day = told(nights).day
    assert so_far.store == day.figures == day.stores[0].figures
    assert so_far.own == day.staff[0].figures


@pytest.mark.parametrize(
    ("hour", "minute", "day"),
    [
        pytest.param(9, 0, 0, id="in the morning"),
        pytest.param(19, 59, 0, id="just before"),
        pytest.param(20, 0, 1, id="at the hour: the next day's"),
        pytest.param(23, 30, 1, id="in the evening: the next day's"),
    ],
)
def test_what_happens_after_the_hour_counts_for_the_next_day(
    town: Town, clock: Clock, nights: Nights, hour: int, minute: int, day: int
) -> None:
    clock.is_at(at(MONDAY, 8))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(at(MONDAY, hour, minute))
    shop.stamps(anna, lea)
    stamps = []
    for days in range(2):
        clock.is_at(at(later(days), 20, 5))
        nights.summarizes()
        stamps.append(told(nights).day.figures.stamps)
    assert stamps == [int(day == 0), int(day == 1)]


@pytest.mark.parametrize(("hour", "first"), [(9, 0), (19, 0), (20, 1), (23, 1)])
def test_first_summary_is_that_of_the_next_hour(
    town: Town, clock: Clock, nights: Nights, hour: int, first: int
) -> None:
    clock.is_at(at(MONDAY, hour))
    shop = town.opens_shop()
    clock.is_at(at(later(first), 20) - timedelta(microseconds=1))
    assert nights.summarizes() == 0
    clock.is_at(at(later(first), 20))
    assert nights.summarizes() == 1
    day = summary_of(shop, later(first))
    assert day is not None
    assert (day.begins_at, day.ends_at) == (at(MONDAY, hour), at(later(first), 20))


def test_windows_leave_no_gap_and_do_not_overlap(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    for days in (0, 1, 4, 5):
        clock.is_at(at(later(days), 22))
        nights.summarizes()
    days_told = [summary_of(shop, later(days)) for days in range(6)]
    assert None not in days_told
    bounds = [(day.begins_at, day.ends_at) for day in days_told if day is not None]
    assert [begin for begin, _ in bounds[1:]] == [end for _, end in bounds[:-1]]


def test_two_summaries_after_a_restart(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    clock.is_at(at(MONDAY, 20))
    for _ in range(3):
        nights.summarizes()
        town.database.reopen()
        assert town.database.write(summarize, shop.merchant_id) == 0
    assert len(nights.summaries()) == 1


@pytest.mark.parametrize(
    ("hour", "day", "timezone", "instants"),
    [
        pytest.param(2, date(2026, 10, 25), LUXEMBOURG, ["00:00", "01:00", "01:30"], id="an hour twice"),
        pytest.param(2, date(2026, 3, 29), LUXEMBOURG, ["01:00", "01:30", "02:00"], id="an hour left out"),
        pytest.param(1, date(2026, 11, 1), "America/New_York", ["05:00", "06:00"], id="twice in New York"),
        pytest.param(0, date(2025, 11, 2), "America/Havana", ["04:00", "05:00"], id="two midnights"),
    ],
)
def test_a_day_is_summarized_once_however_the_clocks_change(
    town: Town, clock: Clock, nights: Nights, hour: int, day: date, timezone: str, instants: list[str]
) -> None:
    clock.is_at(local(timezone, day - timedelta(days=1), 12))
    shop = town.opens_shop(summary_hour=hour, timezone=timezone)
    made = []
    for instant in instants:
        clock.is_at(datetime.fromisoformat(f"{day}T{instant}").replace(tzinfo=UTC))
        made.append(nights.summarizes())
    assert made == [1] + [0] * (len(instants) - 1)
    found = summary_of(shop, day - timedelta(days=1))
    assert found is not None
    assert found.ends_at == datetime.fromisoformat(f"{day}T{instants[0]}").replace(tzinfo=UTC)


@pytest.mark.parametrize(("hour", "told_on"), [(0, 1), (3, 1), (11, 1), (12, 0), (23, 0)])
def test_summary_of_the_morning_tells_the_day_before(
    town: Town, clock: Clock, nights: Nights, hour: int, told_on: int
) -> None:
    clock.is_at(at(MONDAY, 11, 30))
    shop = town.opens_shop(summary_hour=hour)
    shop.stamps(shop.hires("Anna"), shop.gives_card())
    clock.is_at(at(later(told_on), hour))
    assert nights.summarizes() == 1
    day = told(nights).day
    assert (day.local_date, day.figures.stamps, day.ends_at) == (MONDAY, 1, at(later(told_on), hour))


def test_quiet_day_is_told_too(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    town.opens_shop()
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    day = told(nights).day
    assert day.figures.is_quiet
    assert (day.stores, day.staff, day.voids) == ((), (), ())


def test_week_before_is_that_of_the_same_weekday(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    before = []
    for days in range(9):
        clock.is_at(at(later(days), 10))
        shop.stamps(anna, lea, days + 1)
        clock.is_at(at(later(days), 20))
        nights.summarizes()
        figures = told(nights).day.before
        before.append(figures.stamps if figures else None)
    assert before == [None] * 7 + [1, 2]


def test_closed_day_is_told_as_closed_and_none_is_compared_with_it(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    closes(shop, later(1), later(2))
    is_open_after_all(shop, closes(shop, later(4), later(4)))
    closes(shop, later(5), later(5), store_id=shop.store_id)
    days = []
    for number in range(10):
        clock.is_at(at(later(number), 10))
        if number not in (1, 2):
            shop.stamps(anna, lea, 1)
        clock.is_at(at(later(number), 20))
        nights.summarizes()
        days.append(told(nights).day)
    assert [number for number, day in enumerate(days) if day.is_closed] == [1, 2]
    assert [day.before is not None for day in days[7:]] == [True, False, False]


def test_new_and_returning_customers_are_told_apart(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    clock.is_at(at(MONDAY, 21))
    marc = shop.gives_card("Marc")
    nights.summarizes()
    day = told(nights).day
    assert (day.new_customers, day.returning_customers) == (1, 0)
    clock.is_at(at(later(1), 10))
    for holder in (lea, marc):
        shop.stamps(anna, holder)
    clock.is_at(at(later(1), 20))
    nights.summarizes()
    day = told(nights).day
    assert (day.new_customers, day.returning_customers, day.figures.cards) == (1, 1, 2)


def test_rewards_outstanding_are_what_customers_could_have_now(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(at(MONDAY, 9))
    rewards = (PointReward(cost=50, name="An espresso"), PointReward(cost=100, name="A cake"))
    shop = town.opens_shop(kind=ProgramKind.HYBRID, stamps_target=3, point_rewards=rewards)
    anna = shop.hires("Anna")
    for stamps, points in ((7, 0), (2, 49), (3, 50), (0, 500)):
        holder = shop.gives_card(f"{stamps}/{points}")
        if stamps:
            shop.stamps(anna, holder, stamps)
        if points:
            shop.earns(anna, holder, points * 100)
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    assert told(nights).day.rewards_outstanding == 2 + 1 + 2


def test_messages_that_were_given_up_are_counted_once(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    shop.stamps(anna, lea)
    given_up = len(nights.gives_up())
    undelivered = []
    for days in range(2):
        clock.is_at(at(later(days), 20))
        nights.summarizes()
        undelivered.append(told(nights).day.undelivered)
    assert undelivered == [given_up, 0]
    assert given_up >= 2


@pytest.mark.parametrize("days_down", [1, 2, 5, 29])
def test_missed_days_are_folded_into_the_newest(
    town: Town, clock: Clock, nights: Nights, days_down: int
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    clock.is_at(at(later(days_down), 21))
    assert nights.summarizes() == days_down + 1
    facts = told(nights)
    assert facts.day.local_date == later(days_down)
    assert [day.local_date for day in facts.missed] == [later(days) for days in range(days_down)]
    assert [day.figures.stamps for day in facts.missed] == [3] + [0] * (days_down - 1)
    assert facts.missed[0].stores == facts.missed[0].staff == ()
    first = summary_of(shop, MONDAY)
    assert first is not None
    assert [share.name for share in first.stores] == ["Gare"]


@pytest.mark.parametrize(("days_down", "runs"), [(30, [30, 1]), (45, [30, 16]), (95, [30, 30, 30, 6])])
def test_outage_of_more_than_thirty_days_is_made_up_in_several_runs_and_told_once(
    town: Town, clock: Clock, nights: Nights, days_down: int, runs: list[int]
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    clock.is_at(at(later(days_down), 21))
    for expected in runs:
        assert nights.summaries() == []
        assert nights.summarizes() == expected
    assert nights.summarizes() == 0
    facts = told(nights)
    assert facts.day.local_date == later(days_down)
    assert [day.local_date for day in facts.missed] == [later(days) for days in range(days_down)]
    assert None not in [summary_of(shop, later(days)) for days in range(days_down + 1)]


@pytest.mark.parametrize("page", [1, 2, 10])
def test_every_merchant_has_its_own_hour_and_its_own_summary(town: Town, clock: Clock, page: int) -> None:
    nights = Nights(town, page=page)
    clock.is_at(at(MONDAY, 9))
    shops = [town.opens_shop(summary_hour=hour) for hour in (18, 19, 20)]
    for shop in shops:
        shop.stamps(shop.hires("Anna"), shop.gives_card())
    made = []
    for hour in (18, 19, 20):
        clock.is_at(at(MONDAY, hour))
        made.append(nights.summarizes())
    assert made == [1, 1, 1]
    found = [summary_of(shop, MONDAY) for shop in shops]
    assert [day.figures.stamps for day in found if day is not None] == [1, 1, 1]


def test_summary_counts_what_happened_after_a_clock_went_back_by_days(
    town: Town, clock: Clock, nights: Nights
) -> None:
    """Such a stamp counts for the later day, but happened in the window all the same."""
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, marc = shop.hires("Anna"), shop.gives_card("Marc")
    clock.is_at(at(later(10), 9))
    shop.stamps(anna, marc)
    clock.is_at(at(MONDAY, 10))
    shop.stamps(anna, marc, 2)
    clock.is_at(at(MONDAY, 20))
    town.database.write(summarize, shop.merchant_id)
    assert told(nights).day.figures.stamps == 2


def test_every_manager_is_told_and_nobody_else(town: Town, clock: Clock, nights: Nights) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    shop.hires("Anna")
    mia = shop.hires("Mia", Role.MANAGER)
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    recipients = {message.recipient for message in town.messages()}
    assert recipients == {shop.owner.account, mia.account}


Who = Callable[[Shop], Actor]


@pytest.mark.parametrize(
    ("who", "day", "sees"),
    [
        pytest.param(lambda shop: shop.owner, MONDAY, True, id="the owner"),
        pytest.param(lambda shop: shop.hires("Mia", Role.MANAGER), MONDAY, True, id="a manager"),
        pytest.param(lambda shop: shop.hires("Anna"), MONDAY, False, id="staff"),
        pytest.param(lambda shop: shop.town.opens_shop().owner, MONDAY, False, id="another's owner"),
        pytest.param(lambda shop: shop.owner, later(1), False, id="a day without a summary"),
    ],
)
def test_day_is_shown_to_managers(
    town: Town, clock: Clock, nights: Nights, who: Who, day: date, sees: bool
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    actor = who(shop)
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    query: Any = SeeDay(account=actor.account, merchant_id=shop.merchant_id, local_date=day)
    if sees:
        assert town.database.read(see_day, query).summary == nights.summaries()[0]
        return
    with pytest.raises(NotAllowed):
        town.database.read(see_day, query)


def test_day_is_shown_as_it_was_told_with_the_days_folded_in(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    shop.stamps(shop.hires("Anna"), shop.gives_card())
    for day in (later(0), later(4), later(5)):
        clock.is_at(at(day, 20))
        nights.summarizes()
        facts = told(nights)
        query = SeeDay(account=shop.owner.account, merchant_id=shop.merchant_id, local_date=day)
        assert town.database.read(see_day, query).summary == facts
        assert [missed.local_date for missed in facts.missed] == [
            later(n) for n in range(1, 4) if day == later(4)
        ]

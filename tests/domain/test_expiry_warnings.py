"""Nobody loses a balance unwarned, however long the bot was down; and nobody is warned without need."""

from datetime import date, timedelta

import pytest

from domain.expiry import ExpiryKind, Unit
from domain.invariants import check
from domain.merchant import PointReward, ProgramKind
from domain.plumbing.people import GONE_AFTER
from domain.staff import Actor, Role
from domain.usecases.close_shop import CloseShop, close_shop, keep_shop
from tests.support.clock import Clock, local
from tests.support.nights import Nights, assert_hints_are_not_late
from tests.support.shop import Holder, Shop, Town

LUXEMBOURG = "Europe/Luxembourg"
EARNED = local(LUXEMBOURG, date(2026, 1, 10))
EXPIRES = local(LUXEMBOURG, date(2026, 2, 11), 0)
"""A month later by inactivity, when the day is over."""


@pytest.fixture
def nights(town: Town) -> Nights:
    return Nights(town)


def opens(town: Town, clock: Clock, **terms: object) -> tuple[Shop, Actor, Holder]:
    """Ten points that expire at EXPIRES."""
    clock.is_at(EARNED)
    chosen: dict[str, object] = {
        "kind": ProgramKind.POINTS,
        "expiry_kind": ExpiryKind.INACTIVITY,
        "expiry_months": 1,
    }
    shop = town.opens_shop(**chosen | terms)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea)
    return shop, anna, lea


@pytest.mark.parametrize(
    ("days_before", "warned"),
    [(15, False), (14, True), (13.5, True), (10, True), (1, True), (0, True), (-1, True), (-400, True)],
)
def test_exactly_n_days_ahead(
    town: Town, clock: Clock, nights: Nights, days_before: float, warned: bool
) -> None:
    """A run that was missed loses no warning: it goes out at 14 days before or less."""
    shop, _, lea = opens(town, clock)
    clock.is_at(EXPIRES - timedelta(days=days_before))
    assert nights.looks().warned == int(warned)
    assert shop.card(lea).points_balance == 10
    assert [(one.count, one.balance, one.unit) for one in nights.warnings()] == (
        [(10, 10, Unit.POINTS)] if warned else []
    )


@pytest.mark.parametrize(("closed_after", "warned"), [(2, 1), (1, 0)])
def test_nobody_is_warned_of_what_outlasts_a_shop_that_closes(
    town: Town, clock: Clock, nights: Nights, closed_after: int, warned: int
) -> None:
    """They were told until when it is open; where it is kept after all, they are warned, and nothing goes before."""
    shop, _, lea = opens(town, clock)
    command = CloseShop(merchant_id=shop.merchant_id, account=None)
    clock.is_at(EARNED + timedelta(days=closed_after))
    town.database.write(close_shop, command)
    clock.is_at(EXPIRES - timedelta(days=14))
    assert nights.looks().warned == warned
    town.database.write(keep_shop, command)
    clock.is_at(EXPIRES - timedelta(days=2))
    assert nights.looks().warned == 1 - warned
    clock.is_at(EXPIRES + timedelta(days=1))
    assert nights.looks().expired == 0
    assert shop.card(lea).points_balance == 10


def test_warning_names_the_last_day(town: Town, clock: Clock, nights: Nights) -> None:
    opens(town, clock)
    clock.is_at(EXPIRES - timedelta(days=14))
    nights.looks()
    [warning] = nights.warnings()
    assert warning.last_day == date(2026, 2, 10)


@pytest.mark.parametrize("days_late", [0.4, 1, 5, 13, 14, 100])
def test_late_warning_names_a_day_until_whose_end_nothing_expires(
    town: Town, clock: Clock, nights: Nights, days_late: float
) -> None:
    shop, _, lea = opens(town, clock)
    clock.is_at(EXPIRES - timedelta(days=14) + timedelta(days=days_late))
    nights.looks()
    [warning] = nights.warnings()
    nights.delivers()
    clock.is_at(local(LUXEMBOURG, warning.last_day, 23, 59, 59))
    nights.looks()
    assert shop.card(lea).points_balance == 10
    clock.passes(days=1)
    nights.looks()
    assert shop.card(lea).points_balance == 0


def test_warned_once_for_a_period_however_often_the_job_runs(
    town: Town, clock: Clock, nights: Nights
) -> None:
    shop, _, lea = opens(town, clock)
    clock.is_at(EXPIRES - timedelta(days=14))
    for _ in range(3):
        nights.looks()
        nights.looks_at(shop, lea)
    assert len(nights.warnings()) == 1
    nights.delivers()
    for _ in range(13):
        clock.passes(days=1)
        nights.looks()
        nights.looks_at(shop, lea)
    assert (nights.warnings(), nights.expired()) == ([], [])


def test_expired_twice_in_one_run(town: Town, clock: Clock, nights: Nights) -> None:
    """Two processes that look at the same cards take the balance once."""
    shop, _, lea = opens(town, clock)
    nights.runs_until(EXPIRES - timedelta(days=14))
    clock.is_at(EXPIRES)
    assert nights.looks_at(shop, lea, lea).expired == 1
    assert nights.looks_at(shop, lea).expired == 0
    [told] = nights.expired()
    assert (told.count, told.balance) == (10, 0)
    assert len(shop.entries(lea)) == 2


@pytest.mark.parametrize("days_down", [20, 90, 1000])
def test_unwarned_expiry_after_a_long_outage(
    town: Town, clock: Clock, nights: Nights, days_down: int
) -> None:
    shop, _, lea = opens(town, clock)
    clock.is_at(EXPIRES + timedelta(days=days_down))
    assert (nights.looks().warned, shop.card(lea).points_balance) == (1, 10)
    nights.delivers()
    delivered_at = clock.now
    clock.is_at(delivered_at + timedelta(days=14, seconds=-1))
    nights.looks()
    nights.looks_at(shop, lea)
    assert shop.card(lea).points_balance == 10
    clock.is_at(delivered_at + timedelta(days=14))
    assert (nights.looks().expired, shop.card(lea).points_balance) == (1, 0)
    assert town.database.violations() == []


@pytest.mark.parametrize("days_in_the_outbox", [1, 10, 30])
def test_fourteen_days_count_from_the_delivery(
    town: Town, clock: Clock, nights: Nights, days_in_the_outbox: int
) -> None:
    shop, _, lea = opens(town, clock)
    clock.is_at(EXPIRES - timedelta(days=14))
    for _ in range(days_in_the_outbox):
        nights.looks()
        clock.passes(days=1)
    assert len(nights.warnings()) == 1
    nights.delivers()
    delivered_at = clock.now
    while clock.now < delivered_at + timedelta(days=13):
        clock.passes(days=1)
        nights.looks()
    assert shop.card(lea).points_balance == 10
    clock.is_at(delivered_at + timedelta(days=14))
    assert nights.looks().expired == 1


def test_who_cannot_be_reached_is_warned_in_vain_and_loses_at_the_end(
    town: Town, clock: Clock, nights: Nights
) -> None:
    shop, _, lea = opens(town, clock)
    nights.is_blocked_by(lea)
    clock.is_at(EXPIRES - timedelta(days=14))
    nights.looks()
    nights.gives_up()
    nights.runs_until(EXPIRES - timedelta(seconds=1))
    assert shop.card(lea).points_balance == 10
    clock.is_at(EXPIRES)
    assert nights.looks().expired == 1
    [history] = town.database.histories()
    [warning] = history.warnings.values()
    assert (warning.delivered_at, warning.was_reachable) == (None, False)
    assert list(check(history)) == []


def test_who_can_be_reached_again_is_warned_again(town: Town, clock: Clock, nights: Nights) -> None:
    shop, _, lea = opens(town, clock)
    nights.is_blocked_by(lea)
    clock.is_at(EXPIRES - timedelta(days=14))
    nights.looks()
    nights.gives_up()
    clock.is_at(EXPIRES - timedelta(days=4))
    nights.looks()
    clock.is_at(EXPIRES - timedelta(days=2))
    nights.is_unblocked_by(lea)
    assert nights.looks().warned == 1
    nights.delivers()
    clock.is_at(EXPIRES + timedelta(days=12, seconds=-1))
    nights.looks()
    assert shop.card(lea).points_balance == 10
    clock.is_at(EXPIRES + timedelta(days=12))
    assert nights.looks().expired == 1


def test_warning_that_was_given_up_is_sent_again_while_the_holder_can_be_reached(
    town: Town, clock: Clock, nights: Nights
) -> None:
    shop, _, lea = opens(town, clock)
    clock.is_at(EXPIRES - timedelta(days=14))
    for _ in range(20):
        assert nights.looks().warned == 1
        nights.gives_up()
        clock.passes(days=1)
    assert shop.card(lea).points_balance == 10
    nights.looks()
    nights.delivers()
    clock.passes(days=14)
    assert nights.looks().expired == 1


def test_who_is_warned_in_vain_for_a_week_loses_at_the_end(town: Town, clock: Clock, nights: Nights) -> None:
    """The chat takes nothing, but nobody has blocked the bot."""
    shop, _, lea = opens(town, clock)
    nights.knows(lea.account)
    clock.is_at(EXPIRES - timedelta(days=14))
    warned = 0
    while clock.now < EXPIRES:
        warned += nights.looks().warned
        nights.is_refused_by_the_chat()
        assert shop.card(lea).points_balance == 10
        clock.passes(days=1)
    assert warned == GONE_AFTER.days + 1
    assert nights.looks().expired == 1
    assert town.database.violations() == []


def test_chat_that_comes_back_is_warned_again(town: Town, clock: Clock, nights: Nights) -> None:
    shop, _, lea = opens(town, clock)
    nights.knows(lea.account)
    clock.is_at(EXPIRES - timedelta(days=14))
    for _ in range(10):
        nights.looks()
        nights.is_refused_by_the_chat()
        clock.passes(days=1)
    assert nights.looks().warned == 0
    nights.is_unblocked_by(lea)
    clock.passes(days=1)
    assert nights.looks().warned == 1
    assert shop.card(lea).points_balance == 10


def test_warning_that_was_given_up_is_not_sent_again_while_it_is_early(
    town: Town, clock: Clock, nights: Nights
) -> None:
    """The clock was wrong when it was sent."""
    shop, _, lea = opens(town, clock)
    clock.is_at(EXPIRES - timedelta(days=14))
    nights.looks()
    nights.gives_up()
    clock.is_at(EXPIRES - timedelta(days=20))
    assert nights.looks_at(shop, lea).warned == 0
    clock.is_at(EXPIRES - timedelta(days=14))
    assert nights.looks().warned == 1


def test_visit_after_the_warning_saves_the_balance_and_is_warned_of_anew(
    town: Town, clock: Clock, nights: Nights
) -> None:
    shop, anna, lea = opens(town, clock)
    nights.runs_until(EXPIRES - timedelta(days=3))
    shop.earns(anna, lea)
    clock.is_at(EXPIRES)
    nights.looks()
    assert (nights.expired(), shop.card(lea).points_balance) == ([], 20)
    clock.is_at(local(LUXEMBOURG, date(2026, 3, 9), 0) - timedelta(days=14))
    nights.looks()
    [warning] = nights.warnings()
    assert (warning.count, warning.last_day) == (20, date(2026, 3, 8))


def test_warned_again_when_more_would_expire_than_was_said(town: Town, clock: Clock, nights: Nights) -> None:
    shop, anna, lea = opens(town, clock, kind=ProgramKind.POINTS, point_rewards=_rewards(5))
    mia = shop.hires("Mia", Role.MANAGER)
    redeemed = shop.redeems_points(anna, lea)
    clock.is_at(EXPIRES - timedelta(days=14))
    nights.looks()
    assert [one.count for one in nights.warnings()] == [5]
    nights.delivers()
    clock.passes(days=2)
    assert nights.looks().warned == 0
    shop.voids(mia, lea, entry=redeemed.entry.entry_id, reason="never handed out")
    assert_hints_are_not_late(shop, lea)
    assert nights.looks().warned == 1
    assert [one.count for one in nights.warnings()] == [10]
    nights.delivers()
    delivered_at = clock.now
    clock.is_at(EXPIRES)
    nights.looks()
    assert shop.card(lea).points_balance == 10
    clock.is_at(delivered_at + timedelta(days=14))
    assert nights.looks().expired == 1


def test_not_warned_again_when_less_will_expire(town: Town, clock: Clock, nights: Nights) -> None:
    shop, anna, lea = opens(
        town, clock, expiry_kind=ExpiryKind.LOT, expiry_months=1, point_rewards=_rewards(5)
    )
    end = local(LUXEMBOURG, date(2026, 3, 1), 0)
    clock.is_at(end - timedelta(days=14))
    assert nights.runs().warned == 1
    shop.redeems_points(anna, lea)
    assert nights.runs_until(end - timedelta(seconds=1)).warned == 0
    clock.is_at(end)
    nights.looks()
    [told] = nights.expired()
    assert (told.count, told.balance) == (5, 0)


@pytest.mark.parametrize("page", [1, 2, 3, 100])
def test_no_card_is_lost_between_pages(town: Town, clock: Clock, page: int) -> None:
    nights = Nights(town, page=page)
    holders = []
    for shop_no in range(2):
        shop, anna, lea = opens(town, clock)
        holders += [(shop, lea)]
        for number in range(3):
            other = shop.gives_card(f"{shop_no}.{number}")
            shop.earns(anna, other)
            holders += [(shop, other)]
    clock.is_at(EXPIRES - timedelta(days=14))
    assert nights.looks().warned == 8
    nights.delivers()
    clock.is_at(EXPIRES)
    assert nights.looks().expired == 8
    assert [shop.card(holder).points_balance for shop, holder in holders] == [0] * 8


def test_what_expired_is_told_with_what_is_left(town: Town, clock: Clock, nights: Nights) -> None:
    shop, anna, lea = opens(town, clock, expiry_kind=ExpiryKind.LOT)
    clock.is_at(local(LUXEMBOURG, date(2026, 2, 1)))
    shop.earns(anna, lea, 300)
    nights.runs_until(local(LUXEMBOURG, date(2026, 2, 15), 0))
    clock.is_at(local(LUXEMBOURG, date(2026, 3, 1), 0))
    nights.looks()
    [told] = nights.expired()
    assert (told.unit, told.count, told.balance) == (Unit.POINTS, 10, 3)
    entry = shop.entries(lea)[-1]
    assert (entry.points_delta, entry.staff_id, entry.store_id) == (-10, None, None)
    assert entry.related_entry_id == shop.entries(lea)[0].entry_id


def _rewards(cost: int) -> tuple[object, ...]:

    return (PointReward(cost=cost, name="An espresso"),)

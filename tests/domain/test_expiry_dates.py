"""When a balance expires: by lot at a month's end, by inactivity at a day's end, on the merchant's wall."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.expiry import ExpiryKind, Unit
from domain.kinds import EntryKind
from domain.merchant import PointReward, ProgramKind
from domain.messages import MessageKind, WelcomeBonus
from domain.refusals import NothingToVoid
from domain.rules.days import last_day_before
from domain.staff import Actor, Role
from domain.usecases.posting import Posted
from domain.usecases.unasked import post_unasked
from tests.support.clock import Clock, local
from tests.support.databases import do
from tests.support.nights import Nights, assert_hints_are_not_late, held, next_of
from tests.support.shop import Holder, Shop, Town, count_of, shortfall_of

LUXEMBOURG = "Europe/Luxembourg"


def midnight_after(day: str, timezone: str = LUXEMBOURG) -> datetime:
    return local(timezone, date.fromisoformat(day) + timedelta(days=1), 0)


def opens(town: Town, kind: ExpiryKind, months: int, **terms: object) -> tuple[Shop, Actor, Holder]:
    shop = town.opens_shop(
        **{"kind": ProgramKind.HYBRID, "expiry_kind": kind, "expiry_months": months, "stamps_target": 3}
        | terms
    )
    return shop, shop.hires("Anna"), shop.gives_card()


def gives(shop: Shop, holder: Holder, kind: EntryKind, points: int = 5) -> None:
    """A bonus that nobody at the counter asked for."""
    card = held(shop, holder)
    facts = WelcomeBonus(
        merchant_name=card.merchant.name, card_number=holder.number, unit=Unit.POINTS, count=points
    )
    more, key = card.card.plus(Unit.POINTS, points), shop.town.new_key()
    do(shop.database, lambda tx: post_unasked(tx, card, more, kind, key, (MessageKind.WELCOME_BONUS, facts)))


@pytest.mark.parametrize(
    ("earned", "months", "last_day"),
    [
        pytest.param("2026-01-31", 1, "2026-02-28", id="the last day of January, a month"),
        pytest.param("2026-01-01", 1, "2026-02-28", id="the first day of January, a month"),
        pytest.param("2028-01-31", 1, "2028-02-29", id="a leap year"),
        pytest.param("2026-12-31", 2, "2027-02-28", id="over the new year"),
        pytest.param("2027-02-28", 12, "2028-02-29", id="into a leap year"),
        pytest.param("2028-02-29", 12, "2029-02-28", id="out of a leap year"),
        pytest.param("2026-06-15", 60, "2031-06-30", id="five years"),
    ],
)
def test_lot_expires_at_the_end_of_the_month_so_many_months_later(
    town: Town, clock: Clock, earned: str, months: int, last_day: str
) -> None:
    clock.is_at(local(LUXEMBOURG, date.fromisoformat(earned)))
    shop, anna, lea = opens(town, ExpiryKind.LOT, months)
    shop.earns(anna, lea, 700)
    shop.stamps(anna, lea, 2)
    for unit, count in ((Unit.POINTS, 7), (Unit.STAMPS, 2)):
        period = next_of(shop, lea, unit)
        assert period is not None
        assert (period.count, period.expires_at) == (count, midnight_after(last_day))
        assert shop.card(lea).expires_at(unit) == period.expires_at


@pytest.mark.parametrize(
    ("visit", "months", "last_day"),
    [
        pytest.param("2026-01-31", 1, "2026-02-28", id="the last day of January, a month"),
        pytest.param("2026-01-15", 1, "2026-02-15", id="the same day of the next month"),
        pytest.param("2028-01-31", 1, "2028-02-29", id="a leap year"),
        pytest.param("2028-02-29", 12, "2029-02-28", id="out of a leap year"),
        pytest.param("2026-11-30", 3, "2027-02-28", id="over the new year"),
        pytest.param("2026-02-28", 1, "2026-03-28", id="to the eve of summer time"),
        pytest.param("2026-02-28", 8, "2026-10-28", id="over both changes of the clocks"),
    ],
)
def test_inactivity_ends_a_balance_at_the_end_of_the_day_so_many_months_later(
    town: Town, clock: Clock, visit: str, months: int, last_day: str
) -> None:
    clock.is_at(local(LUXEMBOURG, date.fromisoformat(visit)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, months)
    shop.earns(anna, lea, 700)
    period = next_of(shop, lea, Unit.POINTS)
    assert period is not None
    assert (period.count, period.expires_at) == (7, midnight_after(last_day))
    assert shop.card(lea).points_expire_at == period.expires_at


@pytest.mark.parametrize(
    ("timezone", "visit", "expires_at"),
    [
        pytest.param(LUXEMBOURG, "2026-02-28", "2026-03-28T23:00", id="before clocks go forward"),
        pytest.param(LUXEMBOURG, "2026-02-27", "2026-03-27T23:00", id="two days before"),
        pytest.param(LUXEMBOURG, "2026-09-25", "2026-10-25T23:00", id="on the long day"),
        pytest.param(LUXEMBOURG, "2026-09-24", "2026-10-24T22:00", id="before the long day"),
        pytest.param("Africa/Cairo", "2025-03-24", "2025-04-24T22:00", id="into a day without midnight"),
        pytest.param("America/Havana", "2025-10-01", "2025-11-02T04:00", id="into a day with two midnights"),
        pytest.param("Asia/Kathmandu", "2026-05-15", "2026-06-15T18:15", id="a quarter of an hour off"),
    ],
)
def test_day_ends_when_it_ends_on_the_wall(
    town: Town, clock: Clock, timezone: str, visit: str, expires_at: str
) -> None:
    clock.is_at(local(timezone, date.fromisoformat(visit)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 1, timezone=timezone)
    shop.stamps(anna, lea)
    period = next_of(shop, lea, Unit.STAMPS)
    assert period is not None
    assert period.expires_at == datetime.fromisoformat(expires_at).replace(tzinfo=UTC)


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_last_day_that_is_told_is_over_when_the_balance_expires(hour: int) -> None:
    """Who was told that day may come until it ends."""
    instant = local(LUXEMBOURG, date(2026, 6, 15), hour)
    assert last_day_before(instant, LUXEMBOURG) == date(2026, 6, 14)


def test_lots_expire_earliest_first_and_each_with_its_month(town: Town, clock: Clock) -> None:
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.LOT, 3)
    nights = Nights(town)
    for day in ("2026-01-10", "2026-01-20", "2026-02-10", "2026-03-10"):
        clock.is_at(local(LUXEMBOURG, date.fromisoformat(day)))
        shop.earns(anna, lea, 1000)
    left = []
    for last_day in ("2026-04-30", "2026-05-31", "2026-06-30"):
        nights.runs_until(midnight_after(last_day) - timedelta(days=14))
        clock.is_at(midnight_after(last_day) - timedelta(seconds=1))
        nights.runs()
        left.append(shop.card(lea).points_balance)
        clock.is_at(midnight_after(last_day))
        nights.runs()
        left.append(shop.card(lea).points_balance)
    assert left == [40, 20, 20, 10, 10, 0]
    assert shop.card(lea).expiry_look_at is None


def test_every_visit_gives_a_balance_new_months(town: Town, clock: Clock) -> None:
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 1)
    shop.earns(anna, lea, 100_00)
    ends = []
    visits: tuple[tuple[str, Callable[[], Posted]], ...] = (
        ("2026-01-20", lambda: shop.stamps(anna, lea, 3)),
        ("2026-02-05", lambda: shop.redeems(anna, lea)),
        ("2026-02-20", lambda: shop.redeems_points(anna, lea)),
        ("2026-03-05", lambda: shop.earns(anna, lea)),
    )
    for day, visit in visits:
        clock.is_at(local(LUXEMBOURG, date.fromisoformat(day)))
        visit()
        period = next_of(shop, lea, Unit.POINTS)
        assert period is not None
        ends.append(last_day_before(period.expires_at, LUXEMBOURG).isoformat())
        assert_hints_are_not_late(shop, lea)
    assert ends == ["2026-02-20", "2026-03-05", "2026-03-20", "2026-04-05"]


NO_VISITS: dict[str, Callable[[Shop, Actor, Holder], object]] = {
    "points added": lambda shop, anna, lea: shop.adjusts(shop.owner, lea, 1),
    "points taken": lambda shop, anna, lea: shop.adjusts(shop.owner, lea, -1),
    "a slip of the manager's put right": lambda shop, anna, lea: (
        shop.adjusts(shop.owner, lea, 500),
        shop.adjusts(shop.owner, lea, -500),
    ),
    "a bonus for an invitation": lambda shop, anna, lea: gives(shop, lea, EntryKind.REFERRAL_BONUS),
    "a birthday": lambda shop, anna, lea: gives(shop, lea, EntryKind.BIRTHDAY_BONUS),
    "a welcome": lambda shop, anna, lea: gives(shop, lea, EntryKind.WELCOME_BONUS),
    "a stamp taken back": lambda shop, anna, lea: shop.voids(shop.owner, lea, count=1, reason="a slip"),
    "a reward taken back": lambda shop, anna, lea: shop.voids(
        anna, lea, entry=shop.redeems(anna, lea).entry.entry_id
    ),
}


@pytest.mark.parametrize("what", NO_VISITS)
def test_what_is_no_visit_leaves_an_expiry_by_inactivity_where_it_is(
    town: Town, clock: Clock, what: str
) -> None:
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 2)
    shop.earns(anna, lea, 100_00)
    shop.stamps(anna, lea, 4)
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 24)))
    NO_VISITS[what](shop, anna, lea)
    for unit in Unit:
        period = next_of(shop, lea, unit)
        assert period is not None
        assert period.expires_at == shop.card(lea).expires_at(unit) == midnight_after("2026-03-10")


def test_bonus_every_few_weeks_keeps_no_balance_alive(town: Town, clock: Clock) -> None:
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 2)
    nights = Nights(town)
    shop.earns(anna, lea, 700)
    for day in ("2026-01-25", "2026-02-15"):
        nights.runs_until(local(LUXEMBOURG, date.fromisoformat(day)))
        gives(shop, lea, EntryKind.BIRTHDAY_BONUS)
    nights.runs_until(midnight_after("2026-03-10"))
    assert shop.card(lea).points_balance == 0


@pytest.mark.parametrize(
    "kind", [EntryKind.WELCOME_BONUS, EntryKind.BIRTHDAY_BONUS, EntryKind.REFERRAL_BONUS]
)
def test_balance_of_a_bonus_alone_has_months_of_its_own(town: Town, clock: Clock, kind: EntryKind) -> None:
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 2)
    shop.stamps(anna, lea)
    ends = []
    for day in ("2026-01-24", "2026-02-03"):
        clock.is_at(local(LUXEMBOURG, date.fromisoformat(day)))
        gives(shop, lea, kind)
        ends.append(shop.card(lea).expires_at(Unit.POINTS))
    assert ends == [midnight_after("2026-03-24")] * 2
    assert shop.card(lea).expires_at(Unit.STAMPS) == midnight_after("2026-03-10")


def test_bonus_after_everything_was_redeemed_has_months_of_its_own(town: Town, clock: Clock) -> None:
    """Unless the redemption is taken back: then what was there before is there again, with its day."""
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 2)
    shop.earns(anna, lea, 50_00)
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 20)))
    redeemed = shop.redeems_points(anna, lea)
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 24)))
    gives(shop, lea, EntryKind.BIRTHDAY_BONUS)
    assert shop.card(lea).expires_at(Unit.POINTS) == midnight_after("2026-03-24")
    shop.voids(shop.owner, lea, entry=redeemed.entry.entry_id, reason="not wanted")
    assert shop.card(lea).expires_at(Unit.POINTS) == midnight_after("2026-03-10")


@pytest.mark.parametrize("unit", list(Unit))
def test_redeem_then_cancel_to_escape_expiry(town: Town, clock: Clock, unit: Unit) -> None:
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 1)
    shop.stamps(anna, lea, 3)
    shop.earns(anna, lea, 100_00)
    nights = Nights(town)
    nights.runs_until(midnight_after("2026-02-10") - timedelta(days=14))
    clock.is_at(local(LUXEMBOURG, date(2026, 2, 10), 18))
    redeemed = shop.redeems(anna, lea) if unit is Unit.STAMPS else shop.redeems_points(anna, lea)
    shop.voids(anna, lea, entry=redeemed.entry.entry_id)
    assert_hints_are_not_late(shop, lea)
    clock.is_at(midnight_after("2026-02-10"))
    assert nights.looks().expired == 2
    assert (shop.card(lea).stamp_count, shop.card(lea).points_balance) == (0, 0)


@pytest.mark.parametrize("what", ["a stamp", "points"])
def test_earning_that_is_taken_back_is_no_visit(town: Town, clock: Clock, what: str) -> None:
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 1)
    shop.earns(anna, lea, 100_00)
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 25)))
    earned = shop.stamps(anna, lea) if what == "a stamp" else shop.earns(anna, lea)
    shop.voids(anna, lea, entry=earned.entry.entry_id)
    period = next_of(shop, lea, Unit.POINTS)
    assert period is not None
    assert (period.count, period.expires_at) == (100, midnight_after("2026-02-10"))
    assert_hints_are_not_late(shop, lea)


def test_stamps_and_points_that_nobody_came_for_expire_together(town: Town, clock: Clock) -> None:
    """The expiry of the one is no visit that gives the other new months."""
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 1)
    shop.stamps(anna, lea, 2)
    shop.earns(anna, lea, 700)
    nights = Nights(town)
    nights.runs_until(midnight_after("2026-02-10") - timedelta(days=14))
    clock.is_at(midnight_after("2026-02-10"))
    nights.looks()
    assert {(one.unit, one.count, one.balance) for one in nights.expired()} == {
        (Unit.STAMPS, 2, 0),
        (Unit.POINTS, 7, 0),
    }


def test_nothing_expires_where_nothing_may(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, ExpiryKind.NEVER, 0)
    shop.stamps(anna, lea)
    assert shop.card(lea).expiry_look_at is None
    clock.passes(days=4000)
    nights = Nights(town)
    assert (nights.looks_at(shop, lea).expired, nights.warnings()) == (0, [])


@pytest.mark.parametrize("kind", [ExpiryKind.LOT, ExpiryKind.INACTIVITY])
@pytest.mark.parametrize("days_back", [1, 40, 400])
def test_clock_that_goes_back_makes_no_expiry_late(
    town: Town, clock: Clock, kind: ExpiryKind, days_back: int
) -> None:
    shop, anna, lea = opens(town, kind, 1)
    shop.earns(anna, lea)
    clock.passes(days=-days_back)
    shop.earns(anna, lea)
    shop.stamps(anna, lea, 2)
    assert_hints_are_not_late(shop, lea)
    clock.passes(days=days_back + 2)
    shop.earns(anna, lea)
    assert_hints_are_not_late(shop, lea)


@pytest.mark.parametrize("kind", [ExpiryKind.LOT, ExpiryKind.INACTIVITY])
def test_what_is_earned_after_an_expiry_has_months_of_its_own_even_if_the_clock_went_back(
    town: Town, clock: Clock, kind: ExpiryKind
) -> None:
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, kind, 1)
    shop.earns(anna, lea)
    nights = Nights(town)
    nights.runs_until(local(LUXEMBOURG, date(2026, 3, 5)))
    assert shop.card(lea).points_balance == 0
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop.earns(anna, lea)
    clock.is_at(local(LUXEMBOURG, date(2026, 3, 1)))
    assert nights.looks().expired == 0
    period = next_of(shop, lea, Unit.POINTS)
    assert period is not None
    assert period.expires_at > local(LUXEMBOURG, date(2026, 3, 10))


def test_redemption_undone_after_midnight_gives_back_what_the_warning_still_promises(
    town: Town, clock: Clock
) -> None:
    """The warning came late, so that the lot may be used for two weeks more."""
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.LOT, 1, point_rewards=(PointReward(cost=100, name="A coffee"),))
    nights = Nights(town)
    shop.earns(anna, lea, 100_00)
    clock.is_at(local(LUXEMBOURG, date(2026, 2, 28), 20))
    nights.looks()
    nights.delivers()
    clock.is_at(midnight_after("2026-02-28") - timedelta(seconds=20))
    redeemed = shop.redeems_points(anna, lea)
    clock.passes(seconds=30)
    undone = shop.undoes(anna, lea, redeemed.entry.entry_id)
    assert (count_of(undone), shortfall_of(undone)) == (100, 0)
    assert nights.looks().expired == 0
    clock.is_at(midnight_after("2026-03-14"))
    assert nights.looks().expired == 1


@pytest.mark.parametrize("unit", list(Unit))
def test_void_of_what_has_expired_takes_nothing_from_what_came_after(
    town: Town, clock: Clock, unit: Unit
) -> None:
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.LOT, 1)
    mia = shop.hires("Mia", Role.MANAGER)
    first = shop.earns(anna, lea, 100_00) if unit is Unit.POINTS else shop.stamps(anna, lea, 2)
    Nights(town).runs_until(local(LUXEMBOURG, date(2026, 3, 2)))
    assert shop.card(lea).balance(unit) == 0
    shop.earns(anna, lea, 100_00)
    shop.stamps(anna, lea, 2)
    before = shop.card(lea)
    with pytest.raises(NothingToVoid):
        shop.voids(mia, lea, entry=first.entry.entry_id, reason="wrong card")
    assert shop.card(lea) == before


def test_visit_taken_back_after_the_day_is_over_is_warned_of_anew(town: Town, clock: Clock) -> None:
    """Until then the customer was told of a later day."""
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop, anna, lea = opens(town, ExpiryKind.INACTIVITY, 1)
    mia, nights = shop.hires("Mia", Role.MANAGER), Nights(town)
    shop.earns(anna, lea, 150_00)
    nights.runs_until(local(LUXEMBOURG, date(2026, 2, 9)))
    redeemed = shop.redeems_points(anna, lea)
    nights.runs_until(local(LUXEMBOURG, date(2026, 2, 20)))
    shop.voids(mia, lea, entry=redeemed.entry.entry_id, reason="never handed out")
    looked = nights.looks()
    assert (looked.warned, looked.expired) == (1, 0)
    nights.delivers()
    nights.runs_until(local(LUXEMBOURG, date(2026, 3, 5)))
    assert shop.card(lea).points_balance == 150
    nights.runs_until(local(LUXEMBOURG, date(2026, 3, 8)))
    assert shop.card(lea).points_balance == 0

"""On closed days clocks stand still: nothing expires, nobody is warned, and no date that was told comes sooner."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.closures import CLOSURES_MAX, DAYS_AHEAD_MAX, DAYS_BACK_MAX, DAYS_MAX, read_closure
from domain.expiry import ExpiryKind, Unit
from domain.ids import ClosureId, StoreId
from domain.invariants import check
from domain.kinds import KINDS
from domain.merchant import Closure, ProgramKind
from domain.messages import BalanceExpiring
from domain.refusals import (
    ClosureMalformed,
    ClosureNotFound,
    ClosureOutOfReach,
    ClosuresTooMany,
    ClosureTooLong,
    NotAllowed,
    Refusal,
    StoreNotFound,
)
from domain.report import DateRange
from domain.rules.closures import Calendar
from domain.rules.days import day_ends_at, last_day_before, local_date
from domain.staff import Role
from domain.usecases.keep_closures import (
    CardsMoved,
    SeeClosures,
    WithdrawClosure,
    enter_closure,
    see_closures,
    withdraw_closure,
)
from domain.usecases.my_balances import Expiring, my_balances
from domain.usecases.my_cards import MyCards
from domain.usecases.see_settings import SeeChanges, see_changes
from tests.support.clock import Clock, local
from tests.support.closures import closes, entering, is_open_after_all, would_move
from tests.support.nights import Nights, assert_hints_are_not_late, next_of
from tests.support.one_thread import OneThread
from tests.support.shop import Holder, Shop, Town

ZONE = "Europe/Luxembourg"
DAY = timedelta(days=1)
CHRISTMAS, NEW_YEAR = date(2026, 12, 24), date(2027, 1, 2)
LOT, INACTIVITY = ExpiryKind.LOT, ExpiryKind.INACTIVITY


@pytest.fixture
def shop(town: Town, clock: Clock) -> Shop:
    clock.is_at(local(ZONE, date(2026, 11, 28)))
    return opens(town, INACTIVITY, 2)


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card()


def opens(town: Town, kind: ExpiryKind, months: int) -> Shop:
    return town.opens_shop(
        kind=ProgramKind.HYBRID, timezone=ZONE, expiry_kind=kind, expiry_months=months, stamps_target=3
    )


def last_day(shop: Shop, holder: Holder, unit: Unit = Unit.STAMPS) -> date:
    period = next_of(shop, holder, unit)
    assert period is not None
    return last_day_before(period.expires_at, ZONE)


def said(shop: Shop, holder: Holder) -> tuple[Expiring, ...]:
    [balance] = shop.database.read(my_balances, MyCards(account=holder.account))
    return balance.expiring


# Days, counted one by one


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, set[date]]:
    """Closures of all kinds, overlapping and beside each other, and the days on which they close."""
    first = date(2026, 10, 1)
    spans = draw(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 20)), max_size=5))
    closures = tuple(
        Closure(
            closure_id=ClosureId(str(number)),
            store_id=None,
            first=first + begins * DAY,
            last=first + (begins + length) * DAY,
        )
        for number, (begins, length) in enumerate(spans)
    )
    days = {each.first + n * DAY for each in closures for n in range((each.last - each.first).days + 1)}
    return Calendar(timezone=ZONE, closures=closures), days


@settings(derandomize=True, database=None, deadline=None, max_examples=80)
@given(found=calendars(), begun=st.integers(0, 100), length=st.integers(1, 90))
def test_clock_counts_open_days_alone_and_ends_with_one(
    found: tuple[Calendar, set[date]], begun: int, length: int
) -> None:
    calendar, closed = found
    day = date(2026, 10, 1) + begun * DAY
    last, left = day, length
    while left:
        last += DAY
        left -= last not in closed
    end = calendar.end_of(local(ZONE, day), day + length * DAY)
    assert end == day_ends_at(last, ZONE)
    assert calendar.last_day_before(end) == last
    while last + DAY in closed:
        last += DAY
    assert calendar.last_day_before(day_ends_at(last, ZONE)) == last_day_before(end, ZONE)


@settings(derandomize=True, database=None, deadline=None, max_examples=80)
@given(found=calendars(), begun=st.integers(0, 120 * 24), length=st.integers(1, 24 * 20))
def test_notice_counts_open_hours_alone(found: tuple[Calendar, set[date]], begun: int, length: int) -> None:
    calendar, closed = found
    begins = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=begun)
    hour, left = begins, length
    while left:
        left -= local_date(hour, ZONE) not in closed
        hour += timedelta(hours=1)
    assert calendar.later(begins, timedelta(hours=length)) == hour
    back, left = hour, length
    while left:
        back -= timedelta(hours=1)
        left -= local_date(back, ZONE) not in closed
    assert calendar.earlier(hour, timedelta(hours=length)) == back
    assert local_date(back, ZONE) not in closed, "so that a warning is not late from the start"
    reopens_at = calendar.reopens_at(begins)
    assert (reopens_at is None) == (local_date(begins, ZONE) not in closed)


# What expires, and what is said of it


@pytest.mark.parametrize(
    ("kind", "months", "earned", "ends", "moved"),
    [
        pytest.param(INACTIVITY, 2, "2026-11-28", "2027-01-28", "2027-02-07", id="by inactivity"),
        pytest.param(INACTIVITY, 1, "2026-11-28", "2026-12-28", "2027-01-07", id="an end in the closed days"),
        pytest.param(INACTIVITY, 1, "2026-11-23", "2026-12-23", "2026-12-23", id="an end on the eve"),
        pytest.param(INACTIVITY, 1, "2026-12-31", "2027-01-31", "2027-02-02", id="begun on a closed day"),
        pytest.param(INACTIVITY, 1, "2027-01-02", "2027-02-02", "2027-02-02", id="begun on the last of them"),
        pytest.param(LOT, 1, "2026-11-30", "2026-12-31", "2027-01-10", id="by lot, at the end of a month"),
        pytest.param(LOT, 3, "2026-12-01", "2027-03-31", "2027-04-10", id="by lot, in another month"),
    ],
)
def test_what_is_held_expires_later_by_the_closed_days_in_between(
    town: Town, clock: Clock, kind: ExpiryKind, months: int, earned: str, ends: str, moved: str
) -> None:
    clock.is_at(local(ZONE, date.fromisoformat(earned)))
    shop = opens(town, kind, months)
    lea = shop.gives_card()
    shop.stamps(shop.owner, lea)
    [before] = said(shop, lea)
    assert before.last_day == date.fromisoformat(ends)
    days = (date.fromisoformat(moved) - date.fromisoformat(ends)).days
    expected = CardsMoved(cards=int(days > 0), days=days)
    if earned != "2026-11-23":
        assert would_move(shop, CHRISTMAS, NEW_YEAR) == expected
    closes(shop, CHRISTMAS, NEW_YEAR)
    [after] = said(shop, lea)
    assert after.last_day == date.fromisoformat(moved)
    assert_hints_are_not_late(shop, lea)


def test_warning_says_the_later_day_and_why_and_comes_on_an_open_day(
    shop: Shop, lea: Holder, clock: Clock
) -> None:
    shop.stamps(shop.owner, lea)
    closes(shop, date(2027, 1, 20), date(2027, 1, 31))
    nights = Nights(shop.town)
    nights.spreads()
    looked = nights.runs_until(local(ZONE, date(2027, 1, 14), 23))
    assert looked.warned == 0
    clock.passes(hours=2)
    assert nights.looks().warned == 1
    [warning] = nights.warnings()
    assert warning.last_day == date(2027, 2, 9)
    assert warning.closed == (DateRange(date(2027, 1, 20), date(2027, 1, 31)),)
    nights.delivers()
    assert nights.runs_until(local(ZONE, date(2027, 2, 9), 23)).expired == 0
    clock.passes(hours=2)
    assert nights.looks().expired == 1


@pytest.mark.parametrize("kind", [LOT, INACTIVITY])
def test_nothing_happens_on_a_closed_day_even_when_the_bot_was_away(
    town: Town, clock: Clock, kind: ExpiryKind
) -> None:
    """It comes back while the shop is closed, and the warning is late: it waits, and gives all its days."""
    clock.is_at(local(ZONE, date(2026, 11, 28)))
    shop = opens(town, kind, 1)
    lea = shop.gives_card()
    shop.stamps(shop.owner, lea)
    closes(shop, CHRISTMAS, NEW_YEAR)
    nights = Nights(town)
    for day in range((NEW_YEAR - CHRISTMAS).days + 1):
        clock.is_at(local(ZONE, CHRISTMAS + day * DAY))
        assert (nights.looks().warned, nights.looks_at(shop, lea).warned) == (0, 0)
    clock.is_at(local(ZONE, NEW_YEAR + DAY, 0))
    assert nights.looks().warned == 1
    [warning] = nights.warnings()
    assert warning.last_day == max(last_day(shop, lea), NEW_YEAR + timedelta(days=14))
    assert warning.closed == ()


def test_warning_that_was_given_holds_at_least_and_is_given_again(
    shop: Shop, lea: Holder, clock: Clock
) -> None:
    """Closed days that are entered after it make the day a later one, and that is told."""
    shop.stamps(shop.owner, lea)
    nights = Nights(shop.town)
    nights.runs_until(local(ZONE, date(2027, 1, 16)))
    closes(shop, date(2027, 1, 20), date(2027, 1, 31))
    nights.spreads()
    assert nights.looks().warned == 1
    [again] = nights.warnings()
    assert again.last_day == date(2027, 2, 10), "the last of two weeks of open days"
    nights.delivers()
    assert nights.runs_until(local(ZONE, date(2027, 2, 10), 23)).expired == 0
    clock.is_at(local(ZONE, date(2027, 2, 11)))
    assert nights.runs().expired == 1


def test_what_is_earned_after_the_closed_days_is_over_no_sooner_than_what_was_there(
    town: Town, clock: Clock
) -> None:
    """Also when only that is left: its day was told for all of it."""
    clock.is_at(local(ZONE, date(2026, 12, 5)))
    shop = opens(town, LOT, 1)
    lea = shop.gives_card()
    closes(shop, date(2026, 12, 10), date(2026, 12, 19))
    shop.stamps(shop.owner, lea, 3)
    clock.is_at(local(ZONE, date(2026, 12, 21)))
    shop.stamps(shop.owner, lea)
    assert last_day(shop, lea) == date(2027, 2, 10)
    shop.redeems(shop.owner, lea)
    assert (shop.card(lea).stamp_count, last_day(shop, lea)) == (1, date(2027, 2, 10))


def test_days_that_close_twice_are_counted_once(shop: Shop, lea: Holder) -> None:
    shop.stamps(shop.owner, lea)
    closes(shop, CHRISTMAS, NEW_YEAR)
    closes(shop, date(2026, 12, 28), date(2027, 1, 4))
    closes(shop, date(2027, 1, 1), date(2027, 1, 1), store_id=shop.store_id)
    assert last_day(shop, lea) == date(2027, 1, 28) + timedelta(days=12)


def test_store_that_is_closed_moves_the_cards_opened_there_alone(shop: Shop, lea: Holder) -> None:
    other = shop.adds_store("Gare")
    shop.stamps(shop.owner, lea)
    assert would_move(shop, CHRISTMAS, NEW_YEAR, store_id=other) == CardsMoved(cards=0, days=0)
    closes(shop, CHRISTMAS, NEW_YEAR, store_id=other)
    assert last_day(shop, lea) == date(2027, 1, 28)
    closes(shop, CHRISTMAS, CHRISTMAS, store_id=shop.store_id)
    assert last_day(shop, lea) == date(2027, 1, 29)


def test_another_shop_is_left_alone(town: Town, shop: Shop) -> None:
    other = opens(town, INACTIVITY, 2)
    marc = other.gives_card("Marc")
    other.stamps(other.owner, marc)
    closes(shop, CHRISTMAS, NEW_YEAR)
    assert last_day(other, marc) == date(2027, 1, 28)
    with pytest.raises(StoreNotFound):
        closes(shop, CHRISTMAS, NEW_YEAR, store_id=other.store_id)
    command = replace(entering(shop, CHRISTMAS, NEW_YEAR), account=other.owner.account)
    with pytest.raises(NotAllowed):
        shop.database.write(enter_closure, command)


# What is taken back


def test_what_is_held_keeps_the_days_that_were_taken_back(
    town: Town, shop: Shop, lea: Holder, clock: Clock
) -> None:
    marc = shop.gives_card("Marc")
    shop.stamps(shop.owner, lea)
    closure = closes(shop, CHRISTMAS, NEW_YEAR)
    clock.passes(days=3)
    is_open_after_all(shop, closure)
    clock.passes(hours=1)
    shop.stamps(shop.owner, marc)
    assert (last_day(shop, lea), last_day(shop, marc)) == (date(2027, 2, 7), date(2027, 2, 1))
    shop.stamps(shop.owner, lea)
    assert last_day(shop, lea) == date(2027, 2, 7), "coming again takes nothing"
    with pytest.raises(ClosureNotFound):
        is_open_after_all(shop, closure)


def test_other_dates_leave_what_is_held_no_fewer_days(shop: Shop, lea: Holder, clock: Clock) -> None:
    shop.stamps(shop.owner, lea)
    closure = closes(shop, CHRISTMAS, NEW_YEAR)
    clock.is_at(local(ZONE, CHRISTMAS + 3 * DAY))
    shorter = closes(shop, CHRISTMAS, CHRISTMAS + 3 * DAY, replaces=closure)
    assert last_day(shop, lea) == date(2027, 2, 7)
    marc = shop.gives_card("Marc")
    clock.passes(hours=1)
    shop.stamps(shop.owner, marc)
    assert last_day(shop, marc) == date(2027, 2, 27)
    longer = closes(shop, CHRISTMAS, NEW_YEAR + DAY, replaces=shorter)
    assert last_day(shop, lea) == date(2027, 2, 8)
    assert shop.merchant().closures == (longer,), "what says nothing beside it is forgotten"


def test_dates_are_changed_even_if_they_began_long_ago(shop: Shop, clock: Clock) -> None:
    closure = closes(shop, date(2026, 12, 1), date(2027, 3, 31))
    clock.is_at(local(ZONE, date(2027, 3, 1)))
    changed = closes(shop, date(2026, 12, 1), date(2027, 3, 1), replaces=closure)
    assert changed.last == date(2027, 3, 1)


# Who enters them, and which


@pytest.mark.parametrize("role", [Role.STAFF, Role.TERMINAL])
def test_staff_enter_nothing_and_see_nothing(shop: Shop, role: Role) -> None:
    account = shop.hires("Sam", role).account
    closure = closes(shop, CHRISTMAS, NEW_YEAR)
    of_shop: dict[str, Any] = {"account": account, "merchant_id": shop.merchant_id}
    with pytest.raises(NotAllowed):
        shop.database.write(enter_closure, entering(shop, CHRISTMAS, NEW_YEAR, account=account))
    with pytest.raises(NotAllowed):
        shop.database.write(withdraw_closure, WithdrawClosure(**of_shop, closure_id=closure.closure_id))
    with pytest.raises(NotAllowed):
        shop.database.read(see_closures, SeeClosures(**of_shop))


def test_same_closure_entered_again_is_one_and_every_change_is_in_the_log(shop: Shop) -> None:
    command = entering(shop, CHRISTMAS, NEW_YEAR, account=shop.owner.account)
    first = shop.database.write(enter_closure, command)
    assert shop.database.write(enter_closure, command) == first
    is_open_after_all(shop, first)
    seeing = SeeChanges(account=shop.owner.account, merchant_id=shop.merchant_id)
    found = shop.database.read(see_changes, seeing).changes
    assert [(each.change.field, each.change.before, each.change.after) for each in found] == [
        ("closures", "2026-12-24/2027-01-02", ""),
        ("closures", "", "2026-12-24/2027-01-02"),
    ]
    assert found[1].staff_name is not None
    assert found[0].staff_name is None


def test_those_that_stand_are_listed_by_their_first_day(shop: Shop, clock: Clock) -> None:
    later, sooner = closes(shop, CHRISTMAS, NEW_YEAR), closes(shop, date(2026, 12, 1), date(2026, 12, 2))
    is_open_after_all(shop, closes(shop, CHRISTMAS, CHRISTMAS))
    query = SeeClosures(account=None, merchant_id=shop.merchant_id)
    assert shop.database.read(see_closures, query).closures == [sooner, later]
    clock.is_at(local(ZONE, date(2027, 1, 10)))
    assert shop.database.read(see_closures, query).closures == [later]


@pytest.mark.parametrize(
    ("first", "days", "refusal"),
    [
        (0, DAYS_MAX, None),
        (0, DAYS_MAX + 1, ClosureTooLong),
        (0, 0, ClosureMalformed),
        (-DAYS_BACK_MAX, 3, None),
        (-DAYS_BACK_MAX - 1, 3, ClosureOutOfReach),
        (DAYS_AHEAD_MAX, 1, None),
        (DAYS_AHEAD_MAX + 1, 1, ClosureOutOfReach),
    ],
)
def test_dates_have_bounds(shop: Shop, first: int, days: int, refusal: type[Refusal] | None) -> None:
    begins = date(2026, 11, 28) + first * DAY
    if refusal is None:
        closes(shop, begins, begins + (days - 1) * DAY)
        return
    with pytest.raises(refusal):
        closes(shop, begins, begins + (days - 1) * DAY)
    assert shop.merchant().closures is None


def test_there_are_not_more_than_can_be_read_with_the_shop(shop: Shop) -> None:
    for day in range(CLOSURES_MAX):
        closes(shop, CHRISTMAS + day * DAY, CHRISTMAS + day * DAY)
    with pytest.raises(ClosuresTooMany):
        closes(shop, CHRISTMAS, NEW_YEAR)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("24.12.–2.1.", "2026-12-24", "2027-01-02"),
        ("24.12. - 02.01.", "2026-12-24", "2027-01-02"),
        ("24.12.2026-2.1.2027", "2026-12-24", "2027-01-02"),
        ("24/12 - 2/1", "2026-12-24", "2027-01-02"),
        ("24/12/26 - 2/1/27", "2026-12-24", "2027-01-02"),
        ("2026-12-24 2027-01-02", "2026-12-24", "2027-01-02"),
        ("24.12.-2.1.2027", "2026-12-24", "2027-01-02"),
        ("24.–27.12.", "2026-12-24", "2026-12-27"),
        ("24-27 December", "2026-12-24", "2026-12-27"),
        ("from 24 Dec to 2nd Jan", "2026-12-24", "2027-01-02"),
        ("vom 24. Dezember bis 2. Januar 2027", "2026-12-24", "2027-01-02"),
        ("du 24 décembre au 1er janvier", "2026-12-24", "2027-01-01"),
        ("vum 1. Mäerz bis den 3. Abrëll", "2027-03-01", "2027-04-03"),
        ("1 août - 15 août", "2027-08-01", "2027-08-15"),
        ("26.12.", "2026-12-26", "2026-12-26"),
        ("26.11.", "2026-11-26", "2026-11-26"),
        ("1.6.-30.6.", "2027-06-01", "2027-06-30"),
        ("29.2.", "2028-02-29", "2028-02-29"),
    ],
)
def test_dates_are_read_as_they_are_typed(typed: str, first: str, last: str) -> None:
    found = read_closure(typed, date(2026, 11, 28))
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "24", "24-27", "32.12.", "31.11.-2.12.", "1.1.-2.1.-3.1.", "24.12.-2.13.", "24.12. ?"],
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ClosureMalformed):
        read_closure(typed, date(2026, 11, 28))


# In any order


class Story:
    """A card whose shop closes and opens as it likes, and what its holder was told of it."""

    def __init__(self, kind: ExpiryKind) -> None:
        self.clock = Clock(local(ZONE, date(2026, 10, 20)))
        self.town = Town(OneThread(self.clock))
        self.nights = Nights(self.town)
        self.shop = opens(self.town, kind, 1)
        self.other = self.shop.adds_store("Gare")
        self.lea = self.shop.gives_card()
        self.closures: list[Closure] = []
        self.told: dict[Unit, date] = {}
        self.reckoned: dict[Unit, date] = {}

    @property
    def today(self) -> date:
        return local_date(self.clock.now, ZONE)

    def is_closed(self, day: date) -> bool:
        here = (each for each in self.shop.merchant().closures or () if each.store_id != self.other)
        return any(each.first <= day <= each.last for each in here if each.withdrawn_at is None)

    def stamps(self, _: int) -> None:
        self.shop.stamps(self.shop.owner, self.lea)

    def redeems(self, _: int) -> None:
        if self.shop.card(self.lea).stamp_count >= 3:
            self.shop.redeems(self.shop.owner, self.lea)

    def closes(self, number: int) -> None:
        first = self.today + (number % 40 - 5) * DAY
        store_id: StoreId | None = (None, self.shop.store_id, self.other)[number % 3]
        self.closures.append(closes(self.shop, first, first + number % 17 * DAY, store_id=store_id))

    def opens_again(self, number: int) -> None:
        if self.closures:
            is_open_after_all(self.shop, self.closures.pop(number % len(self.closures)))

    def moves(self, number: int) -> None:
        if self.closures:
            before = self.closures.pop(number % len(self.closures))
            first = before.first + (number % 5) * DAY
            last = max(first, before.last + (number % 9 - 4) * DAY)
            self.closures.append(closes(self.shop, first, last, replaces=before))

    def days_pass(self, number: int) -> None:
        """With a night's run at noon of each, which brings what it has to say."""
        for _ in range(number % 25):
            self.clock.passes(days=1)
            self.nights.spreads()
            looked = self.nights.looks()
            assert not (looked.warned + looked.expired and self.is_closed(self.today))
            for entry in self.shop.entries(self.lea)[-looked.expired :] if looked.expired else ():
                assert KINDS[entry.kind].is_expiry
                assert self.today > self.told.get(entry.unit, date.min), (
                    "not before the day that was told is over"
                )
                self.told.pop(entry.unit, None)
                self.reckoned.pop(entry.unit, None)
            for message in self.nights.delivers():
                if isinstance(message.facts, BalanceExpiring):
                    assert not self.is_closed(message.facts.last_day)
                    self.hears(message.facts.unit, message.facts.last_day)

    def hears(self, unit: Unit, day: date) -> None:
        assert day >= self.told.get(unit, day), "what was told holds"
        self.told[unit] = day

    def agrees(self) -> None:
        """What the customer would read now is no sooner than what they were told, and what holds without a warning
        never comes sooner either."""
        found = {each.unit: each.last_day for each in said(self.shop, self.lea)}
        for unit in Unit:
            if unit not in found:
                self.told.pop(unit, None)
                self.reckoned.pop(unit, None)
                continue
            assert found[unit] >= self.told.get(unit, found[unit]), "what was told holds"
            reckoned = last_day(self.shop, self.lea, unit)
            assert reckoned >= self.reckoned.get(unit, reckoned), "no date goes back"
            assert not self.is_closed(reckoned)
            self.reckoned[unit] = reckoned
        self.nights.spreads()
        assert_hints_are_not_late(self.shop, self.lea)

    def runs(self, steps: list[tuple[str, int]]) -> None:
        try:
            for name, number in steps:
                getattr(self, name)(number)
                self.agrees()
            histories = self.town.database.histories()
            assert [found for history in histories for found in check(history)] == []
        finally:
            self.town.database.close()


STEPS = ["stamps", "stamps", "redeems", "closes", "closes", "opens_again", "moves", "days_pass", "days_pass"]


@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=12,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    kind=st.sampled_from([LOT, INACTIVITY]),
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1000)), min_size=8, max_size=30),
)
def test_no_date_that_was_told_comes_sooner_and_closed_days_are_quiet(
    kind: ExpiryKind, steps: list[tuple[str, int]]
) -> None:
    Story(kind).runs([("stamps", 0), *steps])

"""Fields are changed all together or not at all, by who may, over what they saw; and who did it is kept."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.account import Locale
from domain.expiry import ExpiryKind, Unit
from domain.fields import FieldChange, Target
from domain.flags import THRESHOLDS
from domain.ids import MerchantId, StaffId, StoreId
from domain.merchant import PointReward, ProgramKind, Store
from domain.refusals import (
    FieldsChangedMeanwhile,
    MerchantNotFound,
    NameMalformed,
    NotAllowed,
    NumberOutOfRange,
    PointRewardsMissing,
    ProgramNotFound,
    Refusal,
    StoreNotFound,
    TimezoneUnknown,
)
from domain.staff import Actor, Role, StaffStatus
from domain.summary import DaySummary, SummaryPlan
from domain.team_log import team_change
from domain.usecases.change_fields import change_fields
from domain.usecases.see_shop import list_merchants, see_shop
from tests.support.clock import Clock, local
from tests.support.databases import look
from tests.support.nights import Nights, assert_hints_are_not_late, next_of
from tests.support.one_thread import OneThread
from tests.support.shop import Shop, Town
from tests.support.terms import editing

LUXEMBOURG = "Europe/Luxembourg"
MONDAY = date(2026, 6, 15)


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def changes(shop: Shop) -> Sequence[FieldChange]:
    """Those of the team left out."""
    found = look(shop.database, lambda tx: tx.changes_of(shop.merchant_id, 100))
    return [each for each in found if team_change(each.field) is None]


def store(shop: Shop) -> Store:
    return shop.database.read(see_shop, shop.merchant_id).stores[0]


# What is kept


def test_change_is_kept_with_who_did_it_and_when(shop: Shop, clock: Clock) -> None:
    clock.passes(hours=1)
    by_owner = editing(
        shop.program(), shop.owner.staff_id, stamps_target=8, max_daily_stamps=3, minimum_purchase_minor=550
    )
    made = shop.database.write(change_fields, by_owner)
    at, target = clock.now, (Target.PROGRAM, shop.program_id)
    clock.passes(hours=1)
    shop.database.write(change_fields, editing(shop.merchant(), allow_void=False))
    shop.database.write(change_fields, editing(store(shop), name="Belval"))
    told = [
        ((change.target_kind, change.target_id), change.field, change.before, change.after)
        for change in changes(shop)
    ]
    assert told == [
        ((Target.STORE, shop.store_id), "name", "Gare", "Belval"),
        ((Target.MERCHANT, shop.merchant_id), "allow_void", "yes", "no"),
        (target, "minimum_purchase_minor", "0.00", "5.50"),
        (target, "max_daily_stamps", "none", "3"),
        (target, "stamps_target", "10", "8"),
    ]
    assert list(reversed(changes(shop)))[:3] == made
    assert {(change.staff_id, change.changed_at) for change in made} == {(shop.owner.staff_id, at)}
    assert {(change.staff_id, change.changed_at) for change in changes(shop)[:2]} == {(None, clock.now)}


def test_newest_changes_come_first_and_no_more_than_asked_for(town: Town, shop: Shop) -> None:
    for target in (7, 8, 9):
        shop.changes_terms(stamps_target=target)
    town.opens_shop().changes_terms(stamps_target=5)
    newest = look(shop.database, lambda tx: tx.changes_of(shop.merchant_id, 2))
    assert [change.after for change in newest] == ["9", "8"]


def test_changed_values_stand_as_they_are_kept(shop: Shop) -> None:
    rewards = (PointReward(cost=90, name=" A cake "), PointReward(cost=40, name="An espresso"))
    shop.changes_terms(point_rewards=rewards, welcome_bonus=2, active=False)
    shop.changes_merchant(name=" Kaffi ", colour="#FFAA00", default_locale=Locale.LB, currency="CHF")
    kept = (PointReward(cost=40, name="An espresso"), PointReward(cost=90, name="A cake"))
    program, merchant = shop.program(), shop.merchant()
    assert (program.point_rewards, program.welcome_bonus, program.active) == (kept, 2, False)
    assert (merchant.name, merchant.colour, merchant.default_locale) == ("Kaffi", "#ffaa00", Locale.LB)
    written = {str(change.field): change.after for change in changes(shop)}
    assert (written["point_rewards"], written["name"]) == ("40=An espresso\n90=A cake", "Kaffi")


def test_fields_of_one_command_are_one_version(shop: Shop, clock: Clock) -> None:
    clock.passes(days=1)
    before = shop.program()
    shop.changes_terms(stamps_target=8, reward="A tea", cooldown_minutes=5)
    after = shop.program()
    assert after == replace(
        before, version=2, stamps_target=8, reward="A tea", cooldown_minutes=5, valid_from=clock.now
    )


# What changes nothing


@pytest.mark.parametrize("by", ["operator", "owner"])
def test_value_that_stands_already_is_no_change(shop: Shop, clock: Clock, by: str) -> None:
    clock.passes(days=1)
    staff_id = shop.owner.staff_id if by == "owner" else None
    before = shop.program()
    command = editing(before, staff_id, stamps_target=before.stamps_target, reward=" A coffee ")
    assert shop.database.write(change_fields, command) == ()
    assert (shop.program(), changes(shop)) == (before, [])


def test_one_that_stands_already_is_left_out_of_what_is_kept(shop: Shop) -> None:
    made = shop.database.write(change_fields, editing(shop.program(), stamps_target=10, cooldown_minutes=5))
    assert [change.field for change in made] == ["cooldown_minutes"]


def test_command_that_comes_again_does_nothing_the_second_time(shop: Shop) -> None:
    command = editing(shop.program(), stamps_target=8)
    assert len(shop.database.write(change_fields, command)) == 1
    assert shop.database.write(change_fields, command) == ()
    assert (shop.program().version, len(changes(shop))) == (2, 1)


# What is refused, whole


def test_value_that_somebody_else_changed_meanwhile_is_not_written_over(shop: Shop) -> None:
    merchant, program, seen_store = shop.merchant(), shop.program(), store(shop)
    shop.changes_terms(stamps_target=8)
    shop.changes_merchant(summary_hour=9)
    shop.database.write(change_fields, editing(seen_store, name="Belval"))
    for command in (
        editing(program, stamps_target=9, reward="A tea"),
        editing(merchant, summary_hour=10, name="Kaffi"),
        editing(seen_store, name="Rive"),
    ):
        with pytest.raises(FieldsChangedMeanwhile):
            shop.database.write(change_fields, command)
    assert (shop.program().stamps_target, shop.program().reward) == (8, "A coffee")
    assert (shop.merchant().summary_hour, shop.merchant().name) == (9, "Café Knätsch")
    assert store(shop).name == "Belval"


def test_change_of_another_field_meanwhile_is_no_obstacle(shop: Shop) -> None:
    seen = shop.program()
    shop.changes_terms(stamps_target=8)
    shop.database.write(change_fields, editing(seen, reward="A tea"))
    assert (shop.program().stamps_target, shop.program().reward, shop.program().version) == (8, "A tea", 3)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"reward": "A tea", "stamps_target": 31}, NumberOutOfRange),
        ({"reward": "A tea", "kind": ProgramKind.POINTS, "point_rewards": ()}, PointRewardsMissing),
        ({"reward": "A tea", "kind": ProgramKind.HYBRID, "points_per_unit_milli": 0}, NumberOutOfRange),
        ({"reward": "A tea", "expiry_kind": ExpiryKind.LOT, "expiry_months": 0}, NumberOutOfRange),
    ],
    ids=str,
)
def test_what_cannot_be_keeps_the_rest_of_its_command_out(
    shop: Shop, values: dict[str, Any], refusal: type[Refusal]
) -> None:
    before = shop.program()
    with pytest.raises(refusal):
        shop.changes_terms(**values)
    assert (shop.program(), changes(shop)) == (before, [])


def test_malformed_field_of_a_merchant_or_store_keeps_all_as_it_was(shop: Shop) -> None:
    before = shop.merchant()
    with pytest.raises(TimezoneUnknown):
        shop.changes_merchant(name="Kaffi", timezone="Mars/Olympus")
    with pytest.raises(NameMalformed):
        shop.database.write(change_fields, editing(store(shop), name=" "))
    assert (shop.merchant(), store(shop).name, changes(shop)) == (before, "Gare", [])


def test_what_a_program_makes_no_use_of_does_not_matter(shop: Shop) -> None:
    shop.changes_terms(expiry_months=0, points_per_unit_milli=0, reward="A tea")
    assert (shop.program().expiry_months, shop.program().reward) == (0, "A tea")


@pytest.mark.parametrize("name", ["created_at", "merchant_id", "program_id", "mood"])
def test_what_is_no_field_cannot_be_changed(shop: Shop, name: str) -> None:
    before = shop.merchant()
    command = editing(before, name="Kaffi")
    with pytest.raises(KeyError):
        shop.database.write(
            change_fields, replace(command, edits={**command.edits, name: command.edits["name"]})
        )
    assert shop.merchant() == before


def test_what_is_changed_must_be_the_merchants_own(town: Town, shop: Shop) -> None:
    other = town.opens_shop()
    nobody = MerchantId("none")
    for command, refusal in (
        (replace(editing(store(other), name="Rive"), merchant_id=shop.merchant_id), StoreNotFound),
        (replace(editing(other.program(), reward="A tea"), merchant_id=shop.merchant_id), ProgramNotFound),
        (replace(editing(other.merchant(), name="Kaffi"), merchant_id=shop.merchant_id), MerchantNotFound),
        (
            replace(editing(shop.merchant(), name="Kaffi"), merchant_id=nobody, target_id="none"),
            MerchantNotFound,
        ),
        (replace(editing(store(shop), name="Rive"), target_id=StoreId("none")), StoreNotFound),
    ):
        with pytest.raises(refusal):
            town.database.write(change_fields, command)
    assert (store(other).name, other.program().version, changes(other)) == ("Gare", 1, [])


# Who may

WHO: dict[str, tuple[Callable[[Shop], StaffId], bool]] = {
    "the owner": (lambda shop: shop.owner.staff_id, True),
    "a manager": (lambda shop: shop.hires("Mia", Role.MANAGER).staff_id, True),
    "staff": (lambda shop: shop.hires("Anna").staff_id, False),
    "a terminal": (lambda shop: shop.hires("Till", Role.TERMINAL).staff_id, False),
    "a manager who was removed": (lambda shop: _removed(shop, shop.hires("Mia", Role.MANAGER)), False),
    "another merchant's owner": (lambda shop: shop.town.opens_shop().owner.staff_id, False),
    "nobody": (lambda _shop: StaffId("none"), False),
}


def _removed(shop: Shop, actor: Actor) -> StaffId:
    shop.changes_staff(actor, status=StaffStatus.REMOVED)
    return actor.staff_id


@pytest.mark.parametrize("who", WHO)
def test_owners_and_managers_may_change_fields(shop: Shop, who: str) -> None:
    found, may = WHO[who]
    staff_id = found(shop)
    for command in (
        editing(shop.program(), staff_id, reward="A tea"),
        editing(shop.merchant(), staff_id, allow_void=False),
        editing(store(shop), staff_id, name="Belval"),
    ):
        if may:
            [change] = shop.database.write(change_fields, command)
            assert change.staff_id == staff_id
        else:
            with pytest.raises(NotAllowed):
                shop.database.write(change_fields, command)
    assert len(changes(shop)) == (3 if may else 0)


# What a change makes begin anew


def test_change_of_time_zone_reckons_the_cards_again(town: Town, clock: Clock) -> None:
    clock.is_at(local("America/New_York", date(2026, 1, 10)))
    shop = town.opens_shop(timezone="America/New_York", expiry_kind=ExpiryKind.LOT, expiry_months=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    since = shop.program().expiry_since
    clock.passes(days=1)
    shop.changes_merchant(timezone="Asia/Tokyo")
    assert Nights(town).spreads() > 0
    assert_hints_are_not_late(shop, lea)
    period = next_of(shop, lea, Unit.STAMPS)
    assert period is not None
    assert shop.card(lea).stamps_expire_at == period.expires_at == local("Asia/Tokyo", date(2026, 3, 1), 0)
    assert shop.program().expiry_since == since


@pytest.mark.parametrize("field", ["name", "colour", "allow_void"])
def test_other_fields_of_a_merchant_leave_plan_and_cards_alone(shop: Shop, field: str) -> None:
    before = plan_of(shop)
    shop.changes_merchant(**{field: {"name": "Kaffi", "colour": "#000000", "allow_void": False}[field]})
    assert (plan_of(shop), shop.program().version) == (before, 1)


def plan_of(shop: Shop) -> SummaryPlan:
    plan = look(shop.database, lambda tx: tx.summary_plan(shop.merchant_id))
    assert plan is not None
    return plan


def at(days: int, hour: int, minute: int = 0, timezone: str = LUXEMBOURG) -> datetime:
    return local(timezone, MONDAY + timedelta(days=days), hour, minute)


@pytest.mark.parametrize(
    ("changed_at", "change", "told_at"),
    [
        pytest.param(at(1, 15), {"summary_hour": 18}, [at(1, 18), at(2, 18)], id="earlier, still ahead"),
        pytest.param(at(1, 15), {"summary_hour": 22}, [at(1, 22), at(2, 22)], id="later, the same evening"),
        pytest.param(at(1, 15), {"summary_hour": 9}, [at(2, 9), at(3, 9)], id="today tomorrow morning"),
        pytest.param(
            at(1, 15),
            {"summary_hour": 14},
            [at(1, 20), at(2, 14)],
            id="today's hour is over: today as planned",
        ),
        pytest.param(
            at(1, 21), {"summary_hour": 22}, [at(2, 22), at(3, 22)], id="today's was told: not twice"
        ),
        pytest.param(
            at(1, 21),
            {"summary_hour": 9},
            [at(3, 9), at(4, 9)],
            id="today's was told: tomorrow the morning after",
        ),
        pytest.param(
            at(1, 15),
            {"timezone": "Asia/Tokyo"},
            [at(1, 20), at(2, 20, timezone="Asia/Tokyo")],
            id="to the east",
        ),
        pytest.param(
            at(1, 15),
            {"timezone": "America/New_York"},
            [at(1, 20, timezone="America/New_York"), at(2, 20, timezone="America/New_York")],
            id="to the west",
        ),
    ],
)
def test_next_summary_is_planned_again(
    town: Town, clock: Clock, changed_at: datetime, change: dict[str, Any], told_at: list[datetime]
) -> None:
    clock.is_at(at(0, 10))
    shop, nights = town.opens_shop(), Nights(town)
    for day in (0, 1):
        if at(day, 20) < changed_at:
            clock.is_at(at(day, 20))
            nights.summarizes()
    clock.is_at(changed_at)
    begins_at, local_date = plan_of(shop).begins_at, plan_of(shop).local_date
    shop.changes_merchant(**change)
    assert (plan_of(shop).begins_at, plan_of(shop).local_date) == (begins_at, local_date)
    for moment in told_at:
        assert plan_of(shop).due_at == moment
        clock.is_at(moment - timedelta(microseconds=1))
        assert nights.summarizes() == 0
        clock.is_at(moment)
        assert nights.summarizes() == 1


def test_summary_that_is_overdue_is_told_as_it_was_planned(town: Town, clock: Clock) -> None:
    clock.is_at(at(0, 10))
    shop = town.opens_shop()
    clock.is_at(at(0, 20, 30))
    before = plan_of(shop)
    shop.changes_merchant(summary_hour=22)
    assert plan_of(shop) == before
    assert Nights(town).summarizes() == 1


ZONES = [
    "Pacific/Honolulu",
    "America/New_York",
    LUXEMBOURG,
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
]
STEPS = st.tuples(
    st.integers(0, 40), st.none() | st.integers(0, 23), st.none() | st.sampled_from(ZONES), st.booleans()
)


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=25))
def test_nothing_is_lost_and_no_date_told_twice_however_often_hour_and_zone_change(
    steps: list[tuple[int, int | None, str | None, bool]],
) -> None:
    clock = Clock()
    town = Town(OneThread(clock))
    shop, nights, stamps = town.opens_shop(), Nights(town), 0
    anna, lea = shop.hires("Anna"), shop.gives_card()
    opened_at = clock.now
    for hours, hour, zone, job_runs in steps:
        clock.passes(hours=hours)
        if job_runs:
            nights.summarizes()
        shop.stamps(anna, lea)
        stamps += 1
        wanted = {"summary_hour": hour, "timezone": zone}
        shop.changes_merchant(**{name: value for name, value in wanted.items() if value is not None})
    clock.passes(days=4)
    nights.summarizes()
    days = _summaries(shop, opened_at.date())
    assert days[0].begins_at == opened_at
    assert all(before.ends_at == after.begins_at for before, after in pairwise(days))
    assert all(day.begins_at < day.ends_at <= clock.now for day in days)
    assert sum(day.figures.stamps for day in days) == stamps
    assert plan_of(shop).begins_at == days[-1].ends_at


def _summaries(shop: Shop, first: date) -> list[DaySummary]:
    """By local date, of which none can have two."""
    dates = [first + timedelta(days=days) for days in range(-2, 60)]
    found = look(shop.database, lambda tx: [tx.summary(shop.merchant_id, day) for day in dates])
    return [summary for summary in found if summary is not None]


# What the operator sees


def test_operator_sees_every_merchant_with_its_stores_and_programs(town: Town) -> None:
    first, second = town.opens_shop(name="Café"), town.opens_shop(name="Salon")
    belval = first.adds_store("Belval")
    assert [merchant.name for merchant in town.database.read(list_merchants, None)] == ["Café", "Salon"]
    seen = town.database.read(see_shop, first.merchant_id)
    assert (seen.merchant, list(seen.programs)) == (first.merchant(), [first.program()])
    assert {one.store_id for one in seen.stores} == {first.store_id, belval}
    assert seen.find(Target.STORE, belval) in seen.stores
    with pytest.raises(MerchantNotFound):
        town.database.read(see_shop, MerchantId("none"))
    with pytest.raises(StoreNotFound):
        seen.find(Target.STORE, second.store_id)


@pytest.mark.parametrize("name", sorted(THRESHOLDS))
def test_from_when_on_owners_are_told_of_something_odd_is_for_owners_to_say(shop: Shop, name: str) -> None:
    """Or a manager would go unseen for as long as they please."""
    mia, heir = shop.hires("Mia", Role.MANAGER), shop.hires("Heir", Role.OWNER)
    change = editing(shop.merchant(), **{name: None})
    with pytest.raises(NotAllowed):
        shop.database.write(change_fields, replace(change, staff_id=mia.staff_id))
    assert shop.database.write(change_fields, replace(change, staff_id=heir.staff_id))

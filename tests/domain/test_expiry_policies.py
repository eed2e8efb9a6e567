"""A change of policy never reaches back: what is held counts from the change."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.expiry import ExpiryKind, Unit
from domain.invariants import check
from domain.merchant import ProgramKind
from domain.refusals import FieldsChangedMeanwhile, NumberOutOfRange, ProgramNotFound
from domain.rules.days import last_day_before
from domain.usecases.change_fields import change_fields
from domain.usecases.join_store import join_store
from tests.support.clock import Clock, local
from tests.support.nights import Nights, assert_hints_are_not_late, next_of
from tests.support.shop import Holder, Shop, Town
from tests.support.terms import editing

LUXEMBOURG = "Europe/Luxembourg"
EARNED = local(LUXEMBOURG, date(2026, 1, 10))
CHANGED = local(LUXEMBOURG, date(2027, 3, 20))


def opens(town: Town, clock: Clock, kind: ExpiryKind, months: int) -> Shop:
    clock.is_at(EARNED)
    return town.opens_shop(kind=ProgramKind.HYBRID, expiry_kind=kind, expiry_months=months)


def last_day(shop: Shop, lea: Holder, unit: Unit = Unit.POINTS) -> str | None:
    period = next_of(shop, lea, unit)
    return None if period is None else last_day_before(period.expires_at, LUXEMBOURG).isoformat()


NEVER, INACTIVITY, LOT = ExpiryKind.NEVER, ExpiryKind.INACTIVITY, ExpiryKind.LOT


@pytest.mark.parametrize(
    ("before", "after", "ends"),
    [
        pytest.param((NEVER, 0), (LOT, 1), "2027-04-30", id="never, then by lot"),
        pytest.param((NEVER, 0), (INACTIVITY, 1), "2027-04-20", id="never, then by inactivity"),
        pytest.param((LOT, 24), (LOT, 1), "2027-04-30", id="shorter lots"),
        pytest.param((LOT, 15), (LOT, 24), "2029-03-31", id="longer lots"),
        pytest.param((INACTIVITY, 24), (INACTIVITY, 1), "2027-04-20", id="shorter inactivity"),
        pytest.param((INACTIVITY, 24), (LOT, 1), "2027-04-30", id="by inactivity, then by lot"),
        pytest.param((LOT, 24), (INACTIVITY, 1), "2027-04-20", id="by lot, then by inactivity"),
        pytest.param((LOT, 24), (NEVER, 0), None, id="never again"),
    ],
)
def test_policy_change_reaches_back(
    town: Town,
    clock: Clock,
    before: tuple[ExpiryKind, int],
    after: tuple[ExpiryKind, int],
    ends: str | None,
) -> None:
    shop = opens(town, clock, *before)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    shop.earns(anna, lea)
    nights = Nights(town)
    clock.is_at(CHANGED)
    shop.changes_terms(expiry_kind=after[0], expiry_months=after[1])
    assert nights.looks().expired == 0
    for unit in Unit:
        assert last_day(shop, lea, unit) == ends
    nights.spreads()
    assert_hints_are_not_late(shop, lea)
    period = next_of(shop, lea, Unit.POINTS)
    assert shop.card(lea).points_expire_at == (period.expires_at if period else None)
    assert nights.passes(15).expired == 0
    assert shop.card(lea).points_balance == 10


def test_change_of_something_else_leaves_the_dates_alone(town: Town, clock: Clock) -> None:
    shop = opens(town, clock, LOT, 24)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea)
    since = shop.program().expiry_since
    clock.is_at(CHANGED)
    shop.changes_terms(reward="A tea", points_per_unit_milli=2000)
    assert (shop.program().version, shop.program().expiry_since) == (2, since)
    assert last_day(shop, lea) == "2028-01-31"


def test_policy_that_comes_back_counts_from_its_return(town: Town, clock: Clock) -> None:
    shop = opens(town, clock, LOT, 12)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea)
    clock.passes(days=100)
    shop.changes_terms(expiry_kind=NEVER)
    clock.is_at(CHANGED)
    shop.changes_terms(expiry_kind=LOT)
    assert last_day(shop, lea) == "2028-03-31"


def test_lots_after_the_change_count_from_their_own_day(town: Town, clock: Clock) -> None:
    shop = opens(town, clock, NEVER, 0)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, 1000)
    clock.is_at(CHANGED)
    shop.changes_terms(expiry_kind=LOT, expiry_months=2)
    nights = Nights(town)
    nights.spreads()
    clock.is_at(CHANGED + timedelta(days=30))
    shop.earns(anna, lea, 300)
    assert_hints_are_not_late(shop, lea)
    end = local(LUXEMBOURG, date(2027, 6, 1), 0)
    nights.runs_until(end - timedelta(days=14))
    clock.is_at(end)
    assert nights.runs().expired == 1
    assert (shop.card(lea).points_balance, last_day(shop, lea)) == (3, "2027-06-30")
    assert town.database.violations() == []


@pytest.mark.parametrize("page", [1, 2, 3, 5, 100])
def test_new_terms_are_spread_over_all_cards_in_pages(town: Town, clock: Clock, page: int) -> None:
    shop = opens(town, clock, NEVER, 0)
    anna = shop.hires("Anna")
    holders = [shop.gives_card(f"{number}") for number in range(5)]
    for holder in holders:
        shop.earns(anna, holder)
    clock.is_at(CHANGED)
    shop.changes_terms(expiry_kind=INACTIVITY, expiry_months=3)
    nights = Nights(town, page=page)
    assert nights.spreads() == 5 // page + 1
    end = local(LUXEMBOURG, date(2027, 6, 21), 0)
    assert {shop.card(holder).points_expire_at for holder in holders} == {end}
    assert nights.spreads() == 0


def test_terms_that_change_while_they_are_spread_are_spread_again(town: Town, clock: Clock) -> None:
    shop = opens(town, clock, NEVER, 0)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea)
    clock.is_at(CHANGED)
    shop.changes_terms(expiry_kind=LOT, expiry_months=3)
    nights = Nights(town, page=1)
    command = nights.next_page_of(shop)
    shop.changes_terms(expiry_kind=LOT, expiry_months=1)
    nights.turns(command)
    assert nights.spreads() > 0
    assert shop.card(lea).points_expire_at == local(LUXEMBOURG, date(2027, 5, 1), 0)


def test_award_between_the_change_and_its_spreading_makes_no_expiry_late(town: Town, clock: Clock) -> None:
    shop = opens(town, clock, INACTIVITY, 60)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea)
    clock.is_at(CHANGED)
    shop.changes_terms(expiry_kind=LOT, expiry_months=1)
    clock.passes(days=20)
    shop.earns(anna, lea)
    Nights(town).spreads()
    assert_hints_are_not_late(shop, lea)
    assert shop.card(lea).points_expire_at == local(LUXEMBOURG, date(2027, 5, 1), 0)


@pytest.mark.parametrize(
    ("seen", "changes", "refusal"),
    [
        ({"stamps_target": 7}, {"stamps_target": 8}, FieldsChangedMeanwhile),
        ({"program_id": "another"}, {"stamps_target": 8}, ProgramNotFound),
        ({}, {"expiry_kind": LOT, "expiry_months": 0}, NumberOutOfRange),
        ({}, {"expiry_kind": LOT, "expiry_months": 61}, NumberOutOfRange),
    ],
    ids=str,
)
def test_terms_that_cannot_be_are_refused(
    town: Town, seen: dict[str, Any], changes: dict[str, Any], refusal: type[Exception]
) -> None:
    shop = town.opens_shop()
    command = editing(replace(shop.program(), **seen), **changes)
    with pytest.raises(refusal):
        town.database.write(change_fields, command)
    assert shop.program().version == 1


def test_second_of_two_changes_of_the_same_version_is_refused(town: Town) -> None:
    shop = town.opens_shop()
    seen = shop.program()
    town.database.write(change_fields, editing(seen, expiry_kind=LOT))
    with pytest.raises(FieldsChangedMeanwhile):
        town.database.write(change_fields, editing(seen, expiry_kind=INACTIVITY))
    assert shop.program().expiry_kind is LOT


@pytest.mark.parametrize(
    ("kind", "points", "stamps"),
    [(ProgramKind.STAMPS, 0, 2), (ProgramKind.POINTS, 2, 0), (ProgramKind.HYBRID, 2, 0)],
)
def test_welcome_bonus_is_given_once_and_expires_like_any_award(
    town: Town, clock: Clock, kind: ProgramKind, points: int, stamps: int
) -> None:
    clock.is_at(EARNED)
    shop = town.opens_shop(kind=kind, welcome_bonus=2, expiry_kind=LOT, expiry_months=1)
    command = shop.joining("Léa", town.somebody())
    for _ in range(2):
        state = town.database.write(join_store, command).held.state
        assert (state.points_balance, state.stamp_count) == (points, stamps)
    other = town.database.write(join_store, shop.joining("Léa", command.account))
    assert (other.is_new, other.held.state.points_balance) == (False, points)
    [history] = town.database.histories()
    assert list(check(history)) == []
    [entry] = history.entries
    assert (entry.store_id, entry.staff_id) == (shop.store_id, None)
    card = history.card
    assert card.expires_at(Unit.POINTS if points else Unit.STAMPS) == local(LUXEMBOURG, date(2026, 3, 1), 0)
    nights = Nights(town)
    nights.runs_until(local(LUXEMBOURG, date(2026, 2, 15), 0))
    clock.is_at(local(LUXEMBOURG, date(2026, 3, 1), 0))
    assert nights.looks().expired == 1

"""Earning rules: what is left over is carried, the hour asked for multiplies, amounts earn stamps (ADR 0056)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.acts import Asked, LookUp
from domain.fields import FIELDS, Target
from domain.ids import EntryId
from domain.invariants import check
from domain.kinds import EntryKind
from domain.merchant import Multiplier, PointReward, ProgramKind
from domain.messages import MessageKind, Receipt
from domain.money import Money
from domain.multipliers import read_multiplier
from domain.refusals import (
    CooldownActive,
    DailyLimitReached,
    EntryAlreadyVoided,
    FactorNotWhole,
    NothingToVoid,
    PointsNotEnabled,
    PurchaseDoubted,
    PurchaseTooSmall,
    Refusal,
    StampsByAmount,
)
from domain.rules.earning import NANO
from domain.rules.figures import counted, figures_of
from domain.rules.multipliers import factor_at
from domain.staff import Role
from domain.usecases.card_state import CardState
from domain.usecases.look_up_card import look_up_card
from domain.usecases.store_today import SeeToday, store_today
from tests.support.clock import Clock, local
from tests.support.one_thread import OneThread
from tests.support.shop import Holder, Shop, Town

ONE_PER_50 = 20
HALF = NANO // 2
MONDAY = date(2026, 6, 15)
ZONE = "Europe/Luxembourg"


def lines(*texts: str) -> tuple[Multiplier, ...]:
    return tuple(map(read_multiplier, texts))


def of_points(town: Town, **terms: Any) -> Shop:
    return town.opens_shop(**{"kind": ProgramKind.POINTS, "points_per_unit_milli": ONE_PER_50} | terms)


def of_amounts(town: Town, **terms: Any) -> Shop:
    """A stamp for each 10.00."""
    return town.opens_shop(**{"stamp_per_minor": 10_00, "plausible_purchase_minor": 0} | terms)


def on(shop: Shop, holder: Holder) -> tuple[int, int]:
    """Points and what is left over in billionths, or stamps and what is left over in cents."""
    card = shop.card(holder)
    if shop.program().has_points:
        return card.points_balance, card.points_carried_nano or 0
    return card.stamp_count, card.stamps_carried_minor or 0


def cards_of(shop: Shop, holder: Holder) -> int:
    """How many cards a summary or a report says were served."""
    return figures_of(counted(shop.history(holder))).cards


def state(shop: Shop, holder: Holder) -> CardState:
    asked = Asked(act=LookUp(card=holder.card), actor=shop.owner)
    return shop.database.read(look_up_card, asked).card


def is_clean(shop: Shop) -> bool:
    return shop.database.violations() == []


# What is left over


def test_30_and_20_at_one_per_50_earn_one(town: Town) -> None:
    shop = of_points(town)
    lea = shop.gives_card()
    first = shop.earns(shop.owner, lea, 30_00)
    assert (first.entry.points_delta, first.entry.kind, first.card.to_go) == (
        0,
        EntryKind.POINTS_EARNED,
        Money(20_00, "EUR"),
    )
    second = shop.earns(shop.owner, lea, 20_00)
    assert (second.entry.points_delta, second.card.points_balance, second.card.to_go) == (1, 1, None)
    assert is_clean(shop)


def test_void_of_the_purchase_that_completed_the_remainder(town: Town) -> None:
    shop = of_points(town)
    lea = shop.gives_card()
    shop.earns(shop.owner, lea, 30_00)
    completed = shop.earns(shop.owner, lea, 20_00).entry.entry_id
    shop.undoes(shop.owner, lea, completed)
    assert on(shop, lea) == (0, NANO * 3 // 5)
    shop.earns(shop.owner, lea, 20_00)
    assert on(shop, lea) == (1, 0)
    assert is_clean(shop)


def test_void_of_the_purchase_that_began_the_remainder_takes_the_point_and_leaves_what_the_others_paid(
    town: Town,
) -> None:
    shop = of_points(town)
    lea = shop.gives_card()
    first = shop.earns(shop.owner, lea, 30_00).entry.entry_id
    second = shop.earns(shop.owner, lea, 20_00).entry.entry_id
    void = shop.undoes(shop.owner, lea, first)
    assert (void.entry.points_delta, void.entry.points_shortfall) == (-1, 0)
    assert on(shop, lea) == (0, NANO * 2 // 5)
    with pytest.raises(EntryAlreadyVoided):
        shop.undoes(shop.owner, lea, first)
    shop.undoes(shop.owner, lea, second)
    assert on(shop, lea) == (0, 0)
    assert is_clean(shop)


def test_void_takes_no_point_for_which_later_purchases_are_enough(town: Town) -> None:
    shop = of_points(town)
    lea = shop.gives_card()
    shop.earns(shop.owner, lea, 30_00)
    completed = shop.earns(shop.owner, lea, 20_00).entry.entry_id
    shop.earns(shop.owner, lea, 30_00)
    void = shop.undoes(shop.owner, lea, completed)
    assert (void.entry.points_delta, on(shop, lea)) == (0, (1, NANO // 5))
    assert is_clean(shop)


def test_point_that_is_spent_is_missing_when_what_began_it_is_taken_back(town: Town) -> None:
    shop = of_points(town, point_rewards=(PointReward(cost=1, name="A sweet"),))
    lea = shop.gives_card()
    first = shop.earns(shop.owner, lea, 30_00).entry.entry_id
    shop.earns(shop.owner, lea, 20_00)
    shop.redeems_points(shop.owner, lea)
    void = shop.undoes(shop.owner, lea, first)
    assert (void.entry.points_delta, void.entry.points_shortfall) == (0, 1)
    assert on(shop, lea) == (0, NANO * 2 // 5)
    assert len(town.messages(MessageKind.STAFF_ALERT)) == 1


ODD = [1, 3, 99, 1_01, 6_66, 7_77, 33_33, 100_00]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    by_amount=st.booleans(),
    steps=st.lists(st.tuples(st.sampled_from([*ODD, 0, 0]), st.integers(0, 9)), max_size=25),
)
def test_whatever_is_bought_and_taken_back_the_rest_has_earned_what_it_is_worth(
    by_amount: bool, steps: Sequence[tuple[int, int]]
) -> None:
    """To the cent, in whatever order: what stands is worth as much as what is on the card."""
    clock = Clock()
    town = Town(OneThread(clock))
    shop = (
        of_amounts(town, stamp_per_minor=7_00, multipliers=lines("Mon 3"))
        if by_amount
        else of_points(town, points_per_unit_milli=333, multipliers=lines("Mon 1.5"))
    )
    lea, stands = shop.gives_card(), dict[EntryId, Fraction]()
    for amount, place in steps:
        factor = Fraction(factor_at(shop.program(), ZONE, clock.now), 10)
        if amount:
            worth = factor * (Fraction(amount, 7_00) if by_amount else Fraction(amount * 333, 100_000))
            stands[shop.earns(shop.owner, lea, amount).entry.entry_id] = worth
        elif stands:
            taken = list(stands)[place % len(stands)]
            shop.voids(shop.owner, lea, entry=taken, reason="a slip")
            del stands[taken]
        clock.passes(hours=5)
        whole, left = on(shop, lea)
        assert whole + Fraction(left, 7_00 if by_amount else NANO) == sum(stands.values())
        assert 0 <= left < (7_00 if by_amount else NANO)
    assert is_clean(shop)
    shop.database.close()


def test_purchase_that_gave_nothing_yet_is_a_visit_and_may_be_taken_back(town: Town, clock: Clock) -> None:
    shop = of_points(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    small = shop.earns(anna, lea, 1).entry
    today = shop.database.read(store_today, SeeToday(actor=anna))
    assert (today.own.points, today.own.cards) == (0, 1)
    assert cards_of(shop, lea) == 1
    [receipt] = town.facts(MessageKind.RECEIPT)
    assert isinstance(receipt, Receipt)
    assert (receipt.points_delta, receipt.to_go) == (0, Money(49_99, "EUR"))
    clock.passes(minutes=16)
    with pytest.raises(Refusal):
        shop.voids(anna, lea, entry=small.entry_id)
    mia = shop.hires("Mia", Role.MANAGER)
    void = shop.voids(mia, lea, reason="a slip").entry
    assert (void.related_entry_id, void.points_delta) == (small.entry_id, 0)
    assert cards_of(shop, lea) == 0
    assert on(shop, lea) == (0, 0)
    with pytest.raises(NothingToVoid):
        shop.voids(mia, lea, reason="a slip")
    assert is_clean(shop)


def test_without_carrying_over_all_is_as_before(town: Town) -> None:
    shop = of_points(town, carry_over=False)
    lea = shop.gives_card()
    with pytest.raises(PurchaseTooSmall) as refused:
        shop.earns(shop.owner, lea, 30_00)
    assert refused.value.lowest == Money(50_00, "EUR")
    earned = shop.earns(shop.owner, lea, 80_00)
    assert (earned.entry.points_delta, earned.entry.points_carried_nano, earned.card.to_go) == (1, None, None)
    assert shop.card(lea).points_carried_nano is None


def test_smallest_purchase_of_the_terms_holds_where_everything_is_carried(town: Town) -> None:
    shop = of_points(town, minimum_purchase_minor=5_00)
    lea = shop.gives_card()
    with pytest.raises(PurchaseTooSmall) as refused:
        shop.earns(shop.owner, lea, 4_99)
    assert refused.value.lowest == Money(5_00, "EUR")
    assert shop.earns(shop.owner, lea, 5_00).entry.points_carried_nano == NANO // 10


def test_what_was_carried_is_used_once_more_when_carrying_ends_and_nothing_of_it_is_lost_before(
    town: Town,
) -> None:
    shop = of_points(town)
    lea = shop.gives_card()
    shop.earns(shop.owner, lea, 30_00)
    shop.changes_terms(carry_over=False)
    with pytest.raises(PurchaseTooSmall):
        shop.earns(shop.owner, lea, 10_00)
    assert on(shop, lea) == (0, NANO * 3 // 5)
    shop.earns(shop.owner, lea, 25_00)
    assert on(shop, lea) == (1, 0)


def test_what_is_left_over_goes_with_a_card_that_moves_and_with_one_that_is_merged(town: Town) -> None:
    shop = of_points(town)
    lea, tom = shop.gives_card(), shop.gives_card("Tom")
    shop.earns(shop.owner, lea, 30_00)
    began = shop.earns(shop.owner, tom, 25_00).entry.entry_id
    tom = shop.moves_card(tom)
    assert on(shop, tom) == (0, HALF)
    merged = shop.merges(shop.owner, lea, tom)
    assert (merged.entry.points_delta, on(shop, lea), on(shop, tom)) == (0, (0, NANO * 11 // 10), (0, 0))
    assert state(shop, lea).to_go == Money(1, "EUR")
    assert is_clean(shop)
    shop.earns(shop.owner, lea, 1_00)
    assert on(shop, lea) == (1, NANO * 6 // 50)
    shop.voids(shop.owner, lea, entry=began, reason="not hers")
    assert on(shop, lea) == (0, NANO * 31 // 50)
    assert is_clean(shop)


def test_what_is_left_over_outlives_an_expiry(town: Town) -> None:
    """It is less than a point, and of nothing less than a point was anybody ever warned."""
    shop = of_points(town)
    lea = shop.gives_card()
    done = shop.earns(shop.owner, lea, 75_00)
    assert on(shop, lea) == (1, HALF)
    shop.voids(shop.owner, lea, entry=done.entry.entry_id, reason="a slip")
    assert on(shop, lea) == (0, 0)


def test_verify_finds_what_is_left_over_and_no_entry_tells_of(town: Town) -> None:
    shop = of_points(town)
    lea = shop.gives_card()
    shop.earns(shop.owner, lea, 30_00)
    [history] = shop.database.histories()
    assert list(check(history)) == []
    for carried in (None, 0, NANO):
        card = replace(history.card, points_carried_nano=carried)
        assert [found.invariant for found in check(replace(history, card=card))] == ["I1"]
    [entry] = history.entries
    debt = replace(history, entries=(replace(entry, points_carried_nano=-1),))
    assert "I2" in [found.invariant for found in check(debt)]


# Stamps for amounts


def test_stamp_for_each_ten_euros_and_the_rest_is_carried(town: Town) -> None:
    shop = of_amounts(town)
    lea = shop.gives_card()
    done = shop.earns(shop.owner, lea, 23_50)
    assert (done.entry.kind, done.entry.stamps_delta, done.entry.amount_minor) == (
        EntryKind.STAMP_EARNED,
        2,
        23_50,
    )
    assert (on(shop, lea), done.card.to_go) == ((2, 3_50), Money(6_50, "EUR"))
    assert shop.earns(shop.owner, lea, 6_50).card.stamp_count == 3
    with pytest.raises(StampsByAmount):
        shop.stamps(shop.owner, lea)
    assert is_clean(shop)


def test_shop_that_gives_stamps_by_number_takes_no_amounts(town: Town) -> None:
    shop = town.opens_shop()
    with pytest.raises(PointsNotEnabled):
        shop.earns(shop.owner, shop.gives_card())
    shop.changes_terms(stamp_per_minor=10_00)
    shop.earns(shop.owner, shop.gives_card())


def test_limits_of_a_day_hold_for_stamps_of_amounts_and_not_for_what_gives_none_yet(
    town: Town, clock: Clock
) -> None:
    shop = of_amounts(town, max_daily_stamps=3, cooldown_minutes=30, plausible_purchase_minor=200_00)
    lea = shop.gives_card()
    with pytest.raises(DailyLimitReached):
        shop.earns(shop.owner, lea, 40_00)
    with pytest.raises(PurchaseDoubted):
        shop.earns(shop.owner, lea, 300_00)
    assert shop.earns(shop.owner, lea, 9_00).card.next_stamp_at is None
    shop.earns(shop.owner, lea, 9_00)
    with pytest.raises(CooldownActive):
        shop.earns(shop.owner, lea, 9_00)
    assert shop.earns(shop.owner, lea, 1_00).entry.stamps_delta == 0
    clock.passes(minutes=30)
    assert shop.earns(shop.owner, lea, 15_00).card.stamps_left_today == 0
    assert is_clean(shop)


def test_manager_may_allow_stamps_by_number_above_the_limit(town: Town) -> None:
    shop = of_amounts(town, max_daily_stamps=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.decides(shop.owner, shop.asks_manager(anna, lea, count=2))
    assert on(shop, lea) == (2, 0)
    assert is_clean(shop)


def test_dearer_stamp_takes_nothing_of_what_was_paid_towards_one(town: Town) -> None:
    shop = of_amounts(town)
    lea, tom = shop.gives_card(), shop.gives_card("Tom")
    shop.earns(shop.owner, lea, 7_50)
    shop.changes_terms(stamp_per_minor=20_00)
    assert state(shop, lea).to_go == Money(5_00, "EUR")
    done = shop.earns(shop.owner, lea, 5_00)
    assert (done.card.stamp_count, done.card.to_go) == (1, None)
    shop.undoes(shop.owner, lea, done.entry.entry_id)
    assert on(shop, lea) == (0, 7_50)
    assert shop.earns(shop.owner, tom, 20_00).card.stamp_count == 1
    shop.changes_terms(stamp_per_minor=5_00)
    shop.changes_terms(stamp_per_minor=30_00)
    assert shop.earns(shop.owner, lea, 1).card.stamp_count == 1
    assert is_clean(shop)


# Factors


@pytest.mark.parametrize(
    ("texts", "hour", "minute", "tenths"),
    [
        pytest.param(["Mon-Fri 14-16 2"], 14, 0, 20, id="from the first minute"),
        pytest.param(["Mon-Fri 14-16 2"], 15, 59, 20, id="to the last"),
        pytest.param(["Mon-Fri 14-16 2"], 16, 0, 10, id="and no longer"),
        pytest.param(["Mon-Fri 14-16 2"], 13, 59, 10, id="and not sooner"),
        pytest.param(["Tue 2"], 15, 0, 10, id="another day"),
        pytest.param(["Mon 2", "Mon 14-16 3"], 15, 0, 30, id="the highest alone"),
        pytest.param(["Mon 14-16 3", "Mon 2"], 15, 0, 30, id="in whatever order"),
        pytest.param(["2026-06-15 3"], 0, 0, 30, id="a single day"),
        pytest.param(["2026-06-08 3"], 12, 0, 10, id="the same day of another week"),
        pytest.param(["Sun 22-2 2"], 1, 59, 20, id="over midnight"),
        pytest.param(["2026-06-14 22-2 2"], 1, 59, 20, id="a single night"),
        pytest.param(["2026-06-15 22-2 2"], 1, 59, 10, id="the night after it"),
        pytest.param(["Mon 1.5"], 12, 0, 15, id="and a half"),
    ],
)
def test_highest_factor_of_the_hour_holds_alone(
    town: Town, clock: Clock, texts: list[str], hour: int, minute: int, tenths: int
) -> None:
    shop = of_points(town, points_per_unit_milli=1000, multipliers=lines(*texts))
    clock.is_at(local(ZONE, MONDAY, hour, minute))
    done = shop.earns(shop.owner, shop.gives_card(), 10_00)
    assert done.entry.points_delta == tenths
    assert done.entry.factor_tenths == (tenths if tenths != 10 else None)


AT_TWO = local(ZONE, MONDAY, 14)
AT_FOUR = local(ZONE, MONDAY, 16)
A_MINUTE = timedelta(minutes=1)
HAPPY_HOUR = {"multipliers": lines("Mon 14-16 2")}


def test_factor_changes_between_scan_and_tap(town: Town, clock: Clock) -> None:
    """The panel was opened at one factor, the button tapped at the other, and carried out after a PIN."""
    shop = town.opens_shop(**HAPPY_HOUR)
    lea = shop.gives_card()
    clock.is_at(AT_FOUR - A_MINUTE)
    assert state(shop, lea).boost is not None
    clock.is_at(AT_FOUR)
    assert state(shop, lea).boost is None
    assert shop.stamps(shop.owner, lea, asked_at=AT_FOUR).entry.stamps_delta == 1
    clock.passes(minutes=3)
    done = shop.stamps(shop.owner, lea, 2, asked_at=AT_FOUR - A_MINUTE)
    assert (done.entry.stamps_delta, done.entry.factor_tenths, done.entry.occurred_at) == (4, 20, clock.now)
    assert is_clean(shop)


@pytest.mark.parametrize(
    ("asked_at", "stamps"),
    [
        pytest.param(None, 1, id="nobody says when"),
        pytest.param(AT_TWO, 2, id="an hour ago"),
        pytest.param(AT_TWO - timedelta(days=7), 1, id="so long ago that it cannot be"),
        pytest.param(AT_TWO + timedelta(days=7), 1, id="not yet"),
    ],
)
def test_moment_that_cannot_be_counts_as_now(
    town: Town, clock: Clock, asked_at: datetime | None, stamps: int
) -> None:
    shop = town.opens_shop(**HAPPY_HOUR)
    clock.is_at(AT_FOUR)
    assert shop.stamps(shop.owner, shop.gives_card(), asked_at=asked_at).entry.stamps_delta == stamps


def test_manager_who_says_yes_later_gives_by_the_hour_at_which_it_was_asked_for(
    town: Town, clock: Clock
) -> None:
    shop = town.opens_shop(max_daily_stamps=1, **HAPPY_HOUR)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(AT_FOUR - A_MINUTE)
    requested = shop.asks_manager(anna, lea, count=2)
    clock.passes(minutes=20)
    shop.decides(shop.owner, requested)
    assert shop.entries(lea)[-1].stamps_delta == 4
    assert is_clean(shop)


def test_same_act_asked_again_at_another_hour_is_the_same(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(**HAPPY_HOUR)
    lea, key = shop.gives_card(), town.new_key()
    clock.is_at(AT_FOUR - A_MINUTE)
    shop.stamps(shop.owner, lea, key=key, asked_at=clock.now)
    clock.passes(minutes=5)
    again = shop.stamps(shop.owner, lea, key=key, asked_at=clock.now)
    assert (again.replayed, again.entry.stamps_delta, again.card.stamp_count) == (True, 2, 2)


def test_limit_of_a_day_counts_what_was_given_and_not_what_it_was_multiplied_to(
    town: Town, clock: Clock
) -> None:
    shop = town.opens_shop(max_daily_stamps=3, **HAPPY_HOUR)
    lea = shop.gives_card()
    clock.is_at(AT_TWO)
    done = shop.stamps(shop.owner, lea, 2)
    assert (done.entry.stamps_delta, done.card.stamps_today, done.card.stamps_left_today) == (4, 2, 1)
    with pytest.raises(DailyLimitReached):
        shop.stamps(shop.owner, lea, 2)
    shop.stamps(shop.owner, lea)
    assert is_clean(shop)
    shop.voids(shop.owner, lea, count=3, reason="a slip")
    assert state(shop, lea).stamps_today == 2
    shop.stamps(shop.owner, lea)
    assert is_clean(shop)


def test_multiplier_that_ends_concerns_only_what_comes(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(**HAPPY_HOUR)
    lea = shop.gives_card()
    clock.is_at(AT_TWO)
    shop.stamps(shop.owner, lea)
    shop.changes_terms(multipliers=None)
    assert shop.stamps(shop.owner, lea).card.stamp_count == 3


def test_boosts_of_the_day_are_known_until_they_are_over(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(multipliers=lines("Mon 14-16 2", "Mon 15-18 3", "Tue 2"))
    lea = shop.gives_card()
    found = state(shop, lea)
    assert [(each.factor_tenths, each.ends_at) for each in found.boosts] == [
        (30, local(ZONE, MONDAY, 18)),
        (20, AT_FOUR),
    ]
    assert found.boost is None
    clock.is_at(AT_FOUR)
    assert [each.factor_tenths for each in state(shop, lea).boosts] == [30]
    shop.changes_terms(multipliers=lines("Mon 15-18 3", "Mon 16-17 2", "Tue 2"))
    assert [each.factor_tenths for each in state(shop, lea).boosts] == [30]
    assert state(shop, lea).boost == found.boosts[0]
    clock.is_at(datetime(2026, 6, 15, 22, tzinfo=UTC))
    tuesday = state(shop, lea).boost
    assert tuesday is not None
    assert (tuesday.is_all_day, tuesday.factor_tenths) == (True, 20)


def test_there_are_no_half_stamps(town: Town) -> None:
    shop = town.opens_shop()
    with pytest.raises(FactorNotWhole):
        shop.changes_terms(multipliers=lines("Mon 1.5"))
    shop.changes_terms(multipliers=lines("Mon 2"))
    with pytest.raises(FactorNotWhole):
        town.opens_shop(kind=ProgramKind.HYBRID, multipliers=lines("Mon 1.5"))


FIELD = FIELDS[Target.PROGRAM]["multipliers"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("mon-fri 14-16 x2", "Mon-Fri 14:00-16:00 2"),
        ("samschdeg ×3", "Sat 3"),
        ("Mo-Fr 14:00-16:00 1,5", "Mon-Fri 14:00-16:00 1.5"),
        ("24.12.2026 3", "2026-12-24 3"),
        ("2026-12-24 22-2 2x", "2026-12-24 22:00-02:00 2"),
        ("Mon 8-10, 14-16 2\nsat 2", "Mon 08:00-10:00 14:00-16:00 2\nSat 2"),
        ("sat 2; sat 2", "Sat 2"),
        ("-", "none"),
        ("none", "none"),
    ],
)
def test_multipliers_are_typed_as_people_write_them(typed: str, kept: str) -> None:
    value = FIELD.parse(typed, "EUR")
    assert FIELD.show(value, "EUR") == kept
    assert FIELD.parse(kept, "EUR") == value


@pytest.mark.parametrize(
    "typed",
    ["2", "sat", "sat 1", "sat 0.5", "sat 11", "sat 1.55", "14-16 2", "2026-02-30 2", "sat 25-26 2", "x 2"],
)
def test_what_is_no_multiplier_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        FIELD.parse(typed, "EUR")
    with pytest.raises(Refusal):
        FIELD.parse("\n".join(f"2026-01-{day:02} 2" for day in range(1, 22)), "EUR")


def test_purchase_at_a_shop_with_nothing_of_this_is_as_it_was(town: Town) -> None:
    shop = of_points(town, points_per_unit_milli=1000, carry_over=False)
    entry = shop.earns(shop.owner, shop.gives_card(), 10_50).entry
    assert (entry.factor_tenths, entry.points_carried_nano, entry.stamps_carried_minor) == (None, None, None)

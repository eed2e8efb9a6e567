"""Points: what a purchase is worth, which reward they buy, and what is put right by hand."""

from dataclasses import replace
from typing import Any

import pytest

from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.merchant import PointReward, ProgramKind
from domain.messages import MessageKind, Receipt, RewardReady
from domain.money import AMOUNT_MAX_MINOR, Money
from domain.multipliers import ONE
from domain.refusals import (
    AdjustmentReasonMissing,
    AmountOutOfRange,
    NotAllowed,
    NotEnoughPoints,
    OperationKeyReused,
    PinNotSet,
    PointsNotEnabled,
    PointsOutOfRange,
    PurchaseDoubted,
    PurchaseTooSmall,
    RewardChanged,
    StampsNotEnabled,
)
from domain.rules.earning import smallest_purchase
from domain.rules.points import next_reward
from domain.staff import Role
from tests.support.shop import Shop, Town, count_of

REWARDS = (
    PointReward(cost=50, name="An espresso"),
    PointReward(cost=100, name="A cake"),
    PointReward(cost=100, name="A lunch"),
)


def opens(town: Town, **terms: Any) -> Shop:
    return town.opens_shop(**{"kind": ProgramKind.POINTS, "point_rewards": REWARDS} | terms)


@pytest.mark.parametrize(
    ("currency", "milli", "amount_minor", "points"),
    [
        pytest.param("EUR", 1000, 1250, 12, id="a point a euro, rounded down"),
        pytest.param("EUR", 1000, 1299, 12, id="to the last cent"),
        pytest.param("EUR", 1000, 100, 1, id="just one"),
        pytest.param("EUR", 1500, 1000, 15, id="a point and a half"),
        pytest.param("EUR", 1500, 167, 2, id="a point and a half, rounded down"),
        pytest.param("EUR", 333, 1000, 3, id="a third of a point"),
        pytest.param("EUR", 1, 100_000, 1, id="a thousandth of a point"),
        pytest.param("EUR", 1_000_000, 1, 10, id="a thousand points"),
        pytest.param("JPY", 10, 1999, 19, id="no digits: a point for a hundred yen"),
        pytest.param("JPY", 1000, 7, 7, id="no digits: a point a yen"),
        pytest.param("KWD", 1000, 12_999, 12, id="three digits: a point a dinar"),
        pytest.param("KWD", 10_000, 150, 1, id="three digits: ten points a dinar"),
        pytest.param("EUR", 1000, AMOUNT_MAX_MINOR, 100_000, id="the largest purchase"),
    ],
)
def test_purchase_is_worth_so_many_points(
    town: Town, currency: str, milli: int, amount_minor: int, points: int
) -> None:
    shop = opens(town, currency=currency, points_per_unit_milli=milli)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    earned = shop.earns(anna, lea, amount_minor)
    assert (earned.entry.points_delta, earned.entry.amount_minor, earned.card.points_balance) == (
        points,
        amount_minor,
        points,
    )
    entry = shop.entries(lea)[-1]
    assert (entry.kind, entry.points_delta, entry.amount_minor, entry.unit) == (
        EntryKind.POINTS_EARNED,
        points,
        amount_minor,
        Unit.POINTS,
    )


@pytest.mark.parametrize(
    ("currency", "milli", "minimum", "lowest"),
    [
        pytest.param("EUR", 1000, 0, 100, id="what a point costs"),
        pytest.param("EUR", 1000, 500, 500, id="the minimum of the terms"),
        pytest.param("EUR", 1000, 50, 100, id="a minimum below a point"),
        pytest.param("EUR", 3000, 0, 34, id="a third of a euro, rounded up"),
        pytest.param("JPY", 10, 0, 100, id="no digits"),
        pytest.param("KWD", 1000, 0, 1000, id="three digits"),
    ],
)
def test_purchase_below_the_smallest_is_refused(
    town: Town, currency: str, milli: int, minimum: int, lowest: int
) -> None:
    terms = {"points_per_unit_milli": milli, "minimum_purchase_minor": minimum, "carry_over": False}
    shop = opens(town, currency=currency, **terms)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    assert smallest_purchase(shop.program(), currency, ONE) == lowest
    with pytest.raises(PurchaseTooSmall) as refused:
        shop.earns(anna, lea, lowest - 1)
    assert refused.value.lowest == Money(lowest, currency)
    assert shop.card(lea).entry_count == 0
    assert shop.earns(anna, lea, lowest).entry.points_delta >= 1


@pytest.mark.parametrize("amount_minor", [0, -1, -1000, AMOUNT_MAX_MINOR + 1])
def test_amount_that_cannot_be_is_refused(town: Town, amount_minor: int) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    with pytest.raises(AmountOutOfRange):
        shop.earns(anna, lea, amount_minor)


def test_minimum_purchase_can_always_be_reached(town: Town) -> None:
    shop = opens(town, minimum_purchase_minor=AMOUNT_MAX_MINOR)
    assert shop.earns(shop.owner, shop.gives_card(), AMOUNT_MAX_MINOR).entry.points_delta == 100_000


@pytest.mark.parametrize(
    ("points", "position", "refused"),
    [(49, 0, True), (50, 0, False), (51, 0, False), (99, 1, True), (100, 1, False), (100, 2, False)],
)
def test_reward_takes_what_it_costs(town: Town, points: int, position: int, refused: bool) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, points * 100)
    if refused:
        with pytest.raises(NotEnoughPoints) as told:
            shop.redeems_points(anna, lea, position)
        assert (told.value.have, told.value.need) == (points, REWARDS[position].cost)
        return
    redeemed = shop.redeems_points(anna, lea, position)
    reward = REWARDS[position]
    assert (redeemed.entry.points_delta, redeemed.entry.reward) == (-reward.cost, reward.name)
    assert redeemed.card.points_balance == points - reward.cost
    assert shop.entries(lea)[-1].reward == reward.name


@pytest.mark.parametrize(("position", "cost"), [(0, 49), (0, 100), (1, 50), (3, 50), (-1, 100), (-3, 50)])
def test_reward_that_is_no_longer_what_was_shown_is_not_handed_out(
    town: Town, position: int, cost: int
) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, 500_00)
    with pytest.raises(RewardChanged):
        shop.redeems_points(anna, lea, position, cost=cost)
    assert shop.card(lea).points_balance == 500


def test_reward_whose_price_fell_meanwhile_is_refused_and_then_costs_the_new_price(town: Town) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, 500_00)
    shop.changes_terms(point_rewards=(PointReward(cost=40, name="An espresso"),))
    with pytest.raises(RewardChanged):
        shop.redeems_points(anna, lea, 0, cost=50)
    assert shop.redeems_points(anna, lea, 0, cost=40).card.points_balance == 460


def test_rewards_are_kept_cheapest_first(town: Town) -> None:
    shop = opens(town, point_rewards=tuple(reversed(REWARDS)))
    assert [reward.cost for reward in shop.program().point_rewards] == [50, 100, 100]
    assert next_reward(0, shop.program().point_rewards) == REWARDS[0]
    assert next_reward(50, shop.program().point_rewards) in REWARDS[1:]
    assert next_reward(100, shop.program().point_rewards) is None


@pytest.mark.parametrize(
    ("purchases", "told"),
    [
        pytest.param([10, 10], [], id="not enough for any"),
        pytest.param([50], [("An espresso", 1)], id="enough for the first"),
        pytest.param([40, 20, 20], [("An espresso", 1)], id="told once"),
        pytest.param([60, 50], [("An espresso", 1), ("A lunch", 3)], id="and then for more"),
        pytest.param([200], [("A lunch", 3)], id="for all at once"),
    ],
)
def test_reward_ready_is_told_when_points_become_enough(
    town: Town, purchases: list[int], told: list[tuple[str, int]]
) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    for points in purchases:
        shop.earns(anna, lea, points * 100)
    facts = [one for one in town.facts(MessageKind.REWARD_READY) if isinstance(one, RewardReady)]
    assert [(one.reward, one.rewards_available) for one in facts] == told


@pytest.mark.parametrize("points", [1, -1, 30, -40, 1_000_000])
def test_adjustment_adds_or_takes_with_its_reason(town: Town, points: int) -> None:
    shop = opens(town)
    anna, mia, lea = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER), shop.gives_card()
    shop.earns(anna, lea, 40_00)
    adjusted = shop.adjusts(mia, lea, points, reason="the till was down")
    assert (adjusted.entry.points_delta, adjusted.card.points_balance) == (points, 40 + points)
    entry = shop.entries(lea)[-1]
    assert (entry.kind, entry.points_delta, entry.note) == (
        EntryKind.POINTS_ADJUSTED,
        points,
        "the till was down",
    )
    receipts = [one for one in town.facts(MessageKind.RECEIPT) if isinstance(one, Receipt)]
    assert (receipts[-1].points_delta, receipts[-1].points_balance) == (points, 40 + points)


@pytest.mark.parametrize(
    ("points", "note", "refusal"),
    [
        (0, "why", PointsOutOfRange),
        (1_000_001, "why", PointsOutOfRange),
        (-1_000_001, "why", PointsOutOfRange),
        (5, "", AdjustmentReasonMissing),
        (5, None, AdjustmentReasonMissing),
        (-41, "why", NotEnoughPoints),
    ],
)
def test_adjustment_that_cannot_be_is_refused(
    town: Town, points: int, note: str | None, refusal: type[Exception]
) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, 40_00)
    with pytest.raises(refusal):
        shop.adjusts(shop.owner, lea, points, reason=note)
    assert shop.card(lea).points_balance == 40


def test_only_managers_put_points_right(town: Town) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    with pytest.raises(NotAllowed):
        shop.adjusts(anna, lea, 5)


def test_adjustment_is_not_taken_back_but_put_right_again(town: Town) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    earned = shop.earns(anna, lea, 10_00)
    shop.adjusts(shop.owner, lea, 5)
    shop.voids(shop.owner, lea, reason="a slip")
    assert shop.entries(lea)[-1].related_entry_id == earned.entry.entry_id
    assert shop.card(lea).points_balance == 5


def test_undo_takes_back_exactly_the_purchase(town: Town) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, 10_00)
    earned = shop.earns(anna, lea, 7_50)
    void = shop.undoes(anna, lea, earned.entry.entry_id)
    assert (void.entry.kind, void.entry.unit, count_of(void), void.card.points_balance) == (
        EntryKind.POINTS_VOIDED,
        Unit.POINTS,
        7,
        10,
    )


def test_same_key_earns_once_and_not_for_another_amount(town: Town) -> None:
    shop = opens(town)
    anna, lea, key = shop.hires("Anna"), shop.gives_card(), town.new_key()
    first = shop.earns(anna, lea, 1000, key=key)
    again = shop.earns(anna, lea, 1000, key=key)
    assert again == replace(first, replayed=True)
    with pytest.raises(OperationKeyReused):
        shop.earns(anna, lea, 1001, key=key)
    with pytest.raises(OperationKeyReused):
        shop.adjusts(shop.owner, lea, 10, key=key)
    assert shop.card(lea).points_balance == 10


def test_same_key_redeems_and_adjusts_once(town: Town) -> None:
    shop = opens(town)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, 500_00)
    redeem_key, adjust_key = town.new_key(), town.new_key()
    for replayed in (False, True):
        redeemed = shop.redeems_points(anna, lea, key=redeem_key)
        adjusted = shop.adjusts(shop.owner, lea, -5, key=adjust_key)
        assert (redeemed.replayed, adjusted.replayed) == (replayed, replayed)
    assert shop.card(lea).points_balance == 445


@pytest.mark.parametrize("kind", list(ProgramKind))
def test_each_kind_of_program_takes_its_own_acts(town: Town, kind: ProgramKind) -> None:
    shop = opens(town, kind=kind, stamps_target=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    if kind is ProgramKind.STAMPS:
        for act in (shop.earns, shop.redeems_points):
            with pytest.raises(PointsNotEnabled):
                act(anna, lea)
        with pytest.raises(PointsNotEnabled):
            shop.adjusts(shop.owner, lea, 5)
    else:
        assert shop.earns(anna, lea, 60_00).entry.points_delta == 60
        assert shop.redeems_points(anna, lea).entry.points_delta == -50
    if kind is ProgramKind.POINTS:
        with pytest.raises(StampsNotEnabled):
            shop.stamps(anna, lea)
        with pytest.raises(StampsNotEnabled):
            shop.redeems(anna, lea)
    else:
        assert shop.stamps(anna, lea).entry.stamps_delta == 1
        assert shop.redeems(anna, lea).entry.stamps_delta == -1


@pytest.mark.parametrize(("amount_minor", "is_doubted"), [(20_000, False), (20_001, True)])
def test_amount_above_the_usual_is_to_be_said_twice_before_a_pin_is_asked_for(
    town: Town, amount_minor: int, is_doubted: bool
) -> None:
    shop = opens(town, plausible_purchase_minor=20_000, require_staff_pin=True)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    with pytest.raises(PurchaseDoubted if is_doubted else PinNotSet):
        shop.earns(anna, lea, amount_minor)
    with pytest.raises(PinNotSet):
        shop.earns(anna, lea, amount_minor, is_sure=True)


def test_amount_said_twice_is_the_same_purchase(town: Town) -> None:
    shop = opens(town, plausible_purchase_minor=20_000)
    anna, lea, key = shop.hires("Anna"), shop.gives_card(), town.new_key()
    with pytest.raises(PurchaseDoubted):
        shop.earns(anna, lea, 125_000, key=key)
    first = shop.earns(anna, lea, 125_000, key=key, is_sure=True)
    assert shop.earns(anna, lea, 125_000, key=key).entry == first.entry
    assert len(shop.entries(lea)) == 1

"""Redeeming without saying which reward, and what a purchase would earn."""

import pytest

from domain.acts import AskAmount, Asked
from domain.merchant import PointReward, ProgramKind
from domain.refusals import (
    AmountOutOfRange,
    CardNotFound,
    NotEnoughPoints,
    NotEnoughStamps,
    OperationKeyReused,
    OwnCardRefused,
    PinNotSet,
    PinRequired,
    PointsNotEnabled,
    RewardNotChosen,
)
from domain.staff import Actor
from domain.usecases.purchase_terms import PurchaseTerms, purchase_terms
from tests.support.shop import Holder, Shop, Town

HYBRID, POINTS = ProgramKind.HYBRID, ProgramKind.POINTS


def terms(shop: Shop, actor: Actor, holder: Holder) -> PurchaseTerms:
    asked = Asked(act=AskAmount(card=holder.card), actor=actor)
    return shop.town.database.read(purchase_terms, asked)


@pytest.mark.parametrize(
    ("stamps", "euros", "given"),
    [(10, 0, "A coffee"), (25, 0, "A coffee"), (0, 50, "An espresso"), (9, 99, "An espresso")],
)
def test_only_reward_possible_is_handed_out(town: Town, stamps: int, euros: int, given: str) -> None:
    shop = town.opens_shop(kind=HYBRID)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    if stamps:
        shop.stamps(anna, lea, min(stamps, 20))
    if euros:
        shop.earns(anna, lea, euros * 100)
    assert shop.redeems_any(anna, lea).entry.reward == given


def test_same_key_gives_the_same_outcome_whatever_the_rewards_are_by_then(town: Town) -> None:
    shop = town.opens_shop(kind=POINTS, point_rewards=(PointReward(cost=50, name="An espresso"),))
    anna, lea, key = shop.hires("Anna"), shop.gives_card(), town.new_key()
    shop.earns(anna, lea, 120_00)
    done = shop.redeems_any(anna, lea, key=key)
    shop.changes_terms(
        point_rewards=(PointReward(cost=10, name="A biscuit"), PointReward(cost=60, name="Tea"))
    )
    again = shop.redeems_any(anna, lea, key=key)
    assert (again.replayed, again.entry.entry_id, again.entry.reward) == (
        True,
        done.entry.entry_id,
        "An espresso",
    )
    assert shop.card(lea).points_balance == 70


@pytest.mark.parametrize(("stamps", "euros"), [(10, 50), (0, 100), (10, 100)])
def test_several_rewards_are_a_choice_and_nothing_happens(town: Town, stamps: int, euros: int) -> None:
    shop = town.opens_shop(kind=HYBRID)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    if stamps:
        shop.stamps(anna, lea, stamps)
    shop.earns(anna, lea, euros * 100)
    before = shop.entries(lea)
    with pytest.raises(RewardNotChosen):
        shop.redeems_any(anna, lea)
    assert shop.entries(lea) == before


def test_no_reward_possible_says_what_is_missing(town: Town) -> None:
    stamps, points = town.opens_shop(), town.opens_shop(kind=POINTS)
    anna, bob = stamps.hires("Anna"), points.hires("Bob")
    with pytest.raises(NotEnoughStamps) as few_stamps:
        stamps.redeems_any(anna, stamps.gives_card())
    assert (few_stamps.value.have, few_stamps.value.need) == (0, 10)
    with pytest.raises(NotEnoughPoints) as few_points:
        points.redeems_any(bob, points.gives_card())
    assert (few_points.value.have, few_points.value.need) == (0, 50)


@pytest.mark.parametrize("euros", [50, 60, 149])
def test_same_key_gives_the_same_reward_again_whatever_is_possible_now(town: Town, euros: int) -> None:
    shop = town.opens_shop(kind=HYBRID)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, 5000)
    key = town.new_key()
    first = shop.redeems_any(anna, lea, key=key)
    shop.earns(anna, lea, euros * 100)
    again = shop.redeems_any(anna, lea, key=key)
    assert (again.entry.entry_id, again.replayed) == (first.entry.entry_id, True)
    assert shop.card(lea).points_balance == euros


def test_key_of_another_act_is_refused(town: Town) -> None:
    shop = town.opens_shop(kind=HYBRID)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    key = town.new_key()
    shop.stamps(anna, lea, 10, key=key)
    with pytest.raises(OperationKeyReused):
        shop.redeems_any(anna, lea, key=key)


def test_choice_needs_no_pin_and_the_reward_does(town: Town) -> None:
    shop = town.opens_shop(kind=POINTS, require_staff_pin=True, pin_window_minutes=0)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.chooses_pin(anna)
    shop.earns(anna, lea, 5000, pin_typed=True)
    with pytest.raises(PinRequired):
        shop.redeems_any(anna, lea)
    shop.earns(anna, lea, 5000, pin_typed=True)
    with pytest.raises(RewardNotChosen):
        shop.redeems_any(anna, lea)


def test_own_card_is_refused_before_any_choice(town: Town) -> None:
    shop = town.opens_shop(kind=POINTS)
    anna, bob = shop.hires("Anna"), shop.hires("Bob")
    own = shop.gives_card("Anna", anna.account)
    shop.earns(bob, own, 30000)
    with pytest.raises(OwnCardRefused):
        shop.redeems_any(anna, own)


def test_terms_say_what_a_purchase_would_earn(town: Town) -> None:
    shop = town.opens_shop(kind=POINTS, points_per_unit_milli=500, minimum_purchase_minor=300)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    found = terms(shop, anna, lea)
    amounts = (0, 1, 299, 300, 1999, 2000)
    assert [found.earned_by(amount).count for amount in amounts] == [0, 0, 0, 1, 9, 10]
    with pytest.raises(AmountOutOfRange):
        found.earned_by(10_000_001)
    assert shop.earns(anna, lea, 1999).entry.points_delta == 9


def test_terms_are_for_who_could_give_the_points_and_need_no_pin(town: Town) -> None:
    shop, elsewhere = town.opens_shop(kind=POINTS, require_staff_pin=True), town.opens_shop(kind=POINTS)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    assert terms(shop, anna, lea).card.has_points
    with pytest.raises(PinNotSet):
        shop.earns(anna, lea)
    with pytest.raises(CardNotFound):
        terms(shop, anna, elsewhere.gives_card())
    with pytest.raises(OwnCardRefused):
        terms(shop, anna, shop.gives_card("Anna", anna.account))
    stamps = town.opens_shop()
    with pytest.raises(PointsNotEnabled):
        terms(stamps, stamps.hires("Bob"), stamps.gives_card())

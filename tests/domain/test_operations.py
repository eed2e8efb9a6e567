"""An operation key has at most one effect, however often it comes."""

from dataclasses import replace
from typing import Any

import pytest

from domain.card import CardRef
from domain.refusals import CooldownActive, OperationKeyReused
from domain.staff import StaffStatus
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act
from tests.support.clock import Clock
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=3)


def test_stamp_that_comes_again_gives_its_first_outcome(town: Town, shop: Shop, clock: Clock) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    command = shop.stamping(anna, lea, 3)
    first = town.database.write(stamp_card, command)
    shop.stamps(anna, lea)
    clock.passes(days=400)
    again = town.database.write(stamp_card, command)
    assert not first.replayed
    assert again == replace(first, card=again.card, replayed=True, may_undo=False)
    assert again.card.stamp_count == shop.card(lea).stamp_count == 4


def test_redemption_that_comes_again_gives_its_first_outcome(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 6)
    command = shop.redeeming(anna, lea)
    first = town.database.write(redeem_reward, command)
    assert town.database.write(redeem_reward, command) == replace(first, replayed=True)
    assert shop.card(lea).stamp_count == 3


def test_reward_that_was_not_named_and_comes_again_gives_its_first_outcome(town: Town, shop: Shop) -> None:
    anna, lea, key = shop.hires("Anna"), shop.gives_card(), town.new_key()
    shop.stamps(anna, lea, 6)
    first = shop.redeems_any(anna, lea, key=key)
    assert shop.redeems_any(anna, lea, key=key) == replace(first, replayed=True)
    assert shop.card(lea).stamp_count == 3


def test_reward_that_a_stamp_completed_is_told_again_with_the_card_as_it_is_now(
    town: Town, shop: Shop
) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    command = shop.stamping(anna, lea, 3)
    first = town.database.write(stamp_card, command)
    shop.redeems(anna, lea)
    again = town.database.write(stamp_card, command)
    assert (first.rewards_earned_now, first.card.rewards_available) == (1, 1)
    assert (again.rewards_earned_now, again.card.rewards_available) == (1, 0)


def test_void_that_comes_again_gives_its_first_outcome(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    command = shop.voiding(anna, lea, count=1)
    first = town.database.write(void_act, command)
    assert town.database.write(void_act, command) == replace(first, replayed=True)
    assert shop.card(lea).stamp_count == 2


def test_what_comes_again_appends_no_entry_and_no_message(town: Town, shop: Shop) -> None:
    command = shop.stamping(shop.hires("Anna"), lea := shop.gives_card(), 3)
    for _ in range(3):
        town.database.write(stamp_card, command)
    assert len(shop.entries(lea)) == 1
    assert len(town.messages()) == 2


def test_outcome_is_told_even_when_the_act_would_now_be_refused(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    command = shop.stamping(anna, lea)
    town.database.write(stamp_card, command)
    shop.changes_terms(cooldown_minutes=60, active=False)
    shop.changes_staff(anna, status=StaffStatus.REMOVED)
    assert town.database.write(stamp_card, command).replayed


def test_refusal_is_not_recorded_so_that_the_same_key_may_try_again(
    town: Town, shop: Shop, clock: Clock
) -> None:
    shop.changes_terms(cooldown_minutes=10)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    command = shop.stamping(anna, lea)
    with pytest.raises(CooldownActive):
        town.database.write(stamp_card, command)
    clock.passes(minutes=10)
    assert not town.database.write(stamp_card, command).replayed


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"count": 2}, id="another number of stamps"),
        pytest.param({"card": "number"}, id="the card named otherwise"),
        pytest.param({"actor": "Bob"}, id="another member"),
    ],
)
def test_key_with_other_input_is_refused(town: Town, shop: Shop, other: dict[str, Any]) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    command = shop.stamping(anna, lea)
    town.database.write(stamp_card, command)
    if other.get("card"):
        other = {"card": CardRef("number", lea.number)}
    if other.get("actor"):
        command, other = replace(command, actor=shop.hires("Bob")), {}
    with pytest.raises(OperationKeyReused):
        town.database.write(stamp_card, replace(command, act=replace(command.act, **other)))
    assert shop.card(lea).stamp_count == 1


def test_key_of_one_kind_of_act_is_refused_for_every_other(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea, 12).entry.entry_id
    keys = [town.new_key() for _ in range(3)]
    shop.stamps(anna, lea, key=keys[0])
    shop.redeems(anna, lea, key=keys[1])
    shop.voids(anna, lea, count=1, key=keys[2])
    before = shop.card(lea)
    for key in keys[1:]:
        with pytest.raises(OperationKeyReused):
            shop.stamps(anna, lea, key=key)
    for key in (keys[0], keys[2]):
        with pytest.raises(OperationKeyReused):
            shop.redeems(anna, lea, key=key)
    for key in keys[:2]:
        with pytest.raises(OperationKeyReused):
            shop.voids(anna, lea, entry=entry_id, key=key)
    assert shop.card(lea) == before


def test_undo_and_void_of_one_entry_are_not_the_same_input(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea).entry.entry_id
    key = town.new_key()
    shop.undoes(anna, lea, entry_id, key=key)
    with pytest.raises(OperationKeyReused):
        shop.voids(anna, lea, entry=entry_id, key=key)


def test_pin_typed_in_between_does_not_make_the_input_another(town: Town, shop: Shop) -> None:
    """The act is kept while the PIN is typed and then asked again."""
    anna, lea = shop.hires("Anna"), shop.gives_card()
    command = shop.stamping(anna, lea)
    town.database.write(stamp_card, command)
    assert town.database.write(stamp_card, replace(command, pin_typed=True)).replayed


def test_same_key_at_another_merchant_is_another_operation(town: Town, shop: Shop) -> None:
    other = town.opens_shop()
    key = town.new_key()
    assert not shop.stamps(shop.hires("Anna"), shop.gives_card(), key=key).replayed
    assert not other.stamps(other.hires("Bob"), other.gives_card(), key=key).replayed


@pytest.mark.parametrize("named_by", ["id", "number", "token"])
def test_card_is_found_by_id_by_number_and_by_its_code(shop: Shop, named_by: str) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    refs: dict[str, CardRef] = {
        "id": lea.card,
        "number": CardRef("number", lea.number),
        "token": CardRef("token", lea.token_hash),
    }
    assert shop.stamps(anna, refs[named_by]).card.card_id == lea.card_id

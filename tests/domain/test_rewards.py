"""Rewards: when one is ready, what it takes, and when the customer is told."""

import pytest

from domain.messages import MessageKind, Receipt, RewardReady
from domain.refusals import NotEnoughStamps, StampCountOutOfRange
from domain.rules.rewards import progress_of
from tests.support.shop import Town


@pytest.mark.parametrize(
    ("stamps", "target", "available", "until_next"),
    [
        (0, 10, 0, 10),
        (1, 10, 0, 9),
        (9, 10, 0, 1),
        (10, 10, 1, 10),
        (11, 10, 1, 9),
        (19, 10, 1, 1),
        (20, 10, 2, 10),
        (0, 1, 0, 1),
        (3, 1, 3, 1),
    ],
)
def test_each_full_target_is_a_reward(stamps: int, target: int, available: int, until_next: int) -> None:
    pile = progress_of(stamps, (), target, "A coffee")
    assert (pile.rewards_available, pile.stamps_to_go) == (available, until_next)


@pytest.mark.parametrize(("stamps", "accepted"), [(0, False), (4, False), (5, True), (6, True), (10, True)])
def test_redeeming_takes_the_target_and_never_more(town: Town, stamps: int, accepted: bool) -> None:
    shop = town.opens_shop(stamps_target=5, reward="A cake")
    anna, lea = shop.hires("Anna"), shop.gives_card()
    if stamps:
        shop.stamps(anna, lea, stamps)
    if accepted:
        redeemed = shop.redeems(anna, lea)
        assert (redeemed.entry.stamps_delta, redeemed.entry.reward, redeemed.card.stamp_count) == (
            -5,
            "A cake",
            stamps - 5,
        )
        assert shop.entries(lea)[-1].reward == "A cake"
    else:
        with pytest.raises(NotEnoughStamps) as refused:
            shop.redeems(anna, lea)
        assert (refused.value.have, refused.value.need) == (stamps, 5)


def test_one_reward_is_redeemed_once(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    shop.redeems(anna, lea)
    with pytest.raises(NotEnoughStamps):
        shop.redeems(anna, lea)


def test_stamps_of_one_store_are_redeemed_at_another(town: Town) -> None:
    shop = town.opens_shop(stamps_target=2)
    belval = shop.adds_store("Belval")
    anna, bob, lea = shop.hires("Anna"), shop.hires("Bob", store_id=belval), shop.gives_card()
    shop.stamps(anna, lea, 2)
    assert shop.redeems(bob, lea).card.stamp_count == 0


def test_present_terms_say_what_a_reward_takes_and_is(town: Town) -> None:
    shop = town.opens_shop(stamps_target=5, reward="A coffee")
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.changes_terms(stamps_target=3, reward="A tea")
    shop.stamps(anna, lea, 4)
    redeemed = shop.redeems(anna, lea)
    assert (redeemed.entry.stamps_delta, redeemed.entry.reward, redeemed.card.stamp_count) == (-3, "A tea", 1)
    assert shop.entries(lea)[-1].program_version == 2


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        pytest.param([1, 1], [], id="not full yet"),
        pytest.param([1, 1, 1], [1], id="full"),
        pytest.param([3, 1, 1], [1], id="not again on the stamps after it"),
        pytest.param([3, 3], [1, 2], id="again for the second"),
        pytest.param([7], [2], id="two at once are told once"),
    ],
)
def test_reward_ready_is_told_when_one_more_is(town: Town, counts: list[int], told: list[int]) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    for count in counts:
        shop.stamps(anna, lea, count)
    found = [facts for facts in town.facts(MessageKind.REWARD_READY) if isinstance(facts, RewardReady)]
    assert [facts.rewards_available for facts in found] == told
    assert {message.recipient for message in town.messages()} == {lea.account}


def test_reward_lost_and_completed_again_is_told_again(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.undoes(anna, lea, shop.stamps(anna, lea, 3).entry.entry_id)
    assert len(town.messages(MessageKind.REWARD_READY)) == 1
    shop.stamps(anna, lea, 3)
    assert len(town.messages(MessageKind.REWARD_READY)) == 2


def test_outcome_says_how_many_rewards_this_act_completed(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    assert [shop.stamps(anna, lea, count).rewards_earned_now for count in (2, 1, 6, 1)] == [0, 1, 2, 0]


@pytest.mark.parametrize(("count", "accepted"), [(-1, False), (0, False), (1, True), (20, True), (21, False)])
def test_one_act_gives_1_to_20_stamps(town: Town, count: int, accepted: bool) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    if accepted:
        assert shop.stamps(anna, lea, count).entry.stamps_delta == count
    else:
        with pytest.raises(StampCountOutOfRange) as refused:
            shop.stamps(anna, lea, count)
        assert refused.value.highest == 20


def test_receipt_says_what_happened_to_the_card(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3, reward="A cake")
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 2)
    shop.changes_terms(reward="A pie", is_renamed=True)
    shop.stamps(anna, lea)
    shop.redeems(anna, lea)
    receipts = [facts for facts in town.facts(MessageKind.RECEIPT) if isinstance(facts, Receipt)]
    told = [(r.entry_kind, r.stamps_delta, r.stamp_count, r.stamps_target, r.reward) for r in receipts]
    assert told == [
        ("stamp_earned", 2, 2, 3, "A cake"),
        ("stamp_earned", 1, 3, 3, "A pie"),
        ("stamp_redeemed", -3, 0, 3, "A pie"),
    ]
    assert {(r.merchant_name, r.store_name, r.card_number) for r in receipts} == {
        ("Café Knätsch", "Gare", lea.number)
    }

"""Rewards on the way to a full card: a cookie at 5 and a coffee at 10, each once for a card."""

from typing import Any

import pytest

from domain.expiry import ExpiryKind
from domain.flags import FlagKind
from domain.kinds import EntryKind
from domain.merchant import InterimReward
from domain.messages import AlertReason, MessageKind, Receipt, RewardReady, StaffAlert
from domain.refusals import (
    EntryAlreadyVoided,
    InterimRewardTaken,
    InterimRewardTooLate,
    NotEnoughStamps,
    NumberOutOfRange,
    Refusal,
    RewardChanged,
    RewardNotChosen,
)
from domain.rules.interim import interim_ready
from domain.staff import Actor
from domain.usecases.store_today import SeeToday, store_today
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.nights import Nights
from tests.support.shop import Holder, Shop, Town, count_of, shortfall_of

COOKIE, JUICE = InterimReward(stamps=5, name="Cookie"), InterimReward(stamps=8, name="Juice")


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=10, reward="Coffee", interim_rewards=(COOKIE,))


@pytest.fixture
def anna(shop: Shop) -> Actor:
    return shop.hires("Anna")


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card()


def ready(shop: Shop, holder: Holder) -> list[str]:
    return [each.name for each in interim_ready(shop.card(holder), shop.program())]


def stamps(shop: Shop, anna: Actor, lea: Holder, count: int) -> None:
    shop.stamps(anna, lea, count)


def is_sound(town: Town) -> bool:
    return town.database.violations() == []


def test_at_five_stamps_there_is_a_cookie_that_takes_none(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    stamps(shop, anna, lea, 4)
    assert ready(shop, lea) == []
    stamped = shop.stamps(anna, lea)
    [told] = town.facts(MessageKind.REWARD_READY)
    assert isinstance(told, RewardReady)
    assert (told.reward, told.rewards_available, stamped.ready_now) == ("Cookie", 1, "Cookie")
    done = shop.hands_out(anna, lea)
    assert (done.entry.kind, done.entry.reward, done.entry.stamps_delta) == (
        EntryKind.INTERIM_REDEEMED,
        "Cookie",
        0,
    )
    assert (done.card.stamp_count, ready(shop, lea)) == (5, [])
    receipts = [facts for facts in town.facts(MessageKind.RECEIPT) if isinstance(facts, Receipt)]
    assert [each.reward for each in receipts if each.entry_kind is EntryKind.INTERIM_REDEEMED] == ["Cookie"]
    stamps(shop, anna, lea, 5)
    assert shop.redeems(anna, lea).entry.reward == "Coffee"
    assert shop.card(lea).handed_out is None
    assert is_sound(town)


@pytest.mark.parametrize(
    ("count", "refusal"),
    [pytest.param(4, NotEnoughStamps, id="too early"), pytest.param(6, InterimRewardTaken, id="again")],
)
def test_cookie_is_refused(shop: Shop, anna: Actor, lea: Holder, count: int, refusal: type[Refusal]) -> None:
    stamps(shop, anna, lea, count)
    if count > 4:
        shop.hands_out(anna, lea)
    before = shop.entries(lea)
    with pytest.raises(refusal):
        shop.hands_out(anna, lea)
    assert shop.entries(lea) == before


def test_void_and_stamping_again_gives_no_second_cookie(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    stamps(shop, anna, lea, 5)
    shop.hands_out(anna, lea)
    shop.voids(anna, lea, count=5)
    stamps(shop, anna, lea, 9)
    assert ready(shop, lea) == []
    stamps(shop, anna, lea, 1)
    shop.redeems(anna, lea)
    stamps(shop, anna, lea, 5)
    assert ready(shop, lea) == ["Cookie"]
    assert is_sound(town)


def test_stamps_taken_back_after_the_cookie_are_told(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    """Else two of the team could eat a cookie a day: now managers know, once for what was had too soon."""
    stamps(shop, anna, lea, 6)
    shop.hands_out(anna, lea)
    shop.voids(anna, lea, count=1)
    assert town.facts(MessageKind.STAFF_ALERT) == []
    shop.voids(anna, lea, count=2)
    [told] = town.facts(MessageKind.STAFF_ALERT)
    assert told == StaffAlert(
        reason=AlertReason.REWARD_HAD,
        staff_id=anna.staff_id,
        staff_name="Anna",
        card_number=lea.number,
        card_id=lea.card_id,
        wanted=2,
        reward="Cookie",
    )
    [flag] = look(town.database, lambda tx: tx.open_flags(shop.merchant_id))
    assert (flag.kind, flag.staff_id, flag.count) == (FlagKind.SHORTFALL, anna.staff_id, 1)
    shop.voids(anna, lea, count=1)
    assert len(town.facts(MessageKind.STAFF_ALERT)) == 1
    assert is_sound(town)


def test_coffee_and_its_undo_give_no_second_cookie(town: Town, shop: Shop, anna: Actor, lea: Holder) -> None:
    stamps(shop, anna, lea, 10)
    shop.hands_out(anna, lea)
    before = shop.card(lea)
    for _ in range(2):
        redeemed = shop.redeems(anna, lea).entry.entry_id
        assert ready(shop, lea) == []
        shop.undoes(anna, lea, redeemed)
    after = shop.card(lea)
    assert (after.handed_out, after.held_cards, ready(shop, lea)) == (before.handed_out, None, [])
    assert is_sound(town)


def test_cookie_that_was_not_handed_out_may_be_taken_again_once(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    stamps(shop, anna, lea, 5)
    cookie = shop.hands_out(anna, lea).entry.entry_id
    void = shop.undoes(anna, lea, cookie)
    assert (count_of(void), shortfall_of(void), void.rewards_earned_now) == (0, 0, 0)
    with pytest.raises(EntryAlreadyVoided):
        shop.undoes(anna, lea, cookie)
    assert ready(shop, lea) == ["Cookie"]
    shop.hands_out(anna, lea)
    assert ready(shop, lea) == []
    assert is_sound(town)


def test_full_cards_have_a_cookie_each_and_keep_it_when_they_are_handed_in(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    stamps(shop, anna, lea, 14)
    stamps(shop, anna, lea, 6)
    assert ready(shop, lea) == ["Cookie", "Cookie"]
    shop.redeems(anna, lea)
    shop.redeems(anna, lea)
    assert ready(shop, lea) == ["Cookie", "Cookie"]
    shop.hands_out(anna, lea)
    shop.hands_out(anna, lea)
    with pytest.raises(NotEnoughStamps):
        shop.hands_out(anna, lea)
    assert is_sound(town)


def test_redeem_without_saying_what_takes_the_only_one(shop: Shop, anna: Actor, lea: Holder) -> None:
    stamps(shop, anna, lea, 5)
    assert shop.redeems_any(anna, lea).entry.reward == "Cookie"
    stamps(shop, anna, lea, 5)
    assert shop.redeems_any(anna, lea).entry.reward == "Coffee"
    stamps(shop, anna, lea, 10)
    with pytest.raises(RewardNotChosen):
        shop.redeems_any(anna, lea)


def test_what_was_shown_at_other_stamps_is_asked_again(shop: Shop, anna: Actor, lea: Holder) -> None:
    stamps(shop, anna, lea, 9)
    shop.changes_terms(interim_rewards=(COOKIE, JUICE))
    for position, count in ((0, 4), (1, 5), (2, 8)):
        with pytest.raises(RewardChanged):
            shop.hands_out(anna, lea, position, stamps=count)
    assert shop.hands_out(anna, lea, 1).entry.reward == "Juice"


def test_begun_card_keeps_a_cookie_that_is_taken_off_the_list(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    marc = shop.gives_card("Marc")
    stamps(shop, anna, lea, 3)
    shop.changes_terms(interim_rewards=None)
    stamps(shop, anna, marc, 5)
    assert ready(shop, marc) == []
    stamps(shop, anna, lea, 2)
    assert ready(shop, lea) == ["Cookie"]
    shop.hands_out(anna, lea)
    stamps(shop, anna, lea, 5)
    shop.redeems(anna, lea)
    stamps(shop, anna, lea, 6)
    assert (ready(shop, lea), shop.card(lea).held_cards) == ([], None)
    assert is_sound(town)


def test_cookie_of_a_begun_card_is_handed_out_once_though_the_list_has_none(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    stamps(shop, anna, lea, 5)
    shop.changes_terms(interim_rewards=None)
    shop.hands_out(anna, lea)
    assert ready(shop, lea) == []
    with pytest.raises(InterimRewardTaken):
        shop.hands_out(anna, lea)
    assert is_sound(town)


def test_full_card_leaves_its_cookie_to_come_though_the_list_has_none(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    stamps(shop, anna, lea, 10)
    shop.changes_terms(interim_rewards=None)
    shop.redeems(anna, lea)
    assert ready(shop, lea) == ["Cookie"]
    shop.hands_out(anna, lea)
    assert ready(shop, lea) == []
    assert is_sound(town)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"stamps_target": 12}, id="more stamps"),
        pytest.param({"reward": "Tea"}, id="another reward"),
        pytest.param({"interim_rewards": (COOKIE, JUICE)}, id="one more on the way"),
        pytest.param({"interim_rewards": None}, id="none on the way"),
    ],
)
def test_coffee_by_earlier_terms_and_its_undo_give_no_second_cookie(
    town: Town, shop: Shop, anna: Actor, lea: Holder, terms: dict[str, Any]
) -> None:
    stamps(shop, anna, lea, 10)
    shop.hands_out(anna, lea)
    shop.changes_terms(**terms)
    before = ready(shop, lea)
    for _ in range(2):
        redeemed = shop.redeems(anna, lea).entry.entry_id
        assert "Cookie" not in ready(shop, lea)
        shop.undoes(anna, lea, redeemed)
    assert ready(shop, lea) == before
    assert is_sound(town)


def test_terms_changed_between_the_coffee_and_its_undo_give_no_second_cookie(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    stamps(shop, anna, lea, 10)
    shop.hands_out(anna, lea)
    redeemed = shop.redeems(anna, lea).entry.entry_id
    shop.changes_terms(stamps_target=12)
    shop.undoes(anna, lea, redeemed)
    assert (shop.card(lea).stamp_count, ready(shop, lea)) == (10, [])
    assert is_sound(town)


def test_cookie_that_comes_sooner_comes_sooner_at_once_and_later_only_on_the_next_card(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    stamps(shop, anna, lea, 4)
    shop.changes_terms(interim_rewards=(InterimReward(stamps=4, name="Cookie"),))
    assert ready(shop, lea) == ["Cookie"]
    shop.changes_terms(interim_rewards=(InterimReward(stamps=8, name="Cookie"),))
    assert ready(shop, lea) == ["Cookie"]
    shop.hands_out(anna, lea)
    stamps(shop, anna, lea, 6)
    shop.redeems(anna, lea)
    stamps(shop, anna, lea, 7)
    assert ready(shop, lea) == []


@pytest.mark.parametrize(
    ("first", "other", "expected"),
    [
        pytest.param((7, True), (7, False), ["Cookie"], id="one is ready"),
        pytest.param((7, False), (7, False), ["Cookie", "Cookie"], id="both are ready"),
        pytest.param((7, True), (7, True), [], id="both are taken"),
        pytest.param((3, False), (3, False), ["Cookie"], id="together they are far enough"),
    ],
)
def test_merge_loses_no_cookie_and_gives_none_twice(
    town: Town,
    shop: Shop,
    anna: Actor,
    lea: Holder,
    first: tuple[int, bool],
    other: tuple[int, bool],
    expected: list[str],
) -> None:
    again = shop.gives_card("Lea again")
    for holder, (count, is_taken) in ((lea, first), (again, other)):
        stamps(shop, anna, holder, count)
        if is_taken:
            shop.hands_out(anna, holder)
    shop.merges(shop.owner, lea, again)
    assert ready(shop, lea) == expected
    assert is_sound(town)


def test_merge_loses_no_cookie_that_the_stamps_no_longer_reach(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    """The other's card, which is begun by earlier terms, is filled first and has none."""
    shop.changes_terms(interim_rewards=None, stamps_target=8)
    stamps(shop, anna, lea, 1)
    again = shop.gives_card("Lea again")
    shop.changes_terms(interim_rewards=(COOKIE,), stamps_target=12, reward="Cake")
    stamps(shop, anna, again, 6)
    shop.merges(shop.owner, lea, again)
    assert ready(shop, lea) == ["Cookie"]
    shop.hands_out(anna, lea)
    assert ready(shop, lea) == []
    assert is_sound(town)


@pytest.mark.parametrize("interim", [None, (InterimReward(stamps=3, name="Tea"),)])
def test_lower_target_leaves_a_begun_card_its_cookie(
    town: Town, shop: Shop, anna: Actor, lea: Holder, interim: tuple[InterimReward, ...] | None
) -> None:
    marc = shop.gives_card("Marc")
    stamps(shop, anna, marc, 4)
    stamps(shop, anna, lea, 10)
    shop.changes_terms(stamps_target=5, interim_rewards=interim)
    for holder in (marc, lea):
        assert "Cookie" in ready(shop, holder)
    for _ in range(2):
        shop.redeems(anna, lea)
    assert ready(shop, lea).count("Cookie") == 1
    assert is_sound(town)


def test_cookie_goes_with_stamps_that_all_expire(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(
        stamps_target=10, interim_rewards=(COOKIE,), expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1
    )
    anna, lea = shop.hires("Anna"), shop.gives_card()
    stamps(shop, anna, lea, 6)
    shop.hands_out(anna, lea)
    Nights(town).passes(days=40)
    assert (shop.card(lea).stamp_count, shop.card(lea).handed_out) == (0, None)
    stamps(shop, anna, lea, 5)
    assert ready(shop, lea) == ["Cookie"]


def test_coffee_taken_back_after_its_stamps_expired_brings_no_cookie(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(
        stamps_target=10, interim_rewards=(COOKIE,), expiry_kind=ExpiryKind.LOT, expiry_months=1
    )
    anna, lea, had = shop.hires("Anna"), shop.gives_card(), []
    for _ in range(3):
        stamps(shop, anna, lea, 10)
        had.append(ready(shop, lea))
        if had[-1]:
            shop.hands_out(anna, lea)
        redeemed = shop.redeems(anna, lea)
        clock.passes(days=100)
        void = shop.voids(shop.owner, lea, entry=redeemed.entry.entry_id, reason="a slip")
        assert (void.entry.stamps_delta, shortfall_of(void)) == (0, 10)
    assert had == [["Cookie"], [], []]
    assert is_sound(town)


def test_day_counts_it_as_a_reward_until_it_is_taken_back(shop: Shop, anna: Actor, lea: Holder) -> None:
    stamps(shop, anna, lea, 5)
    cookie = shop.hands_out(anna, lea).entry.entry_id
    assert shop.database.read(store_today, SeeToday(actor=anna)).own.redemptions == 1
    shop.undoes(anna, lea, cookie)
    assert shop.database.read(store_today, SeeToday(actor=anna)).own.redemptions == 0


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        pytest.param({"interim_rewards": (InterimReward(stamps=10, name="Cake"),)}, InterimRewardTooLate),
        pytest.param({"stamps_target": 5}, InterimRewardTooLate),
        pytest.param({"interim_rewards": (InterimReward(stamps=0, name="Cake"),)}, NumberOutOfRange),
        pytest.param({"interim_rewards": (COOKIE,) * 6}, NumberOutOfRange),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    shop: Shop, terms: dict[str, Any], refusal: type[Refusal]
) -> None:
    before = shop.program()
    with pytest.raises(refusal):
        shop.changes_terms(**terms)
    assert shop.program() == before

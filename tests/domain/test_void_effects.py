"""What a void takes, gives back and leaves owing."""

import pytest

from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.merchant import PointReward, ProgramKind
from domain.messages import AlertReason, MessageKind, StaffAlert
from domain.refusals import (
    EntryAlreadyVoided,
    NotAllowed,
    NotEnoughStamps,
    NothingToVoid,
    StampCountOutOfRange,
)
from domain.staff import Role
from tests.support.clock import Clock
from tests.support.shop import Town, count_of, shortfall_of


@pytest.mark.parametrize(
    ("acts", "number", "related", "left"),
    [
        pytest.param([1], 1, 0, 0, id="the whole of the only act"),
        pytest.param([3], 1, None, 2, id="part of an act names none"),
        pytest.param([3], 3, 0, 0, id="the whole of a larger act"),
        pytest.param([3, 2], 2, 1, 3, id="the newest whole act"),
        pytest.param([3, 2], 1, None, 4, id="part of the newest act"),
        pytest.param([3, 2], 3, None, 2, id="over two acts, the older in part"),
        pytest.param([3, 2], 5, None, 0, id="over two whole acts"),
        pytest.param([1, 1, 1, 1], 4, None, 0, id="over four acts"),
    ],
)
def test_number_of_stamps_takes_the_newest_first(
    town: Town, acts: list[int], number: int, related: int | None, left: int
) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_ids = [shop.stamps(anna, lea, count).entry.entry_id for count in acts]
    voided = shop.voids(anna, lea, count=number)
    assert (count_of(voided), shortfall_of(voided), voided.card.stamp_count) == (number, 0, left)
    assert shop.entries(lea)[-1].related_entry_id == (None if related is None else entry_ids[related])


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (0, StampCountOutOfRange),
        (-1, StampCountOutOfRange),
        (21, StampCountOutOfRange),
        (4, NotEnoughStamps),
        (20, NotEnoughStamps),
    ],
)
def test_number_beyond_what_stands_is_refused(town: Town, number: int, refusal: type[Exception]) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    with pytest.raises(refusal):
        shop.voids(anna, lea, count=number)
    assert shop.card(lea).stamp_count == 3


def test_number_that_reaches_into_a_colleagues_act_is_refused_whole(town: Town) -> None:
    shop = town.opens_shop()
    anna, bob, lea = shop.hires("Anna"), shop.hires("Bob"), shop.gives_card()
    shop.stamps(bob, lea, 2)
    shop.stamps(anna, lea, 2)
    with pytest.raises(NotAllowed):
        shop.voids(anna, lea, count=3)
    assert shop.card(lea).stamp_count == 4
    assert shop.voids(anna, lea, count=2).card.stamp_count == 2


def test_void_of_a_partly_voided_entry_takes_what_still_stands(town: Town) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea, 5).entry.entry_id
    shop.voids(anna, lea, count=2)
    voided = shop.voids(anna, lea, entry=entry_id)
    assert (count_of(voided), shortfall_of(voided), voided.card.stamp_count) == (3, 0, 0)
    with pytest.raises(EntryAlreadyVoided):
        shop.voids(anna, lea, entry=entry_id)


def test_partly_voided_entry_may_be_voided_in_parts_until_it_is_gone(town: Town) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea, 3).entry.entry_id
    related = []
    for _ in range(3):
        shop.voids(anna, lea, count=1)
        related.append(shop.entries(lea)[-1].related_entry_id)
    assert related == [None, None, entry_id]
    with pytest.raises(NothingToVoid):
        shop.voids(anna, lea, count=1)


def test_entry_that_a_number_has_taken_whole_counts_as_voided(town: Town) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    older, newer = shop.stamps(anna, lea).entry.entry_id, shop.stamps(anna, lea).entry.entry_id
    shop.voids(anna, lea, count=2)
    for entry_id in (older, newer):
        with pytest.raises(EntryAlreadyVoided):
            shop.voids(anna, lea, entry=entry_id)


def test_void_of_the_completing_stamp_takes_the_reward_away(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 2)
    completing = shop.stamps(anna, lea)
    assert completing.card.rewards_available == 1
    assert shop.undoes(anna, lea, completing.entry.entry_id).card.rewards_available == 0
    with pytest.raises(NotEnoughStamps) as refused:
        shop.redeems(anna, lea)
    assert (refused.value.have, refused.value.need) == (2, 3)


@pytest.mark.parametrize(
    ("given", "redemptions", "more", "taken", "shortfall"),
    [
        pytest.param(5, 1, 0, 0, 5, id="all spent"),
        pytest.param(7, 1, 0, 2, 5, id="partly spent"),
        pytest.param(5, 1, 3, 3, 2, id="later stamps make up for part"),
        pytest.param(5, 1, 5, 5, 0, id="later stamps make up for all"),
        pytest.param(10, 2, 0, 0, 10, id="two rewards spent"),
        pytest.param(5, 0, 0, 5, 0, id="nothing spent"),
    ],
)
def test_void_takes_what_is_there_and_records_the_shortfall(
    town: Town, given: int, redemptions: int, more: int, taken: int, shortfall: int
) -> None:
    shop = town.opens_shop(stamps_target=5)
    anna, mia, lea = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER), shop.gives_card()
    entry_id = shop.stamps(anna, lea, given).entry.entry_id
    for _ in range(redemptions):
        shop.redeems(anna, lea)
    if more:
        shop.stamps(anna, lea, more)
    voided = shop.voids(anna, lea, entry=entry_id)
    entry = shop.entries(lea)[-1]
    assert (count_of(voided), shortfall_of(voided)) == (taken, shortfall)
    assert (entry.stamps_delta, entry.stamps_shortfall) == (-taken, shortfall)
    alerts = {message.recipient: message.facts for message in town.messages(MessageKind.STAFF_ALERT)}
    told = StaffAlert(
        reason=AlertReason.VOID_SHORTFALL,
        staff_id=anna.staff_id,
        staff_name="Anna",
        card_number=lea.number,
        card_id=lea.card_id,
        wanted=given,
        taken=taken,
    )
    managers = {shop.owner.account, mia.account}
    assert alerts == (dict.fromkeys(managers, told) if shortfall else {})


def test_shortfall_counts_as_voided(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3, max_daily_stamps=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea, 3).entry.entry_id
    shop.redeems(anna, lea)
    shop.voids(anna, lea, entry=entry_id)
    with pytest.raises(EntryAlreadyVoided):
        shop.voids(anna, lea, entry=entry_id)
    assert shop.stamps(anna, lea, 3).card.stamp_count == 3


def test_void_of_a_redemption_gives_back_what_it_took(town: Town) -> None:
    shop = town.opens_shop(stamps_target=4)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 6)
    redeemed = shop.redeems(anna, lea)
    shop.changes_terms(stamps_target=2)
    voided = shop.voids(anna, lea, entry=redeemed.entry.entry_id)
    assert (voided.entry.kind, count_of(voided), voided.card.stamp_count) == (
        EntryKind.REDEMPTION_VOIDED,
        4,
        6,
    )
    with pytest.raises(EntryAlreadyVoided):
        shop.voids(anna, lea, entry=redeemed.entry.entry_id)


@pytest.mark.parametrize("first", [0, 1])
def test_what_a_void_could_not_take_is_kept_back_from_the_redemption_that_is_voided_first(
    town: Town, first: int
) -> None:
    """Four stamps were no purchase, two rewards were made of them, and one stamp from elsewhere has paid for one."""
    shop = town.opens_shop(stamps_target=2)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea, 4).entry.entry_id
    redeemed = [shop.redeems(anna, lea).entry.entry_id for _ in range(2)]
    shop.stamps(anna, lea, 1)
    void = shop.voids(anna, lea, entry=entry_id)
    assert (count_of(void), shortfall_of(void)) == (1, 3)
    back = [count_of(shop.voids(anna, lea, entry=redeemed[place])) for place in (first, 1 - first)]
    assert (back, shop.card(lea).stamp_count) == ([0, 1], 1)


def test_reward_given_back_may_be_redeemed_again(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    shop.undoes(anna, lea, shop.redeems(anna, lea).entry.entry_id)
    assert shop.redeems(anna, lea).card.stamp_count == 0


def test_void_of_a_redemption_neither_counts_for_today_nor_starts_a_cooldown(
    town: Town, clock: Clock
) -> None:
    shop = town.opens_shop(stamps_target=2, max_daily_stamps=3, cooldown_minutes=10)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 2)
    clock.passes(minutes=10)
    state = shop.undoes(anna, lea, shop.redeems(anna, lea).entry.entry_id).card
    assert (state.stamps_left_today, state.next_stamp_at) == (1, None)


def test_number_of_stamps_never_names_a_redemption(town: Town) -> None:
    shop = town.opens_shop(stamps_target=2)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 4)
    shop.redeems(anna, lea)
    voided = shop.voids(anna, lea, count=1)
    assert (voided.entry.kind, voided.card.stamp_count) == (EntryKind.STAMP_VOIDED, 1)


def test_newest_act_may_be_a_redemption(town: Town) -> None:
    shop = town.opens_shop(stamps_target=2)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 2)
    shop.redeems(anna, lea)
    assert shop.voids(anna, lea).entry.kind is EntryKind.REDEMPTION_VOIDED
    assert shop.voids(anna, lea).entry.kind is EntryKind.STAMP_VOIDED
    with pytest.raises(NothingToVoid):
        shop.voids(anna, lea)


def test_void_bears_the_voiders_name_and_store_not_the_stampers(town: Town) -> None:
    shop = town.opens_shop()
    belval = shop.adds_store("Belval")
    anna, mia = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER, belval)
    lea = shop.gives_card()
    entry_id = shop.stamps(anna, lea).entry.entry_id
    shop.voids(mia, lea, entry=entry_id, reason="slip")
    void = shop.entries(lea)[-1]
    assert (void.staff_id, void.store_id, void.note) == (mia.staff_id, belval, "slip")


def test_every_void_is_told_to_the_cards_holder(town: Town) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    stamped = shop.stamps(anna, lea).entry.entry_id
    voided = shop.undoes(anna, lea, stamped).entry.entry_id
    receipts = [m for m in town.messages(MessageKind.RECEIPT) if m.recipient == lea.account]
    assert [str(message.message_id) for message in receipts] == [stamped, voided]


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("first", ["the earning", "the redemption"])
def test_earning_and_redemption_taken_back_leave_nothing_in_either_order(
    town: Town, unit: Unit, first: str
) -> None:
    shop = town.opens_shop(
        kind=ProgramKind.HYBRID, stamps_target=5, point_rewards=(PointReward(cost=100, name="A coffee"),)
    )
    anna, lea = shop.hires("Anna"), shop.gives_card()
    if unit is Unit.STAMPS:
        acts = [shop.stamps(anna, lea, 5).entry.entry_id, shop.redeems(anna, lea).entry.entry_id]
    else:
        acts = [shop.earns(anna, lea, 100_00).entry.entry_id, shop.redeems_points(anna, lea).entry.entry_id]
    for entry_id in acts if first == "the earning" else reversed(acts):
        shop.voids(anna, lea, entry=entry_id)
    assert shop.card(lea).balance(unit) == 0
    assert town.database.violations() == []


def test_redemption_taken_back_gives_what_its_voided_earning_did_not_pay_for(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS, point_rewards=(PointReward(cost=100, name="A coffee"),))
    anna, lea = shop.hires("Anna"), shop.gives_card()
    earned = shop.earns(anna, lea, 60_00)
    shop.earns(anna, lea, 70_00)
    redeemed = shop.redeems_points(anna, lea)
    assert shortfall_of(shop.voids(anna, lea, entry=earned.entry.entry_id)) == 30
    assert count_of(shop.voids(anna, lea, entry=redeemed.entry.entry_id)) == 70
    assert shop.card(lea).points_balance == 70

"""How a store's day has gone so far."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ids import CardId, CustomerId
from domain.merchant import ProgramKind
from domain.refusals import NoActToday, NotAllowed, Refusal
from domain.rules.figures import counted, figures_of
from domain.staff import Actor, Role
from domain.summary import Figures
from domain.usecases.store_today import SeeToday, Today, last_card, store_today
from tests.support.clock import Clock, local
from tests.support.one_thread import OneThread
from tests.support.shop import Holder, Shop, Town

ACTS = ("stamps", "stamps", "stamps", "redeems", "voids", "voids_two", "merges")


def today(town: Town, actor: Actor) -> Today:
    return town.database.read(store_today, SeeToday(actor=actor))


def test_new_day_has_nothing(town: Town) -> None:
    shop = town.opens_shop()
    anna = shop.hires("Anna")
    assert today(town, anna) == Today(
        store_name="Gare", has_stamps=True, has_points=False, store=Figures(), own=Figures()
    )


def test_acts_are_counted_for_the_store_and_for_who_did_them(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, bob = shop.hires("Anna"), shop.hires("Bob")
    lea, marc = shop.gives_card("Léa"), shop.gives_card("Marc")
    shop.stamps(anna, lea, 4)
    shop.stamps(anna, marc)
    shop.stamps(bob, marc, 2)
    shop.redeems(bob, lea)
    shop.voids(bob, marc, count=1)
    found = today(town, anna)
    assert found.own == Figures(stamps=5, cards=2)
    assert found.store == Figures(stamps=6, cards=2, redemptions=1, voids=1, stamps_voided=1)
    assert today(town, bob).own == Figures(stamps=1, cards=2, redemptions=1, voids=1, stamps_voided=1)


def test_voided_stamps_are_counted_as_wanted_whether_or_not_they_were_left(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea, 3).entry.entry_id
    shop.redeems(anna, lea)
    shop.voids(anna, lea, entry=entry_id)
    assert today(town, anna).own == Figures(redemptions=1, cards=1, voids=1, stamps_voided=3)


def test_void_of_a_redemption_is_a_void_of_no_stamps(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    shop.undoes(anna, lea, shop.redeems(anna, lea).entry.entry_id)
    assert today(town, anna).own == Figures(stamps=3, cards=1, voids=1, redemptions_voided=1)


def test_four_rewards_of_which_three_were_undone_are_one_reward(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    for _ in range(3):
        shop.undoes(anna, lea, shop.redeems(anna, lea).entry.entry_id)
    shop.redeems(anna, lea)
    assert today(town, anna).store == Figures(stamps=3, redemptions=1, cards=1, voids=3, redemptions_voided=3)


def test_who_is_only_given_a_reward_was_served(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    clock.passes(days=1)
    shop.redeems(anna, lea)
    assert today(town, anna).store == Figures(redemptions=1, cards=1)


def test_stamp_that_is_taken_back_at_another_store_is_lost_where_it_was_given(town: Town) -> None:
    """What was taken back is told of the store and of the person that took it back."""
    shop = town.opens_shop()
    belval = shop.adds_store("Belval")
    anna, mia = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER, store_id=belval)
    lea = shop.gives_card()
    given = shop.stamps(anna, lea, 3).entry.entry_id
    shop.voids(mia, lea, entry=given, reason="wrong card")
    assert (today(town, anna).own, today(town, anna).store) == (Figures(), Figures())
    assert today(town, mia).own == today(town, mia).store == Figures(voids=1, stamps_voided=3)


def test_void_of_a_number_takes_the_newest_stamps_of_its_card_wherever_they_were_given(town: Town) -> None:
    shop = town.opens_shop()
    belval = shop.adds_store("Belval")
    anna, bob, carl = shop.hires("Anna"), shop.hires("Bob", store_id=belval), shop.hires("Carl")
    mia, lea, marc = shop.hires("Mia", Role.MANAGER), shop.gives_card(), shop.gives_card("Marc")
    for _ in range(3):
        shop.stamps(carl, marc, 2)
    shop.stamps(anna, lea, 4)
    shop.stamps(bob, lea, 2)
    shop.voids(mia, lea, count=3, reason="wrong card")
    shop.voids(mia, marc, count=1, reason="wrong card")
    assert [today(town, each).own for each in (anna, carl)] == [
        Figures(stamps=3, cards=1),
        Figures(stamps=5, cards=1),
    ]
    assert (today(town, bob).store, today(town, mia).own) == (Figures(), Figures(voids=2, stamps_voided=4))


def test_void_of_what_was_given_before_makes_no_figure_smaller(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    anna, mia, lea = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER), shop.gives_card()
    shop.stamps(anna, lea, 3)
    clock.passes(days=1)
    shop.stamps(anna, lea, 2)
    shop.voids(mia, lea, count=4, reason="wrong card")
    assert today(town, anna).store == Figures(voids=1, stamps_voided=4)
    shop.stamps(anna, lea)
    assert today(town, anna).store == Figures(stamps=1, cards=1, voids=1, stamps_voided=4)


def test_only_this_store_and_only_today(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    belval = shop.adds_store("Belval")
    anna, bob = shop.hires("Anna"), shop.hires("Bob", store_id=belval)
    mia, lea = shop.hires("Mia", Role.MANAGER), shop.gives_card()
    clock.is_at(local("Europe/Luxembourg", date(2026, 6, 15), 23, 59))
    shop.stamps(anna, lea)
    clock.passes(minutes=1)
    shop.stamps(anna, lea, 2)
    shop.stamps(bob, lea, 3)
    assert (today(town, mia).store.stamps, today(town, bob).store.stamps) == (2, 3)


def test_another_merchants_day_is_not_shown(town: Town) -> None:
    shop, other = town.opens_shop(), town.opens_shop()
    actor = other.actor(shop.owner.staff_id, shop.owner.account)
    with pytest.raises(NotAllowed):
        today(town, actor)


def test_points_are_counted_where_they_are_given(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS)
    anna, lea = shop.hires("Anna"), shop.gives_card("Léa")
    shop.earns(anna, lea, 6000)
    shop.redeems_points(anna, lea)
    mistake = shop.earns(anna, lea, 500)
    shop.undoes(anna, lea, mistake.entry.entry_id)
    found = today(town, anna)
    assert (found.has_stamps, found.has_points) == (False, True)
    assert found.own == Figures(points=60, cards=1, redemptions=1, voids=1, points_voided=5)


def test_what_is_put_right_or_given_by_itself_is_neither_earned_nor_a_visit(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS, welcome_bonus=5)
    mia, lea = shop.hires("Mia", Role.MANAGER), shop.gives_card()
    shop.adjusts(mia, lea, 50)
    shop.adjusts(mia, lea, -10)
    assert today(town, mia).store == Figures()


@settings(deadline=None, max_examples=60, database=None, derandomize=True)
@given(
    has_programs=st.booleans(),
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 2), st.integers(1, 4)), max_size=30
    ),
)
def test_any_day_comes_to_what_all_its_entries_do(
    has_programs: bool, acts: list[tuple[str, int, int, int]]
) -> None:
    """Summed up, or folded where something was taken back: nobody sees a difference."""
    town = Town(OneThread(Clock()))
    shop = town.opens_shop(stamps_target=3)
    belval, team = shop.adds_store("Belval"), [shop.hires("Anna"), shop.hires("Mia", Role.MANAGER)]
    team.append(shop.hires("Bob", Role.MANAGER, store_id=belval))
    cards = [shop.gives_card(name) for name in ("Léa", "Marc", "Noa")]
    if has_programs:
        cards.append(shop.gives_another_card(cards[0], shop.adds_program(stamps_target=2)))
    for what, card, member, count in acts:
        with suppress(Refusal):
            _acts(shop, team[member], cards, what, card % len(cards), count)
    entries = [entry for holder in cards for entry in shop.entries(holder)]
    holders: dict[CardId, CustomerId] = {}
    if has_programs:
        holders = {holder.card_id: shop.card(holder).customer_id for holder in cards}
    for actor in team[::2]:
        here = [act for act in counted(entries) if act.entry.store_id == actor.store_id]
        own = [act for act in here if act.entry.staff_id == actor.staff_id]
        found = today(town, actor)
        assert found.store == figures_of(here, holders)
        assert found.own == figures_of(own, holders)


def _acts(shop: Shop, actor: Actor, cards: list[Holder], what: str, card: int, count: int) -> None:
    match what:
        case "stamps":
            shop.stamps(actor, cards[card], count)
        case "redeems":
            shop.redeems(actor, cards[card])
        case "voids":
            shop.voids(actor, cards[card], reason="a slip")
        case "voids_two":
            shop.voids(actor, cards[card], count=2, reason="a slip")
        case "merges":
            shop.merges(shop.owner, cards[card], cards[(card + count) % 3])


def last(town: Town, actor: Actor) -> CardId:
    return town.database.read(last_card, SeeToday(actor=actor))


def test_last_act_is_found_past_midnight_and_not_the_day_after(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    anna, bob = shop.hires("Anna"), shop.hires("Bob")
    clock.is_at(local("Europe/Luxembourg", date(2026, 3, 1), 23, 55))
    lea, marc = shop.gives_card("Léa"), shop.gives_card("Marc")
    shop.stamps(anna, lea)
    clock.is_at(local("Europe/Luxembourg", date(2026, 3, 2), 0, 10))
    assert last(town, anna) == lea.card_id
    shop.stamps(bob, marc)
    assert last(town, bob) == marc.card_id
    clock.is_at(local("Europe/Luxembourg", date(2026, 3, 2), 1, 1))
    with pytest.raises(NoActToday):
        last(town, anna)
    assert last(town, bob) == marc.card_id

"""A new card begins with the stamps of a paper one: how many, when, by whom, and what it counts for."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.acts import Asked, LookUp
from domain.card import CardRef
from domain.flags import FlagKind
from domain.kinds import KINDS, EntryKind
from domain.merchant import ProgramKind
from domain.messages import MessageKind
from domain.refusals import (
    EntryAlreadyVoided,
    NotAllowed,
    OwnCardRefused,
    PaperLimitReached,
    PaperOver,
    PaperTooMany,
    PinRequired,
    StampsNotEnabled,
)
from domain.report import DateRange
from domain.rules.reports import Tally
from domain.staff import Actor
from domain.usecases.flags import suspected
from domain.usecases.look_up_card import look_up_card
from tests.support.clock import Clock
from tests.support.shop import Holder, Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=10, max_daily_stamps=3, paper_stamps_max=6)


def offered(shop: Shop, holder: Holder | CardRef) -> int:
    ref = holder.card if isinstance(holder, Holder) else holder
    return shop.database.read(look_up_card, Asked(act=LookUp(card=ref), actor=shop.owner)).paper_max


def test_a_new_card_begins_with_what_is_on_the_paper_one_beside_the_stamps_of_today(shop: Shop) -> None:
    lea = shop.gives_card()
    assert offered(shop, lea) == 6
    done = shop.takes_over(shop.owner, lea, 6)
    assert (done.entry.kind, done.card.stamp_count) == (EntryKind.PAPER_STAMPS, 6)
    assert (done.card.stamps_today, done.card.stamps_left_today) == (0, 3)
    assert shop.stamps(shop.owner, lea, 3).card.stamp_count == 9
    assert not shop.database.violations()


def test_a_printed_card_begins_so_at_once(shop: Shop) -> None:
    [blank] = shop.prints()
    ref = CardRef("token", blank.token_hash)
    assert offered(shop, ref) == 6
    assert shop.takes_over(shop.owner, ref, 4).card.stamp_count == 4
    assert offered(shop, ref) == 0


def test_it_is_off_until_the_shop_says_how_many(town: Town) -> None:
    shop = town.opens_shop()
    lea = shop.gives_card()
    assert offered(shop, lea) == 0
    with pytest.raises(PaperOver):
        shop.takes_over(shop.owner, lea, 1)


def test_no_reward_comes_of_paper_alone(town: Town) -> None:
    shop = town.opens_shop(stamps_target=5, paper_stamps_max=9)
    lea = shop.gives_card()
    assert offered(shop, lea) == 4
    for count in (0, 5):
        with pytest.raises(PaperTooMany):
            shop.takes_over(shop.owner, lea, count)
    assert shop.takes_over(shop.owner, lea, 4).rewards_earned_now == 0


def test_paper_is_taken_in_once_and_on_the_first_day(shop: Shop, clock: Clock) -> None:
    lea, noa = shop.gives_card(), shop.gives_card("Noa")
    shop.takes_over(shop.owner, lea, 2)
    with pytest.raises(PaperOver):
        shop.takes_over(shop.owner, lea, 2)
    clock.passes(days=1)
    assert offered(shop, noa) == 0
    with pytest.raises(PaperOver):
        shop.takes_over(shop.owner, noa, 2)


def test_points_do_not_come_from_paper(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS)
    with pytest.raises(StampsNotEnabled):
        shop.takes_over(shop.owner, shop.gives_card(), 2)


def test_a_slip_is_taken_back_and_put_right(shop: Shop) -> None:
    tom = shop.hires("Tom")
    lea = shop.gives_card()
    wrong = shop.takes_over(tom, lea, 6)
    undone = shop.undoes(tom, lea, wrong.entry.entry_id)
    assert (undone.entry.kind, undone.card.stamp_count) == (EntryKind.PAPER_VOIDED, 0)
    with pytest.raises(EntryAlreadyVoided):
        shop.voids(tom, lea, entry=wrong.entry.entry_id)
    assert shop.takes_over(tom, lea, 5).card.stamp_count == 5
    assert not shop.database.violations()


def test_a_number_of_stamps_taken_back_takes_none_from_paper(shop: Shop) -> None:
    lea = shop.gives_card()
    shop.takes_over(shop.owner, lea, 4)
    shop.stamps(shop.owner, lea, 2)
    assert shop.voids(shop.owner, lea, count=2).card.stamp_count == 4


def test_a_member_begins_so_many_a_day(shop: Shop, clock: Clock) -> None:
    shop.changes_terms(paper_cards_daily_max=2)
    tom, mia = shop.hires("Tom"), shop.hires("Mia")
    first = shop.takes_over(tom, shop.gives_card(), 3)
    shop.undoes(tom, CardRef("id", first.card.card_id), first.entry.entry_id)
    shop.takes_over(tom, shop.gives_card(), 3)
    with pytest.raises(PaperLimitReached):
        shop.takes_over(tom, shop.gives_card(), 3)
    shop.takes_over(mia, shop.gives_card(), 3)
    clock.passes(days=1)
    shop.takes_over(tom, shop.gives_card(), 3)


def test_it_takes_a_pin_and_nobodys_own_card(shop: Shop, town: Town) -> None:
    tom = shop.hires("Tom")
    own = shop.gives_card("Tom", tom.account)
    with pytest.raises(OwnCardRefused):
        shop.takes_over(tom, own, 1)
    shop.changes_terms(require_staff_pin=True, pin_window_minutes=0)
    shop.chooses_pin(tom)
    lea = shop.gives_card()
    with pytest.raises(PinRequired):
        shop.takes_over(tom, lea, 1)
    with pytest.raises(NotAllowed):
        shop.takes_over(replace(tom, account=town.somebody()), lea, 1)


def test_it_is_no_visit_no_stamp_that_was_given_and_brings_no_friends_bonus(shop: Shop) -> None:
    lea = shop.gives_card()
    shop.takes_over(shop.owner, lea, 5)
    assert not KINDS[EntryKind.PAPER_STAMPS].is_visit
    entries = shop.history(lea)
    tally = Tally(DateRange(date.min + timedelta(1), date.max), "UTC", ())
    tally.add(entries)
    assert (tally.visits, tally.figures.stamps, tally.figures.cards) == (0, 0, 0)
    assert (tally.paper_cards, tally.paper_stamps) == (1, 5)
    [receipt] = shop.town.messages(MessageKind.RECEIPT)
    assert receipt.recipient == lea.account


def begins(shop: Shop, actor: Actor, counts: list[int]) -> None:
    for count in counts:
        shop.takes_over(actor, shop.gives_card(), count)


def flagged(shop: Shop) -> list[tuple[str, int]]:
    found = shop.database.read(suspected, shop.merchant_id)
    return [(each.staff_id, each.count) for each in found if each.kind is FlagKind.PAPER]


def test_whoever_always_gives_the_most_is_looked_at(shop: Shop) -> None:
    tom, mia = shop.hires("Tom"), shop.hires("Mia")
    begins(shop, mia, [1, 6, 3, 2, 6, 4])
    assert flagged(shop) == []
    begins(shop, tom, [6, 6, 6, 6])
    assert flagged(shop) == []
    begins(shop, tom, [2, 6])
    assert flagged(shop) == [(tom.staff_id, 5)]


def test_whoever_begins_many_more_a_day_than_usual_is_looked_at(shop: Shop, clock: Clock) -> None:
    tom, mia = shop.hires("Tom"), shop.hires("Mia")
    for _ in range(3):
        begins(shop, mia, [1])
        begins(shop, tom, [2])
        clock.passes(days=1)
    begins(shop, mia, [2, 3])
    begins(shop, tom, [1, 2, 3, 2, 1])
    assert flagged(shop) == [(tom.staff_id, 5)]

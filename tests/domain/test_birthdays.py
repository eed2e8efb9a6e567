"""A birthday is said once; its bonus comes once a year to who wants to be written to, and keeps nothing alive."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.expiry import ExpiryKind, Unit
from domain.ids import CustomerId
from domain.kinds import EntryKind
from domain.merchant import ProgramKind
from domain.messages import BirthdayBonus, MessageKind
from domain.refusals import BirthdayChangedBefore, BirthdayMalformed, NoBirthdayBonus
from domain.rules.birthdays import birthday_in, newest_birthday, next_birthday
from domain.rules.days import local_date
from domain.usecases.birthdays import (
    BirthdayPage,
    MyBirthday,
    SayBirthday,
    ask_birthdays,
    birthdays_due,
    look_at_birthdays,
    my_birthday,
    my_birthdays,
    say_birthday,
    to_ask,
)
from domain.usecases.bring_back import DueCustomers, SomeCustomers, merchants_by_day
from domain.usecases.close_shop import CloseShop, close_shop, keep_shop
from domain.usecases.marketing import answer
from domain.usecases.my_cards import MyCards
from tests.support.clock import Clock, local
from tests.support.closures import closes
from tests.support.databases import do
from tests.support.nights import Nights
from tests.support.shop import Holder, Shop, Town

FIRST = CustomerId("")
LUXEMBOURG = "Europe/Luxembourg"


class Guest:
    """A customer of a shop that gives 2 stamps for a birthday."""

    def __init__(self, shop: Shop, holder: Holder) -> None:
        self.shop, self.holder = shop, holder
        self.which: dict[str, Any] = {"account": holder.account, "merchant_id": shop.merchant_id}

    @property
    def stamp_count(self) -> int:
        return self.shop.card(self.holder).stamp_count

    def says(self, month: int, day: int) -> BirthdayPage:
        return self.shop.database.write(say_birthday, SayBirthday(**self.which, month_and_day=(month, day)))

    def takes_back(self) -> None:
        self.shop.database.write(say_birthday, SayBirthday(**self.which, month_and_day=None))

    def page(self) -> BirthdayPage:
        return self.shop.database.read(my_birthday, MyBirthday(**self.which))

    def wants_offers(self, *, is_given: bool = True) -> None:
        _, customer, _ = self.shop.found(self.holder.card)
        do(self.shop.database, lambda tx: answer(tx, customer, is_given=is_given))


def night(shop: Shop) -> int:
    """What the job does: how many got something."""
    if shop.merchant_id not in shop.database.read(merchants_by_day, None):
        return 0
    due = shop.database.read(
        birthdays_due, DueCustomers(merchant_id=shop.merchant_id, after=FIRST, limit=100)
    )
    command = SomeCustomers(merchant_id=shop.merchant_id, customer_ids=due)
    return shop.database.write(look_at_birthdays, command)


def gifts(guest: Guest) -> list[date]:
    entries = guest.shop.entries(guest.holder)
    return [entry.local_date for entry in entries if entry.kind is EntryKind.BIRTHDAY_BONUS]


def at(clock: Clock, day: date, hour: int = 10) -> None:
    clock.is_at(local(LUXEMBOURG, day, hour))


def lives_until(guest: Guest, clock: Clock, last: date) -> None:
    """Morning by morning."""
    day = clock.now.date()
    while day <= last:
        at(clock, day)
        night(guest.shop)
        day += timedelta(days=1)


@pytest.fixture
def shop(town: Town) -> Shop:
    shop = town.opens_shop(birthday_bonus=2, bonus_days=20)
    shop.changes_merchant(marketing_monthly_max=4)
    return shop


@pytest.fixture
def guest(shop: Shop, clock: Clock) -> Guest:
    at(clock, date(2026, 1, 10))
    guest = Guest(shop, shop.gives_card())
    guest.wants_offers()
    return guest


def test_bonus_comes_on_the_day_once_and_says_until_when_it_is_good(guest: Guest, clock: Clock) -> None:
    guest.says(5, 12)
    lives_until(guest, clock, date(2026, 5, 11))
    assert gifts(guest) == []
    at(clock, date(2026, 5, 12))
    assert night(guest.shop) == 1
    assert night(guest.shop) == 0
    assert guest.stamp_count == 2
    [facts] = guest.shop.town.facts(MessageKind.BIRTHDAY)
    assert isinstance(facts, BirthdayBonus)
    assert (facts.unit, facts.count, facts.last_day) == (Unit.STAMPS, 2, date(2026, 6, 1))
    [entry] = guest.shop.entries(guest.holder)
    assert entry.expires_at == local(LUXEMBOURG, date(2026, 6, 2), 0)
    assert entry.staff_id is None


def test_it_comes_again_a_year_later_and_not_sooner(guest: Guest, clock: Clock) -> None:
    guest.says(5, 12)
    lives_until(guest, clock, date(2027, 5, 20))
    assert gifts(guest) == [date(2026, 5, 12), date(2027, 5, 12)]


def test_birthday_on_29_february(guest: Guest, clock: Clock) -> None:
    guest.says(2, 29)
    for year in (2026, 2027, 2028, 2029):
        for month, day in ((2, 27), (2, 28), (2, 29), (3, 1)):
            if (month, day) != (2, 29) or year == 2028:
                at(clock, date(year, month, day))
                night(guest.shop)
    assert gifts(guest) == [date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28)]


def test_birthday_bonus_keeps_a_balance_alive(town: Town, clock: Clock) -> None:
    """It must not: it is no visit."""
    at(clock, date(2026, 1, 10))
    shop = town.opens_shop(
        kind=ProgramKind.POINTS, birthday_bonus=5, expiry_kind=ExpiryKind.INACTIVITY, expiry_months=6
    )
    shop.changes_merchant(marketing_monthly_max=4)
    guest = Guest(shop, shop.gives_card())
    guest.wants_offers()
    shop.earns(shop.hires("Anna"), guest.holder, 30_00)
    before = shop.card(guest.holder).points_expire_at
    guest.says(3, 1)
    lives_until(guest, clock, date(2026, 3, 1))
    card = shop.card(guest.holder)
    assert (card.points_balance, shop.entries(guest.holder)[0].points_delta) == (35, 30)
    assert before is not None
    assert card.points_expire_at is not None
    assert card.points_expire_at <= before


def test_bonus_ends_by_itself_after_what_its_message_said_and_takes_nothing_else(
    guest: Guest, clock: Clock
) -> None:
    nights = Nights(guest.shop.town)
    guest.shop.changes_terms(bonus_days=14)
    guest.shop.stamps(guest.shop.hires("Anna"), guest.holder, 3)
    guest.says(5, 12)
    at(clock, date(2026, 5, 12))
    night(guest.shop)
    nights.delivers()
    at(clock, date(2026, 5, 26), 23)
    assert nights.looks().expired == 0
    at(clock, date(2026, 5, 27), 0)
    assert nights.looks().expired == 1
    assert guest.stamp_count == 3
    assert guest.shop.town.messages(MessageKind.STAMPS_EXPIRING) == []


def test_who_says_no_before_it_arrives_is_warned_of_its_end_before_it_comes(
    guest: Guest, clock: Clock
) -> None:
    nights = Nights(guest.shop.town)
    guest.says(5, 12)
    at(clock, date(2026, 5, 12))
    night(guest.shop)
    guest.wants_offers(is_given=False)
    nights.gives_up(MessageKind.BIRTHDAY)
    at(clock, date(2026, 5, 20))
    assert nights.looks().warned == 1
    at(clock, date(2026, 6, 2))
    assert nights.looks().expired == 0


@pytest.mark.parametrize(
    ("days_before", "years"), [(7, [2026, 2027]), (6, [2027]), (0, [2027]), (-1, [2027])]
)
def test_date_of_these_days_counts_from_next_year(
    guest: Guest, clock: Clock, days_before: int, years: list[int]
) -> None:
    at(clock, date(2026, 5, 12) - timedelta(days=days_before))
    guest.says(5, 12)
    for year in (2026, 2027):
        for days in range(-8, 9):
            at(clock, max(date(year, 5, 12) + timedelta(days=days), clock.now.date()))
            night(guest.shop)
    assert [day.year for day in gifts(guest)] == years


def test_no_second_bonus_within_a_year_whatever_date_is_said(guest: Guest, clock: Clock) -> None:
    at(clock, date(2026, 10, 1))
    guest.says(11, 3)
    lives_until(guest, clock, date(2026, 11, 10))
    guest.says(2, 10)
    lives_until(guest, clock, date(2027, 2, 20))
    at(clock, date(2028, 2, 10))
    night(guest.shop)
    assert gifts(guest) == [date(2026, 11, 3), date(2028, 2, 10)]


def test_two_birthdays_a_year_apart_in_one_leap_year_have_a_bonus_each(guest: Guest, clock: Clock) -> None:
    at(clock, date(2027, 12, 1))
    guest.says(1, 1)
    lives_until(guest, clock, date(2028, 1, 1))
    guest.says(12, 31)
    at(clock, date(2028, 12, 30))
    lives_until(guest, clock, date(2028, 12, 31))
    assert gifts(guest) == [date(2028, 1, 1), date(2028, 12, 31)]


def test_on_the_day_that_was_said_it_may_be_changed_at_any_hour(guest: Guest, clock: Clock) -> None:
    guest.says(5, 12)
    at(clock, date(2026, 2, 1), hour=18)
    guest.says(6, 1)
    at(clock, date(2027, 2, 1), hour=0)
    assert guest.says(7, 1).month_and_day == (7, 1)


def test_it_may_be_changed_once_a_year_and_taken_back_whenever(guest: Guest, clock: Clock) -> None:
    guest.says(5, 12)
    guest.says(5, 21)
    guest.says(5, 21)
    with pytest.raises(BirthdayChangedBefore):
        guest.says(5, 12)
    guest.takes_back()
    assert guest.page().month_and_day is None
    with pytest.raises(BirthdayChangedBefore) as refused:
        guest.says(5, 21)
    a_year_later = local_date(clock.now, LUXEMBOURG) + timedelta(days=365)
    assert refused.value.until == a_year_later
    assert guest.page().may_change_at == local(LUXEMBOURG, a_year_later, 0)
    clock.passes(days=365)
    assert guest.says(5, 21).month_and_day == (5, 21)


def test_what_was_taken_back_is_given_nothing_for(guest: Guest, clock: Clock) -> None:
    guest.says(5, 12)
    guest.takes_back()
    lives_until(guest, clock, date(2026, 5, 20))
    assert gifts(guest) == []


def test_nothing_comes_to_who_does_not_want_to_be_written_to(guest: Guest, clock: Clock) -> None:
    guest.says(5, 12)
    guest.wants_offers(is_given=False)
    lives_until(guest, clock, date(2026, 5, 14))
    assert gifts(guest) == []
    assert not guest.page().is_allowed


def test_it_waits_until_the_month_has_room(guest: Guest, clock: Clock) -> None:
    guest.shop.changes_merchant(marketing_monthly_max=1)
    guest.says(5, 12)
    at(clock, date(2026, 5, 1))
    assert asked(guest.shop) == 0
    other = Guest(guest.shop, guest.shop.gives_card("Marc"))
    other.wants_offers()
    assert asked(guest.shop) == 1
    at(clock, date(2026, 5, 2))
    other.says(5, 12)
    at(clock, date(2026, 5, 12))
    assert night(guest.shop) == 1
    assert other.stamp_count == 0
    lives_until(other, clock, date(2026, 6, 5))
    assert gifts(other) == [date(2026, 5, 31)]


def test_what_the_bot_was_down_for_is_made_up_for_within_a_month(guest: Guest, clock: Clock) -> None:
    guest.says(5, 12)
    at(clock, date(2026, 6, 11))
    assert night(guest.shop) == 1
    at(clock, date(2027, 6, 12))
    assert night(guest.shop) == 0
    at(clock, date(2028, 5, 12))
    assert night(guest.shop) == 1


def test_nobody_is_woken(guest: Guest, clock: Clock) -> None:
    guest.says(5, 12)
    for hour in (0, 8, 20, 23):
        at(clock, date(2026, 5, 12), hour)
        assert night(guest.shop) == 0
    at(clock, date(2026, 5, 13), 9)
    assert night(guest.shop) == 1


def test_each_card_gets_what_its_program_has_for_it(guest: Guest, clock: Clock) -> None:
    lunch = guest.shop.adds_program(birthday_bonus=3)
    other = guest.shop.adds_program("Wine")
    second = guest.shop.gives_another_card(guest.holder, lunch)
    third = guest.shop.gives_another_card(guest.holder, other)
    assert guest.says(5, 12).gifts == {Unit.STAMPS: 5}
    at(clock, date(2026, 5, 12))
    assert night(guest.shop) == 1
    assert [guest.shop.card(each).stamp_count for each in (guest.holder, second, third)] == [2, 3, 0]
    assert len(guest.shop.town.messages(MessageKind.BIRTHDAY)) == 2


def test_closed_days_do_not_count_of_the_bonus(guest: Guest, clock: Clock) -> None:
    guest.says(5, 12)
    at(clock, date(2026, 5, 12))
    closes(guest.shop, date(2026, 5, 20), date(2026, 5, 24))
    night(guest.shop)
    [facts] = guest.shop.town.facts(MessageKind.BIRTHDAY)
    assert isinstance(facts, BirthdayBonus)
    assert facts.last_day == date(2026, 6, 6)


def asked(shop: Shop) -> int:
    found = shop.database.read(to_ask, DueCustomers(merchant_id=shop.merchant_id, after=FIRST, limit=100))
    return shop.database.write(ask_birthdays, SomeCustomers(merchant_id=shop.merchant_id, customer_ids=found))


def test_who_allows_it_is_asked_once_and_who_has_said_it_never(guest: Guest, shop: Shop) -> None:
    marc, silent = Guest(shop, shop.gives_card("Marc")), Guest(shop, shop.gives_card("Ana"))
    marc.wants_offers()
    guest.says(5, 12)
    assert [asked(shop), asked(shop)] == [1, 0]
    [message] = shop.town.messages(MessageKind.BIRTHDAY_ASKED)
    assert message.recipient == marc.holder.account
    silent.wants_offers()
    assert asked(shop) == 1


def test_shop_that_closes_asks_nobody_and_keeps_its_promise(guest: Guest, shop: Shop, clock: Clock) -> None:
    marc = Guest(shop, shop.gives_card("Marc"))
    marc.wants_offers()
    guest.says(5, 12)
    at(clock, date(2026, 5, 1))
    shop.database.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    assert asked(shop) == 0
    at(clock, date(2026, 5, 12))
    night(shop)
    assert len(shop.town.facts(MessageKind.BIRTHDAY)) == 1


def test_shop_that_closes_promises_nothing_for_a_birthday_that_comes_later(
    guest: Guest, shop: Shop, clock: Clock
) -> None:
    """Nor lets anybody say another, and what is in time is good until it closes."""
    late = Guest(shop, shop.gives_card())
    late.wants_offers()
    guest.says(5, 12)
    late.says(7, 12)
    at(clock, date(2026, 5, 1))
    shop.database.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    closing = date(2026, 5, 31)
    assert (guest.page().gifts, guest.page().next_on, guest.page().closes_on) == (
        {Unit.STAMPS: 2},
        date(2026, 5, 12),
        closing,
    )
    assert (late.page().gifts, late.page().month_and_day) == ({}, (7, 12))
    with pytest.raises(NoBirthdayBonus):
        late.says(5, 20)
    at(clock, date(2026, 5, 12))
    night(shop)
    [facts] = shop.town.facts(MessageKind.BIRTHDAY)
    assert isinstance(facts, BirthdayBonus)
    assert facts.last_day == closing
    shop.database.write(keep_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    assert late.page().gifts == {Unit.STAMPS: 2}


def test_where_there_is_nothing_for_it_nobody_is_asked(guest: Guest, shop: Shop) -> None:
    guest.says(5, 12)
    shop.changes_terms(birthday_bonus=0)
    assert asked(shop) == 0
    assert guest.page().month_and_day == (5, 12)
    marc = Guest(shop, shop.gives_card("Marc"))
    for ask in (marc.page, lambda: marc.says(5, 12)):
        with pytest.raises(NoBirthdayBonus):
            ask()
    assert shop.database.read(my_birthdays, MyCards(account=marc.holder.account)) == []


@pytest.mark.parametrize(("month", "day"), [(2, 30), (4, 31), (13, 1), (0, 1), (1, 0)])
def test_there_are_no_other_days(guest: Guest, month: int, day: int) -> None:
    with pytest.raises(BirthdayMalformed):
        guest.says(month, day)


@settings(max_examples=40, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.dates(date(2000, 1, 1), date(2000, 12, 31)))
def test_every_birthday_is_once_a_year(today: date, born: date) -> None:
    newest = newest_birthday(born.month, born.day, today)
    following = next_birthday(born.month, born.day, today)
    assert newest <= today < following
    assert following.year == newest.year + 1
    assert following == birthday_in(following.year, born.month, born.day)
    assert abs((following - newest).days - 365) <= 1

"""Clocks that were set: every entry is in one summary, and what was dated ahead does not live on the wrong side."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.account import Person
from domain.acts import Asked, LookUp
from domain.delivery import PATIENCE, ChannelKind, Later
from domain.ids import MoveId
from domain.plumbing.mend_times import mend_times
from domain.plumbing.outbox import Failed, LeaseDeliveries, delivery_failed, lease_deliveries
from domain.refusals import DailyLimitReached, HolderAsked, InviteExpired, PinLocked, PinRequired
from domain.rules.days import FAR_AHEAD
from domain.staff import Role
from domain.summary import DaySummary
from domain.usecases.ask_holder import ANSWER_TIME, MOVE_VALID
from domain.usecases.look_up_card import look_up_card
from domain.usecases.move_card import (
    BeginMove,
    OpenMove,
    VouchForMove,
    begin_move,
    open_move,
    vouch_for_move,
)
from domain.usecases.prove_pin import begin_attempt
from domain.usecases.see_day import SeeDay, see_day
from domain.usecases.summarize import summarize
from tests.support.clock import Clock, local
from tests.support.databases import do, look
from tests.support.nights import Nights
from tests.support.shop import BOT, Holder, Shop, Town, pin_holder

LUXEMBOURG = "Europe/Luxembourg"
MONDAY = date(2026, 6, 15)
A_YEAR = timedelta(days=365)


@pytest.fixture
def nights(town: Town) -> Nights:
    return Nights(town)


def begins_move(shop: Shop, lea: Holder) -> MoveId:
    command = BeginMove(
        merchant_id=shop.merchant_id, account=None, card=lea.card, token_hash=shop.town.new_hash()
    )
    move = shop.database.write(begin_move, command).move
    assert move is not None
    return move.move_id


def vouches(shop: Shop, move_id: MoveId) -> None:
    command = VouchForMove(merchant_id=shop.merchant_id, account=None, move_id=move_id, reason="known")
    shop.database.write(vouch_for_move, command)


def opens(shop: Shop, move_id: MoveId) -> None:
    command = OpenMove(
        account=shop.town.somebody(),
        name="Léa",
        merchant_id=shop.merchant_id,
        move_id=move_id,
        card_hash=lambda *_: shop.town.new_hash(),
    )
    shop.database.write(open_move, command)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return local(LUXEMBOURG, day, hour, minute)


def summaries(shop: Shop, first: date, days: int) -> list[DaySummary]:
    found = look(
        shop.database,
        lambda tx: [tx.summary(shop.merchant_id, first + timedelta(days=n)) for n in range(days)],
    )
    return [day for day in found if day is not None]


def stamps_told(shop: Shop, first: date = MONDAY, days: int = 800) -> int:
    return sum(day.figures.stamps for day in summaries(shop, first, days))


def test_what_is_booked_after_the_clock_was_set_back_behind_a_summary_is_in_the_next_one(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    clock.is_at(at(MONDAY, 20))
    assert nights.summarizes() == 1
    clock.is_at(at(MONDAY, 19, 30))
    shop.stamps(anna, lea, 2)
    clock.is_at(at(MONDAY, 20, 30))
    shop.stamps(anna, lea, 4)
    clock.is_at(at(MONDAY + timedelta(days=1), 20))
    assert nights.summarizes() == 1
    assert [day.figures.stamps for day in summaries(shop, MONDAY, 2)] == [1, 6]


def test_year_ahead_for_one_run_and_back_costs_no_summary_and_counts_nothing_twice(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    clock.is_at(at(MONDAY, 9) + A_YEAR)
    shop.stamps(anna, lea, 2)
    clock.passes(hours=12)
    while nights.summarizes():
        pass
    clock.is_at(at(MONDAY, 12))
    nights.summarizes()
    shop.stamps(anna, lea, 4)
    for days in range(3):
        clock.is_at(at(MONDAY + timedelta(days=days), 20))
        assert nights.summarizes() == 1
    told = summaries(shop, MONDAY, 800)
    assert [(day.local_date, day.figures.stamps) for day in told] == [
        (MONDAY, 7),
        (MONDAY + timedelta(days=1), 0),
        (MONDAY + timedelta(days=2), 0),
    ]
    clock.is_at(at(MONDAY, 21) + A_YEAR)
    while nights.summarizes():
        pass
    assert stamps_told(shop) == 7


def test_summaries_that_were_taken_back_are_shown_no_more_and_told_anew(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop = town.opens_shop()
    query = SeeDay(account=shop.owner.account, merchant_id=shop.merchant_id, local_date=MONDAY)
    clock.is_at(at(MONDAY, 21) + A_YEAR)
    while nights.summarizes():
        pass
    nights.delivers()
    clock.is_at(at(MONDAY, 12))
    nights.summarizes()
    clock.is_at(at(MONDAY, 20))
    assert nights.summarizes() == 1
    [facts] = nights.summaries()
    assert facts.day.begins_at == at(MONDAY, 9)
    assert town.database.read(see_day, query).summary == facts


def test_merchant_made_in_1970_is_told_one_summary_of_all_of_it(
    town: Town, clock: Clock, nights: Nights
) -> None:
    clock.is_at(datetime(1970, 1, 1, tzinfo=UTC))
    shop = town.opens_shop()
    shop.stamps(shop.hires("Anna"), shop.gives_card(), 3)
    clock.is_at(at(MONDAY, 21))
    assert town.database.write(summarize, shop.merchant_id) == 1
    [facts] = nights.summaries()
    assert (facts.day.local_date, facts.day.figures.stamps, facts.missed) == (MONDAY, 3, ())
    clock.is_at(at(MONDAY + timedelta(days=1), 21))
    assert town.database.write(summarize, shop.merchant_id) == 1


@pytest.mark.parametrize("ahead", [A_YEAR, timedelta(hours=1)], ids=str)
def test_pin_typed_while_the_clock_was_ahead_opens_no_window_once_it_is_back(
    town: Town, clock: Clock, ahead: timedelta
) -> None:
    shop = town.opens_shop(require_staff_pin=True, pin_window_minutes=15)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.chooses_pin(anna)
    clock.is_at(clock() + ahead)
    shop.types_right_pin(anna)
    shop.stamps(anna, lea)
    clock.is_at(clock() - ahead)
    with pytest.raises(PinRequired):
        shop.stamps(anna, lea)


def test_card_stamped_while_the_clock_was_ahead_is_stamped_once_it_is_back(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(cooldown_minutes=30, max_daily_stamps=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.passes(days=365)
    shop.stamps(anna, lea)
    clock.passes(days=-365)
    assert shop.stamps(anna, lea).entry.local_date == MONDAY
    assert town.database.violations() == []


@pytest.mark.parametrize("days_ahead", [1, 8])
def test_cooldown_is_judged_by_the_stamp_that_stood_before_though_it_was_taken_back_since(
    town: Town, clock: Clock, days_ahead: int
) -> None:
    """By the one before that, of a clock that ran ahead, it would look broken."""
    shop = town.opens_shop(cooldown_minutes=30)
    anna, mia, lea = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER), shop.gives_card()
    clock.passes(days=days_ahead)
    shop.stamps(anna, lea)
    clock.passes(days=-days_ahead)
    shop.decides(mia, shop.asks_manager(anna, lea, count=1))
    between = shop.entries(lea)[-1].entry_id
    clock.passes(days=days_ahead - 1, hours=1)
    shop.stamps(anna, lea)
    shop.voids(mia, lea, entry=between, reason="a slip")
    assert town.database.violations() == []


def test_stamps_of_the_day_count_again_once_a_clock_that_ran_ahead_is_back(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(max_daily_stamps=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 2)
    clock.passes(days=365)
    shop.stamps(anna, lea)
    clock.passes(days=-365)
    with pytest.raises(DailyLimitReached):
        shop.stamps(anna, lea, 2)
    assert shop.stamps(anna, lea).card.stamps_today == 3
    assert town.database.violations() == []


def test_the_counter_says_of_today_what_the_next_stamp_is_judged_by(town: Town, clock: Clock) -> None:
    """It said that today had no stamp, and offered more than was then given."""
    shop = town.opens_shop(max_daily_stamps=3, cooldown_minutes=30)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 2)
    given_at = clock.now
    clock.passes(days=8)
    shop.stamps(anna, lea)
    clock.passes(days=-8)
    card = shop.database.read(look_up_card, Asked(act=LookUp(card=lea.card), actor=anna)).card
    assert (card.stamps_today, card.stamps_left_today) == (2, 1)
    assert card.next_stamp_at == given_at + timedelta(minutes=30)


def test_invitation_made_while_the_clock_was_ahead_is_valid_for_a_week_once_it_is_back(
    town: Town, clock: Clock
) -> None:
    shop = town.opens_shop()
    clock.passes(days=365)
    used, left = shop.invites("Anna"), shop.invites("Bob")
    clock.passes(days=-365)
    assert town.database.write(mend_times, None) == 2
    assert town.database.write(mend_times, None) == 0
    clock.passes(days=6)
    shop.claims(used, town.somebody())
    clock.passes(days=1)
    with pytest.raises(InviteExpired):
        shop.claims(left, town.somebody())


def test_question_to_a_holder_asked_while_the_clock_was_ahead_is_one_of_now_once_it_is_back(
    town: Town, clock: Clock
) -> None:
    """Nobody could vouch for a year, and the link would have opened for as long."""
    shop = town.opens_shop()
    lea = shop.gives_card("Léa")
    person = Person(
        account=lea.account, name="Léa", telegram_locale=None, chosen_locale=None, unreachable_since=None
    )
    do(town.database, lambda tx: tx.save_person(person))
    clock.passes(days=365)
    asked = begins_move(shop, lea)
    clock.passes(days=-365)
    assert town.database.write(mend_times, None) == 3, "with the message that asks"
    assert town.database.write(mend_times, None) == 0
    clock.passes(seconds=ANSWER_TIME.total_seconds())
    vouches(shop, asked)
    clock.passes(seconds=(MOVE_VALID - ANSWER_TIME).total_seconds())
    with pytest.raises(InviteExpired):
        opens(shop, asked)
    vouched = begins_move(shop, lea)
    with pytest.raises(HolderAsked):
        vouches(shop, vouched)


def test_lock_that_a_clock_ahead_has_set_ends_once_it_is_back(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    anna = shop.hires("Anna")
    shop.chooses_pin(anna)
    clock.passes(days=365)
    for _ in range(5):
        town.database.write(begin_attempt, pin_holder(anna))
    clock.passes(days=-365)
    with pytest.raises(PinLocked):
        town.database.write(begin_attempt, pin_holder(anna))
    town.database.write(mend_times, None)
    town.database.write(begin_attempt, pin_holder(anna))


@pytest.mark.parametrize("ahead", [A_YEAR, timedelta(hours=5)], ids=str)
@pytest.mark.parametrize("is_leased", [False, True])
def test_message_that_was_due_while_the_clock_was_ahead_is_sent_once_it_is_back(
    town: Town, clock: Clock, is_leased: bool, ahead: timedelta
) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(clock() + ahead)
    shop.stamps(anna, lea)
    wanted = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder="one", limit=9)
    if is_leased:
        town.database.write(lease_deliveries, wanted)
    clock.is_at(clock() - ahead)
    assert town.database.write(lease_deliveries, wanted) == []
    town.database.write(mend_times, None)
    clock.passes(minutes=1)
    assert len(town.database.write(lease_deliveries, wanted)) == 1


def test_what_lies_no_further_ahead_than_it_may_stays_as_it_is(town: Town, clock: Clock) -> None:
    town.opens_shop().invites("Bob")
    clock.passes(hours=-23)
    assert town.database.write(mend_times, None) == 0


def test_message_that_is_tried_again_in_an_hour_stays_so(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    shop.stamps(shop.hires("Anna"), shop.gives_card())
    wanted = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder="one", limit=9)
    longest = max(each.longest_wait for each in PATIENCE.values())
    for _ in range(10):
        [delivery] = town.database.write(lease_deliveries, wanted)
        failed = Failed(delivery=delivery, outcome=Later("nobody answers"))
        assert not town.database.write(delivery_failed, failed)
        assert town.database.write(mend_times, None) == 0
        [due_at] = town.owed_at()
        waited, clock.now = due_at - clock.now, due_at
    assert waited == longest


def test_verify_passes_over_a_stamp_that_counted_for_a_day_far_ahead(town: Town, clock: Clock) -> None:
    """Set back by a week, the clock gives a stamp that still counts for the day ahead. Set back by one day more, that
    day lies too far ahead to count, so that the stamp blocks nothing either."""
    shop = town.opens_shop(cooldown_minutes=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    clock.passes(days=-7, minutes=-1)
    ahead = shop.stamps(anna, lea).entry
    clock.passes(days=-1, minutes=2)
    shop.stamps(anna, lea)
    assert ahead.local_date - shop.entries(lea)[-1].local_date > FAR_AHEAD
    assert town.database.violations() == []


def test_verify_judges_what_lies_far_ahead_by_the_day_of_the_act_and_not_by_the_one_that_it_counts_for(
    town: Town, clock: Clock
) -> None:
    """Set back by a week and a day, the clock gives a stamp for a day that is just not too far ahead; set back by one
    more day, it gives one for the day before that, and the first is too far ahead by now to block it."""
    shop = town.opens_shop(cooldown_minutes=120)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.passes(hours=9)
    for _ in range(3):
        shop.stamps(anna, lea)
        clock.passes(days=1)
    clock.passes(days=-9, hours=-16)
    ahead = shop.stamps(anna, lea).entry
    clock.passes(days=-1)
    after = shop.stamps(anna, lea).entry
    assert ahead.local_date - after.local_date == timedelta(days=1)
    assert town.database.violations() == []


def test_verify_judges_a_stamp_after_a_merge_by_what_the_merge_left_as_the_newest(
    town: Town, clock: Clock
) -> None:
    """The other card's stamp, given by a clock that was set back, still counts for the day before that. So it is the
    newest, and a stamp of the merged card is not blocked by one of its own that came later."""
    shop = town.opens_shop(cooldown_minutes=0)
    anna, lea, other = shop.hires("Anna"), shop.gives_card(), shop.gives_card()
    shop.stamps(anna, other)
    clock.passes(days=-1)
    shop.stamps(anna, other)
    shop.changes_terms(cooldown_minutes=120)
    clock.passes(hours=10)
    shop.stamps(anna, lea)
    clock.passes(minutes=15)
    shop.merges(shop.owner, lea, other)
    shop.stamps(anna, lea)
    assert town.database.violations() == []

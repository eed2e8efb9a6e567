"""What every store promises of expiries, warnings, summaries and versions of terms."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any
from unittest.mock import ANY

import pytest

from domain.card import Card
from domain.delivery import addresses_of
from domain.entry import Entry
from domain.expiry import ExpiryKind, Unit
from domain.history import ExpiryWarning
from domain.ids import CardId, CardNumber, EntryId, MerchantId, MessageId, ProgramId
from domain.kinds import EntryKind
from domain.merchant import PointReward, ProgramKind
from domain.messages import Message, MessageKind, RewardReady
from domain.ports import Tx
from domain.rules.expiry import Period
from domain.rules.expiry_warnings import Warned
from domain.summary import DaySummary, Figures, Share, SummaryPlan, VoidNote
from domain.usecases.expire_balances import CardsToLookAt, cards_to_look_at
from storage.rows import to_instant
from tests.support.clock import MONDAY_MORNING, Clock
from tests.support.databases import do, look
from tests.support.shop import Holder, Shop, Town, delivery_of
from tests.support.violations import BROKEN

HOUR = timedelta(hours=1)
MONDAY, TUESDAY = date(2026, 6, 15), date(2026, 6, 16)
END = datetime(2026, 7, 31, 22, 0, 0, 1, UTC)


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(kind=ProgramKind.HYBRID)


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card("Léa")


def looked_at(shop: Shop, holder: Holder, since: datetime | None, **dates: Any) -> Card:
    card = replace(shop.card(holder), expiry_look_at=since, **dates)
    do(shop.database, lambda tx: tx.save_expiry(card))
    return card


def period(count: int = 7, unit: Unit = Unit.POINTS, expires_at: datetime = END) -> Period:
    return Period(
        unit=unit, expires_at=expires_at, count=count, last_lot=EntryId("none"), kind=ExpiryKind.LOT
    )


def writes(shop: Shop, holder: Holder, message_id: str) -> Message:
    message = Message(
        merchant_id=shop.merchant_id,
        message_id=MessageId(message_id),
        kind=MessageKind.REWARD_READY,
        recipient=holder.account,
        facts=RewardReady(merchant_name="", card_number=holder.number, reward="", rewards_available=1),
        created_at=shop.database.clock.now,
    )
    do(shop.database, lambda tx: tx.enqueue(message, addresses_of(message, tx.channels_on)))
    return message


def fails(tx: Tx, message: Message) -> None:
    tx.delivery_failed(delivery_of(message), "refused", is_unreported=False)


def warned(shop: Shop, card: Card, of: Period) -> Warned | None:
    return look(shop.database, lambda tx: tx.warned(card, of.due, of.expires_at))


def test_expiry_comes_back_as_it_was_saved_and_nothing_else_changes(shop: Shop, lea: Holder) -> None:
    before = shop.card(lea)
    saved = looked_at(shop, lea, END - HOUR, stamps_expire_at=END, points_expire_at=END + HOUR)
    assert shop.card(lea) == saved
    told = replace(saved, stamp_count=9, points_balance=9, entry_count=9, active=False)
    do(shop.database, lambda tx: tx.save_expiry(told))
    assert shop.card(lea) == saved
    looked_at(shop, lea, None, stamps_expire_at=None, points_expire_at=None)
    assert shop.card(lea) == before


def test_cards_to_look_at_are_those_whose_time_has_come_in_their_order(town: Town, clock: Clock) -> None:
    looks = []
    for offset in (timedelta(0), -HOUR, timedelta(microseconds=1), -HOUR):
        shop = town.opens_shop()
        for since in (clock.now + offset, None):
            holder = shop.gives_card(f"{offset}{since}")
            looked_at(shop, holder, since)
            if since is not None and since <= clock.now:
                looks.append((to_instant(since), shop.merchant_id, holder.card_id))
    expected = sorted(looks)
    assert len(expected) == 3
    assert look(town.database, lambda tx: tx.cards_to_look_at(None, 100)) == expected
    assert look(town.database, lambda tx: tx.cards_to_look_at(None, 2)) == expected[:2]
    for place, one in enumerate(expected[:-1]):
        rest = town.database.read(cards_to_look_at, CardsToLookAt(after=one, limit=100))
        assert rest == expected[place + 1 :]
    assert not look(town.database, lambda tx: tx.cards_to_look_at(expected[-1], 100))


def test_warning_is_forgotten_for_that_card_and_day_alone(shop: Shop, lea: Holder) -> None:
    card, other = shop.card(lea), shop.card(shop.gives_card("Marc"))
    for of in (card, other):
        message = writes(shop, lea, str(of.card_id))
        do(shop.database, partial(saves_warning, of, period(), message.message_id))
    later = period().expires_at + timedelta(microseconds=1)
    do(shop.database, lambda tx: tx.forget_warning(card, period().due, later))
    assert warned(shop, card, period()) is not None
    do(shop.database, lambda tx: tx.forget_warning(card, period().due, period().expires_at))
    assert warned(shop, card, period()) is None
    assert warned(shop, other, period()) is not None


def saves_warning(card: Card, of: Period, message_id: MessageId, tx: Tx) -> None:
    tx.save_warning(card, of, message_id)


def test_warning_says_what_became_of_its_message(shop: Shop, lea: Holder, clock: Clock) -> None:
    card = shop.card(lea)
    assert warned(shop, card, period()) is None
    first = writes(shop, lea, "first")
    do(shop.database, lambda tx: tx.save_warning(card, period(), first.message_id))
    assert warned(shop, card, period()) == Warned(
        message_id=ANY, count=7, written_at=first.created_at, delivered_at=None, given_up=False
    )
    do(shop.database, lambda tx: tx.delivery_failed(delivery_of(first), "refused", is_unreported=False))
    assert warned(shop, card, period()) == Warned(
        message_id=ANY, count=7, written_at=first.created_at, delivered_at=None, given_up=True
    )
    second = writes(shop, lea, "second")
    do(shop.database, lambda tx: tx.save_warning(card, period(9), second.message_id))
    clock.passes(microseconds=1)
    do(shop.database, lambda tx: tx.delivery_made(delivery_of(second), "1"))
    assert warned(shop, card, period(1)) == Warned(
        message_id=ANY, count=9, written_at=second.created_at, delivered_at=clock.now, given_up=False
    )


def test_warning_is_of_one_card_unit_and_instant(town: Town, shop: Shop, lea: Holder) -> None:
    card, message = shop.card(lea), writes(shop, lea, "one")
    do(shop.database, lambda tx: tx.save_warning(card, period(), message.message_id))
    assert warned(shop, card, period(unit=Unit.STAMPS)) is None
    assert warned(shop, card, period(expires_at=END + timedelta(microseconds=1))) is None
    assert warned(shop, shop.card(shop.gives_card("Marc")), period()) is None
    other = replace(card, merchant_id=town.opens_shop().merchant_id)
    assert warned(shop, other, period()) is None


def test_warning_for_no_card_is_not_kept(shop: Shop, lea: Holder) -> None:
    message = writes(shop, lea, "one")
    nowhere = replace(shop.card(lea), card_id=CardId("none"))
    with pytest.raises(BROKEN):
        do(shop.database, lambda tx: tx.save_warning(nowhere, period(), message.message_id))


@pytest.mark.parametrize("is_reachable", [True, False])
def test_history_knows_the_warning_before_an_expiry(
    shop: Shop, lea: Holder, clock: Clock, is_reachable: bool
) -> None:
    shop.earns(shop.hires("Anna"), lea)
    card, message = shop.card(lea), writes(shop, lea, "one")
    [earned] = shop.entries(lea)
    entry = replace(
        earned,
        entry_id=EntryId(shop.database.ids()),
        entry_no=2,
        kind=EntryKind.POINTS_EXPIRED,
        points_delta=-10,
        points_balance_after=0,
        related_entry_id=earned.entry_id,
        operation_key=shop.town.new_key(),
    )
    do(shop.database, lambda tx: tx.save_warning(card, period(), message.message_id))
    do(shop.database, lambda tx: tx.delivery_made(delivery_of(message), "1"))
    after = replace(card, points_balance=0, entry_count=2)
    do(shop.database, lambda tx: tx.append(after, entry, "points_expired"))
    do(shop.database, lambda tx: tx.save_expired(after, period(), entry, is_reachable=is_reachable))
    [history] = shop.database.histories()
    assert history.warnings == {
        entry.entry_id: ExpiryWarning(delivered_at=clock.now, was_reachable=is_reachable)
    }
    assert history.entries[-1] == entry


@pytest.mark.parametrize(("begins", "ends", "found"), [(0, 2, 2), (1, 2, 1), (0, 1, 1), (2, 9, 1), (3, 9, 0)])
def test_summary_has_what_happened_from_the_last_ones_end_until_just_before_its_own(
    town: Town, clock: Clock, begins: int, ends: int, found: int
) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    other = town.opens_shop()
    other.stamps(other.hires("Bob"), other.gives_card())
    for _ in range(3):
        shop.stamps(anna, lea)
        clock.passes(hours=1)
    bounds = (MONDAY_MORNING + begins * HOUR, MONDAY_MORNING + ends * HOUR)
    summarized(shop, MONDAY, bounds[0])
    entries = summarized(shop, TUESDAY, bounds[1])
    assert entries == [e for e in shop.entries(lea) if bounds[0] <= e.occurred_at < bounds[1]]
    assert len(entries) == found


@pytest.mark.parametrize("timezone", ["Pacific/Auckland", "Pacific/Pago_Pago", "UTC"])
@pytest.mark.parametrize("days_back", [0, 1, 5, 400])
def test_summary_has_what_counts_for_another_day(
    town: Town, clock: Clock, timezone: str, days_back: int
) -> None:
    """And what is dated more than a month ahead."""
    shop = town.opens_shop(timezone=timezone)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    clock.passes(days=-days_back)
    entry_id = shop.stamps(anna, lea).entry.entry_id
    entries = summarized(shop, TUESDAY, clock.now + timedelta(microseconds=1))
    assert entry_id in {entry.entry_id for entry in entries}
    assert len(entries) == (2 if days_back in {0, 400} else 1)


def test_entry_is_in_one_summary_until_that_is_taken_back(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    first = shop.stamps(anna, lea).entry
    clock.passes(hours=1)
    assert summarized(shop, MONDAY, clock.now) == [first]
    second = shop.stamps(anna, lea).entry
    clock.passes(hours=1)
    assert summarized(shop, TUESDAY, clock.now) == [second]
    do(shop.database, lambda tx: tx.forget_summaries(shop.merchant_id, TUESDAY))
    assert summarized(shop, TUESDAY, clock.now) == [second]
    do(shop.database, lambda tx: tx.forget_summaries(shop.merchant_id, MONDAY))
    assert summarized(shop, MONDAY, clock.now) == [first, second]


def summarized(shop: Shop, on: date, ends_at: datetime) -> Sequence[Entry]:
    far = ends_at + timedelta(days=31)
    return do(shop.database, lambda tx: tx.summarize_entries(shop.merchant_id, on, ends_at, far))


@pytest.mark.parametrize(("begins", "ends", "found"), [(0, 1, 1), (1, 2, 0), (-1, 0, 0)])
def test_failed_between_counts_messages_of_the_merchant(
    town: Town, clock: Clock, begins: int, ends: int, found: int
) -> None:
    for _ in range(2):
        shop = town.opens_shop()
        holder = shop.gives_card()
        failed = writes(shop, holder, "failed")
        writes(shop, holder, "waits")
        do(shop.database, partial(fails, message=failed))
    bounds = (clock.now + begins * HOUR, clock.now + ends * HOUR)
    assert look(town.database, lambda tx: tx.failed_between(shop.merchant_id, *bounds)) == found


def test_cards_made_between_are_the_merchants(town: Town, shop: Shop, clock: Clock) -> None:
    first = shop.gives_card("1")
    town.opens_shop().gives_card("2")
    clock.passes(hours=1)
    shop.gives_card("3")
    bounds = (MONDAY_MORNING, clock.now)
    found = look(town.database, lambda tx: tx.cards_made_between(shop.merchant_id, *bounds))
    assert found == {first.card_id}


def test_cards_in_are_paged_by_id(town: Town, shop: Shop) -> None:
    town.opens_shop().gives_card("another's")
    card_ids = [shop.gives_card(f"{number}").card_id for number in range(3)]
    program = shop.program()
    assert look(town.database, lambda tx: tx.cards_in(program, None, 2)) == card_ids[:2]
    assert look(town.database, lambda tx: tx.cards_in(program, card_ids[1], 2)) == card_ids[2:]
    assert look(town.database, lambda tx: tx.cards_in(program, card_ids[2], 2)) == []
    elsewhere = replace(program, program_id=ProgramId("none"))
    assert look(town.database, lambda tx: tx.cards_in(elsewhere, None, 9)) == []


def test_lock_card_holds_all_that_the_card_depends_on(town: Town, shop: Shop, lea: Holder) -> None:
    held = do(town.database, lambda tx: tx.lock_card(shop.merchant_id, lea.card_id))
    assert held is not None
    assert (held.card, held.customer, held.program) == shop.found(lea.card)
    assert held.merchant.merchant_id == shop.merchant_id
    other = town.opens_shop()
    assert do(town.database, lambda tx: tx.lock_card(other.merchant_id, lea.card_id)) is None


def test_rewards_outstanding_leaves_out_inactive_cards(town: Town) -> None:
    rewards = (PointReward(cost=5, name="A tea"),)
    shop = town.opens_shop(kind=ProgramKind.HYBRID, stamps_target=2, point_rewards=rewards)
    anna = shop.hires("Anna")
    program = shop.program()
    assert look(town.database, lambda tx: tx.rewards_outstanding(program)) == 0
    for name in ("1", "2"):
        holder = shop.gives_card(name)
        shop.stamps(anna, holder, 5)
        shop.earns(anna, holder, 600)
    assert look(town.database, lambda tx: tx.rewards_outstanding(program)) == 6
    town.database.switch_off_card(holder.card_id)
    assert look(town.database, lambda tx: tx.rewards_outstanding(program)) == 3


def to_spread(town: Town) -> list[tuple[MerchantId, ProgramId]]:
    return list(look(town.database, lambda tx: tx.programs_to_spread()))


def test_programs_to_spread_are_those_with_terms_that_not_all_cards_follow(town: Town, shop: Shop) -> None:
    other = town.opens_shop()
    assert to_spread(town) == []
    shop.changes_terms(expiry_kind=ExpiryKind.LOT, expiry_months=3)
    present = shop.program()
    assert to_spread(town) == [(present.merchant_id, present.program_id)]
    shop.changes_terms(reward="A tea")
    do(town.database, lambda tx: tx.program_spread(present))
    assert to_spread(town) == [(shop.merchant_id, shop.program_id)]
    newest = shop.program()
    do(town.database, lambda tx: tx.program_spread(newest))
    assert to_spread(town) == []
    assert other.program().version == 1


def a_day(day: date) -> DaySummary:
    figures = Figures(stamps=1, points=2, redemptions=3, voids=4, cards=5)
    return DaySummary(
        local_date=day,
        begins_at=MONDAY_MORNING,
        ends_at=MONDAY_MORNING + HOUR,
        has_stamps=True,
        has_points=False,
        figures=figures,
        before=Figures(),
        new_customers=1,
        returning_customers=2,
        rewards_outstanding=3,
        undelivered=4,
        stores=(Share(name="Gare <b>", figures=figures),),
        staff=(),
        voids=(
            VoidNote(
                staff_name="Anna",
                store_name="Gare",
                card_number=CardNumber("123456786"),
                kind=EntryKind.POINTS_VOIDED,
                stamps_delta=0,
                points_delta=-3,
                reason=None,
                occurred_at=MONDAY_MORNING,
            ),
        ),
    )


def test_summary_comes_back_as_it_was_added_and_once_for_a_day(town: Town, shop: Shop) -> None:
    day = a_day(date(2026, 6, 15))
    do(town.database, lambda tx: tx.add_summary(shop.merchant_id, day))
    assert look(town.database, lambda tx: tx.summary(shop.merchant_id, day.local_date)) == day
    other = town.opens_shop()
    assert look(town.database, lambda tx: tx.summary(other.merchant_id, day.local_date)) is None
    with pytest.raises(BROKEN):
        do(town.database, lambda tx: tx.add_summary(shop.merchant_id, replace(day, undelivered=0)))
    do(town.database, lambda tx: tx.add_summary(other.merchant_id, day))
    assert look(town.database, lambda tx: tx.summary(shop.merchant_id, day.local_date)) == day


def test_summaries_are_told_together_and_once(town: Town, shop: Shop) -> None:
    def told(of: Shop, on: date | None) -> list[date]:
        found = look(town.database, lambda tx: tx.summaries_told(of.merchant_id, on))
        return [day.local_date for day in found]

    def add(merchant_id: MerchantId, day: date) -> None:
        do(town.database, lambda tx: tx.add_summary(merchant_id, a_day(day)))

    other, days = town.opens_shop(), [date(2026, 6, day) for day in (16, 15, 17)]
    for merchant_id, day in product((shop.merchant_id, other.merchant_id), days):
        add(merchant_id, day)
    assert told(shop, None) == sorted(days)
    do(town.database, lambda tx: tx.summaries_are_told(shop.merchant_id, sorted(days)))
    add(shop.merchant_id, date(2026, 6, 18))
    assert told(shop, None) == [date(2026, 6, 18)]
    assert told(shop, date(2026, 6, 17)) == sorted(days)
    assert told(shop, date(2026, 6, 16)) == []
    assert told(other, None) == sorted(days)


def test_summary_plan_takes_the_place_of_the_one_before(town: Town, shop: Shop, clock: Clock) -> None:
    plan = SummaryPlan(
        merchant_id=shop.merchant_id,
        local_date=date(2030, 1, 2),
        begins_at=clock.now - HOUR,
        due_at=clock.now + timedelta(microseconds=1),
    )
    do(town.database, lambda tx: tx.save_summary_plan(plan))
    assert look(town.database, lambda tx: tx.summary_plan(shop.merchant_id)) == plan
    far = clock.now + HOUR

    def found(limit: int, ahead: datetime = far) -> Sequence[MerchantId]:
        return look(town.database, lambda tx: tx.merchants_to_summarize(ahead, limit))

    assert found(9) == []
    assert found(9, clock.now) == [shop.merchant_id]
    assert found(9, plan.due_at) == []
    clock.passes(microseconds=1)
    assert found(9) == [shop.merchant_id]
    assert found(0) == []
    assert look(town.database, lambda tx: tx.summary_plan(MerchantId("none"))) is None

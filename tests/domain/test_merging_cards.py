"""Two cards of one person become one: entries kept, sums kept, one is closed and leads to the other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.acts import Asked, LookUp
from domain.card import Card, CardRef, HeldCards, HeldPoints, NoteKind
from domain.entry import Entry
from domain.expiry import ExpiryKind, Unit
from domain.ids import CardId, CardNumber, CustomerId, EntryId, MerchantId, OperationKey, ProgramId
from domain.kinds import EntryKind
from domain.merchant import PointReward, Program, ProgramKind
from domain.messages import CardsMerged, MessageKind
from domain.refusals import (
    CardInactive,
    CardMerged,
    CardNotFound,
    CodeReplaced,
    CooldownActive,
    DailyLimitReached,
    EntryAlreadyVoided,
    NotAllowed,
    NothingToVoid,
    OtherProgram,
    OwnCardRefused,
    PinRequired,
    Refusal,
    SameCard,
)
from domain.report import DateRange
from domain.rules.held import merged, point_rewards
from domain.rules.history import in_order
from domain.rules.lots import lots_of
from domain.rules.points import affordable
from domain.rules.reports import Tally
from domain.rules.rewards import progress
from domain.staff import Actor, Role
from domain.usecases.links import find_route
from domain.usecases.look_up_card import look_up_card
from domain.usecases.manage_cards import SeeCard, SetBlocked, see_card, see_history, set_blocked
from domain.usecases.merge_cards import (
    MergeAsOperator,
    MergeWaiting,
    SeeMerge,
    merge_as_operator,
    see_merge,
)
from domain.usecases.my_cards import MyCard, MyCards, RotateCode, my_card, my_cards, rotate_code
from domain.usecases.open_dispute import OpenDispute, open_dispute
from domain.usecases.posting import Posted
from domain.usecases.settle_dispute import SeeDispute, see_dispute
from domain.usecases.store_today import SeeToday, store_today
from tests.support.clock import MONDAY_MORNING, Clock, local
from tests.support.databases import do, look
from tests.support.nights import Nights
from tests.support.shop import Holder, Shop, Town
from tests.support.terms import a_program

LUXEMBOURG = "Europe/Luxembourg"
CAKE = PointReward(cost=50, name="A cake")


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(kind=ProgramKind.HYBRID, stamps_target=5, point_rewards=(CAKE,))


@pytest.fixture
def anna(shop: Shop) -> Actor:
    return shop.hires("Anna")


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card("Léa")


@pytest.fixture
def tablet(shop: Shop) -> Holder:
    return shop.gives_card("Léa on the tablet")


def page(shop: Shop, ref: CardRef) -> Any:
    return shop.database.read(see_card, SeeCard(merchant_id=shop.merchant_id, account=None, card=ref))


# What becomes of both


def test_both_are_one_and_the_empty_one_leads_to_it(
    town: Town, shop: Shop, anna: Actor, lea: Holder, tablet: Holder
) -> None:
    shop.stamps(anna, lea, 3)
    shop.stamps(anna, tablet, 4)
    shop.earns(anna, tablet, 6000)
    done = shop.merges(shop.owner, lea, tablet)
    assert (done.card.stamp_count, done.card.points_balance, done.card.card_number) == (7, 60, lea.number)
    [*_, out], [*_, come] = shop.entries(tablet), shop.entries(lea)
    assert (out.kind, out.stamps_delta, out.points_delta, out.note) == ("merged_out", -4, -60, lea.number)
    assert (come.kind, come.stamps_delta, come.points_delta, come.note) == ("merged_in", 4, 60, tablet.number)
    assert come.related_entry_id == out.entry_id
    assert (out.staff_id, come.staff_id) == (shop.owner.staff_id, shop.owner.staff_id)
    closed = shop.card(tablet)
    assert (closed.active, closed.merged_into, closed.stamp_count, closed.points_balance) == (
        False,
        lea.card_id,
        0,
        0,
    )
    assert [entry.stamps_delta for entry in shop.history(lea)] == [3, 4, 0, -4, 4]
    assert shop.database.violations() == []


def test_both_holders_are_told_and_either_can_say_that_it_was_not_them(
    town: Town, shop: Shop, lea: Holder, tablet: Holder
) -> None:
    shop.stamps(shop.owner, tablet, 4)
    shop.merges(shop.owner, lea, tablet)
    told = {message.recipient: message for message in town.messages(MessageKind.CARDS_MERGED)}
    gone, kept = told[tablet.account].facts, told[lea.account].facts
    assert isinstance(gone, CardsMerged)
    assert isinstance(kept, CardsMerged)
    assert (gone.is_closed, kept.is_closed) == (True, False)
    assert {(facts.card_number, facts.other_number) for facts in (gone, kept)} == {
        (lea.number, tablet.number)
    }
    assert kept.progress == progress(shop.card(lea), shop.program())
    for holder in (lea, tablet):
        entry_id = shop.entries(holder)[-1].entry_id
        shop.database.write(
            open_dispute,
            OpenDispute(account=holder.account, merchant_id=shop.merchant_id, entry_id=entry_id),
        )
    assert len(town.messages(MessageKind.DISPUTE)) == 2


def test_old_number_and_code_open_the_card_that_remains(
    shop: Shop, anna: Actor, lea: Holder, tablet: Holder
) -> None:
    shop.merges(shop.owner, lea, tablet)
    number = CardRef("number", tablet.number)
    for ref in (number, CardRef("token", tablet.token_hash), tablet.card):
        assert shop.stamps(anna, ref).card.card_number == lea.number
    assert shop.card(lea).stamp_count == 3
    assert (page(shop, number).state.card_number, page(shop, number).named) == (lea.number, tablet.number)
    assert page(shop, tablet.card).merged_into == (lea.card_id, lea.number)
    assert shop.database.violations() == []


def test_new_code_of_the_one_ends_the_old_code_of_the_other(
    shop: Shop, anna: Actor, lea: Holder, tablet: Holder
) -> None:
    """Whoever had the other card's picture must not be able to spend from this one for ever."""
    shop.merges(shop.owner, lea, tablet)
    rotate = RotateCode(
        account=lea.account,
        merchant_id=shop.merchant_id,
        card_id=lea.card_id,
        rotation=0,
        token_hash=shop.town.new_hash(),
    )
    shop.database.write(rotate_code, rotate)
    with pytest.raises(CardNotFound):
        shop.stamps(anna, CardRef("token", tablet.token_hash))
    with pytest.raises(CodeReplaced):
        shop.database.read(find_route, tablet.token_hash)


def test_account_of_the_closed_card_sees_no_card_and_is_told_which_it_is(
    shop: Shop, lea: Holder, tablet: Holder
) -> None:
    shop.merges(shop.owner, lea, tablet)
    assert list(shop.database.read(my_cards, MyCards(account=tablet.account))) == []
    mine = MyCard(account=tablet.account, merchant_id=shop.merchant_id, card_id=tablet.card_id)
    for asks in (lambda: shop.database.read(my_card, mine), lambda: shop.joins("Léa", tablet.account)):
        with pytest.raises(CardMerged) as told:
            asks()
        assert told.value.number == lea.number


def test_merged_again_all_lead_to_the_last(shop: Shop, anna: Actor, lea: Holder, tablet: Holder) -> None:
    phone = shop.gives_card("Léa's phone")
    entry = shop.stamps(anna, phone, 2).entry
    shop.merges(shop.owner, tablet, phone)
    shop.merges(shop.owner, lea, tablet)
    assert {shop.card(each).merged_into for each in (phone, tablet)} == {lea.card_id}
    shop.voids(shop.owner, phone, entry=entry.entry_id, reason="a slip")
    assert shop.card(lea).stamp_count == 0
    assert shop.database.violations() == []


def test_history_leads_to_what_came(shop: Shop, lea: Holder, tablet: Holder) -> None:
    shop.merges(shop.owner, lea, tablet)
    asked = SeeCard(merchant_id=shop.merchant_id, account=None, card=lea.card)
    assert shop.database.read(see_history, asked).merged == [(tablet.card_id, tablet.number)]
    found = shop.database.read(see_history, replace(asked, card=tablet.card))
    assert [entry.kind for entry in found.entries] == [EntryKind.MERGED_OUT]
    kinds = [[note.kind for note in page(shop, each.card).notes] for each in (lea, tablet)]
    asked_for = [NoteKind.MERGE_ALLOWED, NoteKind.MERGE_ASKED]
    assert kinds == [[NoteKind.MERGED_IN], [NoteKind.MERGED_OUT, *asked_for]]


# Who may, and what may


def test_managers_merge_after_their_pin_and_nobody_else(town: Town) -> None:
    shop = town.opens_shop(require_staff_pin=True)
    mia, anna = shop.hires("Mia", Role.MANAGER), shop.hires("Anna")
    lea, tablet = shop.gives_card(), shop.gives_card()
    shop.chooses_pin(mia)
    with pytest.raises(NotAllowed):
        shop.merges(anna, lea, tablet)
    town.database.clock.passes(days=1)
    with pytest.raises(PinRequired):
        shop.merges(mia, lea, tablet)
    assert shop.merges(mia, lea, tablet, pin_typed=True).entry.staff_id == mia.staff_id


@pytest.mark.parametrize("is_remaining", [True, False])
def test_own_card_is_never_one_of_the_two(shop: Shop, lea: Holder, is_remaining: bool) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    own = shop.gives_card("Mia", mia.account)
    with pytest.raises(OwnCardRefused):
        shop.merges(mia, *((own, lea) if is_remaining else (lea, own)))
    query = SeeMerge(merchant_id=shop.merchant_id, account=mia.account, card=own.card, other=lea.card)
    with pytest.raises(OwnCardRefused):
        shop.database.read(see_merge, query)


def test_what_cannot_be_merged_is_refused_and_changes_nothing(
    town: Town, shop: Shop, anna: Actor, lea: Holder, tablet: Holder
) -> None:
    shop.stamps(anna, tablet, 2)
    blocked = shop.gives_card("Bob")
    block = SetBlocked(
        merchant_id=shop.merchant_id, account=None, card=blocked.card, is_blocked=True, reason="Lost"
    )
    shop.database.write(set_blocked, block)
    elsewhere = town.opens_shop().gives_card("Zoé")
    tries: list[tuple[Holder, Holder, type[Refusal]]] = [
        (lea, lea, SameCard),
        (lea, blocked, CardInactive),
        (blocked, lea, CardInactive),
        (lea, elsewhere, CardNotFound),
        (elsewhere, lea, CardNotFound),
    ]
    for card, other, refusal in tries:
        with pytest.raises(refusal):
            shop.merges(shop.owner, card, other)
        query = SeeMerge(merchant_id=shop.merchant_id, account=None, card=card.card, other=other.card)
        with pytest.raises(refusal):
            shop.database.read(see_merge, query)
    shop.merges(shop.owner, lea, tablet)
    for card, other in ((lea, tablet), (tablet, lea)):
        with pytest.raises(CardMerged):
            shop.merges(shop.owner, card, other)
    assert shop.card(lea).stamp_count == 2


def test_cards_of_two_programs_stay_two(shop: Shop, lea: Holder, tablet: Holder) -> None:
    other = replace(shop.program(), program_id=ProgramId(shop.database.ids()))
    do(shop.database, lambda tx: tx.add_program_version(other))
    shop.database.write(_puts_into, (tablet, other))
    with pytest.raises(OtherProgram):
        shop.merges(shop.owner, lea, tablet)


def _puts_into(*, tx: Any, command: tuple[Holder, Program]) -> None:
    holder, program = command
    tx.session.driver.execute(
        "UPDATE cards SET program_id = ? WHERE card_id = ?", [program.program_id, holder.card_id]
    )


def test_asked_again_it_happens_once(town: Town, shop: Shop, lea: Holder, tablet: Holder) -> None:
    shop.stamps(shop.owner, tablet, 2)
    key = OperationKey("once")
    first, again = (shop.merges(shop.owner, lea, tablet, key=key) for _ in range(2))
    assert (again.entry, again.replayed, again.card.stamp_count) == (first.entry, True, 2)
    assert len(town.messages(MessageKind.CARDS_MERGED)) == 2


def test_operator_merges_by_numbers_once(town: Town, shop: Shop, lea: Holder, tablet: Holder) -> None:
    shop.stamps(shop.owner, tablet, 2)
    command = MergeAsOperator(
        merchant_id=shop.merchant_id, card=lea.card, other=tablet.card, key=OperationKey("once")
    )
    first, waiting = (shop.database.write(merge_as_operator, command) for _ in range(2))
    assert isinstance(waiting, MergeWaiting)
    assert waiting == first
    [asked] = town.messages(MessageKind.MOVE_ASKED)
    assert (asked.recipient, shop.card(lea).stamp_count) == (tablet.account, 0)
    shop.answers_merge(waiting, tablet.account)
    again = shop.database.write(merge_as_operator, command)
    assert isinstance(again, Posted)
    assert (again.entry.staff_id, again.replayed, shop.card(lea).stamp_count) == (None, True, 2)
    assert shop.database.violations() == []


def test_preview_is_what_comes_of_it(shop: Shop, lea: Holder, tablet: Holder) -> None:
    shop.stamps(shop.owner, lea, 3)
    shop.stamps(shop.owner, tablet, 4)
    query = SeeMerge(merchant_id=shop.merchant_id, account=None, card=lea.card, other=tablet.card)
    shown = shop.database.read(see_merge, query)
    done = shop.merges(shop.owner, lea, tablet)
    told = ("stamp_count", "points_balance", "progress", "point_rewards", "card_number")
    assert [getattr(shown.together, name) for name in told] == [getattr(done.card, name) for name in told]


def test_card_in_telegram_remains_before_a_guests_unless_it_was_said(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    guest = shop.guest(anna)

    def remains(card: Holder, other: Holder, **how: Any) -> CardId:
        query = SeeMerge(merchant_id=shop.merchant_id, account=None, card=card.card, other=other.card)
        return shop.database.read(see_merge, replace(query, **how)).card.card_id

    for is_at_hand in (False, True):
        for pair in ((guest, lea), (lea, guest)):
            assert remains(*pair, is_undecided=True, is_at_hand=is_at_hand) == lea.card_id
    assert remains(guest, lea) == guest.card_id


# Taking back


def test_what_was_given_on_the_other_is_taken_from_this_one_once(
    town: Town, shop: Shop, anna: Actor, lea: Holder, tablet: Holder
) -> None:
    shop.stamps(anna, lea, 3)
    entry = shop.stamps(anna, tablet, 4).entry
    shop.merges(shop.owner, lea, tablet)
    void = shop.voids(shop.owner, lea, entry=entry.entry_id, reason="a slip").entry
    assert (void.card_id, void.related_entry_id, void.stamps_delta) == (lea.card_id, entry.entry_id, -4)
    for ref in (lea.card, tablet.card):
        with pytest.raises(EntryAlreadyVoided):
            shop.voids(shop.owner, ref, entry=entry.entry_id, reason="a slip")
    assert shop.card(lea).stamp_count == 3
    assert shop.database.violations() == []


def test_redemption_on_the_other_is_given_back_to_this_one(
    shop: Shop, anna: Actor, lea: Holder, tablet: Holder
) -> None:
    shop.stamps(anna, tablet, 5)
    redeemed = shop.redeems(anna, tablet).entry
    shop.merges(shop.owner, lea, tablet)
    shop.voids(shop.owner, lea, entry=redeemed.entry_id, reason="not handed out")
    assert shop.card(lea).stamp_count == 5
    assert shop.database.violations() == []


def test_what_was_spent_meanwhile_is_short_as_always(
    town: Town, shop: Shop, anna: Actor, lea: Holder, tablet: Holder
) -> None:
    entry = shop.stamps(anna, tablet, 5).entry
    shop.merges(shop.owner, lea, tablet)
    shop.redeems(anna, lea)
    void = shop.voids(shop.owner, lea, entry=entry.entry_id, reason="a slip").entry
    assert (void.stamps_delta, void.stamps_shortfall) == (0, 5)
    assert len(town.messages(MessageKind.STAFF_ALERT)) == 1


def test_merge_itself_cannot_be_taken_back(shop: Shop, lea: Holder, tablet: Holder) -> None:
    entry = shop.merges(shop.owner, lea, tablet).entry
    out = shop.entries(tablet)[-1]
    for each in (entry, out):
        with pytest.raises(NothingToVoid):
            shop.voids(shop.owner, lea, entry=each.entry_id, reason="a slip")


def test_dispute_over_an_act_on_the_other_is_settled_on_this_one(
    shop: Shop, anna: Actor, lea: Holder, tablet: Holder
) -> None:
    entry = shop.stamps(anna, tablet, 4).entry
    opened = OpenDispute(account=tablet.account, merchant_id=shop.merchant_id, entry_id=entry.entry_id)
    shop.database.write(open_dispute, opened)
    shop.merges(shop.owner, lea, tablet)
    query = SeeDispute(account=shop.owner.account, merchant_id=shop.merchant_id, entry_id=entry.entry_id)
    assert shop.database.read(see_dispute, query).card_id == lea.card_id
    shop.voids(shop.owner, tablet, entry=entry.entry_id, reason="the customer says so")
    dispute = look(shop.database, lambda tx: tx.dispute(shop.merchant_id, entry.entry_id))
    assert dispute is not None
    assert (dispute.is_settled, dispute.account) == (True, tablet.account)


# The day, and the figures


def test_merging_is_no_way_around_the_daily_limit(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(stamps_target=10, max_daily_stamps=5)
    lea, tablet = shop.gives_card(), shop.gives_card()
    shop.stamps(shop.owner, lea, 2)
    shop.stamps(shop.owner, tablet, 3)
    assert shop.merges(shop.owner, lea, tablet).card.stamps_left_today == 0
    with pytest.raises(DailyLimitReached):
        shop.stamps(shop.owner, lea)
    clock.passes(days=1)
    shop.stamps(shop.owner, lea, 5)
    assert shop.database.violations() == []


def test_day_that_a_card_has_begun_goes_on_where_the_other_was_stamped_by_a_clock_put_back(
    town: Town, clock: Clock
) -> None:
    shop = town.opens_shop(stamps_target=10, max_daily_stamps=2)
    lea, tablet = shop.gives_card(), shop.gives_card()
    shop.stamps(shop.owner, lea, 2)
    clock.passes(days=-1)
    shop.stamps(shop.owner, tablet)
    assert shop.merges(shop.owner, lea, tablet).card.stamps_today == 2
    clock.passes(days=1)
    with pytest.raises(DailyLimitReached):
        shop.stamps(shop.owner, lea)
    assert shop.database.violations() == []


def test_what_a_clock_far_ahead_dated_on_the_other_card_does_not_count_when_its_day_comes(
    town: Town, clock: Clock
) -> None:
    shop = town.opens_shop(stamps_target=10, max_daily_stamps=5)
    lea, tablet = shop.gives_card(), shop.gives_card()
    clock.passes(days=30)
    shop.stamps(shop.owner, tablet, 4)
    clock.passes(days=-30)
    shop.merges(shop.owner, lea, tablet)
    clock.passes(days=10)
    shop.stamps(shop.owner, lea)
    clock.passes(days=20)
    shop.stamps(shop.owner, lea)
    given = shop.stamps(shop.owner, lea, 2).entry
    assert shop.voids(shop.owner, lea, entry=given.entry_id).card.stamps_today == 1
    assert shop.database.violations() == []


@pytest.mark.parametrize("is_later", [True, False])
def test_the_later_stamp_begins_the_cooldown(town: Town, clock: Clock, is_later: bool) -> None:
    shop = town.opens_shop(cooldown_minutes=30)
    lea, tablet = shop.gives_card(), shop.gives_card()
    shop.stamps(shop.owner, lea if is_later else tablet)
    clock.passes(minutes=20)
    later = shop.stamps(shop.owner, tablet if is_later else lea).entry
    clock.passes(minutes=20)
    shop.merges(shop.owner, lea, tablet)
    with pytest.raises(CooldownActive) as told:
        shop.stamps(shop.owner, lea)
    assert told.value.until == later.occurred_at + timedelta(minutes=30)


def tallied(shop: Shop, *cards: Sequence[Entry]) -> Tally:
    tally = Tally(DateRange(date(2026, 1, 1), date(2026, 12, 31)), LUXEMBOURG, ())
    for entries in cards:
        tally.add(entries)
    return tally


def test_reports_are_the_same_before_and_after(
    town: Town, clock: Clock, shop: Shop, anna: Actor, lea: Holder, tablet: Holder
) -> None:
    taken_back = shop.stamps(anna, tablet, 4).entry
    shop.stamps(anna, lea, 3)
    shop.earns(anna, tablet, 6000)
    clock.passes(days=1)
    shop.redeems_points(anna, tablet)
    shop.stamps(anna, lea, 2)
    today = shop.database.read(store_today, SeeToday(actor=shop.owner))
    before = tallied(shop, shop.entries(lea), shop.entries(tablet))
    shop.merges(shop.owner, lea, tablet)
    after = tallied(shop, shop.history(lea))
    assert after == before
    assert shop.database.read(store_today, SeeToday(actor=shop.owner)) == today
    shop.voids(shop.owner, lea, entry=taken_back.entry_id, reason="a slip")
    figures = tallied(shop, shop.history(lea)).figures
    assert (figures.stamps, figures.stamps_voided) == (before.figures.stamps - 4, 4)
    assert shop.database.read(store_today, SeeToday(actor=shop.owner)).store.stamps == today.store.stamps


# What expires


def test_each_lot_keeps_its_date(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(
        kind=ProgramKind.POINTS, point_rewards=(CAKE,), expiry_kind=ExpiryKind.LOT, expiry_months=2
    )
    nights = Nights(town)
    lea, tablet = shop.gives_card(), shop.gives_card()
    clock.is_at(local(LUXEMBOURG, date(2027, 1, 10), 12))
    shop.earns(shop.owner, tablet, 700)
    clock.is_at(local(LUXEMBOURG, date(2027, 2, 10), 12))
    shop.earns(shop.owner, lea, 300)
    clock.is_at(local(LUXEMBOURG, date(2027, 3, 1), 12))
    shop.merges(shop.owner, lea, tablet)
    assert [lot.left for lot in lots_of(Unit.POINTS, shop.history(lea)).open] == [7, 3]
    assert shop.card(lea).points_expire_at == local(LUXEMBOURG, date(2027, 4, 1), 0)
    clock.is_at(local(LUXEMBOURG, date(2027, 3, 20), 12))
    assert nights.runs().warned == 1
    clock.is_at(local(LUXEMBOURG, date(2027, 4, 4), 12))
    nights.runs()
    assert shop.card(lea).points_balance == 3
    clock.is_at(local(LUXEMBOURG, date(2027, 5, 20), 12))
    nights.passes(16)
    assert shop.card(lea).points_balance == 0
    assert shop.database.violations() == []


def test_warnings_given_before_count(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(
        kind=ProgramKind.POINTS, point_rewards=(CAKE,), expiry_kind=ExpiryKind.LOT, expiry_months=2
    )
    nights = Nights(town)
    lea, tablet = shop.gives_card(), shop.gives_card()
    clock.is_at(local(LUXEMBOURG, date(2027, 1, 10), 12))
    for holder in (lea, tablet):
        nights.knows(holder.account)
        shop.earns(shop.owner, holder, 700)
    clock.is_at(local(LUXEMBOURG, date(2027, 3, 18), 12))
    assert nights.runs().warned == 2
    shop.merges(shop.owner, lea, tablet)
    clock.is_at(local(LUXEMBOURG, date(2027, 4, 1), 14))
    assert (nights.runs().expired, shop.card(lea).points_balance) == (1, 0)
    assert shop.database.violations() == []


# Terms that are kept


def test_card_begun_at_ten_and_one_begun_at_eight(town: Town) -> None:
    """The one at eight is filled first: a coffee, and four on the card of ten."""
    shop = town.opens_shop(stamps_target=8, reward="A coffee")
    lea, tablet = shop.gives_card(), shop.gives_card()
    shop.stamps(shop.owner, tablet, 5)
    shop.changes_terms(stamps_target=10)
    shop.stamps(shop.owner, lea, 7)
    pile = shop.merges(shop.owner, lea, tablet).card.progress
    assert (pile.rewards_available, pile.on_card, pile.target, pile.cost) == (1, 4, 10, 8)
    shop.redeems(shop.owner, lea)
    assert shop.card(lea).held_cards is None
    assert shop.card(lea).stamp_count == 4


def test_reward_of_a_begun_card_is_still_to_come(town: Town) -> None:
    """Neither slips nor the first reward lose it, though no stamp lies on it by now."""
    shop = town.opens_shop(stamps_target=8, reward="A comb")
    lea, tablet = shop.gives_card(), shop.gives_card()
    shop.stamps(shop.owner, tablet)
    shop.changes_terms(stamps_target=10, reward="A haircut")
    shop.stamps(shop.owner, lea)
    shop.changes_terms(stamps_target=12, reward="A shampoo")
    shop.merges(shop.owner, lea, tablet)
    shop.voids(shop.owner, lea, entry=shop.stamps(shop.owner, lea).entry.entry_id)
    assert shop.stamps(shop.owner, lea, 6).card.progress.reward == "A comb"
    shop.redeems(shop.owner, lea)
    pile = progress(shop.card(lea), shop.program())
    assert (pile.on_card, pile.target, pile.reward) == (0, 10, "A haircut")
    shop.stamps(shop.owner, lea, 10)
    assert shop.redeems(shop.owner, lea).entry.reward == "A haircut"
    assert shop.card(lea).held_cards is None


EMPTY = Card(
    merchant_id=MerchantId("m"),
    card_id=CardId("c"),
    customer_id=CustomerId("u"),
    program_id=ProgramId("p"),
    number=CardNumber("482109375"),
    token_rotation=0,
    stamp_count=0,
    points_balance=0,
    stamps_today=0,
    stamp_day=None,
    last_stamp_at=None,
    entry_count=0,
    stamps_expire_at=None,
    points_expire_at=None,
    expiry_look_at=None,
    active=True,
    created_at=MONDAY_MORNING,
)
PROGRAM = a_program(
    merchant_id=MerchantId("m"),
    program_id=ProgramId("p"),
    version=1,
    valid_from=MONDAY_MORNING,
    expiry_since=MONDAY_MORNING,
)
NAMES = st.sampled_from(["A coffee", "A comb", "A haircut"])
GROUPS = st.lists(
    st.builds(HeldCards, count=st.integers(1, 2), target=st.integers(1, 6), reward=NAMES), max_size=3
)
PILES = st.tuples(GROUPS, st.integers(0, 30))


def laid(held: Sequence[HeldCards], stamps: int, program: Program) -> Card:
    """A card as the promise lock leaves it: what it keeps is begun, and no worse than what there is now."""
    begun, left = [], stamps
    for group in held:
        if group.reward == program.reward:
            group = replace(group, target=min(group.target, program.stamps_target))  # noqa: PLW2901
        cards = min(group.count, -(-left // group.target))
        if cards:
            begun.append(replace(group, count=cards))
        left = max(left - cards * group.target, 0)
    return replace(EMPTY, stamp_count=stamps, held_cards=tuple(begun) or None)


def cards_on(card: Card, program: Program) -> list[tuple[int, str, int]]:
    """Each card of a pile with its target, its reward, and the stamps on it, as one would lay them on a table."""
    found, left = [], card.stamp_count
    for group in card.held_cards or ():
        for _ in range(group.count):
            found.append((group.target, group.reward, min(group.target, left)))
            left -= found[-1][2]
    while left:
        found.append((program.stamps_target, program.reward, min(program.stamps_target, left)))
        left -= found[-1][2]
    return found


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(one=PILES, other=PILES, target=st.integers(1, 6), reward=NAMES)
def test_no_progress_gets_worse(
    one: tuple[list[HeldCards], int], other: tuple[list[HeldCards], int], target: int, reward: str
) -> None:
    program = replace(PROGRAM, stamps_target=target, reward=reward)
    cards = [laid(*pile, program) for pile in (one, other)]
    before = [each for card in cards for each in cards_on(card, program)]
    kept = merged(cards[0], cards[1], program)
    after = replace(kept, stamp_count=sum(card.stamp_count for card in cards))
    on_table = cards_on(after, program)
    full = [name for goal, name, stamps in on_table if goal == stamps]
    for name in {name for goal, name, stamps in before if goal == stamps}:
        assert full.count(name) >= sum(goal == stamps and each == name for goal, each, stamps in before)
    begun = [(goal, name, goal - stamps) for goal, name, stamps in before if stamps < goal]
    if begun and len(full) == len(before) - len(begun):
        assert progress(after, program).stamps_to_go <= min(missing for _, _, missing in begun)
    to_come = [(goal, name) for goal, name, _ in on_table]
    for goal, name, _ in begun:
        is_present = (name, True) == (reward, target <= goal)
        assert is_present or any(each == name and theirs <= goal for theirs, each in to_come)
    assert len(to_come) >= len(before) or reward in {name for _, name, _ in begun}
    assert sum(goal - stamps for goal, _, stamps in on_table) <= sum(missing for _, _, missing in begun)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_price_gets_worse(data: st.DataObject) -> None:
    price = st.builds(PointReward, cost=st.integers(1, 60), name=NAMES)
    prices = st.lists(price, min_size=1, max_size=3, unique_by=lambda each: each.name).map(tuple)
    program = replace(PROGRAM, point_rewards=data.draw(prices))
    held = st.none() | st.builds(HeldPoints, count=st.integers(1, 30), rewards=prices)
    cards = [
        replace(EMPTY, points_balance=data.draw(st.integers(30, 90)), held_points=data.draw(held))
        for _ in range(2)
    ]
    after = merged(cards[0], cards[1], program).plus(Unit.POINTS, cards[1].points_balance)
    now = {reward.name: reward.cost for reward in point_rewards(after, program)}
    for card in cards:
        rewards = point_rewards(card, program)
        assert all(now[reward.name] <= reward.cost for reward in rewards)
        possible = {reward.name for reward in affordable(card.points_balance, rewards)}
        assert possible <= {
            reward.name for reward in affordable(after.points_balance, point_rewards(after, program))
        }


# The order of things


def test_order_survives_a_clock_that_was_ahead(shop: Shop, anna: Actor, lea: Holder, tablet: Holder) -> None:
    """Ids bear the time: those of the other card may be later than that of the merge itself."""
    shop.stamps(anna, tablet, 2)
    shop.stamps(anna, lea, 1)
    shop.merges(shop.owner, lea, tablet)
    number = count()
    entries = [
        replace(entry, entry_id=EntryId(f"{'z' if entry.stamps_delta == 2 else 'a'}{next(number)}"))
        if not entry.kind.startswith("merged")
        else entry
        for entry in [*shop.entries(lea), *shop.entries(tablet)]
    ]
    found = in_order(entries)
    assert [entry.stamps_delta for entry in found] == [1, 2, -2, 2]
    assert sorted(lot.left for lot in lots_of(Unit.STAMPS, found).open) == [1, 2]


def test_panel_says_which_card_was_named(shop: Shop, anna: Actor, lea: Holder, tablet: Holder) -> None:
    shop.merges(shop.owner, lea, tablet)
    found = shop.database.read(look_up_card, Asked(act=LookUp(card=tablet.card), actor=anna))
    assert (found.card.card_number, found.named) == (lea.number, tablet.number)

"""What staff may not do alone, an owner or manager allows: once, in both names, and never for themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from domain.account import Account
from domain.approval import ASKED_MAX, OPEN_MAX, Approval, ApprovalState
from domain.delivery import Delivered
from domain.entry import Entry
from domain.ids import ApprovalId, StaffId
from domain.kinds import EntryKind
from domain.messages import ApprovalAnswered, ApprovalAsked, ApprovalSettled, MessageKind
from domain.plumbing.outbox import Made, deliveries_made
from domain.plumbing.people import Meet, Reachable, meet, set_reachable
from domain.refusals import (
    ApprovalGone,
    ApprovalOver,
    AskerMayNot,
    CardInactive,
    CooldownActive,
    DailyLimitReached,
    EntryAlreadyVoided,
    NobodyToAsk,
    NotAllowed,
    OperationKeyReused,
    OwnCardRefused,
    OwnRequest,
    PinRequired,
    ProgramInactive,
    Refusal,
    RequestsTooMany,
    VoidingSwitchedOff,
    VoidReasonMissing,
)
from domain.staff import Actor, Role
from domain.usecases.ask_manager import Requested, StandsIn, stands_in
from domain.usecases.decide_approval import SeeApproval, see_approval
from domain.usecases.end_approval import Withdraw, lapse_approval, lapsed_approvals, withdraw_approval
from domain.usecases.letters import letter_for
from domain.usecases.manage_cards import SetBlocked, set_blocked
from domain.usecases.open_dispute import OpenDispute, open_dispute
from domain.usecases.operate_approvals import ApprovalLine, SettleApproval, list_approvals, settle_approval
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.shop import Holder, Shop, Town, delivery_of


@dataclass
class Cafe:
    """One stamp a day, and Léa has hers."""

    shop: Shop
    anna: Actor
    mia: Actor
    lea: Holder

    @property
    def paul(self) -> Actor:
        return self.shop.owner

    def asks(self, count: int = 1) -> Requested:
        return self.shop.asks_manager(self.anna, self.lea, count=count)

    def approval(self, requested: Requested) -> Approval:
        found = look(
            self.shop.database,
            lambda tx: tx.approval(self.shop.merchant_id, requested.approval.approval_id),
        )
        assert found is not None
        return found

    def entries(self) -> Sequence[Entry]:
        return self.shop.entries(self.lea)

    def withdraws(self, account: Account, requested: Requested) -> None:
        command = Withdraw(
            account=account,
            merchant_id=self.shop.merchant_id,
            approval_id=requested.approval.approval_id,
        )
        self.shop.database.write(withdraw_approval, command)

    def lapses(self) -> int:
        due = self.shop.database.read(lapsed_approvals, 100)
        return sum(self.shop.database.write(lapse_approval, each) for each in due)

    def removes(self, actor: Actor) -> None:
        command = RemoveStaff(merchant_id=self.shop.merchant_id, staff_id=actor.staff_id)
        self.shop.database.write(remove_staff, command)


@pytest.fixture
def cafe(town: Town) -> Cafe:
    return opened(town)


def opened(town: Town, **terms: object) -> Cafe:
    shop = town.opens_shop(**{"max_daily_stamps": 1, "stamps_target": 10} | terms)
    anna, mia, lea = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER), shop.gives_card("Léa")
    return Cafe(shop, anna, mia, lea)


def at_the_limit(cafe: Cafe) -> Requested:
    cafe.shop.stamps(cafe.anna, cafe.lea)
    with pytest.raises(DailyLimitReached):
        cafe.shop.stamps(cafe.anna, cafe.lea)
    return cafe.asks(2)


def asking(town: Town) -> dict[Account, ApprovalAsked]:
    return {
        each.recipient: each.facts
        for each in town.messages(MessageKind.APPROVAL_ASKED)
        if isinstance(each.facts, ApprovalAsked)
    }


def settled(town: Town) -> list[tuple[Account, ApprovalState, str | None]]:
    return [
        (each.recipient, each.facts.state, each.facts.by)
        for each in town.messages(MessageKind.APPROVAL_SETTLED)
        if isinstance(each.facts, ApprovalSettled)
    ]


def answered(town: Town) -> list[tuple[Account, ApprovalState, str | None]]:
    return [
        (each.recipient, each.facts.state, each.facts.by)
        for each in town.messages(MessageKind.APPROVAL_ANSWERED)
        if isinstance(each.facts, ApprovalAnswered)
    ]


def test_all_owners_and_managers_are_asked_what_it_is_about(town: Town, cafe: Cafe, clock: Clock) -> None:
    requested = at_the_limit(cafe)
    assert requested.names == ("Mia", "Paul")
    facts = ApprovalAsked(
        approval_id=requested.approval.approval_id,
        card_id=cafe.lea.card_id,
        card_number=cafe.lea.number,
        customer_name="Léa",
        name="Anna",
        store_name="Gare",
        entry_kind=EntryKind.STAMP_EARNED,
        stamps_delta=2,
        points_delta=0,
        reason="in a hurry",
        lapses_at=clock.now + timedelta(minutes=30),
        limit=1,
    )
    assert asking(town) == {cafe.mia.account: facts, cafe.paul.account: facts}
    assert len(cafe.entries()) == 1


def test_stamps_above_the_limit_are_given_in_both_names(cafe: Cafe, clock: Clock) -> None:
    requested = at_the_limit(cafe)
    clock.passes(minutes=29)
    cafe.shop.decides(cafe.mia, requested)
    entry, kept = cafe.entries()[-1], cafe.approval(requested)
    assert (entry.kind, entry.stamps_delta) == (EntryKind.STAMP_EARNED, 2)
    assert (entry.staff_id, entry.approved_by) == (cafe.anna.staff_id, cafe.mia.staff_id)
    assert (kept.state, kept.entry_id) == (ApprovalState.APPROVED, entry.entry_id)
    assert (kept.decided_by, kept.decided_at) == (cafe.mia.staff_id, clock.now)
    assert cafe.shop.database.violations() == []


def test_who_asked_and_all_who_were_asked_learn_who_decided(town: Town, cafe: Cafe) -> None:
    cafe.shop.decides(cafe.mia, at_the_limit(cafe))
    assert set(settled(town)) == {
        (cafe.mia.account, ApprovalState.APPROVED, "Mia"),
        (cafe.paul.account, ApprovalState.APPROVED, "Mia"),
    }
    assert answered(town) == [(cafe.anna.account, ApprovalState.APPROVED, "Mia")]


def test_what_was_approved_counts_for_the_limit_and_starts_the_cooldown(town: Town, clock: Clock) -> None:
    cafe = opened(town, max_daily_stamps=2, cooldown_minutes=10)
    cafe.shop.stamps(cafe.anna, cafe.lea, 2)
    cafe.shop.decides(cafe.mia, cafe.asks())
    with pytest.raises(CooldownActive):
        cafe.shop.stamps(cafe.anna, cafe.lea)
    clock.passes(minutes=11)
    with pytest.raises(DailyLimitReached):
        cafe.shop.stamps(cafe.anna, cafe.lea)
    cafe.shop.voids(cafe.paul, cafe.lea, count=2, reason="a slip")
    assert cafe.shop.stamps(cafe.anna, cafe.lea).card.stamps_today == 2
    assert cafe.shop.database.violations() == []


@pytest.mark.parametrize("whose", ["their own, too old", "a colleague's"])
def test_what_staff_may_not_take_back_is_taken_back_in_both_names(
    town: Town, cafe: Cafe, clock: Clock, whose: str
) -> None:
    by = cafe.anna if whose == "their own, too old" else cafe.mia
    entry_id = cafe.shop.stamps(by, cafe.lea).entry.entry_id
    clock.passes(minutes=16)
    with pytest.raises(Refusal):
        cafe.shop.voids(cafe.anna, cafe.lea, entry=entry_id, reason="wrong card")
    requested = cafe.shop.asks_manager(cafe.anna, cafe.lea, entry=entry_id, reason="wrong card")
    asked = asking(town)[cafe.paul.account]
    assert (asked.made_by, asked.made_at) == (cafe.shop.staff(by).name, clock.now - timedelta(minutes=16))
    cafe.shop.decides(cafe.paul, requested)
    void = cafe.entries()[-1]
    assert (void.kind, void.related_entry_id, void.note) == (EntryKind.STAMP_VOIDED, entry_id, "wrong card")
    assert (void.staff_id, void.approved_by) == (cafe.anna.staff_id, cafe.paul.staff_id)
    assert cafe.shop.card(cafe.lea).stamp_count == 0


def test_first_decision_holds_and_has_one_effect(town: Town, cafe: Cafe) -> None:
    requested = at_the_limit(cafe)
    for _ in range(2):
        cafe.shop.decides(cafe.mia, requested)
    for actor, is_approved in ((cafe.paul, True), (cafe.paul, False), (cafe.mia, False)):
        with pytest.raises(ApprovalOver):
            cafe.shop.decides(actor, requested, is_approved=is_approved)
    assert [entry.stamps_delta for entry in cafe.entries()] == [1, 2]
    assert len(settled(town)) == 2
    assert len(answered(town)) == 1


def test_no_is_told_and_gives_nothing_even_where_the_card_was_blocked(town: Town, cafe: Cafe) -> None:
    requested = at_the_limit(cafe)
    block(cafe)
    with pytest.raises(CardInactive):
        cafe.shop.decides(cafe.mia, requested)
    for _ in range(2):
        cafe.shop.decides(cafe.mia, requested, is_approved=False)
    with pytest.raises(ApprovalOver):
        cafe.shop.decides(cafe.paul, requested)
    assert len(cafe.entries()) == 1
    assert answered(town) == [(cafe.anna.account, ApprovalState.DECLINED, "Mia")]


def block(cafe: Cafe) -> None:
    command = SetBlocked(
        merchant_id=cafe.shop.merchant_id,
        account=cafe.paul.account,
        card=cafe.lea.card,
        is_blocked=True,
        reason="odd",
    )
    cafe.shop.database.write(set_blocked, command)


def test_nobody_approves_what_they_asked_for(town: Town, cafe: Cafe) -> None:
    cafe.shop.stamps(cafe.mia, cafe.lea)
    requested = cafe.shop.asks_manager(cafe.mia, cafe.lea, count=1)
    assert requested.names == ("Paul",)
    assert set(asking(town)) == {cafe.paul.account}
    for is_approved in (True, False):
        with pytest.raises(OwnRequest):
            cafe.shop.decides(cafe.mia, requested, is_approved=is_approved)
    assert len(cafe.entries()) == 1


def test_nobody_approves_for_a_card_of_their_own(town: Town, cafe: Cafe) -> None:
    cafe.lea = cafe.shop.gives_card("Mia", cafe.mia.account)
    requested = at_the_limit(cafe)
    assert requested.names == ("Paul",)
    with pytest.raises(OwnCardRefused):
        cafe.shop.decides(cafe.mia, requested)
    cafe.shop.decides(cafe.paul, requested)


def test_staff_and_other_merchants_decide_nothing(town: Town, cafe: Cafe) -> None:
    requested = at_the_limit(cafe)
    bob, other = cafe.shop.hires("Bob"), town.opens_shop()
    for actor in (bob, cafe.anna, other.owner):
        for is_approved in (True, False):
            with pytest.raises(Refusal):
                cafe.shop.decides(actor, requested, is_approved=is_approved)
    assert cafe.approval(requested).state is ApprovalState.ASKED


def _blocked(cafe: Cafe) -> None:
    block(cafe)


def _paused(cafe: Cafe) -> None:
    cafe.shop.changes_terms(active=False)


def _at_no_store(cafe: Cafe) -> None:
    belval = cafe.shop.adds_store("Belval")
    staff = cafe.shop.staff(cafe.anna)
    do(cafe.shop.database, lambda tx: tx.assign_stores(staff, [belval]))


def _holder_of_the_card(cafe: Cafe) -> None:
    customer = cafe.shop.found(cafe.lea.card)[1]
    do(cafe.shop.database, lambda tx: tx.hand_over(customer, cafe.anna.account, "Anna"))


@pytest.mark.parametrize(
    ("meanwhile", "refusal"),
    [
        (_blocked, CardInactive),
        (_paused, ProgramInactive),
        (_at_no_store, AskerMayNot),
        (_holder_of_the_card, AskerMayNot),
    ],
)
def test_all_is_checked_again_when_it_is_approved(
    cafe: Cafe, meanwhile: Callable[[Cafe], None], refusal: type[Refusal]
) -> None:
    requested = at_the_limit(cafe)
    meanwhile(cafe)
    with pytest.raises(refusal):
        cafe.shop.decides(cafe.mia, requested)
    assert cafe.approval(requested).state is ApprovalState.ASKED
    assert len(cafe.entries()) == 1


def test_what_was_taken_back_meanwhile_is_not_taken_back_again(cafe: Cafe, clock: Clock) -> None:
    entry_id = cafe.shop.stamps(cafe.mia, cafe.lea).entry.entry_id
    requested = cafe.shop.asks_manager(cafe.anna, cafe.lea, entry=entry_id)
    cafe.shop.voids(cafe.mia, cafe.lea)
    with pytest.raises(EntryAlreadyVoided):
        cafe.shop.decides(cafe.paul, requested)
    with pytest.raises(EntryAlreadyVoided):
        cafe.shop.asks_manager(cafe.anna, cafe.lea, entry=entry_id, key=cafe.shop.town.new_key(), reason="x")


def test_approved_void_settles_a_dispute_in_the_managers_name(cafe: Cafe) -> None:
    entry_id = cafe.shop.stamps(cafe.mia, cafe.lea).entry.entry_id
    dispute = OpenDispute(account=cafe.lea.account, merchant_id=cafe.shop.merchant_id, entry_id=entry_id)
    cafe.shop.database.write(open_dispute, dispute)
    cafe.shop.decides(cafe.paul, cafe.shop.asks_manager(cafe.anna, cafe.lea, entry=entry_id))
    kept = look(cafe.shop.database, lambda tx: tx.dispute(cafe.shop.merchant_id, entry_id))
    assert kept is not None
    assert kept.settled_by == cafe.paul.staff_id


def test_what_no_manager_could_do_is_not_asked_for(cafe: Cafe) -> None:
    entry_id = cafe.shop.stamps(cafe.mia, cafe.lea).entry.entry_id
    with pytest.raises(VoidReasonMissing):
        cafe.shop.asks_manager(cafe.anna, cafe.lea, entry=entry_id, reason="")
    cafe.shop.changes_merchant(allow_void=False)
    with pytest.raises(VoidingSwitchedOff):
        cafe.shop.asks_manager(cafe.anna, cafe.lea, entry=entry_id)
    with pytest.raises(OwnCardRefused):
        cafe.shop.asks_manager(cafe.anna, cafe.shop.gives_card("Anna", cafe.anna.account), count=1)


def test_request_lapses(town: Town, cafe: Cafe, clock: Clock) -> None:
    requested = at_the_limit(cafe)
    clock.passes(minutes=29, seconds=59)
    assert cafe.lapses() == 0
    clock.passes(seconds=1)
    for actor, is_approved in ((cafe.mia, True), (cafe.paul, False)):
        with pytest.raises(ApprovalOver):
            cafe.shop.decides(actor, requested, is_approved=is_approved)
    with pytest.raises(ApprovalOver):
        cafe.withdraws(cafe.anna.account, requested)
    assert [cafe.lapses(), cafe.lapses()] == [1, 0]
    assert answered(town) == [(cafe.anna.account, ApprovalState.LAPSED, None)]
    assert {state for _, state, _ in settled(town)} == {ApprovalState.LAPSED}
    assert len(cafe.entries()) == 1


def test_request_for_stamps_lapses_with_the_shops_day(cafe: Cafe, clock: Clock) -> None:
    clock.is_at(clock.now.replace(hour=21, minute=45))
    requested = at_the_limit(cafe)
    assert requested.approval.lapses_at == clock.now + timedelta(minutes=15)


def test_who_asked_withdraws(town: Town, cafe: Cafe) -> None:
    requested = at_the_limit(cafe)
    for account in (cafe.mia.account, cafe.lea.account, town.somebody()):
        with pytest.raises(NotAllowed):
            cafe.withdraws(account, requested)
    for _ in range(2):
        cafe.withdraws(cafe.anna.account, requested)
    with pytest.raises(ApprovalOver):
        cafe.shop.decides(cafe.mia, requested)
    assert {state for _, state, _ in settled(town)} == {ApprovalState.WITHDRAWN}
    assert answered(town) == []


def test_removal_ends_what_a_member_asked_for(town: Town, cafe: Cafe) -> None:
    requested = at_the_limit(cafe)
    cafe.removes(cafe.anna)
    assert cafe.approval(requested).state is ApprovalState.WITHDRAWN
    with pytest.raises(ApprovalOver):
        cafe.shop.decides(cafe.mia, requested)
    assert len(settled(town)) == 2
    with pytest.raises(NotAllowed):
        cafe.withdraws(cafe.anna.account, requested)


def test_same_is_asked_once_however_often_it_is_tapped(town: Town, cafe: Cafe) -> None:
    first = at_the_limit(cafe)
    again = cafe.shop.asks_manager(cafe.anna, cafe.lea, count=2, key=first.approval.operation_key)
    other = cafe.asks(3)
    assert again == other == first
    assert len(asking(town)) == len(town.messages(MessageKind.APPROVAL_ASKED)) == 2
    cafe.shop.decides(cafe.mia, first)
    replayed = cafe.shop.asks_manager(cafe.anna, cafe.lea, count=2, key=first.approval.operation_key)
    assert replayed.approval.state is ApprovalState.APPROVED
    assert len(town.messages(MessageKind.APPROVAL_ASKED)) == 2
    bob = cafe.shop.hires("Bob")
    with pytest.raises(OperationKeyReused):
        cafe.shop.asks_manager(bob, cafe.lea, count=2, key=first.approval.operation_key)


def test_manager_is_not_asked_by_a_key_that_another_act_has_used(town: Town, cafe: Cafe) -> None:
    """Their yes could not be carried out."""
    used = cafe.shop.stamps(cafe.anna, cafe.lea).entry.operation_key
    with pytest.raises(OperationKeyReused):
        cafe.shop.asks_manager(cafe.anna, cafe.lea, count=2, key=used)
    assert town.messages(MessageKind.APPROVAL_ASKED) == []


def test_managers_are_not_worn_down(town: Town, cafe: Cafe, clock: Clock) -> None:
    cards = [cafe.shop.gives_card(f"Nr {number}") for number in range(OPEN_MAX + 1)]
    waiting = [cafe.shop.asks_manager(cafe.anna, card, count=1) for card in cards[:-1]]
    with pytest.raises(RequestsTooMany) as refused:
        cafe.shop.asks_manager(cafe.anna, cards[-1], count=1)
    assert refused.value.highest == OPEN_MAX
    bob = cafe.shop.hires("Bob")
    cafe.shop.asks_manager(bob, cards[-1], count=1)
    for requested in waiting:
        cafe.withdraws(cafe.anna.account, requested)
    for _ in range(ASKED_MAX - OPEN_MAX):
        cafe.withdraws(cafe.anna.account, cafe.asks())
    with pytest.raises(RequestsTooMany) as refused:
        cafe.asks()
    assert refused.value.highest == ASKED_MAX
    clock.passes(minutes=61)
    cafe.asks()


def test_nobody_is_asked_who_cannot_be_told(town: Town, cafe: Cafe) -> None:
    cafe.shop.stamps(cafe.anna, cafe.lea)
    cafe.removes(cafe.mia)
    with pytest.raises(NobodyToAsk):
        cafe.shop.asks_manager(cafe.paul, cafe.lea, count=1)
    reachable(town, cafe.paul.account, is_reachable=False)
    with pytest.raises(NobodyToAsk):
        cafe.asks()
    reachable(town, cafe.paul.account, is_reachable=True)
    assert cafe.asks().names == ("Paul",)


def reachable(town: Town, account: Account, *, is_reachable: bool) -> None:
    town.database.write(meet, Meet(account=account, name="Paul", telegram_locale=None))
    town.database.write(set_reachable, Reachable(account=account, reachable=is_reachable))


def test_pin_of_who_asks_and_of_who_approves_is_wanted_last(town: Town, clock: Clock) -> None:
    cafe = opened(town, require_staff_pin=True)
    for member in (cafe.anna, cafe.mia):
        cafe.shop.chooses_pin(member)
    cafe.shop.stamps(cafe.anna, cafe.lea)
    clock.passes(minutes=16)
    with pytest.raises(PinRequired):
        cafe.asks()
    cafe.shop.types_right_pin(cafe.anna)
    requested = cafe.asks()
    with pytest.raises(PinRequired):
        cafe.shop.decides(cafe.mia, requested)
    assert len(cafe.entries()) == 1
    assert cafe.approval(requested).state is ApprovalState.ASKED
    assert settled(town) == []
    clock.passes(minutes=16)
    cafe.shop.decides(cafe.mia, requested, pin_typed=True)
    assert cafe.entries()[-1].approved_by == cafe.mia.staff_id


def test_no_needs_no_pin(town: Town) -> None:
    cafe = opened(town, require_staff_pin=True)
    for member in (cafe.anna, cafe.mia):
        cafe.shop.chooses_pin(member)
    requested = cafe.asks()
    mia = cafe.shop.staff(cafe.mia)
    do(cafe.shop.database, lambda tx: tx.end_pin_sessions(mia))
    cafe.shop.decides(cafe.mia, requested, is_approved=False)


def test_answer_takes_the_place_of_what_the_asker_saw(town: Town, cafe: Cafe) -> None:
    requested = at_the_limit(cafe)
    alarms = town.messages(MessageKind.APPROVAL_ASKED)
    made = [Made(delivery=delivery_of(each), outcome=Delivered(f"7{at}")) for at, each in enumerate(alarms)]
    place = StandsIn(
        merchant_id=cafe.shop.merchant_id, approval_id=requested.approval.approval_id, message_id=55
    )
    assert cafe.shop.database.write(stands_in, place).approval.message_id == 55
    town.database.write(deliveries_made, made)
    cafe.shop.decides(cafe.mia, requested)
    [answer] = town.messages(MessageKind.APPROVAL_ANSWERED)
    assert town.database.read(letter_for, delivery_of(answer)).replaces == "55"
    replaced = [
        town.database.read(letter_for, delivery_of(each)).replaces
        for each in town.messages(MessageKind.APPROVAL_SETTLED)
    ]
    assert sorted(map(str, replaced)) == ["70", "71"]


def test_answer_is_a_new_message_where_no_place_is_known(town: Town, cafe: Cafe) -> None:
    cafe.shop.decides(cafe.mia, at_the_limit(cafe))
    [answer] = town.messages(MessageKind.APPROVAL_ANSWERED)
    assert town.database.read(letter_for, delivery_of(answer)).replaces is None


def test_approved_stamps_are_watched_like_all_others(cafe: Cafe) -> None:
    cafe.shop.decides(cafe.mia, at_the_limit(cafe))
    day = cafe.entries()[-1].local_date
    acts = look(cafe.shop.database, lambda tx: tx.watched_acts(cafe.shop.merchant_id, day, day))
    assert [(act.staff_id, act.card_id) for act in acts] == [(cafe.anna.staff_id, cafe.lea.card_id)] * 2


def operates(
    cafe: Cafe, requested: Requested, by: StaffId | None, *, is_approved: bool = True
) -> ApprovalLine:
    command = SettleApproval(
        merchant_id=cafe.shop.merchant_id,
        approval_id=requested.approval.approval_id,
        staff_id=by,
        is_approved=is_approved,
    )
    return cafe.shop.database.write(settle_approval, command)


def test_operator_approves_only_in_the_name_of_a_manager(cafe: Cafe) -> None:
    requested = at_the_limit(cafe)
    for by in (cafe.anna.staff_id, None):
        with pytest.raises(NotAllowed):
            operates(cafe, requested, by)
    line = operates(cafe, requested, cafe.mia.staff_id)
    assert (line.state, line.decided_by) == (ApprovalState.APPROVED, "Mia")
    assert (line.staff_name, line.stamps) == ("Anna", 2)
    assert cafe.entries()[-1].approved_by == cafe.mia.staff_id


def test_operator_approves_no_manager_stamps_on_their_own_card(cafe: Cafe) -> None:
    customer, requested = cafe.shop.found(cafe.lea.card)[1], at_the_limit(cafe)
    do(cafe.shop.database, lambda tx: tx.hand_over(customer, cafe.mia.account, "Mia"))
    with pytest.raises(OwnCardRefused):
        operates(cafe, requested, cafe.mia.staff_id)


def test_operator_declines_once_and_lists_what_came_of_each(town: Town, cafe: Cafe) -> None:
    operates(cafe, at_the_limit(cafe), cafe.mia.staff_id)
    second = cafe.asks()
    operates(cafe, second, None, is_approved=False)
    with pytest.raises(ApprovalOver):
        operates(cafe, second, None, is_approved=False)
    lines = cafe.shop.database.read(list_approvals, cafe.shop.merchant_id)
    assert [(each.state, each.decided_by) for each in lines] == [
        (ApprovalState.APPROVED, "Mia"),
        (ApprovalState.DECLINED, None),
    ]
    assert answered(town)[-1] == (cafe.anna.account, ApprovalState.DECLINED, None)


def test_request_that_is_not_there_is_not_said_to_be_over(town: Town, cafe: Cafe) -> None:
    """To who may answer or withdraw one; to others it is as every other."""
    requested = at_the_limit(cafe)
    approval = replace(requested.approval, approval_id=ApprovalId("none"))
    gone = replace(requested, approval=approval)
    query = SeeApproval(
        account=cafe.mia.account, merchant_id=cafe.shop.merchant_id, approval_id=approval.approval_id
    )
    with pytest.raises(ApprovalGone):
        cafe.shop.database.read(see_approval, query)
    with pytest.raises(ApprovalGone):
        cafe.shop.decides(cafe.mia, gone)
    with pytest.raises(ApprovalGone):
        cafe.withdraws(cafe.anna.account, gone)
    with pytest.raises(NotAllowed):
        cafe.withdraws(town.somebody(), gone)

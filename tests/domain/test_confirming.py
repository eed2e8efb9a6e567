"""Rewards that need the customer's yes: a picture of a card is not enough."""

from datetime import timedelta

import pytest

from domain.approval import CONFIRMATIONS_MAX, CONFIRMED_WITHIN, Approval, ApprovalState
from domain.card import CardRef
from domain.kinds import EntryKind
from domain.merchant import InterimReward, PointReward, ProgramKind, RedeemConfirmation
from domain.messages import ApprovalAnswered, ApprovalAsked, ApprovalSettled, MessageKind
from domain.personal import BLANK, Erasure
from domain.plumbing.people import Meet, Reachable, meet, set_reachable
from domain.refusals import (
    ApprovalGone,
    ApprovalOver,
    AskerMayNot,
    CustomerAskedOften,
    CustomerToConfirm,
    CustomerUnreachable,
    NotAllowed,
    NotEnoughStamps,
    PinRequired,
    RewardChanged,
    RewardNotChosen,
)
from domain.rules.confirming import CONFIRMATION_HOLDS, USE_CODE_LIVES, is_use_code_over
from domain.staff import Actor, Role
from domain.usecases.answer_redemption import AnswerRedemption, answer_redemption
from domain.usecases.ask_manager import Requested
from domain.usecases.decide_approval import Decided
from domain.usecases.end_approval import Withdraw, lapse_approval, withdraw_approval
from domain.usecases.operate_approvals import SettleApproval, settle_approval
from domain.usecases.privacy import Erase, erase, erase_again
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.shop import Holder, Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    """Each reward needs its customer. Two stamps are a card."""
    return town.opens_shop(stamps_target=2, redeem_confirmation=RedeemConfirmation.CUSTOMER)


@pytest.fixture
def anna(shop: Shop) -> Actor:
    return shop.hires("Anna")


@pytest.fixture
def lea(shop: Shop, anna: Actor) -> Holder:
    """Her card is full."""
    lea = shop.gives_card()
    shop.stamps(anna, lea, 2)
    return lea


def answers(shop: Shop, who: Holder, requested: Requested, *, is_confirmed: bool = True) -> Decided:
    command = AnswerRedemption(
        account=who.account,
        merchant_id=shop.merchant_id,
        approval_id=requested.approval.approval_id,
        is_confirmed=is_confirmed,
    )
    return shop.database.write(answer_redemption, command)


def approval(shop: Shop, requested: Requested) -> Approval:
    found = look(shop.database, lambda tx: tx.approval(shop.merchant_id, requested.approval.approval_id))
    assert found is not None
    return found


def told_of_the_end(shop: Shop, asker: Actor) -> ApprovalAnswered:
    """What the only member who is told how a request ended is told."""
    [answered] = shop.town.messages(MessageKind.APPROVAL_ANSWERED)
    assert isinstance(answered.facts, ApprovalAnswered)
    assert answered.recipient == asker.account
    return answered.facts


def test_nobody_gets_the_reward_without_the_customer(shop: Shop, anna: Actor, lea: Holder) -> None:
    for member in (anna, shop.owner):
        for redeems in (shop.redeems, shop.redeems_any):
            with pytest.raises(CustomerToConfirm):
                redeems(member, lea)
    assert shop.card(lea).stamp_count == 2


def test_what_is_not_there_is_said_before_the_customer_is_needed(shop: Shop, anna: Actor) -> None:
    marc = shop.gives_card("Marc")
    with pytest.raises(NotEnoughStamps):
        shop.redeems(anna, marc)
    with pytest.raises(NotEnoughStamps):
        shop.asks_customer(anna, marc)


def test_each_kind_of_reward_needs_it(town: Town) -> None:
    shop = town.opens_shop(
        kind=ProgramKind.HYBRID,
        stamps_target=4,
        interim_rewards=(InterimReward(stamps=1, name="A cookie"),),
        point_rewards=(PointReward(cost=5, name="Tea"), PointReward(cost=10, name="Cake")),
        redeem_confirmation=RedeemConfirmation.CUSTOMER,
    )
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    shop.earns(anna, lea, 1000)
    with pytest.raises(CustomerToConfirm):
        shop.hands_out(anna, lea)
    with pytest.raises(CustomerToConfirm):
        shop.redeems_points(anna, lea, 1)
    with pytest.raises(RewardNotChosen):
        shop.asks_customer(anna, lea, redeems=None)
    requested = shop.asks_customer(anna, lea, redeems=EntryKind.POINTS_REDEEMED, position=1, price=10)
    assert requested.asked.reward == "Cake"
    answers(shop, lea, requested)
    assert (shop.entries(lea)[-1].reward, shop.card(lea).points_balance) == ("Cake", 0)


def test_a_yes_holds_for_five_minutes(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    said_at = clock.now
    clock.passes(seconds=CONFIRMATION_HOLDS.seconds + 1)
    with pytest.raises(CustomerToConfirm):
        shop.redeems(anna, lea, confirmed_at=said_at)
    clock.passes(seconds=-1)
    assert shop.redeems(anna, lea, confirmed_at=said_at).card.stamp_count == 0


@pytest.mark.parametrize(
    ("seconds", "is_over"), [(0, False), (60, False), (61, True), (-60, False), (-61, True)]
)
def test_a_code_lives_for_a_minute(clock: Clock, seconds: int, is_over: bool) -> None:
    assert timedelta(minutes=1) == USE_CODE_LIVES
    assert is_use_code_over(clock.now, clock.now + timedelta(seconds=seconds)) is is_over


def test_a_guest_has_no_chat_to_say_yes_in(shop: Shop, anna: Actor) -> None:
    guest = shop.guest(anna, stamps=2)
    assert shop.redeems(anna, guest).card.stamp_count == 0


def test_the_customers_yes_hands_it_out_in_the_name_of_who_asked(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    requested = shop.asks_customer(anna, lea)
    [question] = shop.town.messages(MessageKind.REDEEM_ASKED)
    assert (question.recipient, question.facts) == (lea.account, requested.asked)
    assert isinstance(question.facts, ApprovalAsked)
    assert (question.facts.reward, question.facts.name) == (shop.program().reward, "Anna")
    assert requested.names == ("Léa",)
    answers(shop, lea, requested)
    entry = shop.entries(lea)[-1]
    assert (entry.kind, entry.staff_id, entry.approved_by) == (
        EntryKind.STAMP_REDEEMED,
        anna.staff_id,
        None,
    )
    over = approval(shop, requested)
    assert (over.state, over.entry_id, over.decided_by) == (ApprovalState.APPROVED, entry.entry_id, None)
    assert entry.operation_key == over.operation_key
    [settled] = shop.town.messages(MessageKind.REDEEM_SETTLED)
    assert isinstance(settled.facts, ApprovalSettled)
    assert (settled.recipient, settled.facts.replaces) == (lea.account, question.message_id)
    assert told_of_the_end(shop, anna).state is ApprovalState.APPROVED
    assert shop.database.violations() == []


def test_a_second_answer_changes_nothing(shop: Shop, anna: Actor, lea: Holder) -> None:
    requested = shop.asks_customer(anna, lea)
    first = answers(shop, lea, requested)
    assert answers(shop, lea, requested) == first
    with pytest.raises(ApprovalOver):
        answers(shop, lea, requested, is_confirmed=False)
    assert (len(shop.entries(lea)), shop.card(lea).stamp_count) == (2, 0)


def test_a_no_leaves_the_card_as_it_is(shop: Shop, anna: Actor, lea: Holder) -> None:
    requested = shop.asks_customer(anna, lea)
    answers(shop, lea, requested, is_confirmed=False)
    with pytest.raises(ApprovalOver):
        answers(shop, lea, requested)
    assert shop.card(lea).stamp_count == 2
    assert approval(shop, requested).state is ApprovalState.DECLINED


def test_the_only_reward_needs_no_name(shop: Shop, anna: Actor, lea: Holder) -> None:
    requested = shop.asks_customer(anna, lea, redeems=None)
    assert requested.approval.redeems is EntryKind.STAMP_REDEEMED
    answers(shop, lea, requested)
    assert shop.card(lea).stamp_count == 0


def test_nobody_but_the_holder_answers(shop: Shop, anna: Actor, lea: Holder) -> None:
    marc, requested = shop.gives_card("Marc"), shop.asks_customer(anna, lea)
    with pytest.raises(ApprovalGone):
        answers(shop, marc, requested)
    mia = shop.hires("Mia", Role.MANAGER)
    with pytest.raises(ApprovalOver):
        shop.decides(mia, requested)
    settles = SettleApproval(
        merchant_id=shop.merchant_id,
        approval_id=requested.approval.approval_id,
        staff_id=mia.staff_id,
        is_approved=True,
    )
    with pytest.raises(NotAllowed):
        shop.database.write(settle_approval, settles)
    assert shop.card(lea).stamp_count == 2


def test_customer_is_no_answer_to_what_managers_are_asked(town: Town) -> None:
    shop = town.opens_shop(max_daily_stamps=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    requested = shop.asks_manager(anna, lea, count=2)
    with pytest.raises(ApprovalGone):
        answers(shop, lea, requested)


def test_question_goes_with_its_card_and_not_with_its_account(shop: Shop, anna: Actor, lea: Holder) -> None:
    requested = shop.asks_customer(anna, lea)
    moved = shop.moves_card(lea)
    with pytest.raises(ApprovalGone):
        answers(shop, lea, requested)
    answers(shop, moved, requested)
    assert shop.card(moved).stamp_count == 0


def test_the_pin_is_typed_before_the_customer_is_asked(town: Town) -> None:
    shop = town.opens_shop(
        stamps_target=1,
        require_staff_pin=True,
        pin_window_minutes=0,
        redeem_confirmation=RedeemConfirmation.CUSTOMER,
    )
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.chooses_pin(anna)
    shop.stamps(anna, lea, pin_typed=True)
    with pytest.raises(PinRequired):
        shop.asks_customer(anna, lea)
    assert town.messages(MessageKind.REDEEM_ASKED) == []
    answers(shop, lea, shop.asks_customer(anna, lea, pin_typed=True))
    assert shop.card(lea).stamp_count == 0


def test_the_same_reward_is_asked_for_once_at_a_time_and_not_for_ever(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock
) -> None:
    first = shop.asks_customer(anna, lea)
    again = shop.asks_customer(anna, lea)
    assert (again.approval, again.names) == (first.approval, first.names)
    assert len(shop.town.messages(MessageKind.REDEEM_ASKED)) == 1
    for _ in range(CONFIRMATIONS_MAX - 1):
        clock.passes(seconds=CONFIRMED_WITHIN.seconds + 1)
        shop.asks_customer(anna, lea)
    clock.passes(seconds=CONFIRMED_WITHIN.seconds + 1)
    with pytest.raises(CustomerAskedOften) as refused:
        shop.asks_customer(anna, lea)
    assert refused.value.highest == CONFIRMATIONS_MAX
    marc = shop.gives_card("Marc")
    shop.stamps(anna, marc, 2)
    shop.asks_customer(anna, marc)


def test_questions_to_customers_wear_no_manager_down(shop: Shop, anna: Actor, lea: Holder) -> None:
    shop.changes_terms(max_daily_stamps=3)
    for number in range(3):
        other = shop.gives_card(f"Marc {number}")
        shop.stamps(anna, other, 2)
        shop.asks_customer(anna, other)
    assert shop.asks_manager(anna, lea, count=5).approval.state is ApprovalState.ASKED


def test_customer_who_cannot_be_asked_is_said_at_once(shop: Shop, anna: Actor, lea: Holder) -> None:
    shop.database.write(meet, Meet(account=lea.account, name="Léa", telegram_locale=None))
    shop.database.write(set_reachable, Reachable(account=lea.account, reachable=False))
    with pytest.raises(CustomerUnreachable) as refused:
        shop.asks_customer(anna, lea)
    assert refused.value.name == "Léa"


def test_question_lapses_and_is_withdrawn(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    requested = shop.asks_customer(anna, lea)
    which = shop.merchant_id, requested.approval.approval_id
    clock.passes(seconds=CONFIRMED_WITHIN.seconds)
    with pytest.raises(ApprovalOver):
        answers(shop, lea, requested)
    assert shop.database.write(lapse_approval, which) == 1
    [settled] = shop.town.messages(MessageKind.REDEEM_SETTLED)
    assert isinstance(settled.facts, ApprovalSettled)
    assert settled.facts.state is ApprovalState.LAPSED
    again = shop.asks_customer(anna, lea)
    command = Withdraw(
        account=anna.account, merchant_id=shop.merchant_id, approval_id=again.approval.approval_id
    )
    shop.database.write(withdraw_approval, command)
    with pytest.raises(ApprovalOver):
        answers(shop, lea, again)


def test_what_is_gone_meanwhile_is_not_handed_out(shop: Shop, anna: Actor, lea: Holder) -> None:
    requested = shop.asks_customer(anna, lea)
    shop.voids(anna, lea, count=1)
    with pytest.raises(NotEnoughStamps):
        answers(shop, lea, requested)
    assert approval(shop, requested).state is ApprovalState.ASKED


def test_yes_to_what_was_handed_out_to_a_code_meanwhile_hands_out_nothing(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock
) -> None:
    """The card is good for another, which nobody asked for."""
    mia = shop.hires("Mia")
    shop.stamps(anna, lea, 2)
    requested = shop.asks_customer(anna, lea)
    shop.redeems(mia, lea, confirmed_at=clock.now)
    assert answers(shop, lea, requested).approval.state is ApprovalState.WITHDRAWN
    with pytest.raises(ApprovalOver):
        answers(shop, lea, requested)
    assert (approval(shop, requested).state, shop.card(lea).stamp_count) == (ApprovalState.WITHDRAWN, 2)
    [settled] = shop.town.messages(MessageKind.REDEEM_SETTLED)
    assert isinstance(settled.facts, ApprovalSettled)
    assert (settled.recipient, settled.facts.state) == (lea.account, ApprovalState.WITHDRAWN)
    answered = told_of_the_end(shop, anna)
    assert answered.state is ApprovalState.WITHDRAWN


def test_yes_holds_where_what_was_handed_out_meanwhile_was_taken_back(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock
) -> None:
    requested = shop.asks_customer(anna, lea)
    done = shop.redeems(anna, lea, confirmed_at=clock.now)
    shop.undoes(anna, lea, done.entry.entry_id)
    assert answers(shop, lea, requested).approval.state is ApprovalState.APPROVED
    assert shop.card(lea).stamp_count == 0


def test_yes_to_another_reward_than_was_handed_out_meanwhile_holds(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(
        kind=ProgramKind.HYBRID,
        stamps_target=2,
        point_rewards=(PointReward(cost=5, name="Tea"),),
        redeem_confirmation=RedeemConfirmation.CUSTOMER,
    )
    anna, lea, marc = shop.hires("Anna"), shop.gives_card(), shop.gives_card("Marc")
    shop.earns(anna, lea, 1000)
    for each in (lea, marc):
        shop.stamps(anna, each, 2)
    tea = shop.asks_customer(anna, lea, redeems=EntryKind.POINTS_REDEEMED, position=0, price=5)
    marcs = shop.asks_customer(anna, marc)
    shop.redeems(anna, lea, confirmed_at=clock.now)
    done = answers(shop, lea, tea), answers(shop, marc, marcs)
    assert [each.approval.state for each in done] == [ApprovalState.APPROVED] * 2


@pytest.mark.parametrize("is_again", [False, True])
def test_question_to_who_is_erased_ends_and_is_told_to_who_asked(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock, *, is_again: bool
) -> None:
    """Also in a copy that is put back, in which they are erased again."""
    requested, customer = shop.asks_customer(anna, lea), shop.found(CardRef("id", lea.card_id))[1]
    if is_again:
        clock.passes(days=1)
        erased = Erasure(
            merchant_id=shop.merchant_id,
            customer_id=customer.customer_id,
            erased_at=clock.now,
            is_everywhere=False,
        )
        shop.database.write(erase_again, [erased])
    else:
        erasing = Erase(account=lea.account, merchant_id=shop.merchant_id, account_hash=lambda *_: "hash")
        shop.database.write(erase, erasing)
    assert approval(shop, requested).state is ApprovalState.WITHDRAWN
    answered = told_of_the_end(shop, anna)
    assert answered.state is ApprovalState.WITHDRAWN
    assert (answered.asked.reward, answered.asked.customer_name) == (shop.program().reward, BLANK)
    with pytest.raises(ApprovalGone):
        answers(shop, lea, requested)


def test_yes_to_one_reward_hands_out_no_other_that_stands_in_its_place_now(town: Town) -> None:
    tea, cake = PointReward(cost=5, name="Tea"), PointReward(cost=5, name="Cake")
    shop = town.opens_shop(
        kind=ProgramKind.POINTS, point_rewards=(tea,), redeem_confirmation=RedeemConfirmation.CUSTOMER
    )
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, 1000)
    requested = shop.asks_customer(anna, lea, redeems=EntryKind.POINTS_REDEEMED, position=0, price=5)
    shop.changes_terms(point_rewards=(cake,), is_renamed=True)
    with pytest.raises(RewardChanged):
        answers(shop, lea, requested)
    assert (len(shop.entries(lea)), approval(shop, requested).state) == (1, ApprovalState.ASKED)


def test_member_who_has_left_hands_nothing_out(shop: Shop, anna: Actor, lea: Holder) -> None:
    requested = shop.asks_customer(anna, lea)
    belval, staff = shop.adds_store("Belval"), shop.staff(anna)
    do(shop.database, lambda tx: tx.assign_stores(staff, [belval]))
    with pytest.raises(AskerMayNot):
        answers(shop, lea, requested)
    command = RemoveStaff(merchant_id=shop.merchant_id, staff_id=anna.staff_id)
    shop.database.write(remove_staff, command)
    assert approval(shop, requested).state is ApprovalState.WITHDRAWN


def test_question_is_about_the_card_that_stands(shop: Shop, anna: Actor, lea: Holder) -> None:
    marc, requested = shop.gives_card("Marc"), shop.asks_customer(anna, lea)
    shop.merges(shop.owner, marc, lea)
    with pytest.raises(ApprovalGone):
        answers(shop, lea, requested)
    answers(shop, marc, requested)
    assert shop.found(CardRef("number", marc.number))[0].stamp_count == 0

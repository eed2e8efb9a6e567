"""The holder of a card is asked before it is merged into another: answered, withdrawn, lapsed, vouched for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.account import Account, Person
from domain.card import CardRef, NoteKind
from domain.ids import OperationKey
from domain.messages import Fate, MessageKind, MoveAnswered, MoveAsked, NoticeOver
from domain.refusals import (
    AskerMayNot,
    CardInactive,
    CardMerged,
    CardNotFound,
    CardNotHeld,
    HolderAsked,
    HolderAskedOften,
    HolderRefused,
    LinkUnknown,
    MergeOver,
    MoveOver,
    NotAllowed,
    NoteMalformed,
    OperationKeyReused,
    OwnCardRefused,
    PinRequired,
    ProgramInactive,
    Refusal,
)
from domain.staff import Actor, Role
from domain.usecases.ask_holder import ANSWER_TIME, ASKED_MAX, ASKED_WITHIN, MOVE_VALID, REFUSAL_HOLDS
from domain.usecases.manage_cards import (
    CardPage,
    SeeCard,
    SetBlocked,
    WriteNote,
    see_card,
    set_blocked,
    write_note,
)
from domain.usecases.merge_cards import MergeWaiting, SeeMerge, merge_cards, see_merge
from domain.usecases.move_card import (
    AnswerMove,
    BeginMove,
    SeeMove,
    VouchForMove,
    answer_move,
    begin_move,
    see_move,
    vouch_for_move,
    withdraw_merge,
)
from domain.usecases.privacy import Erase, erase
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from tests.support.databases import do, look
from tests.support.shop import Holder, Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=5)


@pytest.fixture
def mia(shop: Shop) -> Actor:
    return shop.hires("Mia", Role.MANAGER)


@pytest.fixture
def paper(shop: Shop) -> Holder:
    """A guest's card, with a stamp."""
    return shop.guest(shop.owner)


def is_known(shop: Shop, account: Account, *, is_gone: bool = False) -> None:
    person = Person(
        account=account,
        name="Léa",
        telegram_locale=None,
        chosen_locale=None,
        unreachable_since=shop.database.clock() if is_gone else None,
    )
    do(shop.database, lambda tx: tx.save_person(person))


@pytest.fixture
def lea(shop: Shop) -> Holder:
    """Can be reached, and has a full card."""
    lea = shop.gives_card("Léa")
    is_known(shop, lea.account)
    shop.stamps(shop.owner, lea, 5)
    return lea


def begins_move(shop: Shop, who: Account | None, holder: Holder) -> None:
    begin = BeginMove(
        merchant_id=shop.merchant_id, account=who, card=holder.card, token_hash=shop.town.new_hash()
    )
    shop.database.write(begin_move, begin)


def vouches(shop: Shop, waiting: MergeWaiting, who: Account | None, reason: str = "known") -> CardPage:
    command = VouchForMove(
        merchant_id=shop.merchant_id, account=who, move_id=waiting.move.move_id, reason=reason
    )
    return shop.database.write(vouch_for_move, command)


def withdraws(shop: Shop, waiting: MergeWaiting, who: Account | None) -> CardPage:
    command = SeeMove(merchant_id=shop.merchant_id, account=who, move_id=waiting.move.move_id)
    return shop.database.write(withdraw_merge, command)


def page(shop: Shop, holder: Holder) -> CardPage:
    query = SeeCard(merchant_id=shop.merchant_id, account=shop.owner.account, card=holder.card)
    return shop.database.read(see_card, query)


def stamps(shop: Shop, *holders: Holder) -> list[int]:
    assert shop.database.violations() == []
    return [shop.card(each).stamp_count for each in holders]


def cards(shop: Shop, *holders: Holder) -> list[Any]:
    refs = [CardRef("id", each.card_id) for each in holders]
    return look(shop.database, lambda tx: [tx.card(shop.merchant_id, ref) for ref in refs])


# The answer


def test_full_card_goes_into_no_guests_before_its_holder_says_yes(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    waiting = shop.asks_to_merge(mia, paper, lea)
    assert (waiting.customer_name, waiting.is_reachable) == ("Léa", True)
    assert (waiting.card_number, waiting.into_number) == (lea.number, paper.number)
    assert stamps(shop, lea, paper) == [5, 1]
    [asked] = shop.town.messages(MessageKind.MOVE_ASKED)
    facts = MoveAsked(
        merchant_name="Café Knätsch",
        card_number=lea.number,
        move_id=waiting.move.move_id,
        into_number=paper.number,
    )
    assert (asked.recipient, asked.facts) == (lea.account, facts)
    shop.answers_merge(waiting, lea.account)
    assert stamps(shop, lea, paper) == [0, 6]
    come = shop.entries(paper)[-1]
    assert (come.staff_id, come.store_id, come.operation_key) == (
        mia.staff_id,
        mia.store_id,
        waiting.move.operation_key,
    )


def test_yes_pressed_twice_merges_once_and_managers_hear_it(shop: Shop, mia: Actor, lea: Holder) -> None:
    tablet = shop.gives_card("Léa on the tablet")
    waiting = shop.asks_to_merge(mia, tablet, lea)
    for _ in range(2):
        shop.answers_merge(waiting, lea.account)
    assert stamps(shop, lea, tablet) == [0, 5]
    told = shop.town.messages(MessageKind.MOVE_ANSWERED)
    assert {message.recipient for message in told} == {mia.account, shop.owner.account}
    answered = MoveAnswered(
        card_id=tablet.card_id,
        card_number=lea.number,
        customer_name="Léa",
        is_allowed=True,
        into_number=tablet.number,
    )
    assert [message.facts for message in told] == [answered] * 2
    with pytest.raises(MergeOver):
        shop.answers_merge(waiting, lea.account, is_allowed=False)
    assert [note.kind for note in page(shop, lea).notes] == [
        NoteKind.MERGED_OUT,
        NoteKind.MERGE_ALLOWED,
        NoteKind.MERGE_ASKED,
    ]


def test_no_ends_it_for_who_asked_and_for_who_would_vouch(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    waiting = shop.asks_to_merge(mia, paper, lea)
    shop.answers_merge(waiting, lea.account, is_allowed=False)
    [told, _] = shop.town.facts(MessageKind.MOVE_ANSWERED)
    assert isinstance(told, MoveAnswered)
    assert (told.is_allowed, told.card_id, told.into_number) == (False, lea.card_id, paper.number)
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds())
    with pytest.raises(MergeOver):
        shop.answers_merge(waiting, lea.account)
    for who in (mia.account, None):
        with pytest.raises(MergeOver):
            vouches(shop, waiting, who)
    with pytest.raises(MergeOver):
        withdraws(shop, waiting, mia.account)
    assert stamps(shop, lea, paper) == [5, 1]


def test_nobody_but_the_holder_answers(shop: Shop, mia: Actor, lea: Holder, paper: Holder) -> None:
    waiting, bob = shop.asks_to_merge(mia, paper, lea), shop.gives_card("Bob")
    for who in (mia.account, shop.owner.account, bob.account, shop.town.somebody()):
        with pytest.raises(CardNotHeld):
            shop.answers_merge(waiting, who)
    assert stamps(shop, lea, paper) == [5, 1]


def test_who_has_no_chat_is_not_asked_and_neither_is_who_gets_the_card(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    shop.stamps(shop.owner, paper, 2)
    query = SeeMerge(merchant_id=shop.merchant_id, account=mia.account, card=lea.card, other=paper.card)
    shown = shop.database.read(see_merge, query)
    assert not shown.needs_yes
    shop.merges(mia, lea, paper)
    assert stamps(shop, lea, paper) == [8, 0]
    assert shop.town.messages(MessageKind.MOVE_ASKED) == []


def test_preview_says_that_the_holder_is_asked(shop: Shop, mia: Actor, lea: Holder, paper: Holder) -> None:
    query = SeeMerge(merchant_id=shop.merchant_id, account=mia.account, card=paper.card, other=lea.card)
    shown = shop.database.read(see_merge, query)
    assert (shown.needs_yes, shown.is_reachable) == (True, True)
    is_known(shop, lea.account, is_gone=True)
    shown = shop.database.read(see_merge, query)
    assert (shown.needs_yes, shown.is_reachable) == (True, False)


# Asked once


def test_same_press_asks_once_and_its_key_is_for_nothing_else(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    key, bob = OperationKey("pressed"), shop.gives_card("Bob")
    first, again = (shop.asks_to_merge(mia, paper, lea, key=key) for _ in range(2))
    assert first == again
    assert len(shop.town.messages(MessageKind.MOVE_ASKED)) == 1
    with pytest.raises(OperationKeyReused):
        shop.asks_to_merge(mia, bob, lea, key=key)
    with pytest.raises(OperationKeyReused):
        shop.asks_to_merge(shop.owner, paper, lea, key=key)
    withdraws(shop, first, mia.account)
    with pytest.raises(MergeOver):
        shop.asks_to_merge(mia, paper, lea, key=key)
    assert len(shop.town.messages(MessageKind.MOVE_ASKED)) == 1


def test_pin_is_asked_for_before_the_holder_is(town: Town) -> None:
    shop = town.opens_shop(stamps_target=5, require_staff_pin=True)
    lea, marc = shop.gives_card("Léa"), shop.gives_card("Marc")
    shop.chooses_pin(shop.owner)
    town.database.clock.passes(days=1)
    with pytest.raises(PinRequired):
        shop.asks_to_merge(shop.owner, marc, lea)
    assert town.messages(MessageKind.MOVE_ASKED) == []
    waiting = shop.asks_to_merge(shop.owner, marc, lea, pin_typed=True)
    shop.answers_merge(waiting, lea.account)
    assert shop.card(lea).merged_into == marc.card_id


def test_another_request_takes_the_place_of_the_one_before(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    bob = shop.gives_card("Bob")
    first = shop.asks_to_merge(mia, paper, lea)
    second = shop.asks_to_merge(mia, bob, lea)
    with pytest.raises(MergeOver):
        shop.answers_merge(first, lea.account)
    begin = BeginMove(
        merchant_id=shop.merchant_id, account=None, card=lea.card, token_hash=shop.town.new_hash()
    )
    moved = shop.database.write(begin_move, begin)
    assert moved.move_into is None
    for over in (first, second):
        with pytest.raises(MergeOver):
            shop.answers_merge(over, lea.account)
        with pytest.raises(MergeOver):
            vouches(shop, over, None)
    assert stamps(shop, lea, paper, bob) == [5, 1, 0]


# What the chat of the holder says of a question that is over


def over(shop: Shop) -> list[tuple[Account, int, Fate]]:
    """For each: in whose chat, which question, and what became of it."""
    asked = [each.message_id for each in shop.town.messages(MessageKind.MOVE_ASKED)]
    return [
        (each.recipient, asked.index(each.facts.replaces), each.facts.fate)
        for each in shop.town.messages(MessageKind.NOTICE_OVER)
        if isinstance(each.facts, NoticeOver)
    ]


def test_question_that_was_withdrawn_says_so(shop: Shop, mia: Actor, lea: Holder, paper: Holder) -> None:
    withdraws(shop, shop.asks_to_merge(mia, paper, lea), mia.account)
    assert over(shop) == [(lea.account, 0, Fate.WITHDRAWN)]


def test_question_that_another_took_the_place_of_says_so(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    begins_move(shop, mia.account, lea)
    begins_move(shop, mia.account, lea)
    shop.asks_to_merge(mia, paper, lea)
    assert over(shop) == [(lea.account, each, Fate.ASKED_AGAIN) for each in (0, 1)]


def test_question_that_was_vouched_for_says_so(shop: Shop, mia: Actor, lea: Holder, paper: Holder) -> None:
    waiting = shop.asks_to_merge(mia, paper, lea)
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds())
    for _ in range(2):
        vouches(shop, waiting, mia.account)
    assert over(shop) == [(lea.account, 0, Fate.DECIDED)]


def test_question_whose_answer_stands_in_its_place_is_left_alone(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    shop.answers_merge(shop.asks_to_merge(mia, paper, lea), lea.account, is_allowed=False)
    shop.answers_merge(shop.asks_to_merge(mia, paper, lea), lea.account)
    assert over(shop) == []


def test_move_that_was_vouched_for_can_still_be_refused_so_its_question_stays(
    shop: Shop, mia: Actor, lea: Holder
) -> None:
    begins_move(shop, mia.account, lea)
    move = page(shop, lea).move
    assert move is not None
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds())
    vouch = VouchForMove(
        merchant_id=shop.merchant_id, account=mia.account, move_id=move.move_id, reason="known"
    )
    shop.database.write(vouch_for_move, vouch)
    assert over(shop) == []


# Asked often


def refused_until(asks: Callable[[], object]) -> datetime:
    with pytest.raises(HolderAskedOften) as refused:
        asks()
    return refused.value.until


def test_managers_ask_a_holder_three_times_within_a_week(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    """Whichever of them asks, about whichever card, of a move or of a merge."""
    tom, lunch = shop.hires("Tom", Role.MANAGER), shop.gives_another_card(lea, shop.adds_program())
    first, clock = shop.database.clock(), shop.database.clock
    withdraws(shop, shop.asks_to_merge(mia, paper, lea), mia.account)
    clock.passes(days=1)
    begins_move(shop, tom.account, lea)
    begins_move(shop, mia.account, lunch)
    for asks in (
        lambda: shop.asks_to_merge(mia, paper, lea),
        lambda: begins_move(shop, tom.account, lea),
        lambda: begins_move(shop, tom.account, lunch),
    ):
        assert refused_until(asks) == first + ASKED_WITHIN
    assert len(shop.town.messages(MessageKind.MOVE_ASKED)) == 3
    begins_move(shop, tom.account, shop.gives_card("Bob"))
    clock.passes(seconds=(ASKED_WITHIN - timedelta(days=1)).total_seconds())
    shop.asks_to_merge(mia, paper, lea)
    assert refused_until(lambda: begins_move(shop, mia.account, lea)) == clock() + timedelta(days=1)


def test_owners_and_the_operator_ask_when_managers_may_not(shop: Shop, mia: Actor, lea: Holder) -> None:
    for _ in range(ASKED_MAX):
        begins_move(shop, mia.account, lea)
    for who in (shop.owner.account, None):
        begins_move(shop, who, lea)
    with pytest.raises(HolderAskedOften):
        begins_move(shop, mia.account, lea)


def test_after_a_no_managers_ask_once_more_in_a_month(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    asked_at, clock = shop.database.clock(), shop.database.clock
    shop.answers_merge(shop.asks_to_merge(mia, paper, lea), lea.account, is_allowed=False)
    again = shop.asks_to_merge(mia, paper, lea)
    assert refused_until(lambda: begins_move(shop, mia.account, lea)) == asked_at + REFUSAL_HOLDS
    shop.answers_merge(again, lea.account, is_allowed=False)
    clock.passes(seconds=REFUSAL_HOLDS.total_seconds() - 1)
    with pytest.raises(HolderAskedOften):
        shop.asks_to_merge(mia, paper, lea)
    shop.asks_to_merge(shop.owner, paper, lea)


def test_same_press_comes_again_when_the_holder_was_asked_often(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    for _ in range(ASKED_MAX - 1):
        begins_move(shop, mia.account, lea)
    key = OperationKey("pressed")
    first, again = (shop.asks_to_merge(mia, paper, lea, key=key) for _ in range(2))
    assert first == again


def test_who_cannot_be_reached_is_not_troubled_however_often_somebody_asks(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    is_known(shop, lea.account, is_gone=True)
    for _ in range(ASKED_MAX + 1):
        begins_move(shop, mia.account, lea)
    waiting = shop.asks_to_merge(mia, paper, lea)
    vouches(shop, waiting, mia.account)
    assert stamps(shop, lea, paper) == [0, 6]


def test_pin_is_not_asked_for_where_the_holder_was_asked_often(town: Town) -> None:
    shop = town.opens_shop(stamps_target=5, require_staff_pin=True)
    mia, lea, marc = shop.hires("Mia", Role.MANAGER), shop.gives_card("Léa"), shop.gives_card("Marc")
    is_known(shop, lea.account)
    for _ in range(ASKED_MAX):
        begins_move(shop, mia.account, lea)
    with pytest.raises(HolderAskedOften):
        shop.asks_to_merge(mia, marc, lea)


# Withdrawn, lapsed


def test_what_is_withdrawn_is_not_merged_by_a_late_yes(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    waiting = shop.asks_to_merge(mia, paper, lea)
    shown = page(shop, lea)
    assert (shown.move, shown.move_into) == (waiting.move, paper.number)
    anna = shop.hires("Anna")
    with pytest.raises(NotAllowed):
        withdraws(shop, waiting, anna.account)
    after = withdraws(shop, waiting, mia.account)
    assert (after.move, after.notes[0].kind, after.notes[0].by) == (None, NoteKind.MERGE_WITHDRAWN, "Mia")
    for late in (shop.answers_merge, lambda *_: vouches(shop, waiting, None)):
        with pytest.raises(MergeOver):
            late(waiting, lea.account)
    assert stamps(shop, lea, paper) == [5, 1]


def test_question_lapses_after_a_day(shop: Shop, mia: Actor, lea: Holder, paper: Holder) -> None:
    waiting = shop.asks_to_merge(mia, paper, lea)
    shop.database.clock.passes(seconds=MOVE_VALID.total_seconds())
    with pytest.raises(MergeOver):
        shop.answers_merge(waiting, lea.account)
    with pytest.raises(MergeOver):
        vouches(shop, waiting, mia.account)
    assert page(shop, lea).move is None
    assert stamps(shop, lea, paper) == [5, 1]


def test_move_is_not_withdrawn_and_what_is_unknown_is_over(shop: Shop, mia: Actor, lea: Holder) -> None:
    begin = BeginMove(
        merchant_id=shop.merchant_id, account=None, card=lea.card, token_hash=shop.town.new_hash()
    )
    move = shop.database.write(begin_move, begin).move
    assert move is not None
    which: dict[str, Any] = {"merchant_id": shop.merchant_id, "account": mia.account}
    with pytest.raises(MergeOver):
        shop.database.write(withdraw_merge, SeeMove(move_id=move.move_id, **which))
    unknown = SeeMove(move_id=type(move.move_id)(lea.card_id), **which)
    with pytest.raises(MoveOver):
        shop.database.read(see_move, unknown)
    with pytest.raises(MoveOver):
        shop.database.write(withdraw_merge, unknown)


# Vouched for


def test_nobody_vouches_while_the_holder_may_answer(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    waiting = shop.asks_to_merge(mia, paper, lea)
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds() - 1)
    for who in (mia.account, shop.owner.account, None):
        with pytest.raises(HolderAsked):
            vouches(shop, waiting, who)
    assert stamps(shop, lea, paper) == [5, 1]
    shop.database.clock.passes(seconds=1)
    with pytest.raises(NoteMalformed):
        vouches(shop, waiting, shop.owner.account, " ")
    assert stamps(shop, lea, paper) == [5, 1]
    for _ in range(2):
        after = vouches(shop, waiting, shop.owner.account, "showed a passport")
    assert after.merged_into == (paper.card_id, paper.number)
    assert stamps(shop, lea, paper) == [0, 6]
    assert shop.entries(paper)[-1].staff_id == mia.staff_id
    assert [(note.kind, note.text, note.by) for note in after.notes] == [
        (NoteKind.MERGED_OUT, paper.number, "Mia"),
        (NoteKind.MERGE_VOUCHED, "showed a passport", "Paul"),
        (NoteKind.MERGE_ASKED, paper.number, "Mia"),
    ]
    assert lea.account in {each.recipient for each in shop.town.messages(MessageKind.CARDS_MERGED)}


@pytest.mark.parametrize("is_gone", [False, True], ids=["reachable", "gone"])
def test_managers_do_not_vouch_against_a_no(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder, *, is_gone: bool
) -> None:
    """Asking again and waiting does not help, nor does what else is noted meanwhile; who has the phone may be a
    thief, so an owner may."""
    shop.answers_merge(shop.asks_to_merge(mia, paper, lea), lea.account, is_allowed=False)
    note = WriteNote(merchant_id=shop.merchant_id, account=mia.account, card=lea.card, text="asked again")
    shop.database.write(write_note, note)
    is_known(shop, lea.account, is_gone=is_gone)
    waiting = shop.asks_to_merge(mia, paper, lea)
    assert not waiting.may_vouch
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds())
    with pytest.raises(HolderRefused):
        vouches(shop, waiting, mia.account)
    assert stamps(shop, lea, paper) == [5, 1]
    waiting = shop.asks_to_merge(shop.owner, paper, lea)
    assert waiting.may_vouch
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds())
    vouches(shop, waiting, shop.owner.account)
    assert stamps(shop, lea, paper) == [0, 6]


def test_a_no_about_one_of_the_cards_binds_managers_for_each(shop: Shop, mia: Actor, lea: Holder) -> None:
    """A move of the other one would take both along."""
    lunch = shop.gives_another_card(lea, shop.adds_program())
    begin = BeginMove(
        merchant_id=shop.merchant_id, account=mia.account, card=lea.card, token_hash=shop.town.new_hash()
    )
    asked = shop.database.write(begin_move, begin).move
    assert asked is not None
    refuse = AnswerMove(
        account=lea.account, merchant_id=shop.merchant_id, move_id=asked.move_id, is_allowed=False
    )
    shop.database.write(answer_move, refuse)
    again = replace(begin, card=lunch.card, token_hash=shop.town.new_hash())
    move = shop.database.write(begin_move, again).move
    assert move is not None
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds())
    vouch = VouchForMove(
        merchant_id=shop.merchant_id, account=mia.account, move_id=move.move_id, reason="known"
    )
    with pytest.raises(HolderRefused):
        shop.database.write(vouch_for_move, vouch)
    shop.database.write(vouch_for_move, replace(vouch, account=shop.owner.account))


def test_a_no_binds_managers_for_a_month(shop: Shop, mia: Actor, lea: Holder, paper: Holder) -> None:
    shop.answers_merge(shop.asks_to_merge(mia, paper, lea), lea.account, is_allowed=False)
    shop.database.clock.passes(seconds=(REFUSAL_HOLDS - ANSWER_TIME).total_seconds() - 1)
    waiting = shop.asks_to_merge(mia, paper, lea)
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds())
    with pytest.raises(HolderRefused):
        vouches(shop, waiting, mia.account)
    shop.database.clock.passes(seconds=1)
    vouches(shop, waiting, mia.account)
    assert stamps(shop, lea, paper) == [0, 6]


def test_who_cannot_be_reached_is_vouched_for_at_once(
    shop: Shop, mia: Actor, lea: Holder, paper: Holder
) -> None:
    is_known(shop, lea.account, is_gone=True)
    waiting = shop.asks_to_merge(mia, paper, lea)
    assert (waiting.is_reachable, stamps(shop, lea, paper)) == (False, [5, 1])
    vouches(shop, waiting, mia.account)
    assert stamps(shop, lea, paper) == [0, 6]


def test_nobody_vouches_for_a_card_of_their_own_nor_into_one(shop: Shop, mia: Actor, lea: Holder) -> None:
    own = shop.gives_card("Mia", mia.account)
    is_known(shop, lea.account, is_gone=True)
    for into, other in ((own, lea), (lea, own)):
        waiting = shop.asks_to_merge(shop.owner, into, other)
        with pytest.raises(OwnCardRefused):
            vouches(shop, waiting, mia.account)
        withdraws(shop, waiting, shop.owner.account)
    assert stamps(shop, lea, own) == [5, 0]


# What happened meanwhile


def test_member_who_has_left_merges_nothing(shop: Shop, mia: Actor, lea: Holder, paper: Holder) -> None:
    waiting = shop.asks_to_merge(mia, paper, lea)
    shop.database.write(remove_staff, RemoveStaff(merchant_id=shop.merchant_id, staff_id=mia.staff_id))
    with pytest.raises(AskerMayNot):
        shop.answers_merge(waiting, lea.account)
    is_known(shop, lea.account, is_gone=True)
    with pytest.raises(AskerMayNot):
        vouches(shop, waiting, shop.owner.account)
    assert stamps(shop, lea, paper) == [5, 1]


def test_member_who_has_one_of_the_cards_by_now_merges_nothing(shop: Shop, mia: Actor, lea: Holder) -> None:
    tablet = shop.gives_card("Léa on the tablet")
    waiting = shop.asks_to_merge(mia, tablet, lea)
    customer = shop.found(tablet.card)[1]
    do(shop.database, lambda tx: tx.hand_over(customer, mia.account, "Mia"))
    with pytest.raises(AskerMayNot):
        shop.answers_merge(waiting, lea.account)
    assert stamps(shop, lea, tablet) == [5, 0]


def blocks(shop: Shop, holder: Holder) -> None:
    block = SetBlocked(
        merchant_id=shop.merchant_id, account=None, card=holder.card, is_blocked=True, reason="Lost"
    )
    shop.database.write(set_blocked, block)


def erases(shop: Shop, holder: Holder) -> None:
    erased = Erase(account=holder.account, merchant_id=shop.merchant_id, account_hash=lambda *_: "")
    shop.database.write(erase, erased)


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        ("lea is blocked", CardInactive),
        ("tablet is blocked", CardInactive),
        ("lea is erased", MoveOver),
        ("tablet is erased", CardNotFound),
        ("lea is merged", CardMerged),
        ("tablet is merged", CardMerged),
        ("program ends", ProgramInactive),
    ],
)
def test_yes_comes_too_late_for_cards_that_cannot_be_merged_any_more(
    shop: Shop, mia: Actor, lea: Holder, what: str, refusal: type[Refusal]
) -> None:
    tablet, bob = shop.gives_card("Léa on the tablet"), shop.gives_card("Bob")
    waiting = shop.asks_to_merge(mia, tablet, lea)
    match what.split():
        case ["lea", "is", "blocked"]:
            blocks(shop, lea)
        case ["tablet", "is", "blocked"]:
            blocks(shop, tablet)
        case ["lea", "is", "erased"]:
            erases(shop, lea)
        case ["tablet", "is", "erased"]:
            erases(shop, tablet)
        case ["lea", "is", "merged"]:
            shop.merges(shop.owner, bob, lea)
        case ["tablet", "is", "merged"]:
            shop.merges(shop.owner, bob, tablet)
        case _:
            shop.changes_terms(active=False)
    before, over = cards(shop, lea, tablet, bob), LinkUnknown if what == "lea is erased" else MergeOver
    with pytest.raises(over):
        shop.answers_merge(waiting, lea.account)
    is_known(shop, lea.account, is_gone=True)
    with pytest.raises(refusal):
        vouches(shop, waiting, shop.owner.account)
    assert cards(shop, lea, tablet, bob) == before
    assert shop.database.violations() == []


def test_what_was_collected_meanwhile_goes_along(shop: Shop, mia: Actor, lea: Holder, paper: Holder) -> None:
    waiting = shop.asks_to_merge(mia, paper, lea)
    shop.stamps(shop.owner, lea, 2)
    shop.changes_terms(stamps_target=8)
    shop.answers_merge(waiting, lea.account)
    assert stamps(shop, lea, paper) == [0, 8]
    merged = shop.database.write(merge_cards, shop.merging(mia, paper, lea, key=waiting.move.operation_key))
    assert not isinstance(merged, MergeWaiting)
    assert (merged.replayed, merged.card.rewards_available) == (True, 1)

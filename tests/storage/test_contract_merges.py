"""What every store promises of a card whose holder is asked before it is merged: one answer holds, and once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.card import CardMove, CardNote, CardRef, NoteKind
from domain.ids import MoveId, NoteId, OperationKey
from domain.ports import Database
from domain.refusals import MergeOver
from domain.usecases.merge_cards import MergeWaiting
from domain.usecases.move_card import SeeMove, VouchForMove, vouch_for_move, withdraw_merge
from tests.support.async_shop import Counter, do, look, opens_counter, outcomes, violations


@pytest.fixture
async def counter(store: Database) -> Counter:
    counter = await opens_counter(store, cards=3)
    await counter.stamps(2)
    return counter


@pytest.fixture
async def waiting(counter: Counter) -> MergeWaiting:
    """Léa is asked whether her card may go into the second one."""
    return await counter.merges(counter.cards[1], counter.lea, "asked")


async def again(counter: Counter, move: CardMove) -> CardMove | None:
    return await look(counter.store, lambda tx: tx.move(move.merchant_id, move.move_id))


async def stamps(counter: Counter) -> list[int]:
    assert await violations(counter.store) == []
    return [await counter.stamp_count(card) for card in counter.cards]


async def test_question_comes_back_as_it_was_asked(counter: Counter, waiting: MergeWaiting) -> None:
    move = waiting.move
    assert (move.into_card_id, move.operation_key) == (counter.cards[1].value, "asked")
    assert (move.staff_id, move.store_id) == (counter.paul.staff_id, counter.paul.store_id)
    assert await again(counter, move) == move
    merchant_id = move.merchant_id
    assert await look(counter.store, lambda tx: tx.move_by_key(merchant_id, OperationKey("asked"))) == move
    assert await look(counter.store, lambda tx: tx.move_by_key(merchant_id, OperationKey("other"))) is None


async def test_newest_answer_is_the_holders_whatever_else_was_noted(
    counter: Counter, waiting: MergeWaiting
) -> None:
    move = waiting.move

    async def newest() -> NoteKind | None:
        found = await look(counter.store, lambda tx: tx.newest_answer(move.merchant_id, move.card_id))
        return found.kind if found else None

    assert await newest() is None
    for number, kind in enumerate((NoteKind.MERGE_ALLOWED, NoteKind.MOVE_REFUSED, NoteKind.NOTE)):
        note = CardNote(
            merchant_id=move.merchant_id,
            note_id=NoteId(f"z{number}"),
            card_id=move.card_id,
            kind=kind,
            text="",
            staff_id=None,
            written_at=move.asked_at,
        )
        await do(counter.store, lambda tx, note=note: tx.add_note(note))  # type: ignore[misc]
    assert await newest() is NoteKind.MOVE_REFUSED


async def test_newest_question_is_the_one_that_was_asked_last(
    counter: Counter, waiting: MergeWaiting
) -> None:
    """Whatever its id says, which bears the machine's time, and was set ahead when it was made."""
    move = waiting.move
    later = replace(
        move, move_id=MoveId("0"), operation_key=None, asked_at=move.asked_at + timedelta(seconds=1)
    )
    await do(counter.store, lambda tx: tx.add_move(later))
    found = await look(counter.store, lambda tx: tx.card(move.merchant_id, counter.lea))
    assert found is not None
    card = found[0]
    assert await look(counter.store, lambda tx: tx.moves_of(card, 1)) == [later]
    assert await look(counter.store, lambda tx: tx.moves_of(card, 9)) == [later, move]


async def test_two_questions_never_bear_one_key(counter: Counter, waiting: MergeWaiting) -> None:
    same = replace(waiting.move, move_id=MoveId("another"))
    with pytest.raises(Exception, match="card_moves"):
        await do(counter.store, lambda tx: tx.add_move(same))
    moves = [replace(same, move_id=MoveId(f"move {at}"), operation_key=None) for at in range(2)]
    for move in moves:
        await do(counter.store, lambda tx, move=move: tx.add_move(move))  # type: ignore[misc]


async def test_yes_that_comes_twice_at_once_merges_once(counter: Counter, waiting: MergeWaiting) -> None:
    await asyncio.gather(*(counter.answers(waiting) for _ in range(4)))
    assert await stamps(counter) == [0, 2, 0]


@pytest.mark.parametrize("turn", range(4))
async def test_either_the_yes_holds_or_what_ends_it(
    counter: Counter, waiting: MergeWaiting, turn: int
) -> None:
    """A no, a withdrawal and a vouched yes come at the same moment."""
    move = waiting.move
    withdraw = SeeMove(merchant_id=move.merchant_id, account=counter.paul.account, move_id=move.move_id)
    vouch = VouchForMove(
        merchant_id=move.merchant_id, account=counter.paul.account, move_id=move.move_id, reason="known"
    )
    asked = [
        counter.answers(waiting),
        counter.answers(waiting, is_allowed=False),
        counter.store.write(withdraw_merge, withdraw),
        counter.store.write(vouch_for_move, vouch),
    ]
    _, refused = await outcomes([*asked[turn:], *asked[:turn]])
    after = await again(counter, move)
    assert after is not None
    assert after.ended_at is not None
    is_merged = after.allowed_at is not None
    assert {type(each) for each in refused} == {MergeOver}
    assert len(refused) == (2 if is_merged else 3)
    assert await stamps(counter) == ([0, 2, 0] if is_merged else [2, 0, 0])


async def test_yes_to_merges_either_way_at_once_leaves_one_card(
    counter: Counter, waiting: MergeWaiting
) -> None:
    other = await counter.merges(counter.lea, counter.cards[1], "the other way")
    done, refused = await outcomes([counter.answers(waiting), counter.answers(other)])
    assert (len(done), [type(each) for each in refused]) == (1, [MergeOver])
    assert sorted(await stamps(counter)) == [0, 0, 2]
    into = done[0].into_card_id
    assert into is not None
    assert await counter.stamp_count(CardRef("id", into)) == 2

"""The holder of a card is asked before it leaves them: to another account, or into another card."""

from datetime import timedelta
from typing import Any

from domain.account import Account
from domain.card import REFUSED_BY_HOLDER, Card, CardMove, Customer, NoteKind
from domain.ids import MessageId, MoveId, StaffId
from domain.merchant import Merchant
from domain.messages import Fate, MessageKind, MoveAsked, NoticeOver
from domain.ports import Customers, Tx
from domain.quick import replace
from domain.refusals import HolderAsked, HolderAskedOften, HolderRefused, MergeOver, MoveOver
from domain.staff import Role, Staff
from domain.usecases.manage_cards import note_down
from domain.usecases.sending import send

MOVE_VALID = timedelta(days=1)
ANSWER_TIME = timedelta(hours=1)
"""How long a holder who can be reached has to answer before anybody may vouch."""
REFUSAL_HOLDS = timedelta(days=30)
"""How long a holder's *no* binds managers. It may be a thief's, who has the phone, so an owner may go past it."""
ASKED_MAX, ASKED_WITHIN = 3, timedelta(days=7)
"""How often managers may ask one holder: what was asked wrongly is asked again, and what nobody has answered."""
ASKED_AFTER_REFUSAL_MAX = 2
"""How often while a *no* holds, with the question that it answered: a slip of the finger can be mended once."""


def ask_holder(
    tx: Tx,
    merchant: Merchant,
    card: Card,
    customer: Customer,
    staff_id: StaffId | None,
    *,
    into: Card | None = None,
    **more: Any,
) -> CardMove:
    """Asks in place of what was asked about the card before, which then says so. ``into`` is the card that it is to
    be merged into; ``more`` are fields of the move."""
    before = end_move(tx, card)
    if before is not None:
        question_over(tx, before, customer.account, Fate.ASKED_AGAIN)
    move = CardMove(
        merchant_id=card.merchant_id,
        move_id=MoveId(tx.new_id()),
        card_id=card.card_id,
        staff_id=staff_id,
        asked_at=tx.now,
        expires_at=tx.now + MOVE_VALID,
        into_card_id=into.card_id if into else None,
        **more,
    )
    tx.add_move(move)
    if into is None:
        note_down(tx, card, NoteKind.MOVE_ASKED, "", staff_id)
    else:
        note_down(tx, card, NoteKind.MERGE_ASKED, into.number, staff_id)
    asked = MoveAsked(
        merchant_name=merchant.name,
        card_number=card.number,
        move_id=move.move_id,
        into_number=into.number if into else None,
    )
    send(tx, merchant.merchant_id, customer.account, MessageKind.MOVE_ASKED, asked, _question(move))
    return move


def end_move(tx: Customers, card: Card) -> CardMove | None:
    """Ends what is asked about the card; returns it."""
    move = tx.open_move(card)
    if move is not None:
        tx.save_move(replace(move, ended_at=tx.now))
    return move


def question_over(tx: Tx, move: CardMove, account: Account, fate: Fate) -> None:
    """Says in the holder's chat, in the question's place, that nothing is to be answered any more. Their own answer
    stands there already, and what lapses has said until when it could be answered."""
    over = NoticeOver(replaces=_question(move), fate=fate)
    send(tx, move.merchant_id, account, MessageKind.NOTICE_OVER, over)


def _question(move: CardMove) -> MessageId:
    """The message that asks bears the id of the move."""
    return MessageId(move.move_id)


def check_may_ask(tx: Tx, customer: Customer, member: Staff | None) -> None:
    """Owners and the operator ask as often as they need to; who cannot be reached is not troubled. Raises
    HolderAskedOften."""
    if _may_go_past(member) or not can_answer(tx, customer.account):
        return
    most, within = ASKED_MAX, ASKED_WITHIN
    if _has_refused(tx, customer):
        most, within = ASKED_AFTER_REFUSAL_MAX, REFUSAL_HOLDS
    moves = [move for card, _ in tx.cards_of(customer) for move in tx.moves_of(card, most)]
    asked = sorted((move.asked_at for move in moves if tx.now < move.asked_at + within), reverse=True)
    if len(asked) >= most:
        raise HolderAskedOften(until=asked[most - 1] + within)


def can_answer(tx: Tx, account: Account) -> bool:
    holder = tx.person(account)
    return holder is not None and holder.unreachable_since is None


def check_open(tx: Tx, move: CardMove) -> None:
    """Raises MoveOver, MergeOver."""
    if not move.is_open(tx.now):
        raise MergeOver if move.is_merge else MoveOver


def check_may_vouch(tx: Tx, move: CardMove, customer: Customer, member: Staff | None) -> None:
    """Raises HolderRefused, HolderAsked."""
    if is_bound(tx, customer, member):
        raise HolderRefused
    if can_answer(tx, customer.account) and tx.now < move.asked_at + ANSWER_TIME:
        raise HolderAsked(until=move.asked_at + ANSWER_TIME)


def is_bound(tx: Tx, customer: Customer, member: Staff | None) -> bool:
    """Whether the holder has said no, and this member cannot go past it. The operator, None, can."""
    return not _may_go_past(member) and _has_refused(tx, customer)


def _may_go_past(member: Staff | None) -> bool:
    return member is None or member.role is Role.OWNER


def _has_refused(tx: Tx, customer: Customer) -> bool:
    """A *no* about one of their cards is one about all: a move takes all of them along."""
    answers = [tx.newest_answer(card.merchant_id, card.card_id) for card, _ in tx.cards_of(customer)]
    return any(
        answer is not None and answer.kind in REFUSED_BY_HOLDER and tx.now < answer.written_at + REFUSAL_HOLDS
        for answer in answers
    )

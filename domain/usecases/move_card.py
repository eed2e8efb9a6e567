"""A card moves to another account of its holder, whose phone is lost: the holder is asked, or a manager vouches."""

from collections.abc import Callable
from datetime import timedelta

from domain.account import Account
from domain.card import Card, CardMove, CardRef, Customer, NoteKind
from domain.ids import CardId, MerchantId, MoveId, TokenHash
from domain.link import LinkKind, Route
from domain.merchant import Merchant
from domain.messages import CardMoved, MessageKind, MoveAnswered, MoveAsked
from domain.ports import Tx
from domain.quick import dataclass, replace
from domain.refusals import (
    CardMergedAway,
    CardNotHeld,
    HasCardHere,
    HolderAsked,
    InviteExpired,
    InviteUsed,
    LinkUnknown,
    MoveNotAllowed,
    MoveOver,
    OwnCardRefused,
)
from domain.rights import Right, may
from domain.rules.names import clean_name
from domain.usecases.change_hands import leave_nothing_with
from domain.usecases.guest_mail import pass_on_mailbox
from domain.usecases.manage_cards import CardPage, card_of_another, managing, note_down, page_of
from domain.usecases.my_cards import HeldCard, change_code, check_not_merged, held_card
from domain.usecases.sending import send

MOVE_VALID = timedelta(days=1)
ANSWER_TIME = timedelta(hours=1)
"""How long a holder who can be reached has to answer before anybody may vouch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginMove:
    """``account`` is None for the operator; a repeated request bears the same ``token_hash``."""

    merchant_id: MerchantId
    account: Account | None
    card: CardRef
    token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMove:
    account: Account
    merchant_id: MerchantId
    move_id: MoveId
    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VouchForMove:
    """``account`` is None for the operator."""

    merchant_id: MerchantId
    account: Account | None
    card: CardRef
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMove:
    """``card_hash`` makes the hash of the code that a card has in a rotation."""

    account: Account
    name: str
    merchant_id: MerchantId
    move_id: MoveId
    card_hash: Callable[[CardId, int], TokenHash]


def begin_move(*, tx: Tx, command: BeginMove) -> CardPage:
    """Makes a link that works once, within MOVE_VALID, in place of an earlier one; the holder is asked.

    Raises NotAllowed, MerchantNotFound, CardNotFound, CardMerged, OwnCardRefused.
    """
    merchant, staff_id = managing(tx, command.merchant_id, command.account)
    card, customer, program = card_of_another(tx, command.merchant_id, command.account, command.card)
    if tx.route(command.token_hash) is None:
        before = tx.newest_move(card)
        if before is not None and before.is_open(tx.now):
            tx.save_move(replace(before, ended_at=tx.now))
        move = CardMove(
            merchant_id=card.merchant_id,
            move_id=MoveId(tx.new_id()),
            card_id=card.card_id,
            staff_id=staff_id,
            asked_at=tx.now,
            expires_at=tx.now + MOVE_VALID,
        )
        tx.add_move(move)
        tx.add_route(
            Route(
                token_hash=command.token_hash,
                kind=LinkKind.MOVE,
                merchant_id=move.merchant_id,
                target_id=move.move_id,
            )
        )
        note_down(tx, card, NoteKind.MOVE_ASKED, "", staff_id)
        asked = MoveAsked(merchant_name=merchant.name, card_number=card.number, move_id=move.move_id)
        send(tx, merchant.merchant_id, customer.account, MessageKind.MOVE_ASKED, asked)
    return page_of(tx, merchant, card, customer, program)


def answer_move(*, tx: Tx, command: AnswerMove) -> None:
    """Records the holder's answer; a *no* ends the move even where somebody has vouched. Owners and managers are
    told.

    Raises LinkUnknown, CardNotHeld unless the card is the account's own, MoveOver.
    """
    move, card, customer, merchant = _moving(tx, command.merchant_id, command.move_id)
    if customer.account != command.account:
        raise CardNotHeld
    if not move.is_open(tx.now):
        raise MoveOver
    if command.is_allowed and move.allowed_at is not None:
        return
    if command.is_allowed:
        tx.save_move(replace(move, allowed_at=tx.now))
    else:
        tx.save_move(replace(move, ended_at=tx.now))
    kind = NoteKind.MOVE_ALLOWED if command.is_allowed else NoteKind.MOVE_REFUSED
    note_down(tx, card, kind, "", None)
    told = MoveAnswered(
        card_id=card.card_id,
        card_number=card.number,
        customer_name=customer.name,
        is_allowed=command.is_allowed,
    )
    for manager in tx.managers_of(merchant.merchant_id):
        send(tx, merchant.merchant_id, manager, MessageKind.MOVE_ANSWERED, told)


def vouch_for_move(*, tx: Tx, command: VouchForMove) -> CardPage:
    """Allowed where the holder cannot be reached, or has not answered within ANSWER_TIME; the reason is kept as a
    note.

    Raises NotAllowed, MerchantNotFound, CardNotFound, CardMerged, OwnCardRefused, MoveOver, HolderAsked,
    NoteMalformed.
    """
    merchant, staff_id = managing(tx, command.merchant_id, command.account)
    card, customer, program = card_of_another(tx, command.merchant_id, command.account, command.card)
    move = tx.newest_move(card)
    if move is None or not move.is_open(tx.now):
        raise MoveOver
    if move.allowed_at is None:
        holder = tx.person(customer.account)
        is_reachable = holder is not None and holder.unreachable_since is None
        if is_reachable and tx.now < move.asked_at + ANSWER_TIME:
            raise HolderAsked(until=move.asked_at + ANSWER_TIME)
        note_down(tx, card, NoteKind.MOVE_VOUCHED, command.reason, staff_id)
        tx.save_move(replace(move, allowed_at=tx.now))
    return page_of(tx, merchant, card, customer, program)


def open_move(*, tx: Tx, command: OpenMove) -> HeldCard:
    """Moves everything that the customer has at the merchant to this account, under new codes; the old account is
    told. An account that already holds the card just sees it.

    Raises LinkUnknown, InviteUsed, InviteExpired, MoveNotAllowed, OwnCardRefused, HasCardHere,
    CardMergedAway.
    """
    move, card, customer, merchant = _moving(tx, command.merchant_id, command.move_id)
    if customer.account != command.account:
        _check_may_open(tx, move, command.account)
        _hand_over(tx, move, card, customer, merchant, command)
    found = tx.card(command.merchant_id, CardRef("id", card.card_id))
    if found is None:
        raise LinkUnknown
    card, customer, program = found
    return held_card(tx, merchant, customer, card, program)


def _moving(tx: Tx, merchant_id: MerchantId, move_id: MoveId) -> tuple[CardMove, Card, Customer, Merchant]:
    move, merchant = tx.move(merchant_id, move_id), tx.merchant(merchant_id)
    found = tx.card(merchant_id, CardRef("id", move.card_id)) if move else None
    if move is None or merchant is None or found is None:
        raise LinkUnknown
    card, customer, _ = found
    return move, card, customer, merchant


def _check_may_open(tx: Tx, move: CardMove, account: Account) -> None:
    """A member who may begin moves cannot receive a card that a member of the team moves; the operator must begin
    that."""
    if move.ended_at is not None:
        raise InviteUsed
    if tx.now >= move.expires_at:
        raise InviteExpired
    member = tx.member(move.merchant_id, account)
    if move.staff_id and member and member.is_active and may(member.role, Right.MANAGE_CARDS):
        raise OwnCardRefused
    customer = tx.customer_of(move.merchant_id, account)
    if customer is not None:
        for card in () if tx.cards_of(customer) else tx.merged_cards_of(customer):
            check_not_merged(tx, card, CardMergedAway)
        raise HasCardHere
    if move.allowed_at is None:
        raise MoveNotAllowed


def _hand_over(
    tx: Tx, move: CardMove, card: Card, customer: Customer, merchant: Merchant, command: OpenMove
) -> None:
    for each, _ in tx.cards_of(customer):
        change_code(tx, each, command.card_hash(each.card_id, each.token_rotation + 1))
        tx.void_passes(each)
        note_down(tx, each, NoteKind.MOVED, "", None)
    tx.forget_consent(customer)
    pass_on_mailbox(tx, customer.account, command.account, is_theirs=False)
    tx.hand_over(customer, command.account, clean_name(command.name))
    tx.remember_merchant(command.account, merchant.merchant_id)
    tx.save_move(replace(move, ended_at=tx.now))
    leave_nothing_with(tx, merchant.merchant_id, customer.account, command.account)
    if not customer.account.is_guest:
        tx.remember_merchant(customer.account, merchant.merchant_id)
    facts = CardMoved(merchant_name=merchant.name, card_number=card.number)
    send(tx, merchant.merchant_id, customer.account, MessageKind.CARD_MOVED, facts)

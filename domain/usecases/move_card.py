"""A card moves to another account of its holder, whose phone is lost: the holder is asked, or a manager vouches. The
answer to a merge comes here too."""

from collections.abc import Callable

from domain.account import Account
from domain.card import Card, CardMove, CardRef, Customer, NoteKind
from domain.ids import CardId, MerchantId, MoveId, TokenHash
from domain.link import LinkKind, Route
from domain.merchant import Merchant
from domain.messages import CardMoved, Fate, MessageKind, MoveAnswered
from domain.ports import Tx
from domain.quick import dataclass, replace
from domain.refusals import (
    CardInactive,
    CardMerged,
    CardMergedAway,
    CardNotFound,
    CardNotHeld,
    HasCardHere,
    InviteExpired,
    InviteUsed,
    LinkUnknown,
    MergeOver,
    MoveNotAllowed,
    MoveOver,
    OwnCardRefused,
    ProgramInactive,
)
from domain.rights import Right, may
from domain.rules.names import clean_name
from domain.usecases.ask_holder import (
    ask_holder,
    check_may_ask,
    check_may_vouch,
    check_open,
    question_over,
)
from domain.usecases.asking import asked_by
from domain.usecases.change_hands import leave_nothing_with
from domain.usecases.guest_mail import pass_on_mailbox
from domain.usecases.manage_cards import (
    CardPage,
    card_into,
    card_of_another,
    managing,
    named_card,
    note_down,
    page_of,
)
from domain.usecases.merge_cards import merge_allowed
from domain.usecases.my_cards import HeldCard, change_code, check_not_merged, held_card
from domain.usecases.sending import send

_ANSWERED = {
    (False, True): NoteKind.MOVE_ALLOWED,
    (False, False): NoteKind.MOVE_REFUSED,
    (True, True): NoteKind.MERGE_ALLOWED,
    (True, False): NoteKind.MERGE_REFUSED,
}
"""By whether it is a merge, and whether the holder agreed."""
_CANNOT_BE_MERGED = CardInactive, CardMerged, CardNotFound, ProgramInactive
"""Which of the two cards it is because of is nothing for the holder of one of them."""


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
    move_id: MoveId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeMove:
    """``account`` is None for the operator."""

    merchant_id: MerchantId
    account: Account | None
    move_id: MoveId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMove:
    """``card_hash`` makes the hash of the code that a card has in a rotation."""

    account: Account
    name: str
    merchant_id: MerchantId
    move_id: MoveId
    card_hash: Callable[[CardId, int], TokenHash]


def begin_move(*, tx: Tx, command: BeginMove) -> CardPage:
    """Makes a link that works once, within MOVE_VALID, in place of an earlier request; the holder is asked.

    Raises NotAllowed, MerchantNotFound, CardNotFound, CardMerged, OwnCardRefused, HolderAskedOften.
    """
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.MANAGE_CARDS)
    card, customer, program = card_of_another(tx, command.merchant_id, command.account, command.card)
    if tx.route(command.token_hash) is None:
        check_may_ask(tx, customer, member)
        move = ask_holder(tx, merchant, card, customer, member.staff_id if member else None)
        tx.add_route(
            Route(
                token_hash=command.token_hash,
                kind=LinkKind.MOVE,
                merchant_id=move.merchant_id,
                target_id=move.move_id,
            )
        )
    return page_of(tx, merchant, card, customer, program)


def answer_move(*, tx: Tx, command: AnswerMove) -> CardMove:
    """Records the holder's answer; a *no* ends the move even where somebody has vouched, a *yes* to a merge carries
    it out. Owners and managers are told.

    Raises LinkUnknown, CardNotHeld unless the card is the account's own, MoveOver, MergeOver also where the cards
    cannot be merged any more, and AskerMayNot.
    """
    move, card, customer, merchant = _moving(tx, command.merchant_id, command.move_id)
    if customer.account != command.account:
        raise CardNotHeld
    if move.is_merge and move.allowed_at is not None and command.is_allowed:
        return move
    check_open(tx, move)
    if command.is_allowed and move.allowed_at is not None:
        return move
    note_down(tx, card, _ANSWERED[move.is_merge, command.is_allowed], "", None)
    into = card_into(tx, move)
    if command.is_allowed:
        try:
            _allow(tx, move)
        except _CANNOT_BE_MERGED as refused:
            raise MergeOver from refused
    else:
        tx.save_move(replace(move, ended_at=tx.now))
    told = MoveAnswered(
        card_id=into.card_id if into and command.is_allowed else card.card_id,
        card_number=card.number,
        customer_name=customer.name,
        is_allowed=command.is_allowed,
        into_number=into.number if into else None,
    )
    for manager in tx.managers_of(merchant.merchant_id):
        send(tx, merchant.merchant_id, manager, MessageKind.MOVE_ANSWERED, told)
    return move


def vouch_for_move(*, tx: Tx, command: VouchForMove) -> CardPage:
    """Allowed where the holder cannot be reached, or has not answered within ANSWER_TIME; the reason is kept as a
    note. A merge is carried out by it.

    Raises NotAllowed, MerchantNotFound, CardNotFound, CardMerged, OwnCardRefused, MoveOver, MergeOver,
    HolderRefused, HolderAsked, NoteMalformed, and what ``merge_allowed`` raises.
    """
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.MANAGE_CARDS)
    move = _asked_move(tx, command)
    ref = CardRef("id", move.card_id)
    if not (move.is_merge and move.allowed_at is not None):
        card, customer, _ = card_of_another(tx, command.merchant_id, command.account, ref)
        check_open(tx, move)
        if move.into_card_id is not None:
            card_of_another(tx, command.merchant_id, command.account, CardRef("id", move.into_card_id))
        if move.allowed_at is None:
            check_may_vouch(tx, move, customer, member)
            kind = NoteKind.MERGE_VOUCHED if move.is_merge else NoteKind.MOVE_VOUCHED
            note_down(tx, card, kind, command.reason, member.staff_id if member else None)
            if move.is_merge:
                question_over(tx, move, customer.account, Fate.DECIDED)
            _allow(tx, move)
    return page_of(tx, merchant, *named_card(tx, command.merchant_id, ref))


def see_move(*, tx: Tx, query: SeeMove) -> CardPage:
    """The page of a card for which whoever asks may vouch now. Raises NotAllowed, MerchantNotFound, CardNotFound,
    MoveOver, MergeOver, HolderRefused, HolderAsked."""
    merchant, member = asked_by(tx, query.merchant_id, query.account, Right.MANAGE_CARDS)
    move = tx.move(query.merchant_id, query.move_id)
    if move is None:
        raise MoveOver
    check_open(tx, move)
    card, customer, program = named_card(tx, query.merchant_id, CardRef("id", move.card_id))
    if move.allowed_at is None:
        check_may_vouch(tx, move, customer, member)
    return page_of(tx, merchant, card, customer, program)


def withdraw_merge(*, tx: Tx, command: SeeMove) -> CardPage:
    """The holder can answer no more. Raises NotAllowed, MerchantNotFound, CardNotFound, MergeOver."""
    merchant, staff_id = managing(tx, command.merchant_id, command.account)
    move = _asked_move(tx, command)
    if not move.is_merge:
        raise MergeOver
    check_open(tx, move)
    tx.save_move(replace(move, ended_at=tx.now))
    card, customer, program = named_card(tx, command.merchant_id, CardRef("id", move.card_id))
    note_down(tx, card, NoteKind.MERGE_WITHDRAWN, "", staff_id)
    question_over(tx, move, customer.account, Fate.WITHDRAWN)
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


def _asked_move(tx: Tx, named: VouchForMove | SeeMove) -> CardMove:
    """Raises MoveOver."""
    move = _locked(tx, named.merchant_id, named.move_id)
    if move is None:
        raise MoveOver
    return move


def _locked(tx: Tx, merchant_id: MerchantId, move_id: MoveId) -> CardMove | None:
    """The move, as it is once both cards of a merge are locked."""
    move = tx.move(merchant_id, move_id)
    if move is None or move.into_card_id is None:
        return move
    for card_id in sorted((move.card_id, move.into_card_id)):
        tx.lock_card(merchant_id, card_id)
    return tx.move(merchant_id, move_id)


def _allow(tx: Tx, move: CardMove) -> None:
    tx.save_move(replace(move, allowed_at=tx.now))
    if move.is_merge:
        merge_allowed(tx, move)


def _moving(tx: Tx, merchant_id: MerchantId, move_id: MoveId) -> tuple[CardMove, Card, Customer, Merchant]:
    move, merchant = _locked(tx, merchant_id, move_id), tx.merchant(merchant_id)
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

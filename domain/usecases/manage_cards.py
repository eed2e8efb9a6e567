"""Owners, managers and the operator find a card, read its history, write notes, block and unblock it."""

from collections.abc import Sequence
from datetime import datetime

from domain.account import Account
from domain.card import Card, CardMove, CardNote, CardRef, Customer, NoteKind
from domain.ids import CardId, CardNumber, MerchantId, NoteId, StaffId
from domain.merchant import Merchant, Program
from domain.messages import CardBlocked, MessageKind
from domain.personal import is_nobody
from domain.ports import Customers, Tx
from domain.quick import dataclass, replace
from domain.refusals import CardNotFound, NoteMalformed, OwnCardRefused
from domain.rights import Right
from domain.rules.names import folded
from domain.usecases.asking import asked_by
from domain.usecases.card_state import CardState, card_state
from domain.usecases.my_cards import HistoryPage, check_not_merged, history_page, standing_for
from domain.usecases.sending import send

FOUND_PAGE = 8
NOTES_SHOWN = 5
NOTE_LENGTH_MAX = 200

_SAID = {
    True: (NoteKind.BLOCKED, MessageKind.CARD_BLOCKED),
    False: (NoteKind.UNBLOCKED, MessageKind.CARD_UNBLOCKED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCards:
    """``beginning`` is the beginning of a name; ``account`` is None for the operator."""

    merchant_id: MerchantId
    account: Account | None
    beginning: str
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCard:
    card_id: CardId
    card_number: CardNumber
    customer_name: str
    program_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCards:
    """``cards`` are by name; ``has_more`` says that there is a page after this one."""

    cards: Sequence[FoundCard]
    page: int
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeCard:
    """``account`` is None for the operator; ``before`` is the number of the oldest entry of the previous page of the
    history."""

    merchant_id: MerchantId
    account: Account | None
    card: CardRef
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBlocked:
    merchant_id: MerchantId
    account: Account | None
    card: CardRef
    is_blocked: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteNote:
    merchant_id: MerchantId
    account: Account | None
    card: CardRef
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSeen:
    """``by`` is a name, None for the operator."""

    kind: NoteKind
    text: str
    by: str | None
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """``notes`` are the newest, newest first; ``move`` is one under way, ``move_into`` the card of a merge that
    waits for the holder's yes. ``merged_into`` is the card that replaced a merged one; ``named`` is the number of the
    merged card by which this one was found."""

    merchant_id: MerchantId
    timezone: str
    state: CardState
    is_active: bool
    created_at: datetime
    notes: Sequence[NoteSeen]
    move: CardMove | None = None
    move_into: CardNumber | None = None
    merged_into: tuple[CardId, CardNumber] | None = None
    named: CardNumber | None = None


def find_cards(*, tx: Tx, query: FindCards) -> FoundCards:
    """Raises NotAllowed, MerchantNotFound."""
    managing(tx, query.merchant_id, query.account)
    found = tx.customers_of_names(
        query.merchant_id, folded(query.beginning), query.page * FOUND_PAGE, FOUND_PAGE + 1
    )
    cards = [
        FoundCard(
            card_id=card.card_id,
            card_number=card.number,
            customer_name=customer.name,
            program_name=program.name,
        )
        for customer in found[:FOUND_PAGE]
        for card, program in tx.cards_of(customer)
    ]
    return FoundCards(cards=cards, page=query.page, has_more=len(found) > FOUND_PAGE)


def see_card(*, tx: Tx, query: SeeCard) -> CardPage:
    """A merged card, when it is named by number or code, leads to the card that replaced it; by its id, to itself.

    Raises NotAllowed, MerchantNotFound, CardNotFound.
    """
    merchant, _ = managing(tx, query.merchant_id, query.account)
    found = named_card(tx, query.merchant_id, query.card)
    stands = standing_for(tx, found[0]) if query.card.by != "id" else None
    if stands is None:
        return page_of(tx, merchant, *found)
    return replace(page_of(tx, merchant, *stands), named=found[0].number)


def see_history(*, tx: Tx, query: SeeCard) -> HistoryPage:
    """Raises NotAllowed, MerchantNotFound, CardNotFound."""
    merchant, _ = managing(tx, query.merchant_id, query.account)
    card, customer, program = named_card(tx, query.merchant_id, query.card)
    return history_page(tx, merchant, customer, card, program, query.before)


def set_blocked(*, tx: Tx, command: SetBlocked) -> CardPage:
    """Nothing can be done with a blocked card until it is unblocked; its holder is told of either, once.

    Blocking needs a reason. Raises NotAllowed, MerchantNotFound, CardNotFound, CardMerged, OwnCardRefused,
    NoteMalformed.
    """
    merchant, staff_id = managing(tx, command.merchant_id, command.account)
    card, customer, program = card_of_another(tx, command.merchant_id, command.account, command.card)
    if card.active == command.is_blocked:
        note, message = _SAID[command.is_blocked]
        note_down(tx, card, note, command.reason, staff_id)
        card = replace(card, active=not command.is_blocked)
        tx.save_active(card)
        facts = CardBlocked(merchant_name=merchant.name, card_number=card.number)
        send(tx, merchant.merchant_id, customer.account, message, facts)
    return page_of(tx, merchant, card, customer, program)


def write_note(*, tx: Tx, command: WriteNote) -> CardPage:
    """Repeating the newest note adds nothing. Raises NotAllowed, MerchantNotFound, CardNotFound, CardMerged,
    NoteMalformed."""
    merchant, staff_id = managing(tx, command.merchant_id, command.account)
    card, customer, program = named_card(tx, command.merchant_id, command.card)
    check_not_merged(tx, card)
    note_down(tx, card, NoteKind.NOTE, command.text, staff_id)
    return page_of(tx, merchant, card, customer, program)


def managing(tx: Tx, merchant_id: MerchantId, account: Account | None) -> tuple[Merchant, StaffId | None]:
    """The merchant, and the member who asks, None for the operator. Raises what ``asked_by`` raises."""
    merchant, member = asked_by(tx, merchant_id, account, Right.MANAGE_CARDS)
    return merchant, member.staff_id if member else None


def named_card(tx: Tx, merchant_id: MerchantId, ref: CardRef) -> tuple[Card, Customer, Program]:
    """Raises CardNotFound, also for the card of an erased customer."""
    found = tx.card(merchant_id, ref)
    if found is None or is_nobody(found[1].account):
        raise CardNotFound
    return found


def card_of_another(
    tx: Tx, merchant_id: MerchantId, account: Account | None, ref: CardRef
) -> tuple[Card, Customer, Program]:
    """Raises CardNotFound, CardMerged, and OwnCardRefused where the account itself holds it."""
    card, customer, program = named_card(tx, merchant_id, ref)
    check_not_merged(tx, card)
    if customer.account == account:
        raise OwnCardRefused
    return card, customer, program


def note_down(tx: Customers, card: Card, kind: NoteKind, text: str, staff_id: StaffId | None) -> None:
    """A note that is the same as the newest changes nothing. Raises NoteMalformed."""
    text = " ".join(text.split())
    if len(text) > NOTE_LENGTH_MAX or (kind.needs_text and not text):
        raise NoteMalformed(length_max=NOTE_LENGTH_MAX)
    newest = tx.notes_of(card, 1)
    if newest and (newest[0].kind, newest[0].text, newest[0].staff_id) == (kind, text, staff_id):
        return
    note = CardNote(
        merchant_id=card.merchant_id,
        note_id=NoteId(tx.new_id()),
        card_id=card.card_id,
        kind=kind,
        text=text,
        staff_id=staff_id,
        written_at=tx.now,
    )
    tx.add_note(note)


def page_of(tx: Tx, merchant: Merchant, card: Card, customer: Customer, program: Program) -> CardPage:
    move, stands = tx.open_move(card), standing_for(tx, card)
    into = card_into(tx, move) if move else None
    return CardPage(
        merchant_id=merchant.merchant_id,
        timezone=merchant.timezone,
        state=card_state(merchant=merchant, card=card, customer=customer, program=program, now=tx.now),
        is_active=card.active,
        created_at=card.created_at,
        notes=[_seen(tx, note) for note in tx.notes_of(card, NOTES_SHOWN)],
        move=move,
        move_into=into.number if into else None,
        merged_into=(stands[0].card_id, stands[0].number) if stands else None,
    )


def card_into(tx: Tx, move: CardMove) -> Card | None:
    """The card that a merge goes into, None for a move."""
    found = tx.card(move.merchant_id, CardRef("id", move.into_card_id)) if move.into_card_id else None
    return found[0] if found else None


def _seen(tx: Tx, note: CardNote) -> NoteSeen:
    staff = tx.staff(note.merchant_id, note.staff_id) if note.staff_id else None
    return NoteSeen(
        kind=note.kind, text=note.text, by=staff.name if staff else None, written_at=note.written_at
    )

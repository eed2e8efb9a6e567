"""Two cards of one person become one: the balance of one goes to the other, and the empty card is closed for good,
once its holder has said yes where they have a chat."""

from typing import Any

from domain.account import Account
from domain.acts import Asked, MergeCards, fingerprint
from domain.card import Card, CardMove, CardRef, Customer, Holding, NoteKind
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import CardId, CardNumber, MerchantId, MessageId, OperationKey, StaffId, StoreId
from domain.kinds import EntryKind
from domain.merchant import Merchant, Program
from domain.messages import CardsMerged, MessageKind
from domain.ports import Posting, Tx
from domain.quick import dataclass, replace
from domain.refusals import (
    CardInactive,
    CardNotFound,
    NotAllowed,
    OperationKeyReused,
    OtherProgram,
    OwnCardRefused,
    ProgramInactive,
    SameCard,
)
from domain.rights import Right
from domain.rules.counter import Admitted
from domain.rules.expiry_warnings import combined
from domain.rules.held import merged
from domain.rules.history import in_order
from domain.rules.rewards import progress
from domain.rules.voids import recount_today
from domain.staff import Actor
from domain.usecases.ask_holder import ask_holder, can_answer, check_may_ask, check_open, end_move, is_bound
from domain.usecases.asking import in_name_of
from domain.usecases.card_state import CardState, card_state
from domain.usecases.guest_mail import pass_on_mailbox
from domain.usecases.manage_cards import managing, note_down
from domain.usecases.my_cards import check_not_merged
from domain.usecases.once import once, once_told
from domain.usecases.posting import Posted, admitted, append, ask_pin, draft, posted
from domain.usecases.referrals import end_referral_of_one
from domain.usecases.sending import send


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeMerge:
    """``account`` is None for the operator. ``card`` is the one that remains, unless ``is_undecided``: then a card in
    Telegram remains rather than a guest's, and otherwise ``other`` where its code was scanned (``is_at_hand``), which
    nobody can do with a lost phone."""

    merchant_id: MerchantId
    account: Account | None
    card: CardRef
    other: CardRef
    is_undecided: bool = False
    is_at_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePreview:
    """``together`` is the remaining card as it would be. ``needs_yes`` says that the holder of the other one must say
    yes first, ``is_reachable`` that they can be asked."""

    merchant_id: MerchantId
    card: CardState
    other: CardState
    together: CardState
    needs_yes: bool = False
    is_reachable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAsOperator:
    """``key`` is the operation key: with the same key it happens once."""

    merchant_id: MerchantId
    card: CardRef
    other: CardRef
    key: OperationKey


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeWaiting:
    """The holder of the card is asked whether it may be merged into the card ``into_number``. ``may_vouch`` is False
    for who asks against a no of the holder's."""

    move: CardMove
    card_number: CardNumber
    into_number: CardNumber
    customer_name: str
    is_reachable: bool
    may_vouch: bool


def see_merge(*, tx: Tx, query: SeeMerge) -> MergePreview:
    """Raises NotAllowed, MerchantNotFound, CardNotFound, OwnCardRefused, and for cards that cannot be merged
    SameCard, CardMerged, CardInactive, ProgramInactive, OtherProgram."""
    merchant, _ = managing(tx, query.merchant_id, query.account)
    into = _held(merchant, tx.card(query.merchant_id, query.card))
    other = _held(merchant, tx.card(query.merchant_id, query.other))
    if query.account in (into.customer.account, other.customer.account):
        raise OwnCardRefused
    _check_pair(tx, into, other)
    if query.is_undecided and _is_better_kept(other, into, is_at_hand=query.is_at_hand):
        into, other = other, into

    def state(holding: Holding, card: Card) -> CardState:
        return card_state(
            merchant=merchant, card=card, customer=holding.customer, program=holding.program, now=tx.now
        )

    return MergePreview(
        merchant_id=query.merchant_id,
        card=state(into, into.card),
        other=state(other, other.card),
        together=state(into, _together(into.card, other.card, into.program)),
        needs_yes=_needs_yes(other),
        is_reachable=can_answer(tx, other.customer.account),
    )


def merge_cards(*, tx: Tx, command: Asked[MergeCards]) -> Posted | MergeWaiting:
    """Where the other card's holder has a chat, asks them: their yes, or a manager who vouches, merges the cards.
    Both holders are told. Asking again with the same key asks no second time.

    Raises OperationKeyReused, all that ``admit`` and ``ask_pin`` raise, OwnCardRefused, HolderAskedOften, MergeOver
    where the holder was asked and it came to nothing, and for cards that cannot be merged what ``see_merge`` raises.
    """
    return once(tx, command, _merge)


def merge_as_operator(*, tx: Tx, command: MergeAsOperator) -> Posted | MergeWaiting:
    """Like ``merge_cards``. Raises OperationKeyReused, CardNotFound, MergeOver, and for cards that cannot be merged
    what ``see_merge`` raises."""
    found = [tx.card(command.merchant_id, ref) for ref in (command.card, command.other)]
    into_id, other_id = (each[0].card_id if each else None for each in found)
    told = _told_by_operator(into_id, other_id)

    def carry_out() -> Posted | MergeWaiting:
        into, other = _lock(tx, command.merchant_id, into_id, other_id)
        before = _asked_before(tx, into, other, command.key, None)
        if before is not None:
            return before
        _check_pair(tx, into, other)
        if _needs_yes(other):
            return _ask(tx, into, other, command.key, None)
        return _carry_out(tx, into, other, command.key, told)

    return once_told(tx, command.merchant_id, command.key, told, carry_out)


def merge_allowed(tx: Tx, move: CardMove) -> Posted:
    """Merges what the holder said yes to, or a manager vouched for, in the name of who asked, where they asked.
    Everything is checked again except for the PIN, which was typed before the holder was asked.

    Raises AskerMayNot where the member may not do it any more, and for cards that cannot be merged what ``see_merge``
    raises.
    """
    assert move.operation_key is not None
    into, other = _lock(tx, move.merchant_id, move.into_card_id, move.card_id)
    if move.staff_id is None or move.store_id is None:
        told = _told_by_operator(into.card.card_id, other.card.card_id)
        return _carry_out(tx, into, other, move.operation_key, told)
    with in_name_of(tx, move.merchant_id, move.staff_id):
        staff = tx.staff(move.merchant_id, move.staff_id)
        if staff is None or staff.account is None:
            raise NotAllowed
        asked = _asked_act(into, other, move.operation_key, move.staff_id, move.store_id, staff.account)
        at = _admitted(tx, asked, other)
    return _carry_out(tx, into, other, move.operation_key, fingerprint(asked), **made_by(at, asked))


def merge_into(
    tx: Posting,
    into: Holding,
    other: Holding,
    key: OperationKey,
    told: str,
    **by: Any,
) -> Card:
    """Merges a guest's card ``other`` into the card of the account that adopts it; returns the latter as it was
    before. ``by`` is as ``made_by`` tells. Raises CardNotFound, and for cards that cannot be merged what
    ``see_merge`` raises."""
    into, other = _lock(tx, into.card.merchant_id, into.card.card_id, other.card.card_id)
    _carry_out(tx, into, other, key, told, **by)
    return into.card


def made_by(at: Admitted, asked: Asked[Any]) -> dict[str, Any]:
    """The fields of an entry that say who made it, where, and by which message."""
    return {"store_id": at.store.store_id, "staff_id": at.staff.staff_id, "origin": asked.origin}


def _merge(tx: Tx, asked: Asked[MergeCards]) -> Posted | MergeWaiting:
    act = asked.act
    merchant_id, ids = asked.actor.merchant_id, (CardId(act.card.value), CardId(act.other.value))
    into, other = _lock(tx, merchant_id, *ids)
    before = _asked_before(tx, into, other, act.key, asked.actor.staff_id)
    if before is not None:
        return before
    at = _admitted(tx, asked, other)
    _check_pair(tx, into, other)
    if _needs_yes(other):
        check_may_ask(tx, other.customer, at.staff)
    ask_pin(tx, at, asked)
    if _needs_yes(other):
        return _ask(tx, into, other, act.key, at)
    return _carry_out(tx, into, other, act.key, fingerprint(asked), **made_by(at, asked))


def _admitted(tx: Tx, asked: Asked[MergeCards], other: Holding) -> Admitted:
    at = admitted(tx, asked, Right.MANAGE_CARDS, None)
    if other.customer.account in (at.staff.account, asked.actor.account):
        raise OwnCardRefused
    return at


def _needs_yes(other: Holding) -> bool:
    """Whoever has the card that is closed loses it. A guest has no chat to be asked in."""
    return not other.customer.account.is_guest


def _asked_before(
    tx: Tx, into: Holding, other: Holding, key: OperationKey, staff_id: StaffId | None
) -> MergeWaiting | None:
    """What was asked with this key, None when it is new. Raises OperationKeyReused, MergeOver."""
    move = tx.move_by_key(into.card.merchant_id, key)
    if move is None:
        return None
    if (move.card_id, move.into_card_id, move.staff_id) != (other.card.card_id, into.card.card_id, staff_id):
        raise OperationKeyReused
    check_open(tx, move)
    return _waiting(tx, move, into, other)


def _ask(tx: Tx, into: Holding, other: Holding, key: OperationKey, at: Admitted | None) -> MergeWaiting:
    """``at`` is the counter, None for the operator."""
    by = {"staff_id": at.staff.staff_id, "store_id": at.store.store_id} if at else {"staff_id": None}
    move = ask_holder(tx, into.merchant, other.card, other.customer, into=into.card, operation_key=key, **by)
    return _waiting(tx, move, into, other)


def _waiting(tx: Tx, move: CardMove, into: Holding, other: Holding) -> MergeWaiting:
    asker = tx.staff(move.merchant_id, move.staff_id) if move.staff_id else None
    return MergeWaiting(
        move=move,
        card_number=other.card.number,
        into_number=into.card.number,
        customer_name=other.customer.name,
        is_reachable=can_answer(tx, other.customer.account),
        may_vouch=not is_bound(tx, other.customer, asker),
    )


def _asked_act(
    into: Holding, other: Holding, key: OperationKey, staff_id: StaffId, store_id: StoreId, account: Account
) -> Asked[MergeCards]:
    act = MergeCards(card=CardRef("id", into.card.card_id), other=CardRef("id", other.card.card_id), key=key)
    actor = Actor(merchant_id=into.card.merchant_id, staff_id=staff_id, store_id=store_id, account=account)
    return Asked(act=act, actor=actor, pin_typed=True)


def _told_by_operator(into_id: CardId | None, other_id: CardId | None) -> str:
    return f"merge card={into_id} other={other_id}"


def _lock(
    tx: Posting, merchant_id: MerchantId, card_id: CardId | None, other_id: CardId | None
) -> tuple[Holding, Holding]:
    """Locks both in the order of their ids, so that two merges of the same cards never wait for each other."""
    if card_id is None or other_id is None:
        raise CardNotFound
    locked = {each: tx.lock_card(merchant_id, each) for each in sorted({card_id, other_id})}
    into, other = locked[card_id], locked[other_id]
    if into is None or other is None:
        raise CardNotFound
    return into, other


def _carry_out(
    tx: Posting,
    into: Holding,
    other: Holding,
    key: OperationKey,
    told: str,
    **by: Any,
) -> Posted:
    """``by`` says who made the entries; nobody did for the operator, and for whoever proves that a guest's card is
    theirs."""
    _check_pair(tx, into, other)
    card, card_before, other_before = into.card, tx.history_of(into.card), tx.history_of(other.card)

    emptied, out_key = _emptied(other.card), OperationKey(f"{key}:out")
    out = draft(tx, other, emptied, EntryKind.MERGED_OUT, out_key, note=card.number, **by)
    emptied = append(tx, other, emptied, out, told, [*other_before, out])

    together = _together(card, other.card, into.program)
    entry = draft(
        tx,
        into,
        together,
        EntryKind.MERGED_IN,
        key,
        note=other.card.number,
        related_entry_id=out.entry_id,
        **by,
    )
    entries = in_order([*card_before, *other_before, out, entry])
    together = append(tx, into, recount_today(together, entries), entry, told, entries)

    _close(tx, into, other, emptied)
    staff_id = by.get("staff_id")
    note_down(tx, other.card, NoteKind.MERGED_OUT, card.number, staff_id)
    note_down(tx, card, NoteKind.MERGED_IN, other.card.number, staff_id)
    _tell(tx, into, other, together, entry, out)
    if end_referral_of_one(tx, into, other, entry):
        now = tx.lock_card(card.merchant_id, card.card_id)
        together = now.card if now else together
    return posted(into, together, entry, tx.now)


def _is_better_kept(one: Holding, other: Holding, *, is_at_hand: bool) -> bool:
    are_guests = one.customer.account.is_guest, other.customer.account.is_guest
    return is_at_hand if are_guests[0] == are_guests[1] else not are_guests[0]


def _held(merchant: Merchant, found: tuple[Card, Customer, Program] | None) -> Holding:
    if found is None:
        raise CardNotFound
    card, customer, program = found
    return Holding(merchant=merchant, customer=customer, card=card, program=program)


def _check_pair(tx: Posting, into: Holding, other: Holding) -> None:
    """Raises SameCard, CardMerged, CardInactive, OtherProgram, ProgramInactive."""
    if into.card.card_id == other.card.card_id:
        raise SameCard
    for each in (into, other):
        check_not_merged(tx, each.card)
        if not each.card.active:
            raise CardInactive
    if into.card.program_id != other.card.program_id:
        raise OtherProgram
    if not into.program.active:
        raise ProgramInactive


def _together(card: Card, other: Card, program: Program) -> Card:
    kept = merged(card, other, program)
    for unit in Unit:
        kept = kept.plus(unit, other.balance(unit)).carrying(unit, other.carried(unit))
    prices = card.carried_price_minor, other.carried_price_minor
    return replace(kept, carried_price_minor=min((each for each in prices if each is not None), default=None))


def _emptied(card: Card) -> Card:
    """The card with nothing left on it."""
    return replace(
        card,
        stamp_count=0,
        points_balance=0,
        stamps_today=0,
        stamp_day=None,
        last_stamp_at=None,
        held_cards=None,
        held_points=None,
        stamps_carried_minor=None,
        points_carried_nano=None,
        carried_price_minor=None,
        handed_out=None,
    )


def _close(tx: Posting, into: Holding, other: Holding, emptied: Card) -> None:
    """Closes the ``emptied`` card, and gives what hung on it to the card that stands for it."""
    heir = into.customer.account
    tx.void_passes(other.card)
    pass_on_mailbox(tx, other.customer.account, heir, is_theirs=heir.is_guest)
    tx.close_merged(replace(emptied, active=False, merged_into=into.card.card_id))
    _carry_warnings(tx, other.card, into.card)
    end_move(tx, other.card)


def _carry_warnings(tx: Posting, other: Card, card: Card) -> None:
    """A warning about the one card counts for the other."""
    for due, expires_at, warned in tx.open_warnings(other):
        both = combined(tx.warned(card, due, expires_at), warned)
        tx.carry_warning(card, due, expires_at, both)


def _tell(tx: Posting, into: Holding, other: Holding, together: Card, entry: Entry, out: Entry) -> None:
    program = into.program
    for holding, each in ((other, out), (into, entry)):
        facts = CardsMerged(
            merchant_name=into.merchant.name,
            card_number=into.card.number,
            other_number=other.card.number,
            is_closed=each is out,
            progress=progress(together, program) if program.has_stamps else None,
            points_balance=together.points_balance if program.has_points else None,
        )
        account, message_id = holding.customer.account, MessageId(each.entry_id)
        send(tx, each.merchant_id, account, MessageKind.CARDS_MERGED, facts, message_id)

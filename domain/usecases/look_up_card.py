"""Staff look at a card before they act on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.acts import Asked, LookUp
from domain.approval import Approver
from domain.card import Card, Customer
from domain.entry import Entry
from domain.ids import CardNumber, MerchantId
from domain.merchant import Merchant, Program
from domain.ports import Holdings, Team
from domain.printed import Adoption
from domain.quick import dataclass
from domain.refusals import Refusal
from domain.rights import Right, may
from domain.rules import paper
from domain.rules.counter import Counter, admit, admit_staff, find_card, may_lock
from domain.rules.voids import entries_of_others, needs_reason, voidable_entries
from domain.staff import Actor
from domain.usecases.ask_manager import approvers
from domain.usecases.card_state import CardState, card_state
from domain.usecases.looking_back import of_today
from domain.usecases.my_cards import OtherCard

VOIDABLE_SHOWN = 5
ENTRIES_READ = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Voidable:
    entry: Entry
    needs_reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAtCounter:
    """``voidable`` are the newest acts that this member may take back, newest first; ``refusal`` is why nothing may
    be done to the card. ``named`` is the number of the card that was named, where it was merged into this one.
    ``may_lock`` says that the member need not type the PIN now, ``seen_at`` is when all this was read. ``manage_at``
    is the merchant at which they may open the card's page from their own account. ``others`` are the holder's other
    usable cards of the shop.

    ``askable`` are the newest acts that they may take back with a manager's approval. ``approvers`` are the names of
    those who can be asked for that, and for more stamps than the daily limit; ``unreachable`` are the names of those
    who could approve but cannot be told. ``is_new`` says that it is a printed card that nobody has yet, ``paper_max``
    with how many stamps from paper the card may begin; ``adoption`` is an open request for a guest's card.
    """

    card: CardState
    store_name: str
    voidable: tuple[Voidable, ...]
    seen_at: datetime
    may_lock: bool = False
    refusal: Refusal | None = None
    manage_at: MerchantId | None = None
    askable: tuple[Entry, ...] = ()
    approvers: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    others: Sequence[OtherCard] = ()
    named: CardNumber | None = None
    is_new: bool = False
    paper_max: int = 0
    adoption: Adoption | None = None


class AtCounter(Holdings, Team, Protocol):
    """The card, the holder's other cards, and the team."""


def look_up_card(*, tx: AtCounter, query: Asked[LookUp]) -> CardAtCounter:
    """Raises NotAllowed, CardNotFound."""
    counter = tx.counter(query.actor, query.act.card)
    merchant, staff, store = admit_staff(counter, Right.SEE_CARD)
    card, customer, program = find_card(counter)
    of_day = of_today(tx, card, merchant.timezone)
    refusal = _refusal(counter, query.actor)
    voidable: tuple[Entry, ...] = ()
    askable: tuple[Entry, ...] = ()
    asked: Sequence[Approver] = ()
    if merchant.allow_void and refusal is None:
        entries = tx.history_of(card, newest=ENTRIES_READ)
        voidable = voidable_entries(entries, staff, tx.now)[:VOIDABLE_SHOWN]
        askable = entries_of_others(entries, staff, tx.now)[: VOIDABLE_SHOWN - len(voidable)]
    if refusal is None and (askable or (program.has_stamps and program.max_daily_stamps is not None)):
        asked = approvers(tx, staff, customer)
    is_manager = may(staff.role, Right.MANAGE_CARDS) and staff.account == query.actor.account
    return CardAtCounter(
        card=card_state(merchant=merchant, card=of_day, customer=customer, program=program, now=tx.now),
        store_name=store.name,
        voidable=tuple(
            Voidable(entry=entry, needs_reason=needs_reason(entry, staff, tx.now)) for entry in voidable
        ),
        seen_at=tx.now,
        may_lock=may_lock(counter, merchant, [program], tx.now),
        refusal=refusal,
        manage_at=merchant.merchant_id if is_manager else None,
        askable=askable,
        approvers=tuple(each.staff.name for each in asked if each.is_reachable),
        unreachable=tuple(each.staff.name for each in asked if not each.is_reachable),
        others=_others(tx, card, customer, program),
        named=counter.named,
        is_new=counter.blank is not None,
        paper_max=_paper_max(tx, merchant, card, program) if refusal is None else 0,
        adoption=_adoption(tx, card, customer) if refusal is None else None,
    )


def _paper_max(tx: AtCounter, merchant: Merchant, card: Card, program: Program) -> int:
    highest = paper.stamps_max(program)
    if not highest or not paper.is_new(card, merchant, tx.now) or paper.is_taken_over(tx.history_of(card)):
        return 0
    return highest


def _adoption(tx: AtCounter, card: Card, customer: Customer) -> Adoption | None:
    if not customer.account.is_guest:
        return None
    found = tx.adoption(card)
    return found if found is not None and found.is_open(tx.now) else None


def _others(tx: Holdings, card: Card, customer: Customer, program: Program) -> Sequence[OtherCard]:
    return [
        OtherCard(card_id=each.card_id, name=terms.name)
        for each, terms in (tx.cards_of(customer) if program.name else ())
        if terms.name and terms.active and each.active and each.card_id != card.card_id
    ]


def _refusal(counter: Counter, actor: Actor) -> Refusal | None:
    try:
        admit(counter, actor, Right.SEE_CARD, None)
    except Refusal as refusal:
        return refusal
    return None

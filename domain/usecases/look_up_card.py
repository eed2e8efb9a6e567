"""Staff look at a card before they act on it."""

from dataclasses import dataclass
from datetime import datetime

from domain.acts import Asked, LookUp
from domain.entry import Entry
from domain.ids import CardNumber, MerchantId
from domain.ports import Ledger
from domain.refusals import Refusal
from domain.rights import Right, may
from domain.rules.counter import Counter, admit, admit_staff, find_card, may_lock
from domain.rules.voids import needs_reason, voidable_entries
from domain.staff import Actor
from domain.usecases.card_state import CardState, card_state

VOIDABLE_SHOWN = 5
ENTRIES_READ = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Voidable:
    entry: Entry
    needs_reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAtCounter:
    """``voidable`` are the newest acts that this member may take back, newest first; ``refusal`` is why nothing may
    be done to the card. ``named`` is the number of a card that was merged into this one, where that was asked for.
    ``may_lock`` says that the member is spared the PIN, ``seen_at`` when all that was so;
    ``manage_at`` is the merchant at which they may open the card's page from their own account.
    """

    card: CardState
    store_name: str
    voidable: tuple[Voidable, ...]
    seen_at: datetime
    may_lock: bool = False
    refusal: Refusal | None = None
    manage_at: MerchantId | None = None
    named: CardNumber | None = None


def look_up_card(*, tx: Ledger, query: Asked[LookUp]) -> CardAtCounter:
    """Raises NotAllowed, CardNotFound."""
    counter = tx.counter(query.actor, query.act.card)
    merchant, staff, store = admit_staff(counter, Right.SEE_CARD)
    card, customer, program = find_card(counter)
    refusal = _refusal(counter, query.actor)
    voidable: tuple[Entry, ...] = ()
    if merchant.allow_void and refusal is None:
        voidable = voidable_entries(tx.history_of(card, newest=ENTRIES_READ), staff, tx.now)[:VOIDABLE_SHOWN]
    is_manager = may(staff.role, Right.MANAGE_CARDS) and staff.account == query.actor.account
    return CardAtCounter(
        card=card_state(merchant=merchant, card=card, customer=customer, program=program, now=tx.now),
        store_name=store.name,
        voidable=tuple(
            Voidable(entry=entry, needs_reason=needs_reason(entry, staff, tx.now)) for entry in voidable
        ),
        seen_at=tx.now,
        may_lock=may_lock(counter, merchant, [program], tx.now),
        refusal=refusal,
        manage_at=merchant.merchant_id if is_manager else None,
        named=counter.named,
    )


def _refusal(counter: Counter, actor: Actor) -> Refusal | None:
    try:
        admit(counter, actor, Right.SEE_CARD, None)
    except Refusal as refusal:
        return refusal
    return None

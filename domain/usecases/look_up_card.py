"""Staff look at a card before they act on it."""

from dataclasses import dataclass

from domain.acts import Asked, LookUp
from domain.entry import Entry
from domain.ports import Ledger
from domain.refusals import CardNotFound
from domain.rights import Right
from domain.rules.counter import admit_staff
from domain.rules.voids import needs_reason, voidable_entries
from domain.usecases.card_state import CardState, card_state

VOIDABLE_SHOWN = 5
ENTRIES_READ = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Voidable:
    entry: Entry
    needs_reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAtCounter:
    """``voidable`` are the newest acts that this member may take back, newest first."""

    card: CardState
    store_name: str
    voidable: tuple[Voidable, ...]


def look_up_card(*, tx: Ledger, query: Asked[LookUp]) -> CardAtCounter:
    """Raises NotAllowed, CardNotFound."""
    counter = tx.counter(query.actor, query.act.card)
    merchant, staff, store = admit_staff(counter, Right.SEE_CARD)
    if counter.card is None or counter.customer is None or counter.program is None:
        raise CardNotFound
    voidable: tuple[Entry, ...] = ()
    if merchant.allow_void:
        newest = tx.entries_of(counter.card, newest=ENTRIES_READ)
        voidable = voidable_entries(newest, staff, tx.now)[:VOIDABLE_SHOWN]
    return CardAtCounter(
        card=card_state(
            merchant=merchant,
            card=counter.card,
            customer=counter.customer,
            program=counter.program,
            now=tx.now,
        ),
        store_name=store.name,
        voidable=tuple(
            Voidable(entry=entry, needs_reason=needs_reason(entry, staff, tx.now)) for entry in voidable
        ),
    )

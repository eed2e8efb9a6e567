"""Staff take an act back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.messages import AlertReason, MessageKind, StaffAlert
from domain.ports import Tx
from domain.refusals import VoidingSwitchedOff
from domain.rights import Right
from domain.rules.counter import Admitted, admit
from domain.rules.expiry import restorable
from domain.rules.voids import NumberOfStamps, Undo, Void, VoidTarget, decide_void, recount_today, take_from
from domain.usecases.card_state import CardState
from domain.usecases.once import Operation, Outcome, once
from domain.usecases.posting import draft, post, send


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidAct(Operation):
    """``note`` is the reason, which a manager must give for what is not the own recent act."""

    target: VoidTarget

    @property
    def fingerprint(self) -> str:
        return f"void {self.actor.staff_id} {self.card} {self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided(Outcome):
    """``count`` of ``unit`` were taken from the card (or given back, for a redemption).

    ``shortfall`` were already spent, or had expired and could not be given back.
    """

    entry_id: EntryId
    kind: EntryKind
    unit: Unit
    count: int
    shortfall: int
    card: CardState


def void_act(*, tx: Tx, command: VoidAct) -> Voided:
    """Voids an entry or a number of stamps; the voider is the void's staff. An Undo needs no PIN.

    Raises OperationKeyReused, all that ``admit`` raises, VoidingSwitchedOff and all that ``decide_void`` raises.
    """
    return once(tx, command, Voided, _void)


def _void(tx: Tx, command: VoidAct) -> Voided:
    pin_typed = command.pin_typed or isinstance(command.target, Undo)
    counter = tx.lock_counter(command.actor, command.card)
    unit = Unit.STAMPS if isinstance(command.target, NumberOfStamps) else None
    at = admit(counter, command.actor, Right.VOID_OWN, unit, now=tx.now, pin_typed=pin_typed)
    if not at.merchant.allow_void:
        raise VoidingSwitchedOff
    entries = tx.entries_of(at.card)
    void = decide_void(command.target, entries, at.staff, command.note, tx.now)
    card, shortfall = take_from(at.card, void, _restorable(tx, at, void, entries))
    entry = draft(tx, at, command, card, void.kind, related=void.entry, unit=void.unit, shortfall=shortfall)
    state = post(tx, at, recount_today(card, [*entries, entry]), entry, [*entries, entry])
    if shortfall and void.kind is not EntryKind.REDEMPTION_VOIDED:
        _alert_managers(tx, at, void, taken=void.count - shortfall)
    return Voided(
        entry_id=entry.entry_id,
        kind=void.kind,
        unit=void.unit,
        count=void.count - shortfall,
        shortfall=shortfall,
        card=state,
    )


def _restorable(tx: Tx, at: Admitted, void: Void, entries: Sequence[Entry]) -> int:
    if void.kind is not EntryKind.REDEMPTION_VOIDED or void.entry is None:
        return 0

    def warned_at(expires_at: datetime) -> datetime | None:
        warned = tx.warned(at.card, void.unit, expires_at)
        return warned.delivered_at if warned else None

    return restorable(void.entry, entries, at.program, at.merchant.timezone, tx.now, warned_at)


def _alert_managers(tx: Tx, at: Admitted, void: Void, *, taken: int) -> None:
    """A void of stamps or points that are gone means that a reward was already spent."""
    facts = StaffAlert(
        reason=AlertReason.VOID_SHORTFALL,
        staff_id=at.staff.staff_id,
        staff_name=at.staff.name,
        card_number=at.card.number,
        unit=void.unit,
        wanted=void.count,
        taken=taken,
    )
    for manager in tx.managers_of(at.merchant.merchant_id):
        send(tx, at.merchant.merchant_id, manager, MessageKind.STAFF_ALERT, facts)

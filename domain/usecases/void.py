"""Staff take an act back."""

from dataclasses import dataclass

from domain.card import CardRef
from domain.entry import EntryKind, Origin
from domain.ids import EntryId, OperationKey
from domain.message import AlertReason, MessageKind, StaffAlert
from domain.ports import Tx
from domain.refusals import VoidingSwitchedOff
from domain.rules.counter import Admitted, admit
from domain.rules.rights import Act
from domain.rules.stamps import check_stamp_count
from domain.rules.voids import NumberOfStamps, Undo, VoidTarget, decide_void, recount_today, take_from
from domain.staff import Actor
from domain.usecases.card_state import CardState
from domain.usecases.once import Outcome, once
from domain.usecases.posting import draft, post, send


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidAct:
    """``note`` is the reason, which a manager must give for what is not the own recent act."""

    actor: Actor
    card: CardRef
    target: VoidTarget
    operation_key: OperationKey
    origin: Origin
    pin_typed: bool = False
    note: str | None = None

    @property
    def fingerprint(self) -> str:
        return f"void {self.actor.staff_id} {self.card} {self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided(Outcome):
    """``stamps`` were taken from the card (or given back, for a redemption); ``shortfall`` were already spent."""

    entry_id: EntryId
    kind: EntryKind
    stamps: int
    shortfall: int
    card: CardState


def void_act(*, tx: Tx, command: VoidAct) -> Voided:
    """Voids an entry or a number of stamps; the voider is the void's staff. An Undo needs no PIN.

    Raises OperationKeyReused, StampCountOutOfRange, all that ``admit`` raises, VoidingSwitchedOff and all that
    ``decide_void`` raises.
    """
    if isinstance(command.target, NumberOfStamps):
        check_stamp_count(command.target.count)
    return once(tx, command, Voided, _void)


def _void(tx: Tx, command: VoidAct) -> Voided:
    pin_typed = command.pin_typed or isinstance(command.target, Undo)
    counter = tx.lock_counter(command.actor, command.card)
    at = admit(counter, command.actor, Act.VOID_OWN, now=tx.now, pin_typed=pin_typed)
    if not at.merchant.allow_void:
        raise VoidingSwitchedOff
    entries = tx.entries_of(at.card)
    void = decide_void(command.target, entries, at.staff, command.note, tx.now)
    card, shortfall = take_from(at.card, void)
    entry = draft(tx, at, command, card, void.kind, related=void.entry, shortfall=shortfall)
    state = post(tx, at, recount_today(card, [*entries, entry]), entry)
    if shortfall:
        _alert_managers(tx, at, wanted=void.stamps, taken=void.stamps - shortfall)
    return Voided(
        entry_id=entry.entry_id,
        kind=void.kind,
        stamps=abs(entry.stamps_delta),
        shortfall=shortfall,
        card=state,
    )


def _alert_managers(tx: Tx, at: Admitted, *, wanted: int, taken: int) -> None:
    """A void of stamps that are gone means that a reward was already spent."""
    facts = StaffAlert(
        reason=AlertReason.VOID_SHORTFALL,
        staff_id=at.staff.staff_id,
        staff_name=at.staff.name,
        card_number=at.card.number,
        stamps_wanted=wanted,
        stamps_taken=taken,
    )
    for manager in tx.managers_of(at.merchant.merchant_id):
        send(tx, at.merchant.merchant_id, manager, MessageKind.STAFF_ALERT, facts)

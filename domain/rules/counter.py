"""What must hold for any act at the counter: rules 2 to 5 of the order of refusals, which come before the act's own
rules, and the PIN, which is checked last (docs/decisions/0032)."""

from collections.abc import Iterable
from datetime import datetime

from domain.card import Card, Customer
from domain.expiry import Unit
from domain.ids import CardNumber
from domain.merchant import Merchant, Program, Store
from domain.printed import Blank
from domain.quick import dataclass
from domain.refusals import (
    CardInactive,
    CardNotFound,
    NotAllowed,
    OwnCardRefused,
    PinNotSet,
    PinRequired,
    PointsNotEnabled,
    ProgramInactive,
    StampsNotEnabled,
)
from domain.rights import Right, may
from domain.rules import pins
from domain.staff import Actor, PinSession, Role, Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Everything that is known where an act happens; what was not found is None.

    ``device`` is the team's row for the account that asks: the member's own, or a terminal. ``staff_works_here`` and
    ``device_works_here`` say whether each is assigned to ``store``. ``pin_session`` is that of the member on this
    account. ``named`` is the number of the card that was named, where it was merged into this one. ``blank`` is set
    for a blank; ``card`` and ``customer`` are then what they will be.
    """

    merchant: Merchant | None
    staff: Staff | None
    staff_works_here: bool
    device: Staff | None
    device_works_here: bool
    store: Store | None
    pin_session: PinSession
    card: Card | None = None
    customer: Customer | None = None
    program: Program | None = None
    named: CardNumber | None = None
    blank: Blank | None = None

    @property
    def is_at_terminal(self) -> bool:
        return self.device is not None and self.device.role is Role.TERMINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A counter where everything was found."""

    merchant: Merchant
    staff: Staff
    store: Store
    card: Card
    customer: Customer
    program: Program
    pin_session: PinSession
    is_at_terminal: bool


def admit(counter: Counter, actor: Actor, act: Right, unit: Unit | None) -> Admitted:
    """Checks rules 2 to 5 for an act on a balance; ``unit`` is None where either will do.

    Raises NotAllowed, OwnCardRefused and what ``usable_card`` raises.
    """
    merchant, staff, store = admit_staff(counter, act)
    card, customer, program = usable_card(counter, unit)
    if customer.account in (staff.account, actor.account):
        raise OwnCardRefused
    return Admitted(
        merchant=merchant,
        staff=staff,
        store=store,
        card=card,
        customer=customer,
        program=program,
        pin_session=counter.pin_session,
        is_at_terminal=counter.is_at_terminal,
    )


def admit_staff(counter: Counter, act: Right) -> tuple[Merchant, Staff, Store]:
    """Checks rule 2 alone. Raises NotAllowed."""
    merchant, staff, device, store = counter.merchant, counter.staff, counter.device, counter.store
    if merchant is None or staff is None or device is None or store is None:
        raise NotAllowed
    if not (staff.is_active and device.is_active and store.active and _is_here(counter, staff, device)):
        raise NotAllowed
    if not may(staff.role, act):
        raise NotAllowed
    return merchant, staff, store


def admit_terminal(counter: Counter) -> Merchant:
    """Checks rule 2 for a terminal at which nobody stands. Raises NotAllowed."""
    merchant, device, store = counter.merchant, counter.device, counter.store
    if merchant is None or device is None or store is None or not counter.is_at_terminal:
        raise NotAllowed
    if not (device.is_active and store.active and counter.device_works_here):
        raise NotAllowed
    return merchant


def _is_here(counter: Counter, staff: Staff, device: Staff) -> bool:
    if not counter.staff_works_here:
        return False
    return device.staff_id == staff.staff_id or (counter.is_at_terminal and counter.device_works_here)


def usable_card(counter: Counter, unit: Unit | None) -> tuple[Card, Customer, Program]:
    """Checks rules 3 and 4. Raises CardNotFound, CardInactive, ProgramInactive, StampsNotEnabled,
    PointsNotEnabled."""
    card, customer, program = find_card(counter)
    if not card.active:
        raise CardInactive
    if not program.active:
        raise ProgramInactive
    if unit is Unit.STAMPS and not program.has_stamps:
        raise StampsNotEnabled
    if unit is Unit.POINTS and not program.has_points:
        raise PointsNotEnabled
    return card, customer, program


def find_card(counter: Counter) -> tuple[Card, Customer, Program]:
    """Raises CardNotFound."""
    if counter.card is None or counter.customer is None or counter.program is None:
        raise CardNotFound
    return counter.card, counter.customer, counter.program


def check_pin(at: Admitted, now: datetime, *, is_typed: bool) -> None:
    """Checks the last rule; ``is_typed`` says that the PIN was typed and verified for this very act, or need not be.

    Raises PinNotSet, PinBlocked, PinLocked, PinRequired.
    """
    if is_typed or not wants_pin(at.program, is_at_terminal=at.is_at_terminal):
        return
    if at.staff.pin.hash is None:
        raise PinNotSet
    if is_window_open(at, now):
        return
    pins.check_not_locked(at.pin_session, now)
    raise PinRequired


def is_window_open(at: Admitted, now: datetime) -> bool:
    """Whether a PIN is required here but need not be typed again."""
    if not wants_pin(at.program, is_at_terminal=at.is_at_terminal):
        return False
    minutes = at.program.pin_window_minutes
    return pins.is_window_open(at.pin_session.verified_at, minutes, at.merchant.timezone, now)


def may_lock(counter: Counter, merchant: Merchant, programs: Iterable[Program], now: datetime) -> bool:
    """Whether *Lock* would end anything: an open window, or a member's work at a terminal."""
    verified_at = counter.pin_session.verified_at
    return counter.is_at_terminal or any(
        program.require_staff_pin
        and pins.is_window_open(verified_at, program.pin_window_minutes, merchant.timezone, now)
        for program in programs
    )


def wants_pin(program: Program, *, is_at_terminal: bool) -> bool:
    """A terminal requires the PIN whatever the program says, because nothing else says who stands there."""
    return program.require_staff_pin or is_at_terminal

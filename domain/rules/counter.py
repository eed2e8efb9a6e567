"""What must hold before any act at the counter: the answers 2 to 6 of the order of refusals."""

from dataclasses import dataclass
from datetime import datetime

from domain.card import Card, Customer
from domain.expiry import Unit
from domain.merchant import Merchant, Program, Store
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
    """All that is known where an act happens; what was not found is None.

    ``device`` is the team's row bound to the account that asks: the member's own, or a terminal.
    ``staff_works_here`` and ``device_works_here`` say whether each is assigned to ``store``.
    ``pin_session`` is that of the member on this account.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A counter at which nothing is missing."""

    merchant: Merchant
    staff: Staff
    store: Store
    card: Card
    customer: Customer
    program: Program


def admit(
    counter: Counter, actor: Actor, act: Right, unit: Unit | None, *, now: datetime, pin_typed: bool
) -> Admitted:
    """Rules 2 to 6 for an act on a balance, of either unit where ``unit`` is None.

    ``pin_typed`` says that the PIN was typed and verified for this very act. Raises NotAllowed, CardNotFound,
    CardInactive, ProgramInactive, StampsNotEnabled, PointsNotEnabled, OwnCardRefused, PinNotSet, PinBlocked,
    PinLocked, PinRequired.
    """
    merchant, staff, store = admit_staff(counter, act)
    card, customer, program = _find_card(counter)
    if not card.active:
        raise CardInactive
    if not program.active:
        raise ProgramInactive
    if unit is Unit.STAMPS and not program.has_stamps:
        raise StampsNotEnabled
    if unit is Unit.POINTS and not program.has_points:
        raise PointsNotEnabled
    if customer.account in (staff.account, actor.account):
        raise OwnCardRefused
    if not pin_typed:
        _check_pin(counter, staff, program, now)
    return Admitted(
        merchant=merchant, staff=staff, store=store, card=card, customer=customer, program=program
    )


def admit_staff(counter: Counter, act: Right) -> tuple[Merchant, Staff, Store]:
    """Rule 2 alone. Raises NotAllowed."""
    merchant, staff, device, store = counter.merchant, counter.staff, counter.device, counter.store
    if merchant is None or staff is None or device is None or store is None:
        raise NotAllowed
    if not (staff.is_active and device.is_active and store.active and _is_here(counter, staff, device)):
        raise NotAllowed
    if not may(staff.role, act):
        raise NotAllowed
    return merchant, staff, store


def _is_here(counter: Counter, staff: Staff, device: Staff) -> bool:
    at_own_account = device.staff_id == staff.staff_id
    at_terminal = device.role is Role.TERMINAL and counter.device_works_here
    return counter.staff_works_here and (at_own_account or at_terminal)


def _find_card(counter: Counter) -> tuple[Card, Customer, Program]:
    if counter.card is None or counter.customer is None or counter.program is None:
        raise CardNotFound
    return counter.card, counter.customer, counter.program


def _check_pin(counter: Counter, staff: Staff, program: Program, now: datetime) -> None:
    """A terminal asks for the PIN whatever the program says: without it nobody knows who stands there."""
    at_terminal = counter.device is not None and counter.device.role is Role.TERMINAL
    if not (program.require_staff_pin or at_terminal):
        return
    if staff.pin.hash is None:
        raise PinNotSet
    if pins.is_window_open(counter.pin_session.verified_at, program.pin_window_minutes, now):
        return
    pins.check_not_locked(counter.pin_session, now)
    raise PinRequired

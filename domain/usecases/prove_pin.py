"""A member types a PIN. Hashing happens outside the transactions: a try is counted before it, judged after it."""

from dataclasses import dataclass
from datetime import datetime

from domain.account import Account
from domain.ids import MerchantId, StaffId
from domain.messages import AlertReason, MessageKind, StaffAlert
from domain.ports import Posting, Team
from domain.refusals import NotAllowed, PinBlocked, PinLocked, PinWrong, Refusal
from domain.rules import pins
from domain.staff import Desk, Pin, Role, Staff
from domain.usecases.posting import send


@dataclass(frozen=True, slots=True, kw_only=True)
class PinHolder:
    """Whose PIN, and on which account it is typed: the member's own or a terminal."""

    account: Account
    merchant_id: MerchantId
    staff_id: StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPin:
    """A try that was counted when the PIN was in ``generation``."""

    holder: PinHolder
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePin:
    holder: PinHolder
    pin_hash: str


def begin_attempt(*, tx: Team, command: PinHolder) -> Pin:
    """Counts one try and returns what to judge it against.

    Raises NotAllowed, PinNotSet, PinBlocked, PinLocked.
    """
    staff, _ = _member_at(tx, command)
    counted = pins.count_attempt(staff.pin, tx.pin_session(staff, command.account), tx.now)
    tx.save_pin_session(staff, command.account, counted)
    return staff.pin


def accept_pin(*, tx: Team, command: JudgedPin) -> Staff:
    """The PIN was right: the try does not count after all, and the PIN window opens. Raises NotAllowed."""
    staff, device = _member_at(tx, command.holder)
    if staff.pin.generation != command.generation:
        raise NotAllowed
    _open_window(tx, staff, device, command.holder.account)
    return staff


def reject_pin(*, tx: Posting, command: JudgedPin) -> Refusal:
    """The PIN was wrong: what to tell the member. Owners and managers hear of a lock. Raises NotAllowed."""
    staff, device = _member_at(tx, command.holder)
    session = tx.pin_session(staff, command.holder.account)
    if pins.is_blocked(session):
        _alert(tx, staff, device, AlertReason.PIN_BLOCKED)
        return PinBlocked()
    left = pins.attempts_left(session)
    if left == 0 and session.locked_until is not None:
        _alert(tx, staff, device, AlertReason.PIN_LOCKED, session.locked_until)
        return PinLocked(until=session.locked_until)
    return PinWrong(attempts_left=left)


def choose_pin(*, tx: Team, command: ChoosePin) -> Staff:
    """A first PIN, or one after a reset; it counts as typed now.

    Raises NotAllowed when there is one already, and on any account but the member's own.
    """
    staff, device = _member_at(tx, command.holder)
    if staff.pin.hash is not None or device.staff_id != staff.staff_id:
        raise NotAllowed
    tx.save_pin(staff, pins.changed(staff.pin, command.pin_hash))
    _open_window(tx, staff, device, command.holder.account)
    return staff


def _member_at(tx: Team, holder: PinHolder) -> tuple[Staff, Staff]:
    staff = tx.staff(holder.merchant_id, holder.staff_id)
    device = tx.member(holder.merchant_id, holder.account)
    if staff is None or device is None or staff.role is Role.TERMINAL:
        raise NotAllowed
    if not (staff.is_active and device.is_active):
        raise NotAllowed
    if device.staff_id != staff.staff_id and device.role is not Role.TERMINAL:
        raise NotAllowed
    return staff, device


def _open_window(tx: Team, staff: Staff, device: Staff, account: Account) -> None:
    tx.save_pin_session(staff, account, pins.accepted(tx.pin_session(staff, account), tx.now))
    desk = tx.desk(account)
    if device.role is Role.TERMINAL and desk is not None:
        tx.save_desk(
            Desk(
                account=account,
                merchant_id=desk.merchant_id,
                store_id=desk.store_id,
                staff_id=staff.staff_id,
            )
        )


def _alert(
    tx: Posting, staff: Staff, device: Staff, reason: AlertReason, until: datetime | None = None
) -> None:
    for account in tx.managers_of(staff.merchant_id):
        manager = tx.member(staff.merchant_id, account)
        if manager is None or manager.staff_id == staff.staff_id:
            continue
        facts = StaffAlert(
            reason=reason,
            staff_id=staff.staff_id,
            staff_name=staff.name,
            device_name=device.name if device.role is Role.TERMINAL else None,
            until=until,
            may_reset=not staff.role.is_above(manager.role),
        )
        send(tx, staff.merchant_id, account, MessageKind.STAFF_ALERT, facts)

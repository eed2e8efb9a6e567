"""A member types a PIN. Hashing happens outside the transactions: a try is counted before it and judged after it."""

from domain.account import Account
from domain.flags import FlagKind, Suspicion
from domain.ids import MerchantId, StaffId
from domain.messages import AlertReason, MessageKind, PinTried, StaffAlert
from domain.ports import Staffing, Team
from domain.quick import dataclass, replace
from domain.refusals import NotAllowed, PinBlocked, PinLocked, PinWrong, Refusal
from domain.rules import pins
from domain.rules.days import local_date
from domain.staff import Actor, Pin, PinSession, Role, Staff
from domain.usecases.sending import send
from domain.usecases.watch import raise_flag


@dataclass(frozen=True, slots=True, kw_only=True)
class PinHolder:
    """Whose PIN it is, and on which account it is typed: the member's own or a terminal."""

    account: Account
    merchant_id: MerchantId
    staff_id: StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPin:
    """A try that was counted when the PIN had this ``generation``."""

    holder: PinHolder
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePin:
    """``replaces`` is the generation of the PIN that was typed before this one was chosen, if one was."""

    holder: PinHolder
    pin_hash: str
    replaces: int | None = None


def begin_attempt(*, tx: Team, command: PinHolder) -> Pin:
    """Counts one try and returns the PIN to check it against.

    Raises NotAllowed, PinNotSet, PinBlocked, PinLocked.
    """
    staff, _ = _member_at(tx, command)
    counted = pins.count_attempt(staff.pin, tx.pin_session(staff, command.account), tx.now)
    tx.save_pin_session(staff, command.account, counted)
    return staff.pin


def accept_pin(*, tx: Staffing, command: JudgedPin) -> Staff:
    """The PIN was right: the try does not count after all, and the PIN window opens. The member is told once of wrong
    tries before it on this account, so that somebody who guesses in between is noticed. Raises NotAllowed."""
    staff, device = _member_at(tx, command.holder)
    if staff.pin.generation != command.generation:
        raise NotAllowed
    wrong = tx.pin_session(staff, command.holder.account).failures - 1
    if wrong > 0:
        _tell_member(tx, staff, device, wrong)
    _open_window(tx, staff, device, command.holder.account)
    return staff


def reject_pin(*, tx: Staffing, command: JudgedPin) -> Refusal:
    """The PIN was wrong: returns the refusal for the person who typed it. Owners and managers are told of a lock, and
    so is the member where it is on another phone than theirs. Raises NotAllowed."""
    staff, device = _member_at(tx, command.holder)
    session = tx.pin_session(staff, command.holder.account)
    if pins.is_blocked(session):
        _alert(tx, staff, device, AlertReason.PIN_BLOCKED, session)
        return PinBlocked()
    left = pins.attempts_left(session)
    if left == 0 and session.locked_until is not None:
        _alert(tx, staff, device, AlertReason.PIN_LOCKED, session)
        return PinLocked(until=session.locked_until)
    return PinWrong(attempts_left=left)


def choose_pin(*, tx: Team, command: ChoosePin) -> Staff:
    """Sets a first PIN, one after a reset, or one in the place of the PIN that was just typed, whose windows end
    elsewhere too; it counts as typed now.

    Raises NotAllowed when there is another one already, and on any account but the member's own.
    """
    staff, device = _member_at(tx, command.holder)
    is_due = staff.pin.hash is None or staff.pin.generation == command.replaces
    if not is_due or device.staff_id != staff.staff_id:
        raise NotAllowed
    tx.save_pin(staff, pins.changed(staff.pin, command.pin_hash))
    tx.end_pin_sessions(staff)
    _open_window(tx, staff, device, command.holder.account)
    return staff


def lock_pin(*, tx: Team, command: Actor) -> None:
    """The next act on this account needs the PIN; at a terminal nobody stands any more. Raises NotAllowed."""
    holder = PinHolder(account=command.account, merchant_id=command.merchant_id, staff_id=command.staff_id)
    staff, device = _member_at(tx, holder)
    tx.save_pin_window(staff, command.account, None)
    _stand(tx, device, command.account, None)


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
    _stand(tx, device, account, staff.staff_id)


def _stand(tx: Team, device: Staff, account: Account, staff_id: StaffId | None) -> None:
    """Sets who works at a terminal now."""
    desk = tx.desk(account)
    if device.role is Role.TERMINAL and desk is not None:
        tx.save_desk(replace(desk, staff_id=staff_id))


def _alert(tx: Staffing, staff: Staff, device: Staff, reason: AlertReason, session: PinSession) -> None:
    is_own = device.staff_id == staff.staff_id
    for account in tx.managers_of(staff.merchant_id):
        manager = tx.member(staff.merchant_id, account)
        if manager is None or manager.staff_id == staff.staff_id:
            continue
        facts = StaffAlert(
            reason=reason,
            staff_id=staff.staff_id,
            staff_name=staff.name,
            device_name=None if is_own else device.name,
            until=None if pins.is_blocked(session) else session.locked_until,
            may_reset=not staff.role.is_above(manager.role),
        )
        send(tx, staff.merchant_id, account, MessageKind.STAFF_ALERT, facts)
    if not is_own:
        _tell_member(tx, staff, device, session.failures)
    _flag(tx, staff, session)


def _flag(tx: Staffing, staff: Staff, session: PinSession) -> None:
    """Raises the flag at most once a day for each member."""
    merchant = tx.merchant(staff.merchant_id)
    if merchant is None:
        return
    suspicion = Suspicion(
        kind=FlagKind.PIN_LOCKED,
        staff_id=staff.staff_id,
        period=local_date(tx.now, merchant.timezone),
        count=session.failures,
        first_at=tx.now,
        last_at=tx.now,
    )
    raise_flag(tx, staff.merchant_id, suspicion)


def _tell_member(tx: Staffing, staff: Staff, device: Staff, wrong: int) -> None:
    merchant = tx.merchant(staff.merchant_id)
    if staff.account is None or merchant is None:
        return
    is_own = device.staff_id == staff.staff_id
    facts = PinTried(
        merchant_name=merchant.name, device_name=None if is_own else device.name, wrong_tries=wrong
    )
    send(tx, staff.merchant_id, staff.account, MessageKind.PIN_TRIED, facts)

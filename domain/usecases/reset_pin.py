"""A manager or the operator lets a locked-out member choose a new PIN. The member is told, and may undo it."""

from domain.account import Account
from domain.ids import InviteId, MerchantId, MessageId, StaffId, TokenHash
from domain.messages import Fate, MessageKind, NoticeOver, PinReset
from domain.ports import Staffing
from domain.quick import dataclass, replace
from domain.refusals import AccountUnknown, NotAllowed, StaffNotFound
from domain.rights import Right, entitled, may
from domain.rules import pins
from domain.staff import InvitePurpose, Role, Staff
from domain.team_log import TeamChange
from domain.usecases.notices import pin_alarms
from domain.usecases.recording import record_member
from domain.usecases.sending import send
from domain.usecases.set_up import add_invite


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPin:
    account: Account
    merchant_id: MerchantId
    staff_id: StaffId
    token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPinByOperator:
    merchant_id: MerchantId
    staff_id: StaffId
    token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeOwnPin:
    account: Account
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPin:
    """``helpers`` are the names of the others who may let the member choose a PIN without the present one."""

    staff: Staff
    helpers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReset:
    account: Account
    merchant_id: MerchantId
    invite_id: InviteId


def reset_pin_by_operator(*, tx: Staffing, command: ResetPinByOperator) -> Staff:
    """Like ``reset_pin``, for members with nobody above them. A member without an account gets a link that also binds
    one.

    Raises StaffNotFound.
    """
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or not staff.is_active or staff.role is Role.TERMINAL:
        raise StaffNotFound
    if staff.account is None:
        add_invite(tx, staff, InvitePurpose.JOIN_TEAM, command.token_hash)
    else:
        _reset(tx, staff, staff.account, command.token_hash, None)
    return staff


def reset_pin(*, tx: Staffing, command: ResetPin) -> Staff:
    """Makes a one-time link for the member's own account, and tells them; the old PIN stays until the link is opened.

    Raises NotAllowed, also for one's own PIN and for that of a member with a higher role, and AccountUnknown.
    """
    manager = entitled(tx.member(command.merchant_id, command.account), Right.RESET_PIN)
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or not staff.is_active or staff.role is Role.TERMINAL:
        raise NotAllowed
    if not _may_reset(manager, staff):
        raise NotAllowed
    if staff.account is None:
        raise AccountUnknown
    _reset(tx, staff, staff.account, command.token_hash, manager)
    return staff


def see_own_pin(*, tx: Staffing, query: SeeOwnPin) -> OwnPin:
    """Raises NotAllowed."""
    staff = entitled(tx.member(query.merchant_id, query.account), Right.RESET_PIN)
    team = (each for each in tx.staff_of(query.merchant_id) if each.is_active and each.account is not None)
    helpers = tuple(each.name for each in team if may(each.role, Right.RESET_PIN) and _may_reset(each, staff))
    return OwnPin(staff=staff, helpers=helpers)


def undo_reset(*, tx: Staffing, command: UndoReset) -> Staff:
    """The link stops working and the earlier PIN holds again, whether or not another was chosen meanwhile.

    Repeating it does nothing more. Raises NotAllowed for anybody but the member.
    """
    invite = tx.invite(command.merchant_id, command.invite_id)
    staff = tx.staff(command.merchant_id, invite.staff_id) if invite else None
    if invite is None or staff is None or not staff.is_active or staff.account != command.account:
        raise NotAllowed
    if invite.purpose is not InvitePurpose.RESET_PIN:
        raise NotAllowed
    if invite.withdrawn_at is None:
        tx.save_invite(replace(invite, withdrawn_at=tx.now))
        if invite.used_at is not None:
            staff = replace(staff, pin=pins.changed(staff.pin, invite.replaced_pin_hash))
            tx.save_staff(staff)
            tx.end_pin_sessions(staff)
    return staff


def _may_reset(manager: Staff, staff: Staff) -> bool:
    """Nobody resets their own: whoever has their phone in hand for a minute would have their PIN as well."""
    return manager.staff_id != staff.staff_id and not staff.role.is_above(manager.role)


def _reset(tx: Staffing, staff: Staff, account: Account, token_hash: TokenHash, giver: Staff | None) -> None:
    """The message's id is that of the link."""
    by = giver.name if giver else None
    record_member(tx, staff, TeamChange.PIN_RESET, giver.staff_id if giver else None)
    invite, merchant = (
        add_invite(tx, staff, InvitePurpose.RESET_PIN, token_hash),
        tx.merchant(staff.merchant_id),
    )
    facts = PinReset(merchant_name=merchant.name if merchant else "", by=by)
    message_id = MessageId(invite.invite_id)
    send(tx, staff.merchant_id, account, MessageKind.PIN_RESET, facts, message_id)
    for manager in tx.managers_of(staff.merchant_id):
        for alarm in pin_alarms(tx, staff.merchant_id, manager, staff.staff_id):
            settled = NoticeOver(replaces=alarm, fate=Fate.PIN_RESET, by=by)
            send(tx, staff.merchant_id, manager, MessageKind.ALARM_OVER, settled)

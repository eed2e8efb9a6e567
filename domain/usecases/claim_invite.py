"""A member opens the link they were given."""

from collections.abc import Collection, Iterator
from enum import StrEnum

from domain.account import Account
from domain.ids import InviteId, MerchantId, StaffId, StoreId
from domain.link import Route
from domain.messages import AlertReason, MessageKind, StaffAlert
from domain.ports import Directory, Staffing, Terms
from domain.quick import dataclass, replace
from domain.refusals import (
    AlreadyOnTeam,
    InviteExpired,
    InviteNotYours,
    InviteOver,
    InviteUsed,
    JoinedAlready,
    LinkUnknown,
    OwnPhoneNeeded,
)
from domain.rules import pins
from domain.rules.names import NAMELESS
from domain.staff import Desk, Invite, InvitePurpose, Role, Staff, StaffStatus
from domain.team_log import TeamChange
from domain.usecases.hand_over import Declined
from domain.usecases.manage_team import OfMember
from domain.usecases.new_managers import tell_of_new_manager
from domain.usecases.recording import record_member
from domain.usecases.remove_staff import take_off
from domain.usecases.sending import send


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInvite:
    """``name`` is the account's name. It becomes the member's where nobody has named them, which is where their name
    is one of ``stand_ins``, unless it is NAMELESS."""

    account: Account
    merchant_id: MerchantId
    invite_id: InviteId
    name: str = ""
    stand_ins: Collection[str] = ()


class PinTask(StrEnum):
    """Whether the member must or may choose a PIN now."""

    NONE = "none"
    MAY_CHOOSE = "may_choose"
    MUST_CHOOSE = "must_choose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    purpose: InvitePurpose
    merchant_id: MerchantId
    merchant_name: str
    staff_id: StaffId
    staff_name: str
    role: Role
    stores: tuple[tuple[StoreId, str], ...]
    pin_task: PinTask


def lead_on(*, tx: Directory, command: Route) -> None:
    """Adds a link to the same invitation, for the phone that should open it: of the link that was opened here only
    the hash is known."""
    tx.add_route(command)


def own_invite(*, tx: Staffing, query: OfMember) -> InviteId:
    """The invitation of a member that waits for the asking account alone, or that it has accepted. One that waits for
    whoever has its link is found by nothing but that link. Raises InviteOver."""
    for each in _invites_to(tx, query):
        is_theirs = query.account in (each.meant_for, each.used_by)
        if is_theirs and (each.used_at is not None or each.is_pending(tx.now)):
            return each.invite_id
    raise InviteOver


def decline_invite(*, tx: Staffing, command: OfMember) -> Declined:
    """Ends the invitation that was for the asking account alone, takes the member off the team, and tells who invited
    them. Repeating it, or declining what is over, changes nothing. Raises InviteOver where it is not known any more
    for whom it was."""
    asked = (each for each in _invites_to(tx, command) if each.meant_for == command.account)
    invite, staff = next(asked, None), tx.staff(command.merchant_id, command.staff_id)
    giver = tx.staff(command.merchant_id, invite.given_by) if invite and invite.given_by else None
    merchant = tx.merchant(command.merchant_id)
    if invite is None or staff is None or giver is None or merchant is None:
        raise InviteOver
    told = None
    if invite.is_pending(tx.now):
        take_off(tx, staff)
        told = giver.account
    if told is not None:
        facts = StaffAlert(reason=AlertReason.NOT_JOINING, staff_id=staff.staff_id, staff_name=staff.name)
        send(tx, command.merchant_id, told, MessageKind.STAFF_ALERT, facts)
    return Declined(merchant_name=merchant.name, giver=giver, is_told=told is not None)


def _invites_to(tx: Staffing, query: OfMember) -> Iterator[Invite]:
    """The member's invitations to the team, newest first."""
    for each in reversed(tx.invites_of(query.merchant_id)):
        if each.staff_id == query.staff_id and each.purpose is InvitePurpose.JOIN_TEAM:
            yield each


def claim_invite(*, tx: Staffing, command: ClaimInvite) -> Claimed:
    """Binds the account to the member for whom the link is; the same account may open it again.

    A shared phone is nobody's account: a member's link stays unused there. A link to a new PIN works only for the
    account of its member, an invitation for somebody who was chosen only for their account. Raises LinkUnknown,
    OwnPhoneNeeded, InviteNotYours, InviteUsed, InviteExpired, AlreadyOnTeam.
    """
    invite = tx.invite(command.merchant_id, command.invite_id)
    staff = tx.staff(command.merchant_id, invite.staff_id) if invite else None
    if invite is None or staff is None or staff.status is StaffStatus.REMOVED:
        raise LinkUnknown
    if invite.withdrawn_at is not None:
        raise LinkUnknown
    device = tx.member(command.merchant_id, command.account)
    _check_is_for(invite, staff, device, command.account)
    if invite.used_by is None:
        if tx.now >= invite.expires_at:
            raise InviteExpired
        if staff.name in command.stand_ins and command.name != NAMELESS:
            staff = replace(staff, name=command.name)
        staff = _use(tx, invite, staff, device, command.account)
    elif invite.used_by != command.account:
        raise InviteUsed
    return _claimed(tx, invite, staff)


def _check_is_for(invite: Invite, staff: Staff, device: Staff | None, account: Account) -> None:
    """Raises OwnPhoneNeeded, InviteNotYours."""
    if device is not None and device.role is Role.TERMINAL and staff.role is not Role.TERMINAL:
        raise OwnPhoneNeeded
    if invite.meant_for not in (None, account):
        raise InviteNotYours


def _use(tx: Staffing, invite: Invite, staff: Staff, device: Staff | None, account: Account) -> Staff:
    """The present PIN ends, with all its sessions."""
    if invite.purpose is InvitePurpose.JOIN_TEAM:
        if device is not None:
            raise _is_on_team(tx, invite, device)
        _stand_at_desk(tx, staff, account)
        if any(each.is_active for each in tx.staff_of(staff.merchant_id)):
            record_member(tx, staff, TeamChange.JOINED, invite.given_by, after=staff.role)
        if staff.role is Role.MANAGER and invite.given_by is not None:
            tell_of_new_manager(tx, staff, tx.staff(staff.merchant_id, invite.given_by))
    elif staff.account != account:
        raise LinkUnknown
    replaced = staff.pin.hash
    staff = replace(staff, status=StaffStatus.ACTIVE, account=account, pin=pins.changed(staff.pin, None))
    tx.save_staff(staff)
    tx.end_pin_sessions(staff)
    used = replace(invite, used_by=account, used_at=tx.now, replaced_pin_hash=replaced, meant_for=None)
    tx.save_invite(used)
    tx.remember_merchant(account, staff.merchant_id)
    return staff


def _is_on_team(tx: Terms, invite: Invite, member: Staff) -> AlreadyOnTeam:
    merchant = tx.merchant(member.merchant_id)
    kind = AlreadyOnTeam if invite.meant_for is None else JoinedAlready
    return kind(merchant_name=merchant.name if merchant else "", role=member.role)


def _stand_at_desk(tx: Staffing, staff: Staff, account: Account) -> None:
    """Where the new member works at one store alone, they are there at once."""
    stores = tx.stores_for(staff)
    if len(stores) == 1:
        tx.save_desk(
            Desk(
                account=account,
                merchant_id=staff.merchant_id,
                store_id=stores[0].store_id,
                staff_id=None if staff.role is Role.TERMINAL else staff.staff_id,
            )
        )


def _claimed(tx: Staffing, invite: Invite, staff: Staff) -> Claimed:
    merchant = tx.merchant(staff.merchant_id)
    if merchant is None:
        raise LinkUnknown
    return Claimed(
        purpose=invite.purpose,
        merchant_id=staff.merchant_id,
        merchant_name=merchant.name,
        staff_id=staff.staff_id,
        staff_name=staff.name,
        role=staff.role,
        stores=tuple((store.store_id, store.name) for store in tx.stores_for(staff)),
        pin_task=_pin_task(tx, staff),
    )


def _pin_task(tx: Terms, staff: Staff) -> PinTask:
    if staff.role is Role.TERMINAL or staff.pin.hash is not None:
        return PinTask.NONE
    required = any(program.require_staff_pin for program in tx.programs_of(staff.merchant_id))
    return PinTask.MUST_CHOOSE if required else PinTask.MAY_CHOOSE

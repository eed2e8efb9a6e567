"""Removes a member from a team, or a shared phone from the counter."""

from collections.abc import Sequence

from domain.ids import MerchantId, StaffId
from domain.ports import Staffing, Team
from domain.quick import dataclass, replace
from domain.refusals import OnlyOwner, StaffNotFound
from domain.rights import may_look_after
from domain.rules import pins
from domain.staff import InvitePurpose, Role, Staff, StaffStatus
from domain.team_log import TeamChange
from domain.usecases.end_approval import end_requests
from domain.usecases.recording import record_member
from domain.usecases.set_up import withdraw_links, withdraw_offers


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveStaff:
    """``by`` is the member who does it, None for the operator."""

    merchant_id: MerchantId
    staff_id: StaffId
    by: StaffId | None = None


def remove_staff(*, tx: Staffing, command: RemoveStaff) -> Staff:
    """The member's acts stay in the ledger under their name. Their role, PIN, links, sessions, open question,
    requests and invitations end at once.

    The account is free to join again with another link. Raises StaffNotFound (also when removed already), OnlyOwner.
    """
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or staff.status is StaffStatus.REMOVED:
        raise StaffNotFound
    if is_only_owner(tx, staff):
        raise OnlyOwner
    if staff.is_active:
        record_member(tx, staff, TeamChange.REMOVED, command.by, before=staff.role)
    return take_off(tx, staff)


def take_off(tx: Staffing, staff: Staff) -> Staff:
    """Removes the member, even the only owner."""
    tx.dismiss(staff)
    end_requests(tx, staff)
    withdraw_links(tx, staff)
    withdraw_offers(tx, staff)
    pin = pins.changed(staff.pin, None)
    removed = replace(staff, status=StaffStatus.REMOVED, account=None, pin=pin)
    tx.save_staff(removed)
    end_invitations(tx, removed)
    return removed


def invited_by(tx: Team, giver: Staff) -> Sequence[Staff]:
    """Those whom a member has invited and who have not joined yet."""
    pending = [
        invite.staff_id
        for invite in tx.invites_of(giver.merchant_id)
        if invite.given_by == giver.staff_id
        and invite.purpose is InvitePurpose.JOIN_TEAM
        and invite.is_pending(tx.now)
    ]
    found = (tx.staff(giver.merchant_id, each) for each in pending)
    return [each for each in found if each is not None and each.status is StaffStatus.INVITED]


def end_invitations(tx: Staffing, giver: Staff) -> None:
    """Takes off those whom a member has invited to a role for which they may invite nobody any more: the link may be
    in their own hands."""
    for invited in invited_by(tx, giver):
        if not may_look_after(giver, invited.role):
            take_off(tx, invited)


def is_only_owner(tx: Team, staff: Staff) -> bool:
    """Whether the member is the only active owner; an owner who is only invited does not count."""
    owners = [each for each in tx.staff_of(staff.merchant_id) if each.is_active and each.role is Role.OWNER]
    return [each.staff_id for each in owners] == [staff.staff_id]

"""The operator lists the team with its open links, and withdraws a link."""

from collections.abc import Sequence
from datetime import datetime

from domain.ids import MerchantId, StaffId
from domain.ports import Staffing
from domain.quick import dataclass
from domain.refusals import NoOpenLink, StaffNotFound
from domain.staff import Invite, InvitePurpose, Role, Staff, StaffStatus
from domain.usecases.asking import known_merchant
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from domain.usecases.set_up import withdraw_links


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """One member as ``staff list --json`` prints them.

    ``link`` is the purpose of a link that they have not opened yet, valid until ``link_expires_at``; both None
    without one.
    """

    staff_id: StaffId
    name: str
    role: Role
    status: StaffStatus
    has_account: bool
    link: InvitePurpose | None
    link_expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawLink:
    merchant_id: MerchantId
    staff_id: StaffId


def list_staff(*, tx: Staffing, query: MerchantId) -> Sequence[StaffLine]:
    """Everybody who was ever invited, in that order. Raises MerchantNotFound."""
    known_merchant(tx, query)
    pending = {invite.staff_id: invite for invite in tx.invites_of(query) if invite.is_pending(tx.now)}
    return [_line(staff, pending.get(staff.staff_id)) for staff in tx.staff_of(query)]


def withdraw_link(*, tx: Staffing, command: WithdrawLink) -> Staff:
    """The member's open link stops working; a member who was only invited leaves the team.

    Raises StaffNotFound, NoOpenLink.
    """
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or staff.status is StaffStatus.REMOVED:
        raise StaffNotFound
    if not withdraw_links(tx, staff):
        raise NoOpenLink
    if staff.is_active:
        return staff
    return remove_staff(tx=tx, command=RemoveStaff(merchant_id=staff.merchant_id, staff_id=staff.staff_id))


def _line(staff: Staff, link: Invite | None) -> StaffLine:
    return StaffLine(
        staff_id=staff.staff_id,
        name=staff.name,
        role=staff.role,
        status=staff.status,
        has_account=staff.account is not None,
        link=link.purpose if link else None,
        link_expires_at=link.expires_at if link else None,
    )

"""Somebody is taken off a team, or a shared phone off the counter."""

from domain.ids import MerchantId, StaffId
from domain.ports import Staffing, Team
from domain.quick import dataclass, replace
from domain.refusals import OnlyOwner, StaffNotFound
from domain.rules import pins
from domain.staff import Role, Staff, StaffStatus
from domain.usecases.end_approval import end_requests
from domain.usecases.set_up import withdraw_links


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveStaff:
    merchant_id: MerchantId
    staff_id: StaffId


def remove_staff(*, tx: Staffing, command: RemoveStaff) -> Staff:
    """What they did stays in the ledger under their name; their role, PIN, links, sessions, open question and
    what they asked managers for end at once.

    The account is free to join again with another link. Raises StaffNotFound (also when removed already), OnlyOwner.
    """
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or staff.status is StaffStatus.REMOVED:
        raise StaffNotFound
    if is_only_owner(tx, staff):
        raise OnlyOwner
    return take_off(tx, staff)


def take_off(tx: Staffing, staff: Staff) -> Staff:
    """Whatever is left of the team."""
    tx.dismiss(staff)
    end_requests(tx, staff)
    withdraw_links(tx, staff)
    pin = pins.changed(staff.pin, None)
    removed = replace(staff, status=StaffStatus.REMOVED, account=None, pin=pin)
    tx.save_staff(removed)
    return removed


def is_only_owner(tx: Team, staff: Staff) -> bool:
    """No shop is without an owner, and one who was only invited is none yet."""
    owners = [each for each in tx.staff_of(staff.merchant_id) if each.is_active and each.role is Role.OWNER]
    return [each.staff_id for each in owners] == [staff.staff_id]

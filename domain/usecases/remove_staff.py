"""Removes a member from a team, or a shared phone from the counter."""

from domain.ids import MerchantId, StaffId
from domain.ports import Staffing, Team
from domain.quick import dataclass, replace
from domain.refusals import OnlyOwner, StaffNotFound
from domain.rules import pins
from domain.staff import Role, Staff, StaffStatus
from domain.usecases.end_approval import end_requests
from domain.usecases.set_up import withdraw_links, withdraw_offers


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveStaff:
    merchant_id: MerchantId
    staff_id: StaffId


def remove_staff(*, tx: Staffing, command: RemoveStaff) -> Staff:
    """The member's acts stay in the ledger under their name. Their role, PIN, links, sessions, open question and
    requests end at once.

    The account is free to join again with another link. Raises StaffNotFound (also when removed already), OnlyOwner.
    """
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or staff.status is StaffStatus.REMOVED:
        raise StaffNotFound
    if is_only_owner(tx, staff):
        raise OnlyOwner
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
    return removed


def is_only_owner(tx: Team, staff: Staff) -> bool:
    """Whether the member is the only active owner; an owner who is only invited does not count."""
    owners = [each for each in tx.staff_of(staff.merchant_id) if each.is_active and each.role is Role.OWNER]
    return [each.staff_id for each in owners] == [staff.staff_id]

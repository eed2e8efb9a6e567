"""The operator takes somebody off a team, or a shared phone off the counter."""

from dataclasses import dataclass, replace

from domain.ids import MerchantId, StaffId
from domain.ports import Team
from domain.refusals import OnlyOwner, StaffNotFound
from domain.rules import pins
from domain.staff import Role, Staff, StaffStatus
from domain.usecases.set_up import withdraw_links


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveStaff:
    merchant_id: MerchantId
    staff_id: StaffId


def remove_staff(*, tx: Team, command: RemoveStaff) -> Staff:
    """What they did stays in the ledger under their name; their role, PIN, links and sessions end at once.

    The account is free to join again with another link. Raises StaffNotFound (also when removed already), OnlyOwner.
    """
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or staff.status is StaffStatus.REMOVED:
        raise StaffNotFound
    if staff.is_active and staff.role is Role.OWNER and _owners(tx, command.merchant_id) == 1:
        raise OnlyOwner
    tx.dismiss(staff)
    withdraw_links(tx, staff)
    pin = pins.changed(staff.pin, None)
    removed = replace(staff, status=StaffStatus.REMOVED, account=None, pin=pin)
    tx.save_staff(removed)
    return removed


def _owners(tx: Team, merchant_id: MerchantId) -> int:
    return sum(staff.is_active and staff.role is Role.OWNER for staff in tx.staff_of(merchant_id))

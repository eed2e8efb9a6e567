"""Owners hear of every new manager: whoever could make themselves one with a second account would judge themselves
(docs/decisions/0086)."""

from domain.messages import AlertReason, MessageKind, StaffAlert
from domain.ports import Staffing
from domain.staff import Role, Staff
from domain.usecases.posting import send


def tell_of_new_manager(tx: Staffing, staff: Staff, by: Staff | None) -> None:
    """``by`` is who made the member a manager, None for the operator, who need not tell anybody."""
    if by is None:
        return
    facts = StaffAlert(
        reason=AlertReason.NEW_MANAGER, staff_id=staff.staff_id, staff_name=staff.name, by=by.name
    )
    for owner in tx.staff_of(staff.merchant_id):
        is_other = owner.staff_id not in (by.staff_id, staff.staff_id)
        if owner.is_active and owner.role is Role.OWNER and owner.account is not None and is_other:
            send(tx, staff.merchant_id, owner.account, MessageKind.STAFF_ALERT, facts)

"""Records what is no field in the log of changes, for owners and managers to see."""

from domain.fields import FieldChange, Target
from domain.ids import ChangeId, FieldName, MerchantId, StaffId
from domain.ports import Terms
from domain.staff import Staff
from domain.team_log import CLOSING, TeamChange


def record_member(
    tx: Terms, staff: Staff, what: TeamChange, by: StaffId | None, before: str = "", after: str = ""
) -> None:
    """``by`` is None where the operator did it; whoever joins was let in by who invited them."""
    _record(tx, staff.merchant_id, FieldName(what), staff.staff_id, by, before, after)


def record_closing(tx: Terms, merchant_id: MerchantId, by: StaffId | None, before: str, after: str) -> None:
    """``before`` and ``after`` are the dates of the shop's end, empty where it stays open."""
    _record(tx, merchant_id, CLOSING, merchant_id, by, before, after)


def _record(
    tx: Terms,
    merchant_id: MerchantId,
    field: FieldName,
    target_id: str,
    by: StaffId | None,
    before: str,
    after: str,
) -> None:
    change = FieldChange(
        merchant_id=merchant_id,
        change_id=ChangeId(tx.new_id()),
        target_kind=Target.MERCHANT,
        target_id=target_id,
        field=field,
        before=before,
        after=after,
        staff_id=by,
        changed_at=tx.now,
    )
    tx.add_change(change)

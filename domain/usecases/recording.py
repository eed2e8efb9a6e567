"""Records what was changed, for owners and managers to see."""

from domain.fields import FieldChange, Target
from domain.ids import ChangeId, FieldName, MerchantId, StaffId
from domain.ports import Terms
from domain.staff import Staff
from domain.team_log import CLOSING, TeamChange


def record(
    tx: Terms,
    merchant_id: MerchantId,
    target: tuple[Target, str],
    field: FieldName,
    by: StaffId | None,
    before: str,
    after: str,
) -> FieldChange:
    """``target`` is of which kind and which it is. ``by`` is the member who did it, None for the operator."""
    kind, target_id = target
    change = FieldChange(
        merchant_id=merchant_id,
        change_id=ChangeId(tx.new_id()),
        target_kind=kind,
        target_id=target_id,
        field=field,
        before=before,
        after=after,
        staff_id=by,
        changed_at=tx.now,
    )
    tx.add_change(change)
    return change


def record_member(
    tx: Terms, staff: Staff, what: TeamChange, by: StaffId | None, before: str = "", after: str = ""
) -> None:
    """``by`` is None where the operator did it; whoever joins was let in by who invited them."""
    record(tx, staff.merchant_id, (Target.MERCHANT, staff.staff_id), FieldName(what), by, before, after)


def record_closing(tx: Terms, merchant_id: MerchantId, by: StaffId | None, before: str, after: str) -> None:
    """``before`` and ``after`` are the dates of the shop's end, empty where it stays open."""
    record(tx, merchant_id, (Target.MERCHANT, merchant_id), CLOSING, by, before, after)

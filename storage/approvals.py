"""What members asked owners and managers to allow."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from domain.approval import Approval, ApprovalState
from domain.ids import ApprovalId, MerchantId, OperationKey
from domain.staff import Staff
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, change, find

_approvals = tables.approvals

INSERT_APPROVAL = insert(_approvals)
UPDATE_APPROVAL = change(_approvals, "state", "decided_at", "decided_by", "entry_id")
UPDATE_APPROVAL_PLACE = change(_approvals, "message_id")
SELECT_APPROVAL = find(rows.APPROVAL, "merchant_id", "approval_id")
SELECT_APPROVAL_BY_KEY = find(rows.APPROVAL, "merchant_id", "operation_key")
SELECT_APPROVALS_BY = (
    find(rows.APPROVAL, "merchant_id", "staff_id")
    .where(_approvals.c.asked_at >= bindparam("since"))
    .order_by(_approvals.c.asked_at, _approvals.c.approval_id)
)
SELECT_APPROVALS = find(rows.APPROVAL, "merchant_id").order_by(
    _approvals.c.asked_at, _approvals.c.approval_id
)
_is_open = _approvals.c.state == ApprovalState.ASKED.value
SELECT_OPEN_APPROVALS = (
    find(rows.APPROVAL, "merchant_id")
    .where(_is_open)
    .order_by(_approvals.c.lapses_at, _approvals.c.approval_id)
)
SELECT_LAPSED = (
    select(_approvals.c.merchant_id, _approvals.c.approval_id)
    .where(_is_open, _approvals.c.lapses_at <= bindparam("now"))
    .order_by(_approvals.c.lapses_at)
    .limit(LIMIT)
)


class ApprovalRows(TxBase):
    def add_approval(self, approval: Approval) -> None:
        self.session.run(INSERT_APPROVAL, rows.approval_row(approval))

    def save_approval(self, approval: Approval) -> None:
        self.session.run(UPDATE_APPROVAL, rows.approval_row(approval))

    def save_approval_place(self, approval: Approval) -> None:
        self.session.run(UPDATE_APPROVAL_PLACE, rows.approval_row(approval))

    def approval(self, merchant_id: MerchantId, approval_id: ApprovalId) -> Approval | None:
        return self._one(rows.approval, SELECT_APPROVAL, merchant_id=merchant_id, approval_id=approval_id)

    def approval_by_key(self, merchant_id: MerchantId, key: OperationKey) -> Approval | None:
        return self._one(rows.approval, SELECT_APPROVAL_BY_KEY, merchant_id=merchant_id, operation_key=key)

    def approvals_by(self, staff: Staff, since: datetime) -> Sequence[Approval]:
        key = {"merchant_id": staff.merchant_id, "staff_id": staff.staff_id}
        return self._readable(rows.approval, SELECT_APPROVALS_BY, since=rows.to_instant(since), **key)

    def approvals_of(self, merchant_id: MerchantId) -> Sequence[Approval]:
        return self._readable(rows.approval, SELECT_APPROVALS, merchant_id=merchant_id)

    def open_approvals(self, merchant_id: MerchantId) -> Sequence[Approval]:
        return self._readable(rows.approval, SELECT_OPEN_APPROVALS, merchant_id=merchant_id)

    def lapsed_approvals(self, limit: int) -> Sequence[tuple[MerchantId, ApprovalId]]:
        found = self.session.all(SELECT_LAPSED, now=rows.to_instant(self.now), limit=limit)
        return [(MerchantId(merchant_id), ApprovalId(approval_id)) for merchant_id, approval_id in found]

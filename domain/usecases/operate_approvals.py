"""The operator lists the requests of members, and settles one where nobody in the shop does."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.approval import Approval, ApprovalState
from domain.card import CardRef
from domain.ids import ApprovalId, CardNumber, EntryId, MerchantId, StaffId
from domain.kinds import EntryKind
from domain.ports import Tx
from domain.quick import dataclass
from domain.refusals import ApprovalNotFound, NotAllowed
from domain.rights import Right, entitled
from domain.usecases.asking import known_merchant
from domain.usecases.decide_approval import carry_out, check_decidable
from domain.usecases.end_approval import decided


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLine:
    """One request as ``approval list --json`` prints it.

    ``stamps`` were asked for, or to take back the entry ``about``, or the customer's yes to what ``redeems``;
    ``entry_id`` is the entry that an approval led to. ``decided_by`` is a name, None also for the operator and for
    the customer.
    """

    approval_id: ApprovalId
    asked_at: datetime
    staff_name: str | None
    card_number: CardNumber
    stamps: int | None
    about: EntryId | None
    redeems: EntryKind | None
    reason: str
    lapses_at: datetime
    state: ApprovalState
    decided_by: str | None
    decided_at: datetime | None
    entry_id: EntryId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleApproval:
    """``staff_id`` is the owner or manager in whose name it is decided; None where the operator declines it."""

    merchant_id: MerchantId
    approval_id: ApprovalId
    staff_id: StaffId | None
    is_approved: bool


def list_approvals(*, tx: Tx, query: MerchantId) -> Sequence[ApprovalLine]:
    """Oldest first. Raises MerchantNotFound."""
    known_merchant(tx, query)
    return _lines(tx, query, tx.approvals_of(query))


def settle_approval(*, tx: Tx, command: SettleApproval) -> ApprovalLine:
    """Approving needs a member, because the entry names one; nobody says yes in the place of a customer. Raises
    MerchantNotFound, NotAllowed, ApprovalNotFound, ApprovalOver, OwnRequest, OwnCardRefused, AskerMayNot and what the
    use case of the act raises."""
    known_merchant(tx, command.merchant_id)
    approval = tx.approval(command.merchant_id, command.approval_id)
    if approval is None:
        raise ApprovalNotFound
    member = None
    if command.staff_id is not None:
        member = entitled(tx.staff(command.merchant_id, command.staff_id), Right.APPROVE)
    check_decidable(tx, approval, member)
    if not command.is_approved:
        over = decided(tx, approval, ApprovalState.DECLINED, member)
    elif member is None or approval.redeems is not None:
        raise NotAllowed
    else:
        entry = carry_out(tx, approval, member).entry
        over = decided(tx, approval, ApprovalState.APPROVED, member, entry.entry_id)
    [line] = _lines(tx, command.merchant_id, [over])
    return line


def _lines(tx: Tx, merchant_id: MerchantId, approvals: Sequence[Approval]) -> Sequence[ApprovalLine]:
    names = {staff.staff_id: staff.name for staff in tx.staff_of(merchant_id)}
    return [line for approval in approvals if (line := _line(tx, approval, names))]


def _line(tx: Tx, approval: Approval, names: Mapping[StaffId, str]) -> ApprovalLine | None:
    found = tx.card(approval.merchant_id, CardRef("id", approval.card_id))
    if found is None:
        return None
    return ApprovalLine(
        approval_id=approval.approval_id,
        asked_at=approval.asked_at,
        staff_name=names.get(approval.staff_id),
        card_number=found[0].number,
        stamps=approval.stamps,
        about=approval.about,
        redeems=approval.redeems,
        reason=approval.reason,
        lapses_at=approval.lapses_at,
        state=approval.state,
        decided_by=names.get(approval.decided_by) if approval.decided_by else None,
        decided_at=approval.decided_at,
        entry_id=approval.entry_id,
    )

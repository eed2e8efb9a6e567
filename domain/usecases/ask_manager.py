"""A member asks owners and managers to allow what staff may not do alone."""

from collections.abc import Sequence

from domain.acts import Asked, AskManager, Stamp
from domain.approval import (
    ASKED_MAX,
    ASKED_WITHIN,
    LAPSES_AFTER,
    OPEN_MAX,
    Approval,
    Approver,
)
from domain.card import Customer
from domain.entry import Entry
from domain.ids import ApprovalId, MerchantId, MessageId, OperationKey
from domain.kinds import EntryKind
from domain.messages import ApprovalAsked, MessageKind
from domain.ports import Posting, Team
from domain.quick import dataclass, replace
from domain.refusals import (
    ApprovalGone,
    NobodyToAsk,
    OperationKeyReused,
    RequestsTooMany,
    VoidingSwitchedOff,
    VoidReasonMissing,
)
from domain.rights import Right
from domain.rules.counter import Admitted
from domain.rules.multipliers import asked_moment
from domain.rules.stamps import check_stamp_count, limit_resets_at
from domain.staff import Actor, Staff
from domain.usecases.end_approval import alarms_of, asked_facts
from domain.usecases.posting import admitted, ask_pin
from domain.usecases.sending import send
from domain.usecases.void import void_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """What was asked for and its state; ``names`` are the managers who were asked, or the customer; ``by`` is the
    manager who decided."""

    approval: Approval
    asked: ApprovalAsked
    names: tuple[str, ...]
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsIn:
    """The message in the asker's chat that shows the state of the request."""

    merchant_id: MerchantId
    approval_id: ApprovalId
    message_id: int


def approvers(tx: Team, member: Staff, customer: Customer) -> Sequence[Approver]:
    """Who may approve a member's request: not the member, and nobody for a card of their own."""
    return [
        each
        for each in tx.approvers_of(member.merchant_id)
        if each.staff.staff_id != member.staff_id and each.staff.account != customer.account
    ]


def ask_manager(*, tx: Posting, command: Asked[AskManager]) -> Requested:
    """Takes effect once for each key; what is already waiting is not asked for again.

    Raises OperationKeyReused, all that ``admit`` raises, StampCountOutOfRange, VoidReasonMissing, VoidingSwitchedOff,
    what ``decide_void`` raises, RequestsTooMany, NobodyToAsk, all that ``ask_pin`` raises, and ApprovalOver where an
    earlier request cannot be read.
    """
    act = command.act
    before = asked_before(tx, command.actor, act.key)
    if before is not None:
        return requested(tx, before)
    right = Right.STAMP if act.count is not None else Right.VOID_OWN
    at = admitted(tx, command, right, act.wanted.unit)
    entry = _checked(tx, at, act)
    recent = [each for each in tx.approvals_by(at.staff, tx.now - ASKED_WITHIN) if each.redeems is None]
    waiting = [each for each in recent if each.is_open(tx.now)]
    for each in waiting:
        if (each.card_id, each.about) == (at.card.card_id, act.entry):
            return requested(tx, each)
    if len(waiting) >= OPEN_MAX:
        raise RequestsTooMany(highest=OPEN_MAX)
    if len(recent) >= ASKED_MAX:
        raise RequestsTooMany(highest=ASKED_MAX)
    told = [each.staff for each in approvers(tx, at.staff, at.customer) if each.is_reachable]
    if not told:
        raise NobodyToAsk
    ask_pin(tx, at, command)
    return _ask(tx, at, command, entry, told)


def stands_in(*, tx: Posting, command: StandsIn) -> Requested:
    """Records the message and returns the request in its present state. Raises ApprovalGone, ApprovalOver."""
    approval = tx.approval(command.merchant_id, command.approval_id)
    if approval is None:
        raise ApprovalGone
    placed = replace(approval, message_id=command.message_id)
    tx.save_approval_place(placed)
    return requested(tx, placed)


def asked_before(tx: Posting, actor: Actor, key: OperationKey) -> Approval | None:
    """The actor's request with this key, None when the key is new. Raises OperationKeyReused."""
    before = tx.approval_by_key(actor.merchant_id, key)
    if before is not None and before.staff_id == actor.staff_id:
        return before
    if before is not None or tx.operation(actor.merchant_id, key) is not None:
        raise OperationKeyReused
    return None


def _checked(tx: Posting, at: Admitted, act: AskManager) -> Entry | None:
    """Refuses what a manager would be refused too. Returns the entry to be taken back, None for stamps."""
    wanted = act.wanted
    if isinstance(wanted, Stamp):
        check_stamp_count(wanted.count)
        return None
    if not at.merchant.allow_void:
        raise VoidingSwitchedOff
    if not act.reason:
        raise VoidReasonMissing
    return void_of(tx, at, wanted, is_approved=True)[1].entry


def _ask(
    tx: Posting, at: Admitted, command: Asked[AskManager], entry: Entry | None, told: Sequence[Staff]
) -> Requested:
    act, merchant_id = command.act, at.merchant.merchant_id
    lapses_at = tx.now + LAPSES_AFTER
    if act.count is not None:
        lapses_at = min(lapses_at, limit_resets_at(at.card, at.merchant.timezone, tx.now))
    approval = Approval(
        merchant_id=merchant_id,
        approval_id=ApprovalId(tx.new_id()),
        operation_key=act.key,
        card_id=at.card.card_id,
        store_id=at.store.store_id,
        staff_id=at.staff.staff_id,
        account=command.actor.account,
        stamps=act.count,
        about=act.entry,
        reason=act.reason,
        asked_at=asked_moment(act.asked_at, tx.now),
        lapses_at=lapses_at,
        alarms=tuple(MessageId(tx.new_id()) for _ in told),
    )
    tx.add_approval(approval)
    asked = _facts(tx, at, approval, entry)
    for staff, message_id in zip(told, approval.alarms, strict=True):
        if staff.account is not None:
            send(tx, merchant_id, staff.account, MessageKind.APPROVAL_ASKED, asked, message_id)
    return Requested(approval=approval, asked=asked, names=tuple(staff.name for staff in told))


def _facts(tx: Team, at: Admitted, approval: Approval, entry: Entry | None) -> ApprovalAsked:
    maker = tx.staff(entry.merchant_id, entry.staff_id) if entry and entry.staff_id else None
    return ApprovalAsked(
        approval_id=approval.approval_id,
        card_id=at.card.card_id,
        card_number=at.card.number,
        customer_name=at.customer.name,
        name=at.staff.name,
        store_name=at.store.name,
        entry_kind=entry.kind if entry else EntryKind.STAMP_EARNED,
        stamps_delta=entry.stamps_delta if entry else approval.stamps or 0,
        points_delta=entry.points_delta if entry else 0,
        reason=approval.reason,
        lapses_at=approval.lapses_at,
        made_by=maker.name if maker else "",
        made_at=entry.occurred_at if entry else None,
        limit=None if entry else at.program.max_daily_stamps,
    )


def requested(tx: Posting, approval: Approval) -> Requested:
    asked = asked_facts(tx, approval)
    told = [tx.member(approval.merchant_id, alarm.recipient) for alarm, _ in alarms_of(tx, approval)]
    managers = tuple(member.name for member in told if member is not None)
    by = tx.staff(approval.merchant_id, approval.decided_by) if approval.decided_by else None
    return Requested(
        approval=approval,
        asked=asked,
        names=managers if approval.redeems is None else (asked.customer_name,),
        by=by.name if by else None,
    )

"""A request has ended: everybody who was told of it is told how."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Protocol

from domain.account import Account
from domain.approval import ASKED_WITHIN, Approval, ApprovalState
from domain.delivery import MessageUnreadable
from domain.ids import ApprovalId, CardId, EntryId, MerchantId
from domain.messages import ApprovalAnswered, ApprovalAsked, ApprovalSettled, Message, MessageKind
from domain.ports import Approvals, Outbox, Staffing
from domain.quick import dataclass, replace
from domain.refusals import ApprovalGone, ApprovalOver, NotAllowed
from domain.staff import Staff
from domain.usecases.sending import send


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    account: Account
    merchant_id: MerchantId
    approval_id: ApprovalId


SETTLES = {
    MessageKind.APPROVAL_ASKED: MessageKind.APPROVAL_SETTLED,
    MessageKind.REDEEM_ASKED: MessageKind.REDEEM_SETTLED,
}
"""What takes the place of each question."""


class Closing(Approvals, Outbox, Protocol):
    """Requests, and the outbox."""


def withdraw_approval(*, tx: Staffing, command: Withdraw) -> ApprovalAsked:
    """Withdraws a request: by the member who asked, or on the phone on which it was asked. Repeating it changes
    nothing. Raises NotAllowed, ApprovalGone, ApprovalOver."""
    approval = tx.approval(command.merchant_id, command.approval_id)
    member = tx.member(command.merchant_id, command.account)
    if member is None or not member.is_active:
        raise NotAllowed
    if approval is None:
        raise ApprovalGone
    if member.staff_id != approval.staff_id and command.account != approval.account:
        raise NotAllowed
    if approval.state is not ApprovalState.WITHDRAWN:
        if not approval.is_open(tx.now):
            raise ApprovalOver
        close(tx, approval, ApprovalState.WITHDRAWN)
    return asked_facts(tx, approval)


def end_requests(tx: Staffing, staff: Staff) -> None:
    """Withdraws the requests of a member who is removed."""
    for approval in tx.approvals_by(staff, tx.now - ASKED_WITHIN):
        if approval.state is ApprovalState.ASKED:
            close(tx, approval, ApprovalState.WITHDRAWN)
            if approval.account != staff.account:
                _answer(tx, approval, ApprovalState.WITHDRAWN, None)


def end_questions_to(tx: Closing, merchant_id: MerchantId, card_ids: Collection[CardId]) -> None:
    """The holder of these cards is going to be erased, and the questions with them."""
    for each in tx.open_approvals(merchant_id):
        if each.card_id in card_ids and each.redeems is not None:
            decided(tx, each, ApprovalState.WITHDRAWN, None)


def lapsed_approvals(*, tx: Approvals, query: int) -> Sequence[tuple[MerchantId, ApprovalId]]:
    """``query`` is how many at most."""
    return tx.lapsed_approvals(query)


def lapse_approval(*, tx: Closing, command: tuple[MerchantId, ApprovalId]) -> int:
    """Returns how many lapsed: one, or none where the request is over or not yet due."""
    approval = tx.approval(*command)
    if approval is None or approval.state is not ApprovalState.ASKED or tx.now < approval.lapses_at:
        return 0
    close(tx, approval, ApprovalState.LAPSED)
    _answer(tx, approval, ApprovalState.LAPSED, None)
    return 1


def decided(
    tx: Closing, approval: Approval, state: ApprovalState, by: Staff | None, entry_id: EntryId | None = None
) -> Approval:
    """``by`` is None where nobody of the team decides."""
    over = close(tx, approval, state, by, entry_id)
    _answer(tx, approval, state, by)
    return over


def close(
    tx: Closing,
    approval: Approval,
    state: ApprovalState,
    by: Staff | None = None,
    entry_id: EntryId | None = None,
) -> Approval:
    """Ends the request; who was asked sees this in place of the question."""
    over = replace(
        approval,
        state=state,
        decided_at=tx.now,
        decided_by=by.staff_id if by else None,
        entry_id=entry_id,
    )
    tx.save_approval(over)
    name = by.name if by else None
    for alarm, asked in alarms_of(tx, approval):
        told = ApprovalSettled(asked=asked, state=state, by=name, replaces=alarm.message_id)
        send(tx, approval.merchant_id, alarm.recipient, SETTLES[alarm.kind], told)
    return over


def alarms_of(tx: Outbox, approval: Approval) -> Sequence[tuple[Message, ApprovalAsked]]:
    """The messages that asked, without those that cannot be read."""
    found = []
    for message_id in approval.alarms:
        with suppress(MessageUnreadable):
            alarm = tx.message(approval.merchant_id, message_id)
            if isinstance(alarm.facts, ApprovalAsked):
                found.append((alarm, alarm.facts))
    return found


def asked_facts(tx: Outbox, approval: Approval) -> ApprovalAsked:
    """What was asked. Raises ApprovalOver where that cannot be read."""
    for _, asked in alarms_of(tx, approval):
        return asked
    raise ApprovalOver


def _answer(tx: Closing, approval: Approval, state: ApprovalState, by: Staff | None) -> None:
    """Tells it where it was asked."""
    with suppress(ApprovalOver):
        facts = ApprovalAnswered(
            asked=asked_facts(tx, approval),
            state=state,
            by=by.name if by else None,
            message_id=approval.message_id,
        )
        send(tx, approval.merchant_id, approval.account, MessageKind.APPROVAL_ANSWERED, facts)

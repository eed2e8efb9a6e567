"""An owner or manager approves or declines what a member asked for; approving carries it out."""

from domain.account import Account
from domain.acts import Asked, AskManager, Decide, Stamp, TakeBack
from domain.approval import Approval, ApprovalState
from domain.card import CardRef
from domain.ids import ApprovalId, CardId, MerchantId, StoreId
from domain.messages import ApprovalAsked
from domain.ports import Posting
from domain.quick import dataclass
from domain.refusals import ApprovalGone, ApprovalOver, OwnCardRefused, OwnRequest
from domain.rights import Right, entitled
from domain.rules.counter import admit, admit_staff
from domain.staff import Actor, Staff
from domain.usecases.asking import in_name_of
from domain.usecases.end_approval import asked_facts, decided
from domain.usecases.posting import Posted, ask_pin
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeApproval:
    account: Account
    merchant_id: MerchantId
    approval_id: ApprovalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Where the request was made."""

    card_id: CardId
    store_id: StoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    approval: Approval
    asked: ApprovalAsked


def see_approval(*, tx: Posting, query: SeeApproval) -> Waiting:
    """Raises NotAllowed, ApprovalGone."""
    entitled(tx.member(query.merchant_id, query.account), Right.APPROVE)
    approval = tx.approval(query.merchant_id, query.approval_id)
    if approval is None:
        raise ApprovalGone
    return Waiting(card_id=approval.card_id, store_id=approval.store_id)


def decide_approval(*, tx: Posting, command: Asked[Decide]) -> Decided:
    """The first decision holds; the same decision by the same member changes nothing.

    Declining changes nothing on the card, so it is possible for a blocked card and without a PIN. The PIN is asked
    for last: a refusal leaves no trace of what was carried out before it. Raises ApprovalGone, ApprovalOver,
    OwnRequest, all that ``admit`` raises, AskerMayNot, what the use case of the act raises, and all that ``ask_pin``
    raises.
    """
    act, merchant_id = command.act, command.actor.merchant_id
    counter = tx.lock_counter(command.actor, act.card)
    _, member, _ = admit_staff(counter, Right.APPROVE)
    approval = tx.approval(merchant_id, act.approval)
    if approval is None:
        raise ApprovalGone
    if act.card != CardRef("id", approval.card_id) or approval.redeems is not None:
        raise ApprovalOver
    state = ApprovalState.APPROVED if act.is_approved else ApprovalState.DECLINED
    if (approval.state, approval.decided_by) == (state, member.staff_id):
        return Decided(approval=approval, asked=asked_facts(tx, approval))
    check_decidable(tx, approval, member)
    entry_id = None
    if act.is_approved:
        at = admit(counter, command.actor, Right.APPROVE, None)
        entry_id = carry_out(tx, approval, member).entry.entry_id
        ask_pin(tx, at, command)
    over = decided(tx, approval, state, member, entry_id)
    return Decided(approval=over, asked=asked_facts(tx, approval))


def check_decidable(tx: Posting, approval: Approval, member: Staff | None) -> None:
    """``member`` is None for the operator. Raises ApprovalOver, OwnRequest."""
    if not approval.is_open(tx.now):
        raise ApprovalOver
    if member is not None and member.staff_id == approval.staff_id:
        raise OwnRequest


def asker_of(approval: Approval) -> Actor:
    """Who asked, where they asked."""
    return Actor(
        merchant_id=approval.merchant_id,
        staff_id=approval.staff_id,
        store_id=approval.store_id,
        account=approval.account,
    )


def carry_out(tx: Posting, approval: Approval, approver: Staff) -> Posted:
    """Carries out what managers were asked for, in the name of the member who asked, where they asked. Everything is
    checked again except for what was approved.

    Raises AskerMayNot, OwnCardRefused where the card is the approver's, and what the use case of the act raises.
    """
    found = tx.card(approval.merchant_id, CardRef("id", approval.card_id))
    if found is not None and found[1].account == approver.account:
        raise OwnCardRefused
    asked = Asked(
        act=AskManager(
            card=CardRef("id", approval.card_id),
            key=approval.operation_key,
            count=approval.stamps,
            entry=approval.about,
            reason=approval.reason,
            asked_at=approval.asked_at,
        ).wanted,
        actor=asker_of(approval),
        pin_typed=True,
        approved_by=approver.staff_id,
    )
    with in_name_of(tx, approval.merchant_id, approval.staff_id):
        match asked.act:
            case Stamp() as stamp:
                return stamp_card(tx=tx, command=asked.instead(stamp))
            case TakeBack() as void:
                return void_act(tx=tx, command=asked.instead(void))

"""A member asks the holder of a card to say yes to a reward."""

from domain.acts import AskCustomer, Asked, RedeemAny
from domain.approval import ASKED_WITHIN, CONFIRMATIONS_MAX, CONFIRMED_WITHIN, Approval
from domain.ids import ApprovalId, MessageId
from domain.messages import ApprovalAsked, MessageKind
from domain.ports import Posting
from domain.refusals import CustomerAskedOften, CustomerUnreachable
from domain.rights import Right
from domain.rules.counter import Admitted
from domain.usecases.ask_manager import Requested, asked_before, requested
from domain.usecases.posting import admitted, ask_pin
from domain.usecases.redeem_any import chosen, only_reward
from domain.usecases.sending import send


def ask_customer(*, tx: Posting, command: Asked[AskCustomer]) -> Requested:
    """Takes effect once for each key; a reward that is already waiting for a yes is not asked for again.

    Raises OperationKeyReused, all that ``admit`` raises, what redeeming the reward raises because of balances,
    RewardNotChosen, CustomerAskedOften, CustomerUnreachable, all that ``ask_pin`` raises, and ApprovalOver where an
    earlier request cannot be read.
    """
    act = command.act
    before = asked_before(tx, command.actor, act.key)
    if before is not None:
        return requested(tx, before)
    wanted = act.wanted()
    at = admitted(tx, command, Right.REDEEM, wanted.unit)
    if isinstance(wanted, RedeemAny):
        wanted = only_reward(wanted, at.card, at.program)
    act, reward = AskCustomer.about(wanted), chosen(wanted, at.card, at.program)
    recent = [
        each
        for each in tx.approvals_by(at.staff, tx.now - ASKED_WITHIN)
        if each.redeems is not None and each.card_id == at.card.card_id
    ]
    which = act.redeems, act.position, act.price
    for each in recent:
        if each.is_open(tx.now) and (each.redeems, each.reward_position, each.reward_price) == which:
            return requested(tx, each)
    if len(recent) >= CONFIRMATIONS_MAX:
        raise CustomerAskedOften(highest=CONFIRMATIONS_MAX)
    _check_reachable(tx, at)
    ask_pin(tx, at, command)
    return _ask(tx, at, command.instead(act), reward)


def _check_reachable(tx: Posting, at: Admitted) -> None:
    """Raises CustomerUnreachable."""
    if not tx.is_reachable(at.customer.account):
        raise CustomerUnreachable(name=at.customer.name)


def _ask(tx: Posting, at: Admitted, command: Asked[AskCustomer], reward: str) -> Requested:
    act, merchant_id = command.act, at.merchant.merchant_id
    assert act.redeems is not None
    question = MessageId(tx.new_id())
    approval = Approval(
        merchant_id=merchant_id,
        approval_id=ApprovalId(tx.new_id()),
        operation_key=act.key,
        card_id=at.card.card_id,
        store_id=at.store.store_id,
        staff_id=at.staff.staff_id,
        account=command.actor.account,
        stamps=None,
        about=None,
        reason="",
        asked_at=tx.now,
        lapses_at=tx.now + CONFIRMED_WITHIN,
        alarms=(question,),
        redeems=act.redeems,
        reward_position=act.position,
        reward_price=act.price,
    )
    tx.add_approval(approval)
    asked = ApprovalAsked(
        approval_id=approval.approval_id,
        card_id=at.card.card_id,
        card_number=at.card.number,
        customer_name=at.customer.name,
        name=at.staff.name,
        store_name=at.store.name,
        entry_kind=act.redeems,
        stamps_delta=0,
        points_delta=0,
        reason="",
        lapses_at=approval.lapses_at,
        merchant_name=at.merchant.name,
        reward=reward,
    )
    send(tx, merchant_id, at.customer.account, MessageKind.REDEEM_ASKED, asked, question)
    return Requested(approval=approval, asked=asked, names=(at.customer.name,))

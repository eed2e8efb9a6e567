"""The holder of a card says yes or no to a reward that a member asked them about; their yes hands it out."""

from domain.account import Account
from domain.acts import AskCustomer, Asked, RedeemInterim, RedeemPoints, RedeemReward
from domain.approval import Approval, ApprovalState
from domain.card import Card, CardRef
from domain.ids import ApprovalId, MerchantId
from domain.ports import Posting
from domain.quick import dataclass
from domain.refusals import ApprovalGone, ApprovalOver, RewardChanged
from domain.usecases.asking import in_name_of
from domain.usecases.decide_approval import Decided, asker_of
from domain.usecases.end_approval import asked_facts, decided
from domain.usecases.posting import Posted
from domain.usecases.redeem_interim import redeem_interim
from domain.usecases.redeem_points import redeem_points
from domain.usecases.redeem_reward import redeem_reward

LOOKED_AT = 50
"""Entries of a card: more than come to it while a question is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRedemption:
    account: Account
    merchant_id: MerchantId
    approval_id: ApprovalId
    is_confirmed: bool


def answer_redemption(*, tx: Posting, command: AnswerRedemption) -> Decided:
    """The first answer holds; the same answer again changes nothing. A yes to what was handed out meanwhile, to a
    code say, hands out nothing more: the question is taken for withdrawn.

    Raises ApprovalGone, also for anybody but the holder; ApprovalOver; RewardChanged where another reward stands
    in the place of the one that the customer was asked about; AskerMayNot where the member may not redeem it any
    more; and what redeeming the reward raises because of the card and its balances.
    """
    approval, card = _asked_of(tx, command)
    state = ApprovalState.APPROVED if command.is_confirmed else ApprovalState.DECLINED
    if approval.state is state:
        return Decided(approval=approval, asked=asked_facts(tx, approval))
    if not approval.is_open(tx.now):
        raise ApprovalOver
    entry_id, asked = None, asked_facts(tx, approval)
    if command.is_confirmed and _was_handed_out(tx, card, approval, asked.reward):
        state = ApprovalState.WITHDRAWN
    elif command.is_confirmed:
        entry = _redeem(tx, approval).entry
        if entry.reward != asked.reward:
            raise RewardChanged
        entry_id = entry.entry_id
    return Decided(approval=decided(tx, approval, state, None, entry_id), asked=asked)


def _asked_of(tx: Posting, command: AnswerRedemption) -> tuple[Approval, Card]:
    """The request and its card, as they are once the card is locked. Raises ApprovalGone."""
    named = tx.approval(command.merchant_id, command.approval_id)
    held = tx.lock_card(command.merchant_id, named.card_id) if named is not None else None
    if held is not None and held.card.merged_into is not None:
        held = tx.lock_card(command.merchant_id, held.card.merged_into)
    approval = tx.approval(command.merchant_id, command.approval_id)
    if approval is None or approval.redeems is None or held is None:
        raise ApprovalGone
    if held.customer.account != command.account:
        raise ApprovalGone
    return approval, held.card


def _was_handed_out(tx: Posting, card: Card, approval: Approval, reward: str) -> bool:
    """Whether the card had this reward since the customer was asked."""
    since = [
        entry for entry in tx.history_of(card, newest=LOOKED_AT) if entry.occurred_at >= approval.asked_at
    ]
    taken_back = {entry.related_entry_id for entry in since}
    return any(
        (entry.kind, entry.reward) == (approval.redeems, reward) and entry.entry_id not in taken_back
        for entry in since
    )


def _redeem(tx: Posting, approval: Approval) -> Posted:
    """Hands it out in the name of the member who asked, where they asked. Everything is checked again except for the
    PIN, which was typed before the customer was asked."""
    assert approval.redeems is not None
    wanted = AskCustomer(
        card=CardRef("id", approval.card_id),
        key=approval.operation_key,
        redeems=approval.redeems,
        position=approval.reward_position,
        price=approval.reward_price,
    ).wanted(confirmed_at=tx.now)
    asked = Asked(act=wanted, actor=asker_of(approval), pin_typed=True)
    with in_name_of(tx, approval.merchant_id, approval.staff_id):
        match wanted:
            case RedeemInterim():
                return redeem_interim(tx=tx, command=asked.instead(wanted))
            case RedeemPoints():
                return redeem_points(tx=tx, command=asked.instead(wanted))
            case RedeemReward():
                return redeem_reward(tx=tx, command=asked.instead(wanted))
            case _:
                raise ApprovalOver

"""Staff hand out the reward for a full card."""

from domain.acts import Asked, RedeemReward
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.rights import Right
from domain.rules.confirming import check_confirmed
from domain.rules.rewards import check_full, progress
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post


def redeem_reward(*, tx: Posting, command: Asked[RedeemReward]) -> Posted:
    """Takes the stamps of one full card, the oldest, however many are full.

    Raises OperationKeyReused, all that ``admit`` raises, NotEnoughStamps, CustomerToConfirm, and what ``post``
    raises.
    """
    return once(tx, command, take_stamps)


def take_stamps(tx: Posting, asked: Asked[RedeemReward]) -> Posted:
    """``redeem_reward`` for a key that was not used before."""
    at = admitted(tx, asked, Right.REDEEM, asked.act.unit)
    pile = progress(at.card, at.program)
    check_full(at.card.stamp_count, pile.cost)
    card = at.card.plus(Unit.STAMPS, -pile.cost)
    check_confirmed(at, asked.act.confirmed_at, tx.now)
    return post(tx, at, asked, card, EntryKind.STAMP_REDEEMED, reward=pile.reward)

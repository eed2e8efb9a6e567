"""Staff hand out an interim reward; its stamps stay on the card."""

from domain.acts import Asked, RedeemInterim
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.rights import Right
from domain.rules.confirming import check_confirmed
from domain.rules.interim import chosen_interim
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post


def redeem_interim(*, tx: Posting, command: Asked[RedeemInterim]) -> Posted:
    """Raises OperationKeyReused, all that ``admit`` raises, RewardChanged, NotEnoughStamps, InterimRewardTaken,
    CustomerToConfirm, and what ``post`` raises."""
    return once(tx, command, hand_out)


def hand_out(tx: Posting, asked: Asked[RedeemInterim]) -> Posted:
    """``redeem_interim`` for a key that was not used before."""
    at = admitted(tx, asked, Right.REDEEM, asked.act.unit)
    reward = chosen_interim(at.card, at.program, asked.act.position, asked.act.stamps)
    check_confirmed(at, asked.act.confirmed_at, tx.now)
    return post(tx, at, asked, at.card, EntryKind.INTERIM_REDEEMED, reward=reward.name)

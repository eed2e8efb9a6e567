"""Staff hand out a reward on the way to a full card, whose stamps stay on it."""

from domain.acts import Asked, RedeemInterim
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.rights import Right
from domain.rules.interim import chosen_interim
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post


def redeem_interim(*, tx: Posting, command: Asked[RedeemInterim]) -> Posted:
    """Raises OperationKeyReused, all that ``admit`` raises, RewardChanged, NotEnoughStamps, InterimRewardTaken."""
    return once(tx, command, hand_out)


def hand_out(tx: Posting, asked: Asked[RedeemInterim]) -> Posted:
    """``redeem_interim`` by a key that was not seen before."""
    at = admitted(tx, asked, Right.REDEEM, asked.act.unit)
    reward = chosen_interim(at.card, at.program, asked.act.position, asked.act.stamps)
    return post(tx, at, asked, at.card, EntryKind.INTERIM_REDEEMED, reward=reward.name)

"""Staff hand out a reward for points."""

from dataclasses import dataclass

from domain.expiry import Unit
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.ports import Tx
from domain.rights import Right
from domain.rules.counter import admit
from domain.rules.points import check_enough, chosen_reward
from domain.usecases.card_state import CardState
from domain.usecases.once import Operation, Outcome, once
from domain.usecases.posting import draft, post


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemPoints(Operation):
    """``position`` of the reward in the program's list, from 0, and the ``cost`` it was shown with."""

    position: int
    cost: int

    @property
    def fingerprint(self) -> str:
        return f"redeem points {self.actor.staff_id} {self.card} {self.position} {self.cost}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRedeemed(Outcome):
    entry_id: EntryId
    points: int
    reward: str
    may_undo: bool
    card: CardState


def redeem_points(*, tx: Tx, command: RedeemPoints) -> PointsRedeemed:
    """Raises OperationKeyReused, all that ``admit`` raises, RewardChanged, NotEnoughPoints."""
    return once(tx, command, PointsRedeemed, _redeem)


def _redeem(tx: Tx, command: RedeemPoints) -> PointsRedeemed:
    counter = tx.lock_counter(command.actor, command.card)
    at = admit(counter, command.actor, Right.REDEEM, Unit.POINTS, now=tx.now, pin_typed=command.pin_typed)
    reward = chosen_reward(at.program, command.position, command.cost)
    check_enough(have=at.card.points_balance, need=reward.cost)
    card = at.card.plus(Unit.POINTS, -reward.cost)
    entry = draft(tx, at, command, card, EntryKind.POINTS_REDEEMED, reward=reward.name)
    return PointsRedeemed(
        entry_id=entry.entry_id,
        points=reward.cost,
        reward=reward.name,
        may_undo=at.merchant.allow_void,
        card=post(tx, at, card, entry),
    )

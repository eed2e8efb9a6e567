"""Staff give points for a purchase."""

from dataclasses import dataclass

from domain.expiry import Unit
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.ports import Tx
from domain.rights import Right
from domain.rules.counter import admit
from domain.rules.points import points_for
from domain.usecases.card_state import CardState
from domain.usecases.once import Operation, Outcome, once
from domain.usecases.posting import draft, post, rewards_gained


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnPoints(Operation):
    """``amount_minor`` is the purchase in the smallest unit of the merchant's currency."""

    amount_minor: int

    @property
    def fingerprint(self) -> str:
        return f"earn {self.actor.staff_id} {self.card} {self.amount_minor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEarned(Outcome):
    """``rewards_earned_now`` counts the rewards that the balance has just become enough for."""

    entry_id: EntryId
    amount_minor: int
    points: int
    rewards_earned_now: int
    may_undo: bool
    card: CardState


def earn_points(*, tx: Tx, command: EarnPoints) -> PointsEarned:
    """Raises OperationKeyReused, all that ``admit`` raises, AmountOutOfRange, PurchaseTooSmall."""
    return once(tx, command, PointsEarned, _earn)


def _earn(tx: Tx, command: EarnPoints) -> PointsEarned:
    counter = tx.lock_counter(command.actor, command.card)
    at = admit(
        counter, command.actor, Right.EARN_POINTS, Unit.POINTS, now=tx.now, pin_typed=command.pin_typed
    )
    points = points_for(command.amount_minor, at.program, at.merchant.currency)
    card = at.card.plus(Unit.POINTS, points)
    entry = draft(tx, at, command, card, EntryKind.POINTS_EARNED, amount_minor=command.amount_minor)
    return PointsEarned(
        entry_id=entry.entry_id,
        amount_minor=command.amount_minor,
        points=points,
        rewards_earned_now=rewards_gained(at, card),
        may_undo=at.merchant.allow_void,
        card=post(tx, at, card, entry),
    )

"""A manager puts a points balance right by hand, with a reason."""

from dataclasses import dataclass

from domain.expiry import Unit
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.ports import Tx
from domain.refusals import AdjustmentReasonMissing
from domain.rights import Right
from domain.rules.counter import admit
from domain.rules.points import check_adjustment, check_enough
from domain.usecases.card_state import CardState
from domain.usecases.once import Operation, Outcome, once
from domain.usecases.posting import draft, post


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustPoints(Operation):
    """``points`` are added, or taken when negative; ``note`` is the reason."""

    points: int

    @property
    def fingerprint(self) -> str:
        return f"adjust {self.actor.staff_id} {self.card} {self.points} {self.note}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsAdjusted(Outcome):
    entry_id: EntryId
    points: int
    card: CardState


def adjust_points(*, tx: Tx, command: AdjustPoints) -> PointsAdjusted:
    """Raises PointsOutOfRange, AdjustmentReasonMissing, OperationKeyReused, all that ``admit`` raises,
    NotEnoughPoints."""
    check_adjustment(command.points)
    if not command.note:
        raise AdjustmentReasonMissing
    return once(tx, command, PointsAdjusted, _adjust)


def _adjust(tx: Tx, command: AdjustPoints) -> PointsAdjusted:
    counter = tx.lock_counter(command.actor, command.card)
    at = admit(counter, command.actor, Right.ADJUST, Unit.POINTS, now=tx.now, pin_typed=command.pin_typed)
    check_enough(have=at.card.points_balance, need=-command.points)
    card = at.card.plus(Unit.POINTS, command.points)
    entry = draft(tx, at, command, card, EntryKind.POINTS_ADJUSTED)
    return PointsAdjusted(entry_id=entry.entry_id, points=command.points, card=post(tx, at, card, entry))

"""A manager corrects a points balance by hand, with a reason."""

from domain.acts import AdjustPoints, Asked
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.refusals import AdjustmentReasonMissing
from domain.rights import Right
from domain.rules.points import check_adjustment, check_enough
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post


def adjust_points(*, tx: Posting, command: Asked[AdjustPoints]) -> Posted:
    """Raises PointsOutOfRange, AdjustmentReasonMissing, OperationKeyReused, all that ``admit`` raises,
    NotEnoughPoints, and what ``post`` raises."""
    check_adjustment(command.act.points)
    if not command.act.reason:
        raise AdjustmentReasonMissing
    return once(tx, command, _adjust)


def _adjust(tx: Posting, asked: Asked[AdjustPoints]) -> Posted:
    at, points = admitted(tx, asked, Right.ADJUST, asked.act.unit), asked.act.points
    check_enough(have=at.card.points_balance, need=-points)
    card = at.card.plus(Unit.POINTS, points)
    return post(tx, at, asked, card, EntryKind.POINTS_ADJUSTED, note=asked.act.reason)

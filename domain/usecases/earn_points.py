"""Staff give points for a purchase."""

from domain.acts import Asked, EarnPoints
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.rights import Right
from domain.rules.counter import admit
from domain.rules.points import check_plausible, points_for
from domain.usecases.once import once
from domain.usecases.posting import Posted, post


def earn_points(*, tx: Posting, command: Asked[EarnPoints]) -> Posted:
    """Raises OperationKeyReused, all that ``admit`` raises, AmountOutOfRange, PurchaseTooSmall, and PurchaseDoubted
    before a PIN is asked for."""
    return once(tx, command, _earn)


def _earn(tx: Posting, asked: Asked[EarnPoints]) -> Posted:
    counter, amount_minor = tx.lock_counter(asked.actor, asked.act.card), asked.act.amount_minor
    asks = counter, asked.actor, Right.EARN_POINTS, Unit.POINTS
    at = admit(*asks, now=tx.now, pin_typed=True)
    points = points_for(amount_minor, at.program, at.merchant.currency)
    if not asked.act.is_sure:
        check_plausible(amount_minor, at.program, at.merchant.currency)
    admit(*asks, now=tx.now, pin_typed=asked.pin_typed)
    card = at.card.plus(Unit.POINTS, points)
    return post(tx, at, asked, card, EntryKind.POINTS_EARNED, amount_minor=amount_minor)

"""Staff give points for a purchase."""

from domain.acts import Asked, EarnPoints
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.rights import Right
from domain.rules.points import check_plausible, points_for
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post
from domain.usecases.referrals import reward_referral


def earn_points(*, tx: Posting, command: Asked[EarnPoints]) -> Posted:
    """Raises OperationKeyReused, all that ``admit`` raises, AmountOutOfRange, PurchaseTooSmall, and PurchaseDoubted
    before a PIN is asked for."""
    return once(tx, command, _earn)


def _earn(tx: Posting, asked: Asked[EarnPoints]) -> Posted:
    at = admitted(tx, asked, Right.EARN_POINTS, Unit.POINTS)
    amount_minor = asked.act.amount_minor
    points = points_for(amount_minor, at.program, at.merchant.currency)
    if not asked.act.is_sure:
        check_plausible(amount_minor, at.program, at.merchant.currency)
    card = at.card.plus(Unit.POINTS, points)
    done = post(tx, at, asked, card, EntryKind.POINTS_EARNED, amount_minor=amount_minor)
    return reward_referral(tx, at, done)

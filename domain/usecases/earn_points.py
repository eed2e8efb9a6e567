"""Staff give points for a purchase, or stamps where a shop gives them for amounts."""

from domain.acts import Asked, EarnPoints
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.multipliers import ONE
from domain.ports import Posting
from domain.rights import Right
from domain.rules.earning import earned, earning, unit_of
from domain.rules.points import check_plausible
from domain.usecases.looking_back import of_today
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, factor_of, post
from domain.usecases.referrals import reward_referral
from domain.usecases.stamp_card import give


def earn_points(*, tx: Posting, command: Asked[EarnPoints]) -> Posted:
    """Raises OperationKeyReused, all that ``admit`` raises, AmountOutOfRange, PurchaseTooSmall, for stamps
    CooldownActive and DailyLimitReached, PurchaseDoubted before a PIN is asked for, and what ``post`` raises."""
    return once(tx, command, _earn)


def _earn(tx: Posting, asked: Asked[EarnPoints]) -> Posted:
    at = admitted(tx, asked, Right.EARN_POINTS, lambda program: unit_of(program) or Unit.POINTS)
    amount_minor, currency, factor = (
        asked.act.amount_minor,
        at.merchant.currency,
        factor_of(tx, at, asked.act),
    )
    what = earned(at.card, at.program, currency, amount_minor, factor)
    if not asked.act.is_sure:
        check_plausible(amount_minor, at.program, currency)
    if what.unit is Unit.STAMPS:
        card = earning(
            of_today(tx, at.card, at.merchant.timezone) if what.count else at.card, at.program, what
        )
        return give(tx, at, asked, card, what.count, factor, amount_minor=amount_minor)
    done = post(
        tx,
        at,
        asked,
        earning(at.card, at.program, what),
        EntryKind.POINTS_EARNED,
        amount_minor=amount_minor,
        factor_tenths=factor if factor != ONE else None,
    )
    return reward_referral(tx, at, done)

"""Staff stamp a card."""

from typing import Any

from domain.acts import Asked, EarnPoints, Stamp
from domain.card import Card
from domain.kinds import EntryKind
from domain.multipliers import ONE
from domain.ports import Posting
from domain.rights import Right
from domain.rules import stamps
from domain.rules.counter import Admitted
from domain.usecases.looking_back import of_today
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, factor_of, post
from domain.usecases.referrals import reward_referral


def stamp_card(*, tx: Posting, command: Asked[Stamp]) -> Posted:
    """Adds ``count`` stamps (1 to STAMPS_PER_ACT_MAX), times the present factor. Where the program gives stamps for
    amounts, this needs a manager's approval.

    Raises StampCountOutOfRange, OperationKeyReused, all that ``admit`` raises, StampsByAmount, CooldownActive,
    DailyLimitReached, and what ``post`` raises.
    """
    stamps.check_stamp_count(command.act.count)
    return once(tx, command, _stamp)


def _stamp(tx: Posting, asked: Asked[Stamp]) -> Posted:
    at = admitted(tx, asked, Right.STAMP, asked.act.unit)
    if asked.approved_by is None:
        stamps.check_by_number(at.program)
    factor = factor_of(tx, at, asked.act)
    return give(
        tx, at, asked, of_today(tx, at.card, at.merchant.timezone), asked.act.count * factor // ONE, factor
    )


def give(
    tx: Posting,
    at: Admitted,
    asked: Asked[Stamp] | Asked[EarnPoints],
    card: Card,
    count: int,
    factor: int,
    **more: Any,
) -> Posted:
    """Adds ``count`` stamps, already multiplied by ``factor``, to the card. Raises CooldownActive, DailyLimitReached,
    and what ``post`` raises."""
    zone = at.merchant.timezone
    day = stamps.stamping_day(card, zone, tx.now)
    card = stamps.earn(
        card,
        at.program,
        zone,
        count,
        tx.now,
        factor_tenths=factor,
        is_approved=asked.approved_by is not None,
    )
    more["factor_tenths"] = factor if factor != ONE else None
    done = post(tx, at, asked, card, EntryKind.STAMP_EARNED, local_date=day, **more)
    return reward_referral(tx, at, done)

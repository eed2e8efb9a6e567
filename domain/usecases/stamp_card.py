"""Staff stamp a card."""

from domain.acts import Asked, Stamp
from domain.card import Card
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.rights import Right
from domain.rules import stamps
from domain.rules.counter import Admitted
from domain.rules.days import FAR_AHEAD, local_date
from domain.rules.voids import recount_today
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post
from domain.usecases.referrals import reward_referral


def stamp_card(*, tx: Posting, command: Asked[Stamp]) -> Posted:
    """Adds ``count`` stamps (1 to STAMPS_PER_ACT_MAX).

    Raises StampCountOutOfRange, OperationKeyReused, all that ``admit`` raises, CooldownActive, DailyLimitReached.
    """
    stamps.check_stamp_count(command.act.count)
    return once(tx, command, _stamp)


def _stamp(tx: Posting, asked: Asked[Stamp]) -> Posted:
    at = admitted(tx, asked, Right.STAMP, Unit.STAMPS)
    card = stamps.earn(
        _of_today(tx, at),
        at.program,
        at.merchant.timezone,
        asked.act.count,
        tx.now,
        is_approved=asked.approved_by is not None,
    )
    done = post(tx, at, asked, card, EntryKind.STAMP_EARNED, local_date=card.stamp_day)
    return reward_referral(tx, at, done)


def _of_today(tx: Posting, at: Admitted) -> Card:
    """The card; one that a wrong clock has dated far ahead with what it knows of the days before that."""
    today = local_date(tx.now, at.merchant.timezone)
    if not stamps.is_far_ahead(at.card, today):
        return at.card
    return recount_today(at.card, tx.history_of(at.card), today + FAR_AHEAD)

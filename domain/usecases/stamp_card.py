"""Staff stamp a card."""

from domain.acts import Asked, Stamp
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.rights import Right
from domain.rules import stamps
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post


def stamp_card(*, tx: Posting, command: Asked[Stamp]) -> Posted:
    """Adds ``count`` stamps (1 to STAMPS_PER_ACT_MAX).

    Raises StampCountOutOfRange, OperationKeyReused, all that ``admit`` raises, CooldownActive, DailyLimitReached.
    """
    stamps.check_stamp_count(command.act.count)
    return once(tx, command, _stamp)


def _stamp(tx: Posting, asked: Asked[Stamp]) -> Posted:
    at = admitted(tx, asked, Right.STAMP, Unit.STAMPS)
    card = stamps.earn(at.card, at.program, at.merchant.timezone, asked.act.count, tx.now)
    return post(tx, at, asked, card, EntryKind.STAMP_EARNED, local_date=card.stamp_day)

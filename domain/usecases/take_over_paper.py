"""Staff collect a half-full paper card, and a new card begins with its stamps."""

from domain.acts import Asked, TakeOver
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.ports import Posting
from domain.rights import Right
from domain.rules import paper
from domain.rules.days import local_date
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post


def take_over_paper(*, tx: Posting, command: Asked[TakeOver]) -> Posted:
    """These stamps do not count for today's limit or as a visit, and are not multiplied. Raises OperationKeyReused,
    all that ``admit`` raises, PaperOver, PaperTooMany, PaperLimitReached, and what ``post`` raises."""
    return once(tx, command, _take_over)


def _take_over(tx: Posting, asked: Asked[TakeOver]) -> Posted:
    at = admitted(tx, asked, Right.STAMP, asked.act.unit)
    count, entries = asked.act.count, tx.history_of(at.card)
    paper.check(at.card, at.program, at.merchant, entries, count, tx.now)
    today = local_date(tx.now, at.merchant.timezone)
    paper.check_limit(at.program, tx.count_acts(at.staff, EntryKind.PAPER_STAMPS, today))
    return post(tx, at, asked, at.card.plus(Unit.STAMPS, count), EntryKind.PAPER_STAMPS)

"""A shop changes from paper: a new card begins with the stamps of a half-full paper card (docs/decisions/0064)."""

from collections.abc import Sequence
from datetime import datetime

from domain.card import Card
from domain.entry import Entry
from domain.kinds import EntryKind
from domain.merchant import Merchant, Program
from domain.refusals import PaperLimitReached, PaperOver, PaperTooMany
from domain.rules.days import local_date
from domain.rules.history import standing_acts


def stamps_max(program: Program) -> int:
    """How many stamps may come from paper: always less than a full card, so that paper alone brings no reward."""
    return min(program.paper_stamps_max, program.stamps_target - 1) if program.has_stamps else 0


def is_new(card: Card, merchant: Merchant, now: datetime) -> bool:
    """Whether the card was made today."""
    return local_date(card.created_at, merchant.timezone) == local_date(now, merchant.timezone)


def is_taken_over(entries: Sequence[Entry]) -> bool:
    """Whether the stamps of a paper card are already on the card."""
    papers = {entry.entry_id for entry in entries if entry.kind is EntryKind.PAPER_STAMPS}
    return bool(papers) and not papers.isdisjoint(standing_acts(entries))


def check(
    card: Card, program: Program, merchant: Merchant, entries: Sequence[Entry], count: int, now: datetime
) -> None:
    """Raises PaperOver where the program takes no stamps from paper, where the card was not made today, and the
    second time; PaperTooMany."""
    highest = stamps_max(program)
    if not highest or not is_new(card, merchant, now) or is_taken_over(entries):
        raise PaperOver
    if not 1 <= count <= highest:
        raise PaperTooMany(highest=highest)


def check_limit(program: Program, cards_today: int) -> None:
    """Checks the member's daily limit. Raises PaperLimitReached."""
    if cards_today >= program.paper_cards_daily_max:
        raise PaperLimitReached(limit=program.paper_cards_daily_max)

"""How long a reward that is ready waits (docs/decisions/0065)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.card import Card, Customer
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.merchant import Merchant, Program, RewardTerm
from domain.quick import dataclass, replace
from domain.rules.closing import while_open
from domain.rules.closures import Calendar, calendar_of
from domain.rules.days import local_date
from domain.rules.history import standing_acts
from domain.rules.lots import lots_of
from domain.rules.rewards import progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The first reward that is ready, for ``cost`` stamps; ``completed_by`` is the award that made the card full. A
    warning from before ``said_since`` was about another reward, which has been redeemed."""

    reward: str
    cost: int
    completed_by: EntryId
    ends_at: datetime
    said_since: datetime | None


def waiting(card: Card, entries: Sequence[Entry], program: Program, calendar: Calendar) -> Waiting | None:
    """None where no reward is ready, where it waits for ever, and while the program is paused, so that none can be
    redeemed."""
    pile = progress(card, program)
    if program.reward_valid_days is None or not program.active or not pile.rewards_available:
        return None
    found = _completed(entries, pile.cost)
    if found is None:
        return None
    entry_id, completed_at = found
    days = _days_promised(program, completed_at)
    if days is None:
        return None
    merges = (entry.occurred_at for entry in entries if entry.kind is EntryKind.MERGED_IN)
    since = max(filter(None, (completed_at, program.rewards_since, *merges)))
    return Waiting(
        reward=pile.reward,
        cost=pile.cost,
        completed_by=entry_id,
        ends_at=end_of_waiting(since, days, calendar),
        said_since=_last_handed_in(entries),
    )


def end_of_waiting(since: datetime, days: int, calendar: Calendar) -> datetime:
    return calendar.end_of(since, local_date(since, calendar.timezone) + timedelta(days=days))


def waits_until(
    card: Card, program: Program, merchant: Merchant, customer: Customer, now: datetime
) -> date | None:
    """The last day on which the first reward can still be redeemed, while the shop is open; None where it waits for
    ever, or where that day is past because the customer was not told in time."""
    if card.reward_ends_at is None or program.reward_valid_days is None:
        return None
    calendar = calendar_of(merchant, customer)
    last = calendar.last_day_before(card.reward_ends_at)
    return while_open(merchant, last) if last >= local_date(now, calendar.timezone) else None


def keeping_promises(before: Program, after: Program, now: datetime) -> Program:
    """``after``, changed so that no reward waits shorter than was promised. Where fewer stamps are enough now, or
    nothing could be redeemed before, rewards wait from now. No term ends before an earlier one, even if the clock
    went back."""
    if after.reward_valid_days is None:
        return replace(after, reward_valid_before=None, rewards_since=None)
    terms = [*(before.reward_valid_before or ())]
    until = max([now, *(term.until for term in terms)])
    terms.append(RewardTerm(until=until, days=before.reward_valid_days))
    kept: list[RewardTerm] = []
    for term in reversed(terms):
        if _is_better(term.days, kept[-1].days if kept else after.reward_valid_days):
            kept.append(term)
    is_new = after.stamps_target < before.stamps_target or (after.active and not before.active)
    return replace(
        after,
        reward_valid_before=tuple(reversed(kept)) or None,
        rewards_since=now if is_new else before.rewards_since,
    )


def _days_promised(program: Program, completed_at: datetime) -> int | None:
    """The longest of the terms that have held since then, None for ever."""
    before = (term.days for term in program.reward_valid_before or () if completed_at < term.until)
    promised = [program.reward_valid_days, *before]
    return None if None in promised else max(filter(None, promised))


def _is_better(days: int | None, other: int | None) -> bool:
    return other is not None and (days is None or days > other)


def _completed(entries: Sequence[Entry], cost: int) -> tuple[EntryId, datetime] | None:
    """The award whose stamps filled the oldest full card, and when."""
    stamps = 0
    for lot in lots_of(Unit.STAMPS, entries).open:
        stamps += lot.left
        if stamps >= cost:
            return lot.entry_id, lot.since
    return None


def _last_handed_in(entries: Sequence[Entry]) -> datetime | None:
    stands = standing_acts(entries)
    handed_in = (
        entry.occurred_at
        for entry in entries
        if entry.kind is EntryKind.STAMP_REDEEMED and entry.entry_id in stands
    )
    return max(handed_in, default=None)

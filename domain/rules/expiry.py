"""When balances expire, and how long before that the customer must have been told.

What was told, and what may expire now, is judged in ``expiry_warnings.py``. A change of policy never reaches back:
what is held at that time counts from the change. These clocks stand still on closed days, and a card never gets an
expiry date earlier than one it has had. An award with an end of its own ends by itself, whatever the program says,
and needs no longer notice than the days it was given for (docs/decisions/0057).
"""

from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, dropwhile

from domain.card import Card
from domain.entry import Entry, LotPart
from domain.expiry import Due, ExpiryKind, Unit
from domain.ids import EntryId
from domain.kinds import KINDS
from domain.merchant import Program
from domain.quick import dataclass, replace
from domain.rules.closures import Calendar
from domain.rules.days import day_ends_at, local_date, month_end, months_later
from domain.rules.history import standing_acts
from domain.rules.lots import Lot, Lots, Taken, lots_of, parts
from domain.rules.rewards import progress
from domain.rules.waiting import end_of_waiting, waiting

WARNING_TIME = timedelta(days=14)
SAYS_ITS_END = WARNING_TIME + timedelta(days=1)
"""An award that ends this soon after it was given needs no other warning than the message that gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """``count`` of ``unit`` that expire together at ``expires_at``: all lots up to the one of the award ``last_lot``,
    or ``lots``, where something on the card has an end of its own. ``kind`` is why, and ``notice`` how long before
    the customer must have been told. With a ``reward`` they are the stamps of a full card that was not redeemed, and
    a warning from before ``said_since`` was about another reward."""

    unit: Unit
    expires_at: datetime
    count: int
    last_lot: EntryId
    kind: ExpiryKind
    notice: timedelta = WARNING_TIME
    lots: tuple[LotPart, ...] | None = None
    reward: str | None = None
    said_since: datetime | None = None

    @property
    def due(self) -> Due:
        return Due(self.unit) if self.reward is None else Due.REWARD


Periods = Mapping[Due, Sequence[Period]]
"""What expires, soonest first: of each unit the next expiry by the program and each end of its own, and the first
reward that is ready."""


def next_period(unit: Unit, entries: Sequence[Entry], program: Program, calendar: Calendar) -> Period | None:
    """The period of a card that expires next, None when none will. ``entries`` are the card's, oldest first."""
    return next(iter(periods_of(unit, entries, program, calendar)), None)


def periods_of(
    unit: Unit, entries: Sequence[Entry], program: Program, calendar: Calendar
) -> Sequence[Period]:
    lots = lots_of(unit, entries)
    expires_at, together = _program_ends(lots, entries, program, calendar)
    by_end: dict[datetime, list[Lot]] = defaultdict(list)
    for lot in lots.dated:
        by_end[_own_end(lot, calendar)].append(lot)
    ends = {at: dated for at, dated in by_end.items() if any(lot.left for lot in dated)}
    is_dated = bool(ends)
    if expires_at is not None:
        ends.setdefault(expires_at, [])
    return [
        _period(unit, program, at, together if at == expires_at else [], dated, is_dated=is_dated)
        for at, dated in sorted(ends.items())
    ]


def reward_period(
    card: Card, entries: Sequence[Entry], program: Program, calendar: Calendar
) -> Period | None:
    """The period of the first reward that is ready; the others begin to wait when it is over."""
    first = waiting(card, entries, program, calendar)
    if first is None:
        return None
    return Period(
        unit=Unit.STAMPS,
        expires_at=first.ends_at,
        count=first.cost,
        last_lot=first.completed_by,
        kind=ExpiryKind.LOT,
        reward=first.reward,
        said_since=first.said_since,
    )


def _period(
    unit: Unit,
    program: Program,
    at: datetime,
    together: Sequence[Lot],
    dated: Sequence[Lot],
    *,
    is_dated: bool,
) -> Period:
    """The period of lots that the program ends ``together`` and of ``dated`` lots that end at the same time."""
    lots = [*(lot for lot in together if lot.left), *dated]
    return Period(
        unit=unit,
        expires_at=at,
        count=sum(lot.left for lot in lots),
        last_lot=(together or dated)[-1].entry_id,
        kind=ExpiryKind.LOT if dated else program.expiry_kind,
        notice=max([_notice_of(lot) for lot in lots if lot.left]),
        lots=parts([(lot.entry_id, lot.left) for lot in lots]) if is_dated else None,
    )


def _program_ends(
    lots: Lots, entries: Sequence[Entry], program: Program, calendar: Calendar
) -> tuple[datetime | None, Sequence[Lot]]:
    """When the program next ends something, None when it does not, and the lots that this ends."""
    undated = lots.undated
    oldest = next((lot for lot in undated if lot.left), None)
    if oldest is None or program.expiry_kind is ExpiryKind.NEVER:
        return None, []
    if program.expiry_kind is ExpiryKind.INACTIVITY:
        visits = [*_visits(entries, lots), lots.held_since]
        return _inactive_after(visits, program, calendar), undated
    ends = _ends_of(lots, program, calendar)
    expires_at = ends[oldest.entry_id]
    return expires_at, [lot for lot in undated if ends[lot.entry_id] <= expires_at]


def with_lots(entry: Entry, before: Sequence[Entry], program: Program, calendar: Calendar) -> Entry:
    """The entry with the lots it takes from; ``before`` are the card's earlier entries. Unchanged where it takes
    nothing, or where nothing on the card has an end of its own."""
    lots = lots_of(entry.unit, before)
    if entry.delta(entry.unit) >= 0 or not any(lot.left for lot in lots.dated):
        return entry
    ends = {lot.entry_id: _own_end(lot, calendar) for lot in lots.dated}
    if program.expiry_kind is ExpiryKind.LOT:
        ends |= _ends_of(lots, program, calendar)
    elif program.expiry_kind is ExpiryKind.INACTIVITY and any(lot.left for lot in lots.undated):
        visits = [*_visits([*before, entry], lots), lots.held_since]
        ends |= dict.fromkeys(
            (lot.entry_id for lot in lots.undated), _inactive_after(visits, program, calendar)
        )
    else:
        ends |= dict.fromkeys((lot.entry_id for lot in lots.undated), datetime.max.replace(tzinfo=UTC))
    return replace(entry, lots=parts(lots.to_take(entry, ends)))


def end_after(days: int, now: datetime, timezone: str) -> datetime:
    """The end of an award that is given now and is good for ``days`` days, not counting today."""
    return day_ends_at(local_date(now, timezone) + timedelta(days=days), timezone)


def dated_end(since: datetime, ends_at: datetime, calendar: Calendar) -> datetime:
    """The end of an award with an end of its own, given at ``since`` to last until ``ends_at``, moved by closed
    days."""
    last = local_date(ends_at - timedelta(microseconds=1), calendar.timezone)
    return calendar.end_of(since, last)


def announced(entry: Entry, calendar: Calendar) -> datetime | None:
    """The end that the message giving an award also warns of, None where the warning comes later."""
    if entry.expires_at is None or entry.expires_at - entry.occurred_at > SAYS_ITS_END:
        return None
    return dated_end(entry.occurred_at, entry.expires_at, calendar)


def notice_of(life: timedelta) -> timedelta:
    """How long before its end a customer must have been told of an award: WARNING_TIME, or the days it was given for
    where they are fewer."""
    return min(WARNING_TIME, timedelta(days=max(0, life.days)))


def lot_expires_at(since: datetime, program: Program, calendar: Calendar) -> datetime:
    """The end of the month that is ``expiry_months`` months after the award, or after the policy came into force."""
    since = max(since, program.expiry_since)
    day = local_date(since, calendar.timezone)
    return calendar.end_of(since, month_end(months_later(day, program.expiry_months)))


def restorable(
    redemption: Entry,
    entries: Sequence[Entry],
    program: Program,
    calendar: Calendar,
    now: datetime,
    warned_at: Callable[[datetime], datetime | None],
) -> Taken:
    """How much of what a redemption took may be given back to each lot: what has expired meanwhile stays expired.

    ``warned_at`` tells when the warning of what expires at an instant was delivered. Without a warning, the notice
    counts from the redemption.
    """
    lots = lots_of(redemption.unit, entries)
    ends = _ends_of(lots, program, calendar) if program.expiry_kind is ExpiryKind.LOT else {}
    ends |= {lot.entry_id: _own_end(lot, calendar) for lot in lots.dated}

    def is_over(entry_id: EntryId) -> bool:
        if entry_id in lots.expired:
            return True
        if entry_id not in ends:
            return False
        expires_at = ends[entry_id]
        told_at = warned_at(expires_at) or redemption.occurred_at
        return now >= max(expires_at, calendar.later(told_at, _notice_of(lots.lot(entry_id))))

    returning = lots.returning(redemption.entry_id)
    if redemption.lots is None:
        return list(dropwhile(lambda each: is_over(each[0]), returning))
    return [each for each in returning if not is_over(each[0])]


def brought_back(
    unit: Unit, entries: Sequence[Entry], program: Program, calendar: Calendar, now: datetime
) -> datetime | None:
    """The past instant at which a balance would have expired without the visit that the newest entry voids.

    None unless that void moves the expiry from the future into the past.
    """
    if program.expiry_kind is not ExpiryKind.INACTIVITY:
        return None
    before, after = (
        _program_ends(lots_of(unit, each), each, program, calendar)[0] for each in (entries[:-1], entries)
    )
    return after if before is not None and after is not None and after <= now < before else None


def after_earning(card: Card, program: Program, calendar: Calendar, now: datetime) -> Card:
    """The card, on which the customer has just earned something, with its expiry.

    Where the program's balances expire, nothing on the card may have an end of its own. By inactivity everything
    counts from now; by lot the older lots expire first. A reward that has just become ready waits from now.
    """
    return _waiting_from_now(_holding_from_now(card, program, calendar, now), program, calendar, now)


def _waiting_from_now(card: Card, program: Program, calendar: Calendar, now: datetime) -> Card:
    if program.reward_valid_days is None or not progress(card, program).rewards_available:
        return card
    ends_at = card.reward_ends_at or end_of_waiting(now, program.reward_valid_days, calendar)
    look_at = calendar.earlier(ends_at, WARNING_TIME)
    return replace(card, reward_ends_at=ends_at, expiry_look_at=min(card.expiry_look_at or look_at, look_at))


def _holding_from_now(card: Card, program: Program, calendar: Calendar, now: datetime) -> Card:
    if program.expiry_kind is ExpiryKind.NEVER:
        return card
    if program.expiry_kind is ExpiryKind.INACTIVITY:
        expires_at = _inactive_at(now, program, calendar)
        before = expires_at, expires_at
    else:
        expires_at = lot_expires_at(now, program, calendar)
        before = card.stamps_expire_at or expires_at, card.points_expire_at or expires_at
    stamps_at = before[0] if card.stamp_count else None
    points_at = before[1] if card.points_balance else None
    dates = [at for at in (stamps_at, points_at) if at is not None]
    return replace(
        card,
        stamps_expire_at=stamps_at,
        points_expire_at=points_at,
        expiry_look_at=calendar.earlier(min(dates), WARNING_TIME) if dates else None,
    )


def next_periods(card: Card, entries: Sequence[Entry], program: Program, calendar: Calendar) -> Periods:
    reward = reward_period(card, entries, program, calendar)
    return {
        **{Due(unit): periods_of(unit, entries, program, calendar) for unit in Unit},
        Due.REWARD: [reward] if reward else [],
    }


def expiring(card: Card, periods: Periods, calendar: Calendar) -> Card:
    """The card with the expiry dates of these periods."""
    every = [period for of_unit in periods.values() for period in of_unit]
    soonest = {due: min((period.expires_at for period in periods[due]), default=None) for due in Due}
    return replace(
        card,
        stamps_expire_at=soonest[Due.STAMPS],
        points_expire_at=soonest[Due.POINTS],
        reward_ends_at=soonest[Due.REWARD],
        expiry_look_at=min((_look_at(period, calendar) for period in every), default=None),
        has_dated=any(period.lots is not None for period in every),
    )


def reckoned(card: Card, entries: Sequence[Entry], program: Program, calendar: Calendar) -> Card:
    """The card with its expiry computed from all its entries."""
    return expiring(card, next_periods(card, entries, program, calendar), calendar)


def _look_at(period: Period, calendar: Calendar) -> datetime:
    """The time at which the warning is due, which may be past."""
    return calendar.earlier(period.expires_at, period.notice)


def _own_end(lot: Lot, calendar: Calendar) -> datetime:
    assert lot.ends_at is not None
    return dated_end(lot.since, lot.ends_at, calendar)


def _notice_of(lot: Lot) -> timedelta:
    return WARNING_TIME if lot.ends_at is None else notice_of(lot.life)


def _ends_of(lots: Lots, program: Program, calendar: Calendar) -> dict[EntryId, datetime]:
    """The ends of lots that end when the program says. A later lot never ends before an earlier one, even where
    closed days count for the earlier one only."""
    undated = lots.undated
    ends = (lot_expires_at(lot.since, program, calendar) for lot in undated)
    return dict(zip((lot.entry_id for lot in undated), accumulate(ends, max), strict=True))


def _inactive_after(visits: Sequence[datetime], program: Program, calendar: Calendar) -> datetime:
    """Without closed days only the last visit matters."""
    counted = visits if calendar.closures else [max(visits)]
    return max(_inactive_at(visit, program, calendar) for visit in counted)


def _inactive_at(visit: datetime, program: Program, calendar: Calendar) -> datetime:
    """The end of the day that is ``expiry_months`` months after a visit, or after the policy came into force."""
    since = max(visit, program.expiry_since)
    day = local_date(since, calendar.timezone)
    return calendar.end_of(since, months_later(day, program.expiry_months))


def _visits(entries: Sequence[Entry], lots: Lots) -> Sequence[datetime]:
    """When the customer came, for either unit. An expiry counts as well, since what outlived it begins anew, unless
    what expired had an end of its own or was a single reward."""
    stands = standing_acts(entries)
    own = {lot.entry_id for lot in lots.dated}
    return [
        entry.occurred_at
        for entry in entries
        if (KINDS[entry.kind].is_visit and entry.entry_id in stands)
        or (KINDS[entry.kind].is_expiry and entry.unit is lots.unit and _is_of_program(entry, own))
    ]


def _is_of_program(expiry: Entry, own: Container[EntryId]) -> bool:
    return not KINDS[expiry.kind].ends_reward and expiry.related_entry_id not in own

"""When balances expire, when that has to be said, and what may expire now.

Nothing expires unless its warning was delivered WARNING_TIME before, or the customer cannot be reached. A change of
policy never reaches back: what is held then counts from the change. All of these clocks stand still on closed days,
and no date that a card has had is followed by an earlier one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, dropwhile

from domain.card import Card
from domain.entry import Entry
from domain.expiry import ExpiryKind, Unit
from domain.ids import EntryId, MessageId
from domain.kinds import KINDS
from domain.merchant import Program
from domain.rules.closures import Calendar
from domain.rules.days import local_date, month_end, months_later
from domain.rules.history import standing_acts
from domain.rules.lots import Lots, lots_of

WARNING_TIME = timedelta(days=14)
LOOK_AGAIN = timedelta(days=1)
"""Until when a warning is either delivered or given up: the outbox gives up after a day of trying. As often, it is
looked whether who could not be told can be reached again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """``count`` of ``unit`` expire together at ``expires_at``: all lots up to the one of the award ``last_lot``."""

    unit: Unit
    expires_at: datetime
    count: int
    last_lot: EntryId


Periods = Mapping[Unit, Period | None]
"""What expires next of each unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """What has become of the newest warning for a period: ``count`` is what it said, ``written_at`` when.

    ``delivered_at`` is None until it was sent; ``given_up`` says that it never will be.
    """

    count: int
    written_at: datetime | None
    delivered_at: datetime | None
    given_up: bool
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Warn:
    """The customer must be told now."""


@dataclass(frozen=True, slots=True)
class Expire:
    """It may expire now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before ``until``."""

    until: datetime


def judge(
    period: Period, warned: Warned | None, calendar: Calendar, *, is_reachable: bool, now: datetime
) -> Warn | Expire | Wait:
    """What is to be done about a period: nothing on a closed day."""
    reopens_at = calendar.reopens_at(now)
    if reopens_at is not None:
        return Wait(reopens_at)
    if warned is None or warned.count < period.count:
        return _warn_in_time(period, calendar, now)
    if warned.delivered_at is not None:
        return _at(_end_of_notice(period, warned, warned.delivered_at, calendar), now)
    if not is_reachable:
        return Expire() if now >= period.expires_at else Wait(min(period.expires_at, now + LOOK_AGAIN))
    return _warn_in_time(period, calendar, now) if warned.given_up else Wait(now + LOOK_AGAIN)


def next_period(unit: Unit, entries: Sequence[Entry], program: Program, calendar: Calendar) -> Period | None:
    """What of a card (its entries oldest first) expires next, None when nothing will."""
    lots = lots_of(unit, entries)
    if not lots.open or program.expiry_kind is ExpiryKind.NEVER:
        return None
    oldest, together = lots.open[0], lots.all
    if program.expiry_kind is ExpiryKind.INACTIVITY:
        expires_at = max(_inactive_at(visit, program, calendar) for visit in _visits(entries, lots, calendar))
    else:
        ends = _ends_of(lots, program, calendar)
        expires_at = ends[oldest.entry_id]
        together = [lot for lot in together if ends[lot.entry_id] <= expires_at]
    return Period(
        unit=unit,
        expires_at=expires_at,
        count=sum(lot.left for lot in together),
        last_lot=together[-1].entry_id,
    )


def combined(one: Warned | None, other: Warned) -> Warned:
    """The warnings of two cards that became one: said of both, when the later of the two was."""
    if one is None:
        return other
    later = max(one, other, key=_how_late)
    return replace(later, count=one.count + other.count)


def _how_late(warned: Warned) -> tuple[bool, bool, datetime, MessageId]:
    at = warned.delivered_at
    return warned.given_up, at is None, at or datetime.max.replace(tzinfo=UTC), warned.message_id


def soonest_end(period: Period, warned: Warned | None, calendar: Calendar, now: datetime) -> datetime:
    """The soonest at which a period of a customer who can be reached may be over."""
    if warned is None or warned.count < period.count or warned.delivered_at is None:
        return max(period.expires_at, calendar.standing.later(now, WARNING_TIME))
    return _end_of_notice(period, warned, warned.delivered_at, calendar)


def lot_expires_at(since: datetime, program: Program, calendar: Calendar) -> datetime:
    """At the end of the month so many months after the award, or after the policy came into force."""
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
) -> int:
    """How much of what a redemption took may be given back: what has expired meanwhile stays expired.

    ``warned_at`` tells when the warning of what expires at an instant was delivered. Where nothing was said yet, it
    would have been said after the redemption at the soonest.
    """
    lots = lots_of(redemption.unit, entries)
    ends = _ends_of(lots, program, calendar) if program.expiry_kind is ExpiryKind.LOT else {}

    def is_over(entry_id: EntryId) -> bool:
        if entry_id in lots.expired:
            return True
        if entry_id not in ends:
            return False
        expires_at = ends[entry_id]
        told_at = warned_at(expires_at) or redemption.occurred_at
        return now >= max(expires_at, calendar.later(told_at, WARNING_TIME))

    returning = lots.returning(redemption.entry_id)
    return sum(count for _, count in dropwhile(lambda each: is_over(each[0]), returning))


def brought_back(
    unit: Unit, entries: Sequence[Entry], program: Program, calendar: Calendar, now: datetime
) -> datetime | None:
    """The past instant at which a balance would have expired but for the visit that the newest entry voids.

    None when it does not lead from the future into the past.
    """
    if program.expiry_kind is not ExpiryKind.INACTIVITY:
        return None
    before = next_period(unit, entries[:-1], program, calendar)
    after = next_period(unit, entries, program, calendar)
    if before is None or after is None or not after.expires_at <= now < before.expires_at:
        return None
    return after.expires_at


def after_earning(card: Card, program: Program, calendar: Calendar, now: datetime) -> Card:
    """The card, on which the customer has just earned something, with its expiry.

    By inactivity everything counts from now; by lot what was there before goes first.
    """
    if program.expiry_kind is ExpiryKind.NEVER:
        return card
    if program.expiry_kind is ExpiryKind.INACTIVITY:
        stamps_at = points_at = _inactive_at(now, program, calendar)
    else:
        expires_at = lot_expires_at(now, program, calendar)
        stamps_at, points_at = card.stamps_expire_at or expires_at, card.points_expire_at or expires_at
    return _expiring(
        card, calendar, stamps_at if card.stamp_count else None, points_at if card.points_balance else None
    )


def next_periods(entries: Sequence[Entry], program: Program, calendar: Calendar) -> Periods:
    return {unit: next_period(unit, entries, program, calendar) for unit in Unit}


def expiring(card: Card, periods: Periods, calendar: Calendar) -> Card:
    """The card with its expiry."""
    stamps, points = periods[Unit.STAMPS], periods[Unit.POINTS]
    return _expiring(
        card, calendar, stamps.expires_at if stamps else None, points.expires_at if points else None
    )


def reckoned(card: Card, entries: Sequence[Entry], program: Program, calendar: Calendar) -> Card:
    """The card with its expiry reckoned from all its entries."""
    return expiring(card, next_periods(entries, program, calendar), calendar)


def _expiring(card: Card, calendar: Calendar, stamps_at: datetime | None, points_at: datetime | None) -> Card:
    """With the dates, and to be looked at in time to warn: at once, if that is over."""
    dates = [at for at in (stamps_at, points_at) if at is not None]
    return replace(
        card,
        stamps_expire_at=stamps_at,
        points_expire_at=points_at,
        expiry_look_at=calendar.earlier(min(dates), WARNING_TIME) if dates else None,
    )


def _ends_of(lots: Lots, program: Program, calendar: Calendar) -> Mapping[EntryId, datetime]:
    """What is earned later is not over sooner, however many closed days it is too late for."""
    ends = (lot_expires_at(lot.since, program, calendar) for lot in lots.all)
    return dict(zip((lot.entry_id for lot in lots.all), accumulate(ends, max), strict=True))


def _inactive_at(visit: datetime, program: Program, calendar: Calendar) -> datetime:
    """The end of the day so many months after a visit, or after the policy came into force."""
    since = max(visit, program.expiry_since)
    day = local_date(since, calendar.timezone)
    return calendar.end_of(since, months_later(day, program.expiry_months))


def _visits(entries: Sequence[Entry], lots: Lots, calendar: Calendar) -> Sequence[datetime]:
    """When the customer came, for either unit, or was given the balance; what outlived an expiry begins anew. Without
    closed days only the last counts."""
    stands = standing_acts(entries)
    visits = [
        entry.occurred_at
        for entry in entries
        if (KINDS[entry.kind].is_visit and entry.entry_id in stands)
        or (KINDS[entry.kind].is_expiry and entry.unit is lots.unit)
    ]
    visits.append(lots.held_since)
    return visits if calendar.closures else [max(visits)]


def _end_of_notice(period: Period, warned: Warned, delivered_at: datetime, calendar: Calendar) -> datetime:
    """Not before what the warning said, nor before it has been with the customer for long enough."""
    told_at = warned.written_at or delivered_at
    notice = max(calendar.later(at, WARNING_TIME) for at in (told_at, delivered_at))
    return max(period.expires_at, notice)


def _warn_in_time(period: Period, calendar: Calendar, now: datetime) -> Warn | Wait:
    opens_at = calendar.earlier(period.expires_at, WARNING_TIME)
    return Warn() if now >= opens_at else Wait(opens_at)


def _at(due: datetime, now: datetime) -> Expire | Wait:
    return Expire() if now >= due else Wait(due)

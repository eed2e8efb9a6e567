"""What the customer is told before a balance expires, and whether it may expire now.

Nothing expires unless its warning was delivered WARNING_TIME before, or the shorter ``notice`` of the period, or the
customer cannot be reached.
"""

from datetime import UTC, datetime, timedelta

from domain.ids import MessageId
from domain.quick import dataclass, replace
from domain.rules.closures import Calendar
from domain.rules.expiry import Period

LOOK_AGAIN = timedelta(days=1)
"""After this time a warning was either delivered or given up, since the outbox gives up after a day. Customers who
could not be told are checked this often for whether they can be reached again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """What became of the newest warning for a period: ``count`` is the number it named, ``written_at`` when it was
    written.

    ``delivered_at`` is None until it was delivered; ``given_up`` says that it never will be.
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
    """The period may expire now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """There is nothing to do before ``until``."""

    until: datetime


def judge(
    period: Period, warned: Warned | None, calendar: Calendar, *, is_reachable: bool, now: datetime
) -> Warn | Expire | Wait:
    """What to do about a period now. On a closed day nothing is done."""
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


def said_of(period: Period, warned: Warned | None) -> Warned | None:
    """The warning, if it was about this period and not about a reward that is already redeemed."""
    if warned is None or period.said_since is None:
        return warned
    written_at = warned.written_at or warned.delivered_at
    return warned if written_at is not None and written_at >= period.said_since else None


def combined(one: Warned | None, other: Warned) -> Warned:
    """The warning for two cards that were merged; it counts as given when the later of their two warnings was."""
    if one is None:
        return other
    later = max(one, other, key=_how_late)
    return replace(later, count=one.count + other.count)


def _how_late(warned: Warned) -> tuple[bool, bool, datetime, MessageId]:
    at = warned.delivered_at
    return warned.given_up, at is None, at or datetime.max.replace(tzinfo=UTC), warned.message_id


def soonest_end(period: Period, warned: Warned | None, calendar: Calendar, now: datetime) -> datetime:
    """The earliest time at which a period of a customer who can be reached may expire."""
    if warned is None or warned.count < period.count or warned.delivered_at is None:
        return max(period.expires_at, calendar.standing.later(now, period.notice))
    return _end_of_notice(period, warned, warned.delivered_at, calendar)


def _end_of_notice(period: Period, warned: Warned, delivered_at: datetime, calendar: Calendar) -> datetime:
    """Not before the date in the warning, and not before the customer has had the warning for long enough."""
    told_at = warned.written_at or delivered_at
    notice = max(calendar.later(at, period.notice) for at in (told_at, delivered_at))
    return max(period.expires_at, notice)


def _warn_in_time(period: Period, calendar: Calendar, now: datetime) -> Warn | Wait:
    opens_at = calendar.earlier(period.expires_at, period.notice)
    return Warn() if now >= opens_at else Wait(opens_at)


def _at(due: datetime, now: datetime) -> Expire | Wait:
    return Expire() if now >= due else Wait(due)

"""By what an act is multiplied: the highest factor at the moment it was asked for, never several together."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.hours import MINUTES_A_DAY
from domain.merchant import Multiplier, Program
from domain.multipliers import ONE
from domain.quick import dataclass
from domain.rules.hours import is_open, opened_on

ASKED_WITHIN = timedelta(days=1)
"""Telegram keeps undelivered updates for this long: nothing was asked for earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boost:
    """More than usual is earned from ``starts_at`` until ``ends_at``. It begins on the local ``day``, each week or
    once; ``is_all_day`` is by the shop's clock."""

    factor_tenths: int
    starts_at: datetime
    ends_at: datetime
    day: date
    is_once: bool
    is_all_day: bool

    def covers(self, other: "Boost") -> bool:
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at


def asked_moment(asked_at: datetime | None, now: datetime) -> datetime:
    """When an act was asked for, or ``now`` where ``asked_at`` is None or not plausible."""
    if asked_at is None or not now - ASKED_WITHIN <= asked_at <= now:
        return now
    return asked_at


def factor_at(program: Program, timezone: str, moment: datetime) -> int:
    """The factor at a moment, in tenths."""
    if not program.multipliers:
        return ONE
    local_time = moment.astimezone(ZoneInfo(timezone))
    return max((each.factor_tenths for each in program.multipliers if _holds(each, local_time)), default=ONE)


def factor_asked(program: Program, timezone: str, asked_at: datetime | None, now: datetime) -> int:
    """The factor at the moment an act was asked for, in tenths."""
    return factor_at(program, timezone, asked_moment(asked_at, now))


def boosts(program: Program, timezone: str, now: datetime) -> tuple[Boost, ...]:
    """The boosts of the local day that are not over, without those that a higher one covers: highest first, then
    soonest."""
    if not program.multipliers:
        return ()
    today = now.astimezone(ZoneInfo(timezone)).date()
    found = {
        each
        for day in (today - timedelta(days=1), today)
        for each in _of_day(program.multipliers, day, timezone)
        if each.ends_at > now
    }
    kept: list[Boost] = []
    for each in sorted(found, key=lambda each: (-each.factor_tenths, each.starts_at, each.ends_at)):
        if not any(higher.covers(each) for higher in kept):
            kept.append(each)
    return tuple(kept)


def _holds(multiplier: Multiplier, local_time: datetime) -> bool:
    if not is_open(multiplier.spans, local_time):
        return False
    return multiplier.day is None or opened_on(multiplier.spans, local_time) == multiplier.day


def _of_day(multipliers: Sequence[Multiplier], day: date, timezone: str) -> Iterator[Boost]:
    midnight = datetime.combine(day, time(), ZoneInfo(timezone))
    for each in multipliers:
        for span in each.spans if each.day in (None, day) else ():
            if span.weekday == day.weekday():
                yield Boost(
                    factor_tenths=each.factor_tenths,
                    starts_at=(midnight + timedelta(minutes=span.opens_minute)).astimezone(UTC),
                    ends_at=(midnight + timedelta(minutes=span.closes_minute)).astimezone(UTC),
                    day=day,
                    is_once=each.day is not None,
                    is_all_day=(span.opens_minute, span.closes_minute) == (0, MINUTES_A_DAY),
                )

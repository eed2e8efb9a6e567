"""Earning stamps: how many at once, how often, and how many a day (rule 7 of the order of refusals)."""

from datetime import date, datetime, timedelta

from domain.card import Card
from domain.merchant import Program
from domain.multipliers import ONE
from domain.quick import replace
from domain.refusals import CooldownActive, DailyLimitReached, StampCountOutOfRange, StampsByAmount
from domain.rules.days import FAR_AHEAD, day_starts_at, local_date

STAMPS_PER_ACT_MAX = 20


def check_stamp_count(count: int) -> None:
    """Raises StampCountOutOfRange."""
    if not 1 <= count <= STAMPS_PER_ACT_MAX:
        raise StampCountOutOfRange(highest=STAMPS_PER_ACT_MAX)


def check_by_number(program: Program) -> None:
    """Raises StampsByAmount."""
    if program.stamp_price_minor is not None:
        raise StampsByAmount


def earn(
    card: Card,
    program: Program,
    timezone: str,
    count: int,
    now: datetime,
    *,
    factor_tenths: int = ONE,
    is_approved: bool = False,
) -> Card:
    """The card after ``count`` more stamps. Towards the daily limit only as many count as there would be without the
    factor. Approved stamps skip the limits, but count for the next ones. With ``count`` 0 nothing changes, and no
    cooldown begins. Raises CooldownActive, DailyLimitReached."""
    if not count:
        return card
    day = stamping_day(card, timezone, now)
    stamps_that_day = _stamps_on(day, card) + counted(count, factor_tenths)
    if not is_approved:
        _check_limits(card, program, timezone, stamps_that_day, now)
    return replace(
        card,
        stamp_count=card.stamp_count + count,
        stamps_today=stamps_that_day,
        stamp_day=day,
        last_stamp_at=now,
    )


def counted(stamps: int, factor_tenths: int | None) -> int:
    """How many stamps count towards the daily limit: those before multiplication."""
    return -(-stamps * ONE // (factor_tenths or ONE))


def _check_limits(card: Card, program: Program, timezone: str, stamps_that_day: int, now: datetime) -> None:
    until = cooldown_until(card, program, now)
    if until is not None and now < until:
        raise CooldownActive(until=until)
    limit = program.max_daily_stamps
    if limit is not None and stamps_that_day > limit:
        raise DailyLimitReached(limit=limit, resets_at=limit_resets_at(card, timezone, now))


def stamping_day(card: Card, timezone: str, now: datetime) -> date:
    """The merchant's local date for one more stamp. It is never before the card's present day, even if the clock went
    back, unless that day lies FAR_AHEAD."""
    today, newest = local_date(now, timezone), card.stamp_day
    if newest is None or newest <= today or is_far_ahead(card, today):
        return today
    return newest


def is_far_ahead(card: Card, today: date) -> bool:
    """Whether a wrong clock dated the newest stamp."""
    return card.stamp_day is not None and card.stamp_day > today + FAR_AHEAD


def _stamps_on(day: date, card: Card) -> int:
    return card.stamps_today if card.stamp_day == day else 0


def cooldown_until(card: Card, program: Program, now: datetime) -> datetime | None:
    """When the cooldown after the newest unvoided stamp ends; None when there is no cooldown, no stamp, or the stamp
    lies FAR_AHEAD."""
    if card.last_stamp_at is None or program.cooldown_minutes == 0 or card.last_stamp_at > now + FAR_AHEAD:
        return None
    return card.last_stamp_at + timedelta(minutes=program.cooldown_minutes)


def limit_resets_at(card: Card, timezone: str, now: datetime) -> datetime:
    """When the day ends for which one more stamp would count."""
    return day_starts_at(stamping_day(card, timezone, now) + timedelta(days=1), timezone)


def today_and_next(
    card: Card, program: Program, timezone: str, now: datetime
) -> tuple[int, int | None, datetime | None]:
    """The unvoided stamps of the merchant's local day; how many more may be given on it, None without a daily limit;
    and the earliest time for one more, None when it may be given now."""
    today = _stamps_on(stamping_day(card, timezone, now), card)
    left = None if program.max_daily_stamps is None else max(0, program.max_daily_stamps - today)
    until = cooldown_until(card, program, now)
    waits = [until] if until is not None and now < until else []
    if left == 0:
        waits.append(limit_resets_at(card, timezone, now))
    return today, left, max(waits, default=None)

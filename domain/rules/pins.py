"""Guessing a PIN must not pay: tries are counted before they are checked, and locks double.

Five wrong tries lock for 15 minutes, each further five for twice as long; at twenty the PIN stays locked until a
manager hands out a one-time link. Tries are counted, and lock, on the account on which they are typed: in a team with
two shared phones nobody gets more than 3 x 20 tries in a row at a member's PIN, and only somebody who holds the
member's own phone can lock the member out there.
"""

import re
from datetime import datetime, timedelta

from domain.quick import replace
from domain.refusals import PinBlocked, PinLocked, PinMalformed, PinNotSet
from domain.rules.days import local_date
from domain.staff import Pin, PinSession

DIGITS_MIN = 4
DIGITS_MAX = 8
FAILURES_PER_LOCK = 5
FAILURES_UNTIL_BLOCKED = 20
FIRST_LOCK = timedelta(minutes=15)

NO_PIN = Pin(hash=None, generation=0)


def check_pin_format(digits: str) -> None:
    """Raises PinMalformed."""
    if not re.fullmatch(rf"[0-9]{{{DIGITS_MIN},{DIGITS_MAX}}}", digits):
        raise PinMalformed(digits_min=DIGITS_MIN, digits_max=DIGITS_MAX)


def count_attempt(pin: Pin, session: PinSession, now: datetime) -> PinSession:
    """The session with one more try, counted as wrong until it is proved right.

    Raises PinNotSet, PinBlocked, PinLocked; a refused try is not counted.
    """
    if pin.hash is None:
        raise PinNotSet
    check_not_locked(session, now)
    failures = session.failures + 1
    return replace(session, failures=failures, locked_until=_locked_until(failures, now))


def check_not_locked(session: PinSession, now: datetime) -> None:
    """Raises PinBlocked, PinLocked."""
    if is_blocked(session):
        raise PinBlocked
    if session.locked_until is not None and now < session.locked_until:
        raise PinLocked(until=session.locked_until)


def is_blocked(session: PinSession) -> bool:
    return session.failures >= FAILURES_UNTIL_BLOCKED


def attempts_left(session: PinSession) -> int:
    """Wrong tries until the next lock, 0 when the last one caused it."""
    return -session.failures % FAILURES_PER_LOCK if session.failures else FAILURES_PER_LOCK


def accepted(session: PinSession, now: datetime) -> PinSession:
    return replace(session, verified_at=now, failures=0, locked_until=None)


def changed(pin: Pin, pin_hash: str | None) -> Pin:
    """Another PIN, or none: a check that was begun with the one before proves nothing."""
    return Pin(hash=pin_hash, generation=pin.generation + 1)


def is_window_open(
    verified_at: datetime | None, pin_window_minutes: int, timezone: str, now: datetime
) -> bool:
    """Whether a PIN proved at ``verified_at`` still counts: for ``pin_window_minutes``, and no longer than the
    merchant's day. With 0 minutes it never does, nor where ``verified_at`` is that far in the future because a clock
    was ahead."""
    if verified_at is None or local_date(verified_at, timezone) != local_date(now, timezone):
        return False
    return abs(now - verified_at) < timedelta(minutes=pin_window_minutes)


def _locked_until(failures: int, now: datetime) -> datetime | None:
    locks, rest = divmod(failures, FAILURES_PER_LOCK)
    if rest:
        return None
    return now + FIRST_LOCK * (1 << (locks - 1))

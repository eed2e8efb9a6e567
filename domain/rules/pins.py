"""Guessing a PIN must not pay: tries are counted before they are judged, and locks double.

Five wrong tries lock for 15 minutes, each further five for twice as long; at twenty the PIN stays locked until a
manager hands out a one-time link.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from domain.refusals import PinBlocked, PinLocked, PinMalformed, PinNotSet
from domain.staff import Pin

DIGITS_MIN = 4
DIGITS_MAX = 8
FAILURES_PER_LOCK = 5
FAILURES_UNTIL_BLOCKED = 20
FIRST_LOCK = timedelta(minutes=15)

NO_PIN = Pin(hash=None, generation=0, failures=0, locked_until=None)


def check_pin_format(digits: str) -> None:
    """Raises PinMalformed."""
    if not re.fullmatch(rf"[0-9]{{{DIGITS_MIN},{DIGITS_MAX}}}", digits):
        raise PinMalformed(digits_min=DIGITS_MIN, digits_max=DIGITS_MAX)


def count_attempt(pin: Pin, now: datetime) -> Pin:
    """The PIN's state with one more try counted as wrong until proven right.

    Raises PinNotSet, PinBlocked, PinLocked; a refused try counts nothing.
    """
    if pin.hash is None:
        raise PinNotSet
    check_not_locked(pin, now)
    failures = pin.failures + 1
    return replace(pin, failures=failures, locked_until=_locked_until(failures, now))


def check_not_locked(pin: Pin, now: datetime) -> None:
    """Raises PinBlocked, PinLocked."""
    if is_blocked(pin):
        raise PinBlocked
    if pin.locked_until is not None and now < pin.locked_until:
        raise PinLocked(until=pin.locked_until)


def is_blocked(pin: Pin) -> bool:
    return pin.failures >= FAILURES_UNTIL_BLOCKED


def attempts_left(pin: Pin) -> int:
    """Wrong tries until the next lock, 0 when the last one brought it."""
    return -pin.failures % FAILURES_PER_LOCK if pin.failures else FAILURES_PER_LOCK


def accepted(pin: Pin) -> Pin:
    return replace(pin, failures=0, locked_until=None)


def chosen(pin: Pin, pin_hash: str) -> Pin:
    """The state after a new PIN was chosen: old tries and locks are gone."""
    return Pin(hash=pin_hash, generation=pin.generation + 1, failures=0, locked_until=None)


def none_after(pin: Pin) -> Pin:
    """The state in which a new PIN has to be chosen."""
    return replace(NO_PIN, generation=pin.generation + 1)


def restored(pin: Pin, pin_hash: str | None) -> Pin:
    """The state in which an earlier PIN holds again; tries and locks stay."""
    return replace(pin, hash=pin_hash, generation=pin.generation + 1)


def is_window_open(verified_at: datetime | None, pin_window_minutes: int, now: datetime) -> bool:
    """Whether a PIN typed at ``verified_at`` still counts; a window of 0 minutes never does."""
    return verified_at is not None and now < verified_at + timedelta(minutes=pin_window_minutes)


def _locked_until(failures: int, now: datetime) -> datetime | None:
    locks, rest = divmod(failures, FAILURES_PER_LOCK)
    if rest:
        return None
    return now + FIRST_LOCK * (1 << (locks - 1))

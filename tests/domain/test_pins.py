"""PINs: what one looks like, and what guessing costs."""

from datetime import timedelta

import pytest

from domain.refusals import PinBlocked, PinLocked, PinMalformed, PinNotSet
from domain.rules import pins
from domain.staff import Pin, PinSession
from tests.support.clock import MONDAY_MORNING, Clock

NOW = MONDAY_MORNING
PIN = Pin(hash="hash", generation=1)


@pytest.mark.parametrize(
    ("digits", "accepted"),
    [
        ("2580", True),
        ("25801", True),
        ("12345678", True),
        ("0000", True),
        ("258", False),
        ("123456789", False),
        ("", False),
        ("25 80", False),
        ("258a", False),
        ("٢٥٨٠", False),
        ("2580\n", False),
    ],
)
def test_pin_is_4_to_8_digits(digits: str, accepted: bool) -> None:
    if accepted:
        pins.check_pin_format(digits)
    else:
        with pytest.raises(PinMalformed) as refused:
            pins.check_pin_format(digits)
        assert (refused.value.digits_min, refused.value.digits_max) == (4, 8)


@pytest.mark.parametrize(
    ("tries", "left", "locked_minutes"),
    [
        (0, 5, None),
        (1, 4, None),
        (4, 1, None),
        (5, 0, 15),
        (6, 4, None),
        (9, 1, None),
        (10, 0, 30),
        (11, 4, None),
        (15, 0, 60),
        (19, 1, None),
    ],
)
def test_every_fifth_wrong_try_locks_for_twice_as_long(
    tries: int, left: int, locked_minutes: int | None
) -> None:
    session, clock = wrong_tries(tries)
    assert session.failures == tries
    assert pins.attempts_left(session) == left
    until = None if locked_minutes is None else clock.now + timedelta(minutes=locked_minutes)
    assert session.locked_until == until
    assert not pins.is_blocked(session)


def test_twentieth_wrong_try_blocks_for_good() -> None:
    session, clock = wrong_tries(20)
    assert pins.is_blocked(session)
    clock.passes(days=3650)
    with pytest.raises(PinBlocked):
        pins.count_attempt(PIN, session, clock.now)


@pytest.mark.parametrize(
    ("seconds_later", "open_again"), [(0, False), (899, False), (900, True), (901, True), (-60, False)]
)
def test_lock_ends_when_it_says(seconds_later: int, open_again: bool) -> None:
    session, clock = wrong_tries(5)
    until = clock.now + timedelta(minutes=15)
    clock.passes(seconds=seconds_later)
    if open_again:
        assert pins.count_attempt(PIN, session, clock.now).failures == 6
    else:
        with pytest.raises(PinLocked) as refused:
            pins.count_attempt(PIN, session, clock.now)
        assert refused.value.until == until


def test_try_while_locked_is_refused_and_does_not_prolong_the_lock() -> None:
    session, clock = wrong_tries(5)
    for _ in range(50):
        with pytest.raises(PinLocked):
            pins.count_attempt(PIN, session, clock.now)
    clock.passes(minutes=15)
    assert pins.count_attempt(PIN, session, clock.now).failures == 6


def test_right_pin_forgets_the_wrong_ones() -> None:
    session, clock = wrong_tries(14)
    assert pins.accepted(session, clock.now) == PinSession(verified_at=clock.now)


def test_without_a_pin_there_is_nothing_to_try() -> None:
    with pytest.raises(PinNotSet):
        pins.count_attempt(pins.NO_PIN, PinSession(), NOW)


def test_new_pin_is_of_a_new_generation() -> None:
    assert pins.changed(PIN, "another") == Pin(hash="another", generation=2)
    assert pins.changed(PIN, None) == Pin(hash=None, generation=2)


def test_twenty_tries_take_an_hour_and_three_quarters_however_eager() -> None:
    session, clock = wrong_tries(20)
    assert pins.is_blocked(session)
    assert clock.now - NOW == timedelta(minutes=15 + 30 + 60)


@pytest.mark.parametrize(
    ("typed_seconds_ago", "window_minutes", "is_open"),
    [
        (None, 15, False),
        (0, 15, True),
        (899, 15, True),
        (900, 15, False),
        (0, 0, False),
        (1, 0, False),
        (39_599, 1440, True),
        (39_600, 1440, True),
        (39_601, 1440, False),
    ],
)
def test_pin_window_is_open_for_so_many_minutes(
    typed_seconds_ago: int | None, window_minutes: int, is_open: bool
) -> None:
    typed_at = None if typed_seconds_ago is None else NOW - timedelta(seconds=typed_seconds_ago)
    assert pins.is_window_open(typed_at, window_minutes, "Europe/Luxembourg", NOW) is is_open


def wrong_tries(number: int) -> tuple[PinSession, Clock]:
    """As many wrong tries, each as soon as it is let, and the time of the last."""
    session, clock = PinSession(), Clock()
    for _ in range(number):
        if session.locked_until is not None:
            clock.is_at(session.locked_until)
        session = pins.count_attempt(PIN, session, clock.now)
    return session, clock

"""The clock, ids and random numbers: made here, handed to the code that needs them."""

import logging
import os
import secrets
import threading
from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import uuid_utils

from domain.quick import dataclass

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

KEY_BYTES = 8
KEYS_DRAWN = 256

PLAUSIBLE_FROM = datetime(2025, 1, 1, tzinfo=UTC)
"""No bot is older. A machine whose clock has lost the time says something earlier, 1970 mostly."""
WORTH_TELLING = timedelta(minutes=1)
OFF_MAX = timedelta(days=1)
OUTAGE_MAX = timedelta(days=31)
"""At a start the clock may be so far ahead of the last known time: the bot may have been off for as long."""
UNTOLD_MAX = 20


class ClockImplausible(Exception):
    """The clock of the machine shows a time that cannot be, and nobody knows a better one."""


class JumpKind(StrEnum):
    FORWARD = "forward"
    """Time follows."""
    BACK = "back"
    """Time goes on, at half the pace until the clock is there."""
    DOUBTED = "doubted"
    """Time goes on as if the clock had not been set."""
    CONFIRMED = "confirmed"
    """Telegram's clock says the same: time follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """The clock was found at ``found`` where it was expected at ``expected``."""

    kind: JumpKind
    expected: datetime
    found: datetime


@dataclass(slots=True)
class ClockNews:
    """``trouble`` is why the clock of the machine is not followed, ``untold`` what operators do not know yet.

    ``told`` is what Telegram's clock has just said, for the clock to compare with.
    """

    trouble: str | None = None
    untold: deque[Jump] = field(default_factory=lambda: deque(maxlen=UNTOLD_MAX))
    told: datetime | None = None


def system_clock() -> datetime:
    return datetime.now(UTC)


def check_plausible(now: datetime) -> None:
    """Raises ClockImplausible."""
    if now < PLAUSIBLE_FROM:
        raise ClockImplausible(
            f"The clock of this machine says {now:%Y-%m-%d %H:%M}: set it, then try again."
        )


class SteadyClock:
    """Time that does not go back when the clock of the machine does (docs/decisions/0026).

    When the clock was set back by up to OFF_MAX, time goes on at half the pace until the clock is there. A clock that
    is off by more, or at a start ahead by more than OUTAGE_MAX, or by less where Telegram's clock knows of no such
    outage, is doubted: time goes on by ``seconds`` until
    Telegram's clock says the same, and then follows, back too. A clock before PLAUSIBLE_FROM is never followed. May
    be asked from any thread.
    """

    def __init__(
        self, wall: Clock, seconds: Callable[[], float], known: datetime | None, news: ClockNews
    ) -> None:
        """``seconds`` never goes back; ``known`` is the last time that an earlier process saw, None if unknown."""
        self._wall = wall
        self._seconds = seconds
        self._news = news
        self._has_followed = False
        self._is_slow = False
        self._unproved: datetime | None = None
        """Time without the outage that was believed at the start, until Telegram's clock has said something."""
        self._time, self._read_at = wall(), seconds()
        if known is not None and known >= PLAUSIBLE_FROM:
            self._time = known
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            wall, read_at = self._wall(), self._seconds()
            passed = timedelta(seconds=read_at - self._read_at)
            self._time, self._read_at = self._follow(wall, passed), read_at
            return self._time

    def _follow(self, wall: datetime, passed: timedelta) -> datetime:
        expected = self._without_leap(wall, passed) or self._time + passed
        ahead = wall - expected
        ahead_max = OFF_MAX if self._has_followed else OUTAGE_MAX
        if wall < PLAUSIBLE_FROM or not -OFF_MAX <= ahead <= ahead_max:
            return self._doubt(wall, expected)
        self._news.trouble = None
        if ahead >= timedelta():
            if ahead > WORTH_TELLING and self._has_followed:
                self._tell(JumpKind.FORWARD, expected, wall)
            elif ahead > OFF_MAX:
                self._unproved = expected
            self._has_followed, self._is_slow = True, False
            return wall
        if ahead < -WORTH_TELLING and not self._is_slow:
            self._is_slow = True
            self._tell(JumpKind.BACK, expected, wall)
        return max(wall, self._time + passed / 2)

    def _without_leap(self, wall: datetime, passed: timedelta) -> datetime | None:
        """What time would be without the outage that was believed at the start, when Telegram's clock knows of none:
        what is expired by a wrong clock stays so. Its first word counts, which comes before anything is done."""
        if self._unproved is None:
            return None
        self._unproved += passed
        if self._news.told is None:
            return None
        without, self._unproved = self._unproved, None
        return without if abs(wall - self._news.told) > OFF_MAX else None

    def _doubt(self, wall: datetime, expected: datetime) -> datetime:
        news, self._is_slow = self._news, False
        is_confirmed = news.told is not None and abs(wall - news.told) <= OFF_MAX
        if is_confirmed and wall >= PLAUSIBLE_FROM:
            news.trouble, self._has_followed = None, True
            self._tell(JumpKind.CONFIRMED, expected, wall)
            return wall
        if news.trouble is None:
            self._tell(JumpKind.DOUBTED, expected, wall)
        news.trouble = f"it says {wall:%Y-%m-%d %H:%M}, expected was {expected:%Y-%m-%d %H:%M}"
        return expected

    def _tell(self, kind: JumpKind, expected: datetime, found: datetime) -> None:
        logger.warning("the clock of the machine says %s, expected was %s: %s", found, expected, kind)
        self._news.untold.append(Jump(kind=kind, expected=expected, found=found))


def new_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7), later than every one this process made before."""
    return str(uuid_utils.uuid7())


def chance_below(bound: int) -> int:
    return secrets.randbelow(bound)


def new_key() -> str:
    """An operation key or nonce: 64 random bits in 11 characters.

    They are fetched for many keys at once: every call to the system hands the interpreter to another thread.
    """
    if not _chance:
        drawn = secrets.token_bytes(KEY_BYTES * KEYS_DRAWN)
        _chance.extend(drawn[at : at + KEY_BYTES] for at in range(0, len(drawn), KEY_BYTES))
    return urlsafe_b64encode(_chance.pop()).decode().rstrip("=")


_chance: list[bytes] = []
os.register_at_fork(after_in_child=_chance.clear)  # a child would draw its parent's keys again

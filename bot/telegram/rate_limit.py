"""A token bucket for each person, before any database or hashing work.

An update over the limit is refused with an answer, never dropped; the inbox has it by then. A rush at the till is not
an attack: staff have a larger bucket.
"""

from collections.abc import Callable

from domain.quick import dataclass

PEOPLE_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """``per_second`` messages in the long run, ``burst`` at once."""

    per_second: float
    burst: int


CUSTOMER = Allowance(per_second=1, burst=20)
STAFF = Allowance(per_second=5, burst=60)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class RateLimiter:
    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` counts seconds and never goes back."""
        self._clock = clock
        self._buckets: dict[int, _Bucket] = {}
        self._staff: set[int] = set()

    def remember_staff(self, person: int, *, is_staff: bool) -> None:
        """What the last look into the database said of this person."""
        if is_staff and person not in self._staff:
            self._staff.add(person)
            bucket = self._buckets.get(person)
            if bucket is not None:
                bucket.tokens += STAFF.burst - CUSTOMER.burst
        elif not is_staff:
            self._staff.discard(person)

    def seconds_to_wait(self, person: int) -> int:
        """0 when the person may go on, which costs a token; else whole seconds until the next token."""
        now = self._clock()
        allowance = STAFF if person in self._staff else CUSTOMER
        bucket = self._buckets.get(person)
        if bucket is None:
            self._forget_the_rested(now)
            bucket = self._buckets[person] = _Bucket(allowance.burst, now)
        bucket.tokens = min(allowance.burst, bucket.tokens + (now - bucket.filled_at) * allowance.per_second)
        bucket.filled_at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return max(1, round((1 - bucket.tokens) / allowance.per_second))

    def _forget_the_rested(self, now: float) -> None:
        """Whoever has rested long enough has a full bucket anyway."""
        if len(self._buckets) < PEOPLE_MAX:
            return
        rested = CUSTOMER.burst / CUSTOMER.per_second
        self._buckets = {
            person: bucket for person, bucket in self._buckets.items() if now - bucket.filled_at < rested
        }

"""Clocks that stand still on closed days (docs/decisions/0050)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from domain.card import Customer
from domain.ids import StoreId
from domain.merchant import Closure, Merchant
from domain.quick import dataclass, replace
from domain.report import DateRange
from domain.rules.days import day_ends_at, day_starts_at, last_day_before, local_date

_DAY = timedelta(days=1)
Days = Sequence[DateRange]
"""Separate ranges in order: no day is in two of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days of a shop as they apply to a card: ``closures`` are those of the whole shop and of the card's
    store."""

    timezone: str
    closures: tuple[Closure, ...] = ()

    @property
    def standing(self) -> "Calendar":
        """Without closures that were withdrawn."""
        return replace(self, closures=tuple(each for each in self.closures if each.withdrawn_at is None))

    @property
    def closed(self) -> Days:
        return _apart(each.dates for each in self.closures if each.withdrawn_at is None)

    def closed_since(self, begun_at: datetime) -> Days:
        """The closed days that a clock begun at ``begun_at`` does not count. A closure that was withdrawn later was
        still promised to it."""
        return _apart(
            each.dates for each in self.closures if each.withdrawn_at is None or begun_at <= each.withdrawn_at
        )

    def end_of(self, begun_at: datetime, last: date) -> datetime:
        """The end of a clock that would run until the end of ``last`` without closed days. It is always the end of an
        open day."""
        begun = local_date(begun_at, self.timezone)
        for closed in self.closed_since(begun_at):
            first = max(closed.first, begun + _DAY)
            if first > last:
                break
            last += max(closed.last - first + _DAY, timedelta(0))
        return day_ends_at(last, self.timezone)

    def last_day_before(self, end: datetime) -> date:
        """The last open day that is over at ``end``."""
        last = last_day_before(end, self.timezone)
        for closed in reversed(self.closed):
            if closed.first <= last <= closed.last:
                last = closed.first - _DAY
        return last

    def reopens_at(self, now: datetime) -> datetime | None:
        """When the closure that holds now ends; None while the shop is open."""
        today = local_date(now, self.timezone)
        closed = (each for each in self.closed if each.first <= today <= each.last)
        return next((day_ends_at(each.last, self.timezone) for each in closed), None)

    def later(self, begun_at: datetime, by: timedelta) -> datetime:
        """The time at which ``by`` has passed since ``begun_at``, counted on open days only."""
        end = begun_at + by
        for closed in self.closed_since(begun_at):
            first = max(day_starts_at(closed.first, self.timezone), begun_at)
            if first >= end:
                break
            end += max(day_ends_at(closed.last, self.timezone) - first, timedelta(0))
        return end

    def earlier(self, end: datetime, by: timedelta) -> datetime:
        """The time from which ``by`` passes until ``end``, counted on open days only."""
        begins = end - by
        for closed in reversed(self.closed):
            last = min(day_ends_at(closed.last, self.timezone), end)
            if last <= begins:
                break
            begins -= max(last - day_starts_at(closed.first, self.timezone), timedelta(0))
        return begins

    def closed_between(self, first: date, last: date) -> tuple[DateRange, ...]:
        """The closed ranges that overlap the days from ``first`` to ``last``."""
        return tuple(each for each in self.closed if each.first <= last and each.last >= first)


def calendar_of(merchant: Merchant, customer: Customer) -> Calendar:
    """The calendar for a customer's cards: that of the store at which the customer joined."""
    return _calendar(merchant, customer.joined_store_id)


def is_closed(merchant: Merchant, store_id: StoreId | None, day: date) -> bool:
    """Whether the store is closed on the day, or the whole shop if ``store_id`` is None."""
    return any(each.first <= day <= each.last for each in _calendar(merchant, store_id).closed)


def _calendar(merchant: Merchant, store_id: StoreId | None) -> Calendar:
    if not merchant.closures:
        return Calendar(timezone=merchant.timezone)
    closures = tuple(each for each in merchant.closures if each.holds_for(store_id))
    return Calendar(timezone=merchant.timezone, closures=closures)


def _apart(every: Iterable[DateRange]) -> Days:
    days: list[DateRange] = []
    for each in sorted(every, key=lambda dates: dates.first):
        if days and each.first <= days[-1].last + _DAY:
            days[-1] = DateRange(days[-1].first, max(days[-1].last, each.last))
        else:
            days.append(each)
    return days

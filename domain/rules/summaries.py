"""When a merchant's day is told, and what was taken back on it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from domain.entry import Entry
from domain.ids import CardId, CardNumber, StaffId, StoreId
from domain.kinds import KINDS
from domain.merchant import Merchant
from domain.rules.days import at_hour, local_date
from domain.summary import SummaryPlan, VoidNote

NOON = 12
CATCH_UP_MAX = timedelta(days=366)
"""After a longer outage not every date gets a summary of its own."""
AHEAD_MAX = timedelta(days=3)
"""The next summary is due within two days, or a little later after a change of time zone. One planned for later than
this was planned while a clock was ahead."""


def first_plan(merchant: Merchant, now: datetime) -> SummaryPlan:
    """The plan of a merchant that begins now."""
    today = local_date(now, merchant.timezone)
    is_over = told_at(merchant, today) <= now
    return plan_for(merchant, today + timedelta(days=1) if is_over else today, now)


def plan_for(merchant: Merchant, day: date, begins_at: datetime) -> SummaryPlan:
    return SummaryPlan(
        merchant_id=merchant.merchant_id,
        local_date=day,
        begins_at=begins_at,
        due_at=told_at(merchant, day),
    )


def told_at(merchant: Merchant, day: date) -> datetime:
    """When a date is told: at the merchant's hour, which before noon is one of the morning after."""
    is_morning = merchant.summary_hour < NOON
    return at_hour(day + timedelta(days=is_morning), merchant.summary_hour, merchant.timezone)


def caught_up(merchant: Merchant, plan: SummaryPlan, now: datetime) -> SummaryPlan:
    """The plan, or, where it lies more than CATCH_UP_MAX back (as after a clock at 1970), one for the newest date
    that is due, which tells everything that has happened since."""
    if now - plan.due_at <= CATCH_UP_MAX:
        return plan
    newest = first_plan(merchant, now).local_date - timedelta(days=1)
    return plan_for(merchant, newest, plan.begins_at)


def plans_due(merchant: Merchant, plan: SummaryPlan, now: datetime) -> Iterator[SummaryPlan]:
    """One plan for each local date that is due, and finally the first that is not."""
    while plan.due_at <= now:
        yield plan
        plan = _following(merchant, plan)
    yield plan


def replanned(merchant: Merchant, plan: SummaryPlan, now: datetime) -> SummaryPlan:
    """The next summary after the merchant's hour or time zone has changed.

    It keeps its beginning and its date, so that nothing is lost and no date is told twice. Where the old or the new
    hour of that date is already past, the old plan stays, and the new hour holds from the next one on.
    """
    changed = plan_for(merchant, plan.local_date, plan.begins_at)
    is_ahead = max(now, plan.begins_at) < min(plan.due_at, changed.due_at)
    return changed if is_ahead else plan


def _following(merchant: Merchant, plan: SummaryPlan) -> SummaryPlan:
    """The plan for the next date whose hour is after this summary's; after a change of time zone that may not be
    tomorrow."""
    day = plan.local_date + timedelta(days=1)
    while told_at(merchant, day) <= plan.due_at:
        day += timedelta(days=1)
    return plan_for(merchant, day, plan.due_at)


def void_notes(
    entries: Iterable[Entry],
    numbers: Mapping[CardId, CardNumber],
    stores: Mapping[StoreId, str],
    staff: Mapping[StaffId, str],
) -> tuple[VoidNote, ...]:
    """What was taken back, oldest first."""
    return tuple(
        VoidNote(
            staff_name=staff.get(entry.staff_id, "") if entry.staff_id else "",
            store_name=stores.get(entry.store_id, "") if entry.store_id else "",
            card_number=numbers[entry.card_id],
            kind=entry.kind,
            stamps_delta=entry.stamps_delta,
            points_delta=entry.points_delta,
            reason=entry.note,
            occurred_at=entry.occurred_at,
        )
        for entry in entries
        if KINDS[entry.kind].is_void
    )

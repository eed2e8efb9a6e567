"""What a merchant's day comes to, and when it is told."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from domain.entry import Entry, EntryKind
from domain.ids import CardId, CardNumber, StaffId, StoreId
from domain.merchant import Merchant
from domain.rules.days import at_hour, local_date
from domain.summary import Figures, Share, SummaryPlan, VoidNote

VISITS = frozenset(
    {
        EntryKind.STAMP_EARNED,
        EntryKind.POINTS_EARNED,
        EntryKind.STAMP_REDEEMED,
        EntryKind.POINTS_REDEEMED,
    }
)
"""Acts for which the customer stood at the counter."""


def first_plan(merchant: Merchant, now: datetime) -> SummaryPlan:
    """Of a merchant that begins now."""
    today = local_date(now, merchant.timezone)
    is_over = at_hour(today, merchant.summary_hour, merchant.timezone) <= now
    return plan_for(merchant, today + timedelta(days=1) if is_over else today, now)


def plan_for(merchant: Merchant, day: date, begins_at: datetime) -> SummaryPlan:
    return SummaryPlan(
        merchant_id=merchant.merchant_id,
        local_date=day,
        begins_at=begins_at,
        due_at=at_hour(day, merchant.summary_hour, merchant.timezone),
    )


def plans_due(merchant: Merchant, plan: SummaryPlan, now: datetime) -> Iterator[SummaryPlan]:
    """One plan for each local date that is due, and at the end the first that is not."""
    while plan.due_at <= now:
        yield plan
        plan = _following(merchant, plan)
    yield plan


def replanned(merchant: Merchant, plan: SummaryPlan, now: datetime) -> SummaryPlan:
    """The next summary after the merchant's hour or time zone has changed.

    It begins where it began and keeps its date, so that nothing is lost and no date is told twice. Where the new hour
    of that date is over, it is told when it was planned, and the new hour holds from the next one on.
    """
    changed = plan_for(merchant, plan.local_date, plan.begins_at)
    is_ahead = max(now, plan.begins_at) < min(plan.due_at, changed.due_at)
    return changed if is_ahead else plan


def _following(merchant: Merchant, plan: SummaryPlan) -> SummaryPlan:
    """Of the next date whose hour is after this summary's: after a change of time zone that may not be tomorrow's."""
    day = plan.local_date + timedelta(days=1)
    while at_hour(day, merchant.summary_hour, merchant.timezone) <= plan.due_at:
        day += timedelta(days=1)
    return plan_for(merchant, day, plan.due_at)


def figures_of(entries: Iterable[Entry]) -> Figures:
    entries = list(entries)
    return Figures(
        stamps=sum(e.stamps_delta for e in entries if e.kind is EntryKind.STAMP_EARNED),
        points=sum(e.points_delta for e in entries if e.kind is EntryKind.POINTS_EARNED),
        redemptions=sum(e.kind.is_redemption for e in entries),
        voids=sum(e.kind.is_void for e in entries),
        cards=len(cards_served(entries)),
    )


def cards_served(entries: Iterable[Entry]) -> frozenset[CardId]:
    return frozenset(entry.card_id for entry in entries if entry.kind in VISITS)


def shares(
    entries: Sequence[Entry],
    names: Mapping[StoreId, str] | Mapping[StaffId, str],
    of: Callable[[Entry], str | None],
) -> tuple[Share, ...]:
    """The figures of each who has any, by name."""
    found = (
        Share(name=name, figures=figures_of(entry for entry in entries if of(entry) == key))
        for key, name in names.items()
    )
    return tuple(
        sorted((share for share in found if not share.figures.is_quiet), key=lambda share: share.name)
    )


def void_notes(
    entries: Iterable[Entry],
    numbers: Mapping[CardId, CardNumber],
    stores: Mapping[StoreId, str],
    staff: Mapping[StaffId, str],
) -> tuple[VoidNote, ...]:
    """What was taken back, oldest first."""
    return tuple(
        VoidNote(
            staff_name=staff[entry.staff_id] if entry.staff_id else "",
            store_name=stores[entry.store_id] if entry.store_id else "",
            card_number=numbers[entry.card_id],
            kind=entry.kind,
            stamps_delta=entry.stamps_delta,
            points_delta=entry.points_delta,
            reason=entry.note,
            occurred_at=entry.occurred_at,
        )
        for entry in entries
        if entry.kind.is_void
    )

"""The daily summary: made once for each local date of a merchant, sent to its owners and managers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import islice, pairwise

from domain.card import CardRef
from domain.entry import Entry
from domain.ids import CardId, CardNumber, MerchantId
from domain.kinds import KINDS
from domain.merchant import Merchant, Program
from domain.messages import DailySummary, MessageKind
from domain.ports import Customers, Days, Summaries
from domain.quick import dataclass, replace
from domain.rights import Right, may
from domain.rules.closures import is_closed
from domain.rules.figures import ALL_APART, Holders, cards_served, counted, figures_of, people, shares
from domain.rules.summaries import AHEAD_MAX, caught_up, first_plan, plans_due, void_notes
from domain.rules.takings import KNOWN
from domain.staff import Role, Staff
from domain.summary import DaySummary, SummaryPlan
from domain.usecases.flags import count_to_look_at
from domain.usecases.hand_over import lapse_offers
from domain.usecases.open_dispute import open_disputes
from domain.usecases.sending import send
from domain.usecases.set_up import forget_chosen

WEEK = timedelta(days=7)
DAYS_AT_ONCE = 30
"""After a longer outage the remaining days wait for the next run, so that no transaction is long."""
CHANGES_COUNTED_MAX = 200
MISDATED = timedelta(days=31)
"""An entry dated further ahead than this was dated by a wrong clock and goes into the next summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantsToSummarize:
    limit: int


def merchants_to_summarize(*, tx: Summaries, query: MerchantsToSummarize) -> Sequence[MerchantId]:
    return tx.merchants_to_summarize(tx.now + AHEAD_MAX, query.limit)


def summarize(*, tx: Days, command: MerchantId) -> int:
    """Makes the summaries that are due and sends the newest, with those before it folded in; returns how many were
    made.

    Repeating it does nothing more. A summary is sent only by the run that reaches the present. Where the clock was
    ahead and is back, summaries of future days are taken back.
    """
    merchant, plan = tx.merchant(command), tx.summary_plan(command)
    if merchant is None or plan is None:
        return 0
    if plan.due_at > tx.now + AHEAD_MAX:
        plan = _begin_anew(tx, merchant)
    due_plans = plans_due(merchant, caught_up(merchant, plan, tx.now), tx.now)
    plans = list(islice(due_plans, DAYS_AT_ONCE + 2))
    made = list(pairwise(plans[: DAYS_AT_ONCE + 1]))
    for due, following in made:
        tx.add_summary(merchant.merchant_id, _day(tx, merchant, due))
        tx.save_summary_plan(following)
    if made and len(plans) <= DAYS_AT_ONCE + 1:
        _tell(tx, merchant)
    return len(made)


def told_together(merchant: Merchant, days: Sequence[DaySummary], *, asks_takings: bool) -> DailySummary:
    """The newest of these days, with those before it folded in: only their sums are told."""
    *missed, newest = days
    folded = tuple(replace(day, stores=(), staff=(), voids=()) for day in missed)
    flags, changes = sum(day.flags for day in days), sum(day.changes for day in days)
    newest = replace(newest, flags=flags, changes=changes)
    return DailySummary(merchant_name=merchant.name, day=newest, missed=folded, asks_takings=asks_takings)


def asks_takings(tx: Days, member: Staff | None, on: date) -> bool:
    """Whether the member may type takings, and some were typed in the weeks before."""
    if member is None or not may(member.role, Right.ENTER_TAKINGS):
        return False
    return bool(tx.takings_between(member.merchant_id, on - KNOWN, on))


def _tell(tx: Days, merchant: Merchant) -> None:
    days = tx.summaries_told(merchant.merchant_id, None)
    tx.summaries_are_told(merchant.merchant_id, [day.local_date for day in days])
    for manager in tx.managers_of(merchant.merchant_id):
        member = tx.member(merchant.merchant_id, manager)
        is_asked = asks_takings(tx, member, days[-1].local_date)
        facts = told_together(merchant, days, asks_takings=is_asked)
        send(tx, merchant.merchant_id, manager, MessageKind.DAILY_SUMMARY, facts)
    lapse_offers(tx, merchant)
    forget_chosen(tx, merchant.merchant_id)


def _begin_anew(tx: Days, merchant: Merchant) -> SummaryPlan:
    plan = first_plan(merchant, tx.now)
    taken_back = tx.forget_summaries(merchant.merchant_id, plan.local_date)
    plan = replace(plan, begins_at=min([tx.now, *(day.begins_at for day in taken_back)]))
    tx.save_summary_plan(plan)
    return plan


def _day(tx: Days, merchant: Merchant, plan: SummaryPlan) -> DaySummary:
    merchant_id, between = merchant.merchant_id, (plan.begins_at, plan.due_at)
    entries = tx.summarize_entries(merchant_id, plan.local_date, plan.due_at, tx.now + MISDATED)
    acts = counted(entries)
    programs = tx.programs_of(merchant_id)
    made, holders = tx.cards_made_between(merchant_id, *between), holders_at(tx, programs)
    last_week = plan.local_date - WEEK
    before = None if is_closed(merchant, None, last_week) else tx.summary(merchant_id, last_week)
    stores = {store.store_id: store.name for store in tx.stores_of(merchant_id)}
    staff = {member.staff_id: member.name for member in tx.staff_of(merchant_id)}
    return DaySummary(
        local_date=plan.local_date,
        begins_at=plan.begins_at,
        ends_at=plan.due_at,
        has_stamps=any(program.has_stamps for program in programs),
        has_points=any(program.has_points for program in programs),
        figures=figures_of(acts, holders),
        before=before.figures if before else None,
        new_customers=len(people(made, holders)),
        returning_customers=len(people(cards_served(acts) - made, holders)),
        rewards_outstanding=sum(tx.rewards_outstanding(program) for program in programs),
        undelivered=tx.failed_between(merchant_id, *between),
        stores=shares(acts, stores, lambda entry: entry.store_id, holders),
        staff=shares(acts, staff, lambda entry: entry.staff_id, holders),
        flags=count_to_look_at(tx, merchant_id, *between),
        disputes=len(open_disputes(tx, merchant)),
        changes=_changes_by_others(tx, merchant_id, *between),
        voids=void_notes(entries, _numbers(tx, merchant, entries), stores, staff),
        is_closed=is_closed(merchant, None, plan.local_date),
    )


def _changes_by_others(tx: Days, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime) -> int:
    """How many changes managers, or the operator, made within that time; owners know what they changed."""
    owners = {member.staff_id for member in tx.staff_of(merchant_id) if member.role is Role.OWNER}
    return sum(
        begins_at <= each.changed_at < ends_at and each.staff_id not in owners
        for each in tx.changes_of(merchant_id, CHANGES_COUNTED_MAX)
    )


def holders_at(tx: Customers, programs: Sequence[Program]) -> Holders:
    """The holders of all cards of the shop with these programs."""
    if len(programs) < 2:
        return ALL_APART
    cards = tx.cards_by_program(programs[0].merchant_id)
    return {card_id: customer_id for card_id, (_, customer_id) in cards.items()}


def _numbers(tx: Customers, merchant: Merchant, entries: Sequence[Entry]) -> dict[CardId, CardNumber]:
    """The numbers of cards on which something was taken back."""
    card_ids = {entry.card_id for entry in entries if KINDS[entry.kind].is_void}
    found = {card_id: tx.card(merchant.merchant_id, CardRef("id", card_id)) for card_id in card_ids}
    return {card_id: card[0].number for card_id, card in found.items() if card}

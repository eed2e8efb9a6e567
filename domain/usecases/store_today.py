"""How a store's day has gone so far."""

from datetime import timedelta

from domain.entry import Entry
from domain.ids import CardId
from domain.merchant import Store
from domain.ports import Holdings
from domain.quick import dataclass
from domain.refusals import NoActToday
from domain.rights import Right
from domain.rules.counter import admit_staff, may_lock
from domain.rules.days import local_date
from domain.rules.figures import ALL_APART, added, as_given, counted, figures_of, less
from domain.staff import Actor, Staff
from domain.summary import Figures

NOT_LONG_AGO = timedelta(hours=1)
"""A member who works past midnight may still correct what they did before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeToday:
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """``has_stamps`` and ``has_points`` say what the merchant's programs give, ``may_lock`` that the member need not
    type the PIN now."""

    store_name: str
    has_stamps: bool
    has_points: bool
    store: Figures
    own: Figures
    may_lock: bool = False


def store_today(*, tx: Holdings, query: SeeToday) -> Today:
    """Raises NotAllowed."""
    counter = tx.counter(query.actor, None)
    merchant, staff, store = admit_staff(counter, Right.SEE_TODAY)
    day = local_date(tx.now, merchant.timezone)
    programs = tx.programs_of(merchant.merchant_id)
    changed = tx.changed_on(merchant.merchant_id, day)
    holders = {entry.card_id: holder for entry, holder in changed} if len(programs) > 1 else ALL_APART
    entries = [entry for entry, _ in changed]
    acts, given = counted(entries), as_given(entries)

    def figures(member: Staff | None) -> Figures:
        """Sums in the database; only the day of customers for whom something was taken back is folded."""
        place = merchant.merchant_id, store.store_id
        summed = tx.figures_at(*place, day, member, by_holder=holders is not ALL_APART)
        before, after = (
            figures_of([act for act in each if _is_at(act.entry, store, member)], holders)
            for each in (given, acts)
        )
        return added([less(summed, before), after])

    return Today(
        store_name=store.name,
        has_stamps=any(program.has_stamps for program in programs),
        has_points=any(program.has_points for program in programs),
        store=figures(None),
        own=figures(staff),
        may_lock=may_lock(counter, merchant, programs, tx.now),
    )


def _is_at(entry: Entry, store: Store, member: Staff | None) -> bool:
    return entry.store_id == store.store_id and (member is None or entry.staff_id == member.staff_id)


def last_card(*, tx: Holdings, query: SeeToday) -> CardId:
    """The card on which this member acted last, here and today, or before midnight if that is not long ago. Raises
    NotAllowed, NoActToday."""
    merchant, staff, store = admit_staff(tx.counter(query.actor, None), Right.SEE_TODAY)
    days = dict.fromkeys(local_date(now, merchant.timezone) for now in (tx.now, tx.now - NOT_LONG_AGO))
    for day in days:
        card_id = tx.last_card(staff, store.store_id, day)
        if card_id is not None:
            return card_id
    raise NoActToday

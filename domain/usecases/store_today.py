"""How a store's day has gone so far."""

from dataclasses import dataclass

from domain.ids import CardId
from domain.ports import Holdings
from domain.refusals import NoActToday
from domain.rights import Right
from domain.rules.counter import admit_staff, may_lock
from domain.rules.days import local_date
from domain.rules.figures import counted, figures_of
from domain.staff import Actor
from domain.summary import Figures
from domain.usecases.summarize import holders_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeToday:
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """``has_stamps`` and ``has_points`` say what the merchant's programs give, ``may_lock`` that the member is spared
    the PIN."""

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
    acts = counted(tx.entries_at(merchant.merchant_id, store.store_id, day))
    here = [act for act in acts if act.entry.store_id == store.store_id]
    programs = tx.programs_of(merchant.merchant_id)
    holders = holders_at(tx, programs)
    return Today(
        store_name=store.name,
        has_stamps=any(program.has_stamps for program in programs),
        has_points=any(program.has_points for program in programs),
        store=figures_of(here, holders),
        own=figures_of([act for act in here if act.entry.staff_id == staff.staff_id], holders),
        may_lock=may_lock(counter, merchant, programs, tx.now),
    )


def last_card(*, tx: Holdings, query: SeeToday) -> CardId:
    """The card that this member did something to last, here and today. Raises NotAllowed, NoActToday."""
    merchant, staff, store = admit_staff(tx.counter(query.actor, None), Right.SEE_TODAY)
    acts = tx.entries_at(merchant.merchant_id, store.store_id, local_date(tx.now, merchant.timezone))
    own = [act for act in acts if (act.store_id, act.staff_id) == (store.store_id, staff.staff_id)]
    if not own:
        raise NoActToday
    return own[-1].card_id

"""How a store's day has gone so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.entry import Entry
from domain.ids import StaffId
from domain.kinds import KINDS, EntryKind
from domain.ports import Tx
from domain.rights import Right
from domain.rules.counter import admit_staff
from domain.rules.days import local_date
from domain.rules.history import wanted
from domain.staff import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeToday:
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """``stamps``, ``points`` and ``rewards`` as given out; ``voids`` counts acts taken back, ``stamps_voided`` their
    stamps."""

    stamps: int
    cards: int
    rewards: int
    voids: int
    stamps_voided: int
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """``has_stamps`` and ``has_points`` say what the merchant's programs give."""

    store_name: str
    has_stamps: bool
    has_points: bool
    store: Tally
    own: Tally


def store_today(*, tx: Tx, query: SeeToday) -> Today:
    """Raises NotAllowed."""
    counter = tx.counter(query.actor, None)
    merchant, staff, store = admit_staff(counter, Right.SEE_TODAY)
    day = local_date(tx.now, merchant.timezone)
    entries = tx.entries_at(merchant.merchant_id, store.store_id, day)
    programs = tx.programs_of(merchant.merchant_id)
    return Today(
        store_name=store.name,
        has_stamps=any(program.has_stamps for program in programs),
        has_points=any(program.has_points for program in programs),
        store=tally(entries),
        own=tally(_by_staff(entries, staff.staff_id)),
    )


def tally(entries: Sequence[Entry]) -> Tally:
    voids = [e for e in entries if KINDS[e.kind].is_void]
    earned = [e for e in entries if e.kind in (EntryKind.STAMP_EARNED, EntryKind.POINTS_EARNED)]
    return Tally(
        stamps=sum(e.stamps_delta for e in earned),
        cards=len({e.card_id for e in earned}),
        rewards=sum(1 for e in entries if KINDS[e.kind].is_redemption),
        voids=len(voids),
        stamps_voided=sum(wanted(e) for e in voids if e.kind is EntryKind.STAMP_VOIDED),
        points=sum(e.points_delta for e in earned),
    )


def _by_staff(entries: Sequence[Entry], staff_id: StaffId) -> Sequence[Entry]:
    return [entry for entry in entries if entry.staff_id == staff_id]

"""Taking back: what a void may name, who may void, and what the card is like afterwards."""

from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter

from domain.acts import TakeBack
from domain.card import Card
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import CardId, EntryId, StaffId
from domain.kinds import KINDS, EntryKind
from domain.quick import dataclass, replace
from domain.refusals import (
    EntryAlreadyVoided,
    NotAllowed,
    NotEnoughStamps,
    NothingToVoid,
    Refusal,
    UndoTooLate,
    VoidReasonMissing,
    VoidTooLate,
)
from domain.rights import Right, may
from domain.rules.history import newest_stamps, standing_acts, standing_stamps, take_newest
from domain.rules.lots import EARLIER, lots_of
from domain.rules.stamps import check_stamp_count, counted
from domain.staff import Staff

OWN_VOID_WINDOW = timedelta(minutes=15)
UNDO_WINDOW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """The void to append. ``entry`` is the entry it names, None for a number of stamps out of several entries.

    ``count`` of ``unit`` is what the void is for: taken from the card, or given back for a redemption. What has
    already expired of an award is left out: a void does not take it from another award. ``carried`` is how it changes
    the remainder.
    """

    kind: EntryKind
    entry: Entry | None
    unit: Unit
    count: int
    carried: int = 0


def decide_void(
    act: TakeBack, entries: Sequence[Entry], staff: Staff, now: datetime, *, is_approved: bool
) -> Void:
    """Which entry or stamps of a card to take back. ``entries`` are oldest first: all, or as many of the newest as
    are enough. An approved act may take back anybody's entry, however old.

    Raises StampCountOutOfRange, NothingToVoid, EntryAlreadyVoided, NotEnoughStamps, NotAllowed, VoidTooLate,
    UndoTooLate, VoidReasonMissing.
    """
    if act.entry is not None:
        entry = _entry(entries, act.entry)
        if act.is_undo:
            _check_undo(entry, staff, now)
        void = _void_of(entry, entries)
        if not act.is_undo and not is_approved:
            _check_right(entry, staff, act.reason, now)
        return void
    if act.count is not None:
        return _number_of_stamps(act.count, entries, staff, act.reason, now)
    return _newest_act(entries, staff, act.reason, now)


def is_enough(
    act: TakeBack, entries: Sequence[Entry], staff: Staff, now: datetime, *, is_approved: bool = False
) -> bool:
    """Whether the newest entries of a card lead to the same result as all of them: what is taken back, the awards
    that a redemption took from, and the card's stamp day afterwards."""
    try:
        void = decide_void(act, entries, staff, now, is_approved=is_approved)
    except (NothingToVoid, NotEnoughStamps):
        return False
    except Refusal:
        return True
    if void.kind is EntryKind.REDEMPTION_VOIDED and void.entry is not None:
        returning = lots_of(void.unit, entries).returning(void.entry.entry_id)
        return all(entry_id != EARLIER for entry_id, _ in returning)
    return void.kind is not EntryKind.STAMP_VOIDED or _knows_the_day(void, entries)


def voidable_entries(entries: Sequence[Entry], staff: Staff, now: datetime) -> tuple[Entry, ...]:
    """What this member may still take back, newest first, provided that they give a reason where one is needed."""
    stands = standing_acts(entries)
    return tuple(
        entry
        for entry in reversed(entries)
        if entry.entry_id in stands
        and (may(staff.role, Right.VOID_ANY) or _is_own_and_recent(entry, staff.staff_id, now))
    )


def entries_of_others(entries: Sequence[Entry], staff: Staff, now: datetime) -> tuple[Entry, ...]:
    """What this member may take back only with a manager's approval, newest first."""
    theirs = {entry.entry_id for entry in voidable_entries(entries, staff, now)}
    stands = standing_acts(entries)
    return tuple(
        entry for entry in reversed(entries) if entry.entry_id in stands and entry.entry_id not in theirs
    )


def needs_reason(entry: Entry, staff: Staff, now: datetime) -> bool:
    return not _is_own_and_recent(entry, staff.staff_id, now)


def take_from(card: Card, void: Void, restorable: int) -> tuple[Card, int]:
    """The card after a void, and the shortfall: what was already spent, or has expired and cannot be given back.

    ``restorable`` is how much of a voided redemption has not expired meanwhile.
    """
    if void.kind is EntryKind.REDEMPTION_VOIDED:
        return card.plus(void.unit, restorable), void.count - restorable
    taken = min(void.count, card.balance(void.unit))
    return card.plus(void.unit, -taken).carrying(void.unit, void.carried), void.count - taken


def recount_today(card: Card, entries: Sequence[Entry], until: date = date.max) -> Card:
    """The card with its facts about today computed again from all its entries. Left out are voided stamps, stamps
    dated after ``until``, and those that a clock that was ahead dated with this day before it came."""
    standing = standing_stamps(entries)
    earned = {
        entry.entry_id
        for entry in entries
        if standing.get(entry.entry_id, 0) > 0 and entry.local_date <= until
    }
    newest = _newest(card, entries, earned)
    if newest is None:
        return replace(card, stamps_today=0, stamp_day=None, last_stamp_at=None)
    day = newest.local_date
    of_day = _since_it_came(day, entries, earned)
    return replace(
        card,
        stamps_today=sum(counted(standing[each.entry_id], each.factor_tenths) for each in of_day),
        stamp_day=day,
        last_stamp_at=newest.occurred_at,
    )


def _since_it_came(day: date, entries: Sequence[Entry], earned: Container[EntryId]) -> Iterator[Entry]:
    """The stamps of a day, newest first, without those that were followed by a stamp of an earlier day: on the same
    card or, after a merge, on the card that took it in."""
    before: set[CardId] = set()
    left: set[EntryId | None] = set()
    for entry in reversed(entries):
        if entry.kind is EntryKind.MERGED_IN and entry.card_id in before:
            left.add(entry.related_entry_id)
        elif entry.entry_id in left:
            before.add(entry.card_id)
        elif entry.entry_id in earned:
            if entry.local_date < day:
                before.add(entry.card_id)
            elif entry.local_date == day and entry.card_id not in before:
                yield entry


def _knows_the_day(void: Void, entries: Sequence[Entry]) -> bool:
    """Whether what stands after the void begins before the day of its newest stamp. Older entries cannot change that
    day then, because a card's day never goes back."""
    left = standing_stamps(entries)
    if void.entry is not None:
        left.pop(void.entry.entry_id, None)
    else:
        take_newest(left, void.count)
    days = [entry.local_date for entry in entries if left.get(entry.entry_id)]
    return bool(days) and min(days) < days[-1]


def _newest(card: Card, entries: Sequence[Entry], earned: Container[EntryId]) -> Entry | None:
    """The card's newest stamp; where another card was merged into it, the one with the later day and time."""
    newest: dict[CardId, Entry] = {}
    left: dict[EntryId, Entry | None] = {}
    for entry in entries:
        if entry.entry_id in earned:
            newest[entry.card_id] = entry
        elif entry.kind is EntryKind.MERGED_OUT:
            left[entry.entry_id] = newest.get(entry.card_id)
        elif entry.kind is EntryKind.MERGED_IN and entry.related_entry_id in left:
            both = filter(None, (newest.get(entry.card_id), left[entry.related_entry_id]))
            later = max(both, key=attrgetter("local_date", "occurred_at"), default=None)
            if later is not None:
                newest[entry.card_id] = later
    return newest.get(card.card_id)


def _void_of(entry: Entry, entries: Sequence[Entry]) -> Void:
    kind, count = KINDS[entry.kind], standing_acts(entries).get(entry.entry_id)
    if count is None:
        raise EntryAlreadyVoided
    if kind.opens_lot and count:
        count -= lots_of(entry.unit, entries).lot(entry.entry_id).lapsed
    if kind.voided_by is None or (count <= 0 and entry.carried(entry.unit) <= 0):
        raise NothingToVoid
    if entry.kind is EntryKind.INTERIM_REDEEMED:
        count = 0
    return Void(kind=kind.voided_by, entry=entry, unit=entry.unit, count=count)


def _newest_act(entries: Sequence[Entry], staff: Staff, reason: str | None, now: datetime) -> Void:
    candidates = voidable_entries(entries, staff, now)
    if not candidates:
        raise NothingToVoid
    _check_right(candidates[0], staff, reason, now)
    return _void_of(candidates[0], entries)


def _number_of_stamps(
    count: int, entries: Sequence[Entry], staff: Staff, reason: str | None, now: datetime
) -> Void:
    check_stamp_count(count)
    by_id = {entry.entry_id: entry for entry in entries}
    touched = newest_stamps(entries, count)
    if not touched:
        raise NothingToVoid
    if sum(touched.values()) < count:
        raise NotEnoughStamps(have=sum(touched.values()), need=count)
    for entry_id in touched:
        _check_right(by_id[entry_id], staff, reason, now)
    newest = by_id[next(iter(touched))]
    if standing_stamps(entries)[newest.entry_id] == count:
        return _void_of(newest, entries)
    return Void(kind=EntryKind.STAMP_VOIDED, entry=None, unit=Unit.STAMPS, count=count)


def _entry(entries: Sequence[Entry], entry_id: EntryId) -> Entry:
    for entry in entries:
        if entry.entry_id == entry_id and KINDS[entry.kind].voided_by:
            return entry
    raise NothingToVoid


def _check_undo(entry: Entry, staff: Staff, now: datetime) -> None:
    if entry.staff_id != staff.staff_id:
        raise NotAllowed
    if now - entry.occurred_at > UNDO_WINDOW:
        raise UndoTooLate


def _check_right(entry: Entry, staff: Staff, reason: str | None, now: datetime) -> None:
    if _is_own_and_recent(entry, staff.staff_id, now):
        return
    if may(staff.role, Right.VOID_ANY):
        if not reason:
            raise VoidReasonMissing
        return
    if entry.staff_id == staff.staff_id:
        raise VoidTooLate(minutes=int(OWN_VOID_WINDOW.total_seconds()) // 60)
    raise NotAllowed


def _is_own_and_recent(entry: Entry, staff_id: StaffId, now: datetime) -> bool:
    return entry.staff_id == staff_id and now - entry.occurred_at <= OWN_VOID_WINDOW

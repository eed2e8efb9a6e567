"""Reading a card's entries: which stamps still stand, and what may still be taken back."""

from collections.abc import Iterable, Sequence

from domain.entry import Entry, EntryKind
from domain.ids import EntryId

EARNING = frozenset({EntryKind.STAMP_EARNED})
"""Kinds whose stamps a void may name and a daily limit counts."""


def standing_stamps(entries: Iterable[Entry]) -> dict[EntryId, int]:
    """For each earning entry, oldest first, how many of its stamps have not been voided.

    A void that names an entry takes all that still stands of it; a void of a number takes the newest stamps first.
    """
    standing: dict[EntryId, int] = {}
    for entry in entries:
        if entry.kind in EARNING:
            standing[entry.entry_id] = entry.stamps_delta
        elif entry.kind is EntryKind.STAMP_VOIDED and entry.related_entry_id is not None:
            standing[entry.related_entry_id] = 0
        elif entry.kind is EntryKind.STAMP_VOIDED:
            _take_newest(standing, stamps_wanted(entry))
    return standing


def stamps_wanted(void: Entry) -> int:
    """How many stamps a void was for, whether or not the balance still held them."""
    return void.stamps_shortfall - void.stamps_delta


def voided_entry_ids(entries: Iterable[Entry]) -> frozenset[EntryId]:
    return frozenset(
        entry.related_entry_id
        for entry in entries
        if entry.kind.is_void and entry.related_entry_id is not None
    )


def newest_stamps(entries: Sequence[Entry], count: int) -> dict[EntryId, int]:
    """The newest ``count`` standing stamps, by entry, newest first; fewer when fewer stand."""
    before = standing_stamps(entries)
    after = dict(before)
    _take_newest(after, count)
    return {
        entry_id: before[entry_id] - after[entry_id]
        for entry_id in reversed(before)
        if before[entry_id] != after[entry_id]
    }


def _take_newest(standing: dict[EntryId, int], count: int) -> None:
    for entry_id in reversed(list(standing)):
        taken = min(standing[entry_id], count)
        standing[entry_id] -= taken
        count -= taken
        if count == 0:
            return

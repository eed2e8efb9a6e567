"""Reading a card's entries: what of its acts still stands, and may still be taken back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from domain.entry import Entry
from domain.ids import CardId, EntryId
from domain.kinds import KINDS, EntryKind

Standing = dict[EntryId, int]
"""By act, how much of it has not been voided: of what it gave, or of what was redeemed."""


def standing_acts(entries: Iterable[Entry]) -> Standing:
    """All acts that may be taken back. The entries of each card come oldest first."""
    return {key: left for acts in _standing(entries).values() for key, left in acts.items()}


def standing_stamps(entries: Iterable[Entry]) -> Standing:
    """Those of a card that gave stamps, oldest first."""
    of_stamps = (acts for (_, void), acts in _standing(entries).items() if void is EntryKind.STAMP_VOIDED)
    return {key: left for acts in of_stamps for key, left in acts.items()}


def wanted(void: Entry) -> int:
    """How many stamps or points a void was for, whether or not the balance still held them."""
    return void.shortfall(void.unit) - void.delta(void.unit)


def newest_stamps(entries: Sequence[Entry], count: int) -> Standing:
    """The newest ``count`` standing stamps, by entry, newest first; fewer when fewer stand."""
    before = standing_stamps(entries)
    after = dict(before)
    _take_newest(after, count)
    return {
        entry_id: before[entry_id] - after[entry_id]
        for entry_id in reversed(before)
        if before[entry_id] != after[entry_id]
    }


def _standing(entries: Iterable[Entry]) -> dict[tuple[CardId, EntryKind], Standing]:
    """By card and what voids them. A void that names an entry takes all that still stands of it; a void of a number
    takes the newest stamps first."""
    standing: dict[tuple[CardId, EntryKind], Standing] = defaultdict(dict)
    for entry in entries:
        kind = KINDS[entry.kind]
        if kind.voided_by:
            standing[entry.card_id, kind.voided_by][entry.entry_id] = abs(entry.delta(entry.unit))
        elif kind.is_void and entry.related_entry_id:
            standing[entry.card_id, entry.kind][entry.related_entry_id] = 0
        elif kind.is_void:
            _take_newest(standing[entry.card_id, entry.kind], wanted(entry))
    return standing


def _take_newest(standing: Standing, count: int) -> None:
    for entry_id in reversed(list(standing)):
        taken = min(standing[entry_id], count)
        standing[entry_id] -= taken
        count -= taken
        if count == 0:
            return

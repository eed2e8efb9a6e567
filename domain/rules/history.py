"""Reading a card's entries: how much of each act still stands, and what may still be taken back.

A card into which others were merged is read with all of their entries, as if everything had happened on it. All of
this also holds when only the newest entries are given, since taking back starts with the newest acts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter

from domain.entry import Entry
from domain.ids import CardId, EntryId
from domain.kinds import KINDS, EntryKind

Standing = dict[EntryId, int]
"""For each act, how much of it has not been voided: of what it gave, or of what was redeemed; 1 for a reward that
cost nothing. A purchase that gave nothing yet has 0; an act that was taken back is missing."""


def in_order(entries: Collection[Entry]) -> list[Entry]:
    """The entries of several cards in the order in which they happened: each card's by number, a MERGED_OUT before
    its MERGED_IN, otherwise by id, whose order may be wrong where a clock was."""
    cards: dict[CardId, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=attrgetter("entry_no")):
        cards[entry.card_id].append(entry)
    left = {entry.entry_id: entry.card_id for entry in entries if entry.kind is EntryKind.MERGED_OUT}
    placed: dict[CardId, list[tuple[EntryId, Entry]]] = {}
    for card_id in cards:
        _place(card_id, cards, left, placed)
    each = [place for of_card in placed.values() for place in of_card]
    return [entry for _, entry in sorted(each, key=itemgetter(0))]


def standing_acts(entries: Iterable[Entry]) -> Standing:
    """All acts that may be taken back. Each card's entries must come oldest first."""
    return {key: left for acts in _standing(entries).values() for key, left in acts.items()}


def standing_stamps(entries: Iterable[Entry]) -> Standing:
    """The acts of a card that gave stamps, oldest first."""
    of_stamps = (acts for (_, void), acts in _standing(entries).items() if void is EntryKind.STAMP_VOIDED)
    return {key: left for acts in of_stamps for key, left in acts.items()}


def wanted(void: Entry) -> int:
    """How many stamps or points a void was for, whether or not the balance still held them."""
    return void.shortfall(void.unit) - void.delta(void.unit)


def newest_stamps(entries: Sequence[Entry], count: int) -> Standing:
    """The newest ``count`` standing stamps by entry, newest first; fewer when fewer stand."""
    before = standing_stamps(entries)
    after = dict(before)
    take_newest(after, count)
    return {
        entry_id: before[entry_id] - after.get(entry_id, 0)
        for entry_id in reversed(before)
        if before[entry_id] != after.get(entry_id, 0)
    }


def take_newest(standing: Standing, count: int) -> None:
    """Takes ``count`` away from what stands, the newest first."""
    gone: list[EntryId] = []
    for entry_id in reversed(standing):
        if not count:
            break
        taken = min(standing[entry_id], count)
        standing[entry_id] -= taken
        if taken and not standing[entry_id]:
            gone.append(entry_id)
        count -= taken
    for entry_id in gone:
        del standing[entry_id]


def _standing(entries: Iterable[Entry]) -> dict[tuple[CardId, EntryKind], Standing]:
    """By card and by the kind that voids them. A void that names an entry takes all that still stands of it; a void
    of a number takes the newest stamps first."""
    standing: dict[tuple[CardId, EntryKind], Standing] = defaultdict(dict)
    left: dict[EntryId, CardId] = {}
    order: dict[EntryId, int] = {}
    for entry in entries:
        kind = KINDS[entry.kind]
        if entry.kind is EntryKind.MERGED_OUT:
            left[entry.entry_id] = entry.card_id
        elif entry.kind is EntryKind.MERGED_IN and entry.related_entry_id in left:
            _join(standing, left[entry.related_entry_id], entry.card_id, order)
        elif kind.voided_by:
            standing[entry.card_id, kind.voided_by][entry.entry_id] = abs(entry.delta(entry.unit)) or int(
                kind.is_redemption
            )
            order[entry.entry_id] = len(order)
        elif kind.is_void and entry.related_entry_id:
            standing[entry.card_id, entry.kind].pop(entry.related_entry_id, None)
        elif kind.is_void:
            take_newest(standing[entry.card_id, entry.kind], wanted(entry))
    return standing


def _place(
    card_id: CardId,
    cards: Mapping[CardId, Sequence[Entry]],
    left: Mapping[EntryId, CardId],
    placed: dict[CardId, list[tuple[EntryId, Entry]]],
) -> None:
    """Gives each entry the greatest id among those that must come before it, and its own. A card that is merged into
    this one is placed first, so that its entries come first among equals."""
    if card_id in placed:
        return
    latest, places = EntryId(""), []
    for entry in cards[card_id]:
        other = left.get(entry.related_entry_id) if entry.related_entry_id else None
        if entry.kind is EntryKind.MERGED_IN and other is not None:
            _place(other, cards, left, placed)
            latest = max(latest, placed[other][-1][0])
        latest = max(latest, entry.entry_id)
        places.append((latest, entry))
    placed[card_id] = places


def _join(
    standing: dict[tuple[CardId, EntryKind], Standing],
    other: CardId,
    card: CardId,
    order: Mapping[EntryId, int],
) -> None:
    """Moves the acts of ``other`` to ``card``, in the order in which they happened."""
    for of_card, void in [key for key in standing if key[0] == other]:
        acts = standing.pop((of_card, void)) | standing[card, void]
        standing[card, void] = dict(sorted(acts.items(), key=lambda act: order[act[0]]))

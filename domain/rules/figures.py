"""Adding up acts: one fold for the day so far, for the day that is told, and for their parts by store and by staff.

Figures are net. An act counts as far as it still stands at the end of the period. What was taken back within the
period is shown beside it, no matter when it had been given, and counts for the store and the staff that took it back.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter

from domain.entry import Entry
from domain.ids import CardId, CustomerId, EntryId, StaffId, StoreId
from domain.kinds import KINDS
from domain.quick import dataclass
from domain.rules.history import in_order, standing_acts, wanted
from domain.summary import Figures, Share

Holders = Mapping[CardId, CustomerId]
"""The holder of each card, where the shop has several programs and one customer may have several cards."""

NOTHING = Figures()
ALL_APART: Holders = {}
_NAMES = [field.name for field in fields(Figures)]
_values = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True)
class Counted:
    """``count`` is how much of an act still stands, or what a void was for: stamps, points, or a redemption.
    ``stands`` says that the act was not taken back, even where it gave nothing yet."""

    entry: Entry
    count: int
    stands: bool


def counted(entries: Sequence[Entry]) -> list[Counted]:
    """The entries that figures are made of. ``entries`` are everything that happened to these cards within some
    time."""
    return _counted(entries, standing_acts(in_order(entries)))


def _counted(entries: Sequence[Entry], standing: Mapping[EntryId, int]) -> list[Counted]:
    """The entries that figures are made of, with how much of each stands."""
    return [
        Counted(entry, _count(entry, standing), entry.entry_id in standing)
        for entry in entries
        if KINDS[entry.kind].figure
    ]


def as_given(entries: Sequence[Entry]) -> list[Counted]:
    """The acts among these, as if nothing had been taken back."""
    standing = standing_acts(entry for entry in entries if not KINDS[entry.kind].is_void)
    return [each for each in _counted(entries, standing) if not KINDS[each.entry.kind].is_void]


def figures_of(acts: Sequence[Counted], holders: Holders = ALL_APART) -> Figures:
    sums: Counter[str] = Counter()
    for act in acts:
        kind = KINDS[act.entry.kind]
        sums[f"{kind.figure}_voided" if kind.is_void else str(kind.figure)] += act.count
        sums["voids"] += kind.is_void
    return Figures(**sums, cards=len(people(cards_served(acts), holders)))


def added(every: Iterable[Figures]) -> Figures:
    """The sums; that of ``cards`` is right only where no card is in two of them."""
    sums = map(sum, zip(*map(_values, every), strict=True))
    return Figures(**dict(zip(_NAMES, sums, strict=False)))


def less(figures: Figures, part: Figures) -> Figures:
    """The figures without a part of them."""
    return Figures(**{name: getattr(figures, name) - getattr(part, name) for name in _NAMES})


def cards_served(acts: Iterable[Counted]) -> frozenset[CardId]:
    """Cards whose customers came for something that still stands."""
    return frozenset(act.entry.card_id for act in acts if act.stands and KINDS[act.entry.kind].is_visit)


def people(cards: Iterable[CardId], holders: Holders) -> frozenset[str]:
    """The holders of the cards; a holder of several cards is counted once."""
    return frozenset(holders.get(card_id, card_id) for card_id in cards)


def shares(
    acts: Iterable[Counted],
    names: Mapping[StoreId, str] | Mapping[StaffId, str],
    of: Callable[[Entry], str | None],
    holders: Holders,
) -> tuple[Share, ...]:
    """The figures of each store or member that has any, by name."""
    parts: dict[str | None, list[Counted]] = defaultdict(list)
    for act in acts:
        parts[of(act.entry)].append(act)
    found = [Share(name=name, figures=figures_of(parts[key], holders)) for key, name in names.items()]
    return tuple(
        sorted((share for share in found if not share.figures.is_quiet), key=lambda share: share.name)
    )


def _count(entry: Entry, standing: Mapping[EntryId, int]) -> int:
    kind = KINDS[entry.kind]
    if kind.figure == "redemptions":
        return int(kind.is_void or entry.entry_id in standing)
    return wanted(entry) if kind.is_void else standing.get(entry.entry_id, 0)

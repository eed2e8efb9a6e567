"""A range of days, folded card by card: what stands of one card is no other card's business."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from domain.entry import Entry
from domain.ids import CardId, StaffId, StoreId
from domain.kinds import KINDS
from domain.report import DateRange, Part
from domain.rules.days import local_hour
from domain.rules.figures import NOTHING, Counted, added, counted, figures_of
from domain.summary import Figures

BACK_WITHIN = timedelta(days=30)


@dataclass(slots=True)
class Tally:
    """What has been folded so far; ``new_cards`` are those made in the range."""

    dates: DateRange
    timezone: str
    new_cards: Collection[CardId]
    figures: Figures = NOTHING
    added_up: Figures = NOTHING
    came_back: int = 0
    returning: int = 0
    hours: Counter[tuple[int, int]] = field(default_factory=Counter)
    _sums: dict[tuple[str, str], Figures] = field(default_factory=lambda: defaultdict(lambda: NOTHING))
    _visits: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, entries: Sequence[Entry]) -> None:
        """One card: all of its entries in the range and in the 30 days before it."""
        acts = counted(entries)
        within = [act for act in acts if act.entry.local_date >= self.dates.first]
        visits = visited(within)
        made = figures_of(within)
        self.figures = added([self.figures, made])
        self.added_up = added([self.added_up, _day_by_day(within) if made.voids else made])
        for first in visits.values():
            self.hours[first.local_date.weekday(), local_hour(first.occurred_at, self.timezone)] += 1
        self.came_back += _came_back(sorted(visited(acts)), self.dates.first)
        self.returning += bool(visits) and entries[0].card_id not in self.new_cards
        for key, part in _parts(within).items():
            self._sums[key] = added([self._sums[key], figures_of(part)])
            self._visits[key] += len(visited(part))

    @property
    def visits(self) -> int:
        return self.hours.total()

    def parts(
        self,
        axis: str,
        names: Mapping[str, str] | Mapping[StoreId, str] | Mapping[StaffId, str],
        others: Collection[str] = (),
    ) -> tuple[Part, ...]:
        """Those with anything to tell, and others, in the order of ``names``."""
        return tuple(
            Part(
                key=key,
                number=number,
                name=name,
                visits=self._visits[axis, key],
                figures=self._sums.get((axis, key), NOTHING),
            )
            for number, (key, name) in enumerate(names.items())
            if key in others or not self._sums.get((axis, key), NOTHING).is_quiet
        )

    def days(self, others: Collection[date] = ()) -> tuple[Part, ...]:
        """Those with anything to tell, and others."""
        dated = {key for axis, key in self._sums if axis == "day"} | {day.isoformat() for day in others}
        return self.parts("day", {key: key for key in sorted(dated)}, {day.isoformat() for day in others})


def _parts(acts: Iterable[Counted]) -> dict[tuple[str, str], list[Counted]]:
    parts: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    for act in acts:
        entry = act.entry
        parts["day", entry.local_date.isoformat()].append(act)
        if entry.store_id:
            parts["store", entry.store_id].append(act)
        if entry.staff_id:
            parts["staff", entry.staff_id].append(act)
    return parts


def visited(acts: Iterable[Counted]) -> dict[date, Entry]:
    """The first act that stands of each day."""
    visits: dict[date, Entry] = {}
    for act in acts:
        if act.count and KINDS[act.entry.kind].is_visit:
            visits.setdefault(act.entry.local_date, act.entry)
    return visits


def _day_by_day(acts: Iterable[Counted]) -> Figures:
    """Each day told by itself: what was taken back on a later day still counts on its own."""
    days: dict[date, list[Entry]] = defaultdict(list)
    for act in acts:
        days[act.entry.local_date].append(act.entry)
    return added(figures_of(counted(entries)) for entries in days.values())


def _came_back(visits: Sequence[date], first: date) -> bool:
    """Whether one of these days in the range is not long after the one before it."""
    return any(later >= first and later - before <= BACK_WITHIN for before, later in pairwise(visits))

"""A range of days, folded card by card: what stands on one card does not depend on any other."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, timedelta
from itertools import pairwise

from domain.entry import Entry
from domain.ids import CardId, CustomerId, ProgramId, StaffId, StoreId
from domain.kinds import KINDS, EntryKind
from domain.quick import dataclass, replace
from domain.report import DateRange, Part
from domain.rules.days import local_hour
from domain.rules.figures import NOTHING, Counted, added, cards_served, counted, figures_of
from domain.rules.history import in_order, standing_acts
from domain.summary import Figures

BACK_WITHIN = timedelta(days=30)


@dataclass(slots=True)
class Tally:
    """What has been folded so far. ``new_cards`` are cards of those who became a customer in the range. ``cards``
    gives the program and holder of each card where there are several programs: a holder of two cards is one
    customer."""

    dates: DateRange
    timezone: str
    new_cards: Collection[CardId]
    cards: Mapping[CardId, tuple[ProgramId, CustomerId]] = field(default_factory=dict)
    figures: Figures = NOTHING
    added_up: Figures = NOTHING
    came_back: int = 0
    paper_cards: int = 0
    paper_stamps: int = 0
    returning: int = 0
    hours: Counter[tuple[int, int]] = field(default_factory=Counter)
    _sums: dict[tuple[str, str], Figures] = field(default_factory=lambda: defaultdict(lambda: NOTHING))
    _visits: Counter[tuple[str, str]] = field(default_factory=Counter)
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    def add(self, entries: Sequence[Entry]) -> None:
        """Adds one card, with those that were merged into it: all entries in the range and in the 30 days before
        it."""
        acts = counted(entries)
        within = [act for act in acts if act.entry.local_date >= self.dates.first]
        made = self._made(within)
        self.figures = added([self.figures, made])
        self.added_up = added([self.added_up, _day_by_day(within) if made.voids else made])
        self._add_paper(entries)
        cards: dict[CardId, list[Counted]] = defaultdict(list)
        for act in acts:
            cards[act.entry.card_id].append(act)
        for card_id, of_card in cards.items():
            self._add_card(card_id, of_card)

    def _add_paper(self, entries: Sequence[Entry]) -> None:
        papers = [entry for entry in entries if entry.kind is EntryKind.PAPER_STAMPS]
        standing = standing_acts(in_order(entries)) if papers else {}
        for entry in papers:
            if entry.local_date >= self.dates.first and entry.entry_id in standing:
                self.paper_cards += 1
                self.paper_stamps += entry.stamps_delta

    def _add_card(self, card_id: CardId, acts: Sequence[Counted]) -> None:
        """Counts by the card that was shown, also where it was merged later."""
        within = [act for act in acts if act.entry.local_date >= self.dates.first]
        served = visited(within)
        for day, first in served.items():
            if self._is_first(card_id, "visit", day):
                self.hours[first.local_date.weekday(), local_hour(first.occurred_at, self.timezone)] += 1
        if _came_back(sorted(visited(acts)), self.dates.first):
            self.came_back += self._is_first(card_id, "came back")
        if served and card_id not in self.new_cards:
            self.returning += self._is_first(card_id, "returned")
        parts = _parts(within)
        if card_id in self.cards:
            parts["program", self.cards[card_id][0]] = within
        for key, part in parts.items():
            self._sums[key] = added([self._sums[key], self._made(part, *key)])
            self._visits[key] += sum(self._is_first(card_id, "visit", *key, day) for day in visited(part))

    def _made(self, acts: Sequence[Counted], *where: str) -> Figures:
        served = sum(self._is_first(card_id, "served", *where) for card_id in cards_served(acts))
        return replace(figures_of(acts), cards=served)

    def _is_first(self, card_id: CardId, *what: object) -> bool:
        """Whether no other card of the same holder was counted for this yet."""
        if card_id not in self.cards:
            return True
        seen = self.cards[card_id][1], *what
        is_first = seen not in self._seen
        self._seen.add(seen)
        return is_first

    @property
    def new(self) -> int:
        """How many became a customer in the range."""
        return len({self.cards[each][1] if each in self.cards else each for each in self.new_cards})

    @property
    def visits(self) -> int:
        return self.hours.total()

    def parts(
        self,
        axis: str,
        names: Mapping[str, str] | Mapping[StoreId, str] | Mapping[StaffId, str] | Mapping[ProgramId, str],
        others: Collection[str] = (),
    ) -> tuple[Part, ...]:
        """Those with anything to tell, and those in ``others``, in the order of ``names``."""
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

    def days(self, others: Collection[date]) -> tuple[Part, ...]:
        """Those with anything to tell, and those in ``others``."""
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
    """The first act of each day that still stands."""
    visits: dict[date, Entry] = {}
    for act in acts:
        if act.count and KINDS[act.entry.kind].is_visit:
            visits.setdefault(act.entry.local_date, act.entry)
    return visits


def _day_by_day(acts: Iterable[Counted]) -> Figures:
    """The sum of the days, each counted alone: what was taken back on a later day still counts on its own day."""
    days: dict[date, list[Entry]] = defaultdict(list)
    for act in acts:
        days[act.entry.local_date].append(act.entry)
    return added(figures_of(counted(entries)) for entries in days.values())


def _came_back(visits: Sequence[date], first: date) -> bool:
    """Whether one of these days is in the range and within BACK_WITHIN of the one before it."""
    return any(later >= first and later - before <= BACK_WITHIN for before, later in pairwise(visits))

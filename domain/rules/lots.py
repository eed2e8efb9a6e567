"""Which award the rest of a balance stems from.

A lot is what one award put on a card and is still there. Whatever takes from a balance takes from the oldest lots
first, except that a void takes from the award it names. A voided redemption gives back to the lots it took from, but
for what a void of the award could not take because it was spent; where it cannot give back all of the rest, the
oldest of them, which have expired meanwhile, go short. Where an award has an end of its own, what expires first is
taken first: each entry then says from which lots (docs/decisions/0057). A merge takes the lots of the other card over
as they are, each with its date and with what was redeemed of it (docs/decisions/0047).

Of the newest entries alone, what lay on the card before them is one lot, EARLIER: the oldest, so that the others
come out as they do of all entries (docs/decisions/0072).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice

from domain.entry import Entry, LotPart
from domain.expiry import Unit
from domain.ids import CardId, EntryId
from domain.kinds import KINDS, EntryKind
from domain.quick import dataclass

EARLIER = EntryId("")
"""In the place of an award's id: of all awards before the entries at hand."""


@dataclass(slots=True)
class Lot:
    """``since`` goes back neither from one lot of a card to the next nor behind an expiry, even if the clock does.

    ``spent`` is in redemptions that stand; ``owed`` of it a void of the award could not take; ``lapsed`` has expired.
    ``ends_at`` is its own end, which was so long a ``life`` ahead; ``place`` is how many lots are older.
    """

    entry_id: EntryId
    since: datetime
    left: int
    place: int = 0
    spent: int = 0
    owed: int = 0
    lapsed: int = 0
    ends_at: datetime | None = None
    life: timedelta = timedelta.max


Taken = Sequence[tuple[EntryId, int]]
"""How much of which lot, in the order in which it was taken."""


def lots_of(unit: Unit, entries: Sequence[Entry]) -> "Lots":
    """Of the card that the newest of these entries is on, with what was merged into it: none, once it was merged."""
    if not entries or entries[-1].kind is EntryKind.MERGED_OUT:
        return Lots(unit)
    if entries[0].entry_no > 1:
        return _lots_of_newest(unit, entries)
    piles: dict[CardId, Lots] = defaultdict(lambda: Lots(unit))
    leaving: dict[EntryId, Lots] = {}
    for entry in entries:
        if entry.kind is EntryKind.MERGED_OUT:
            leaving[entry.entry_id] = piles.pop(entry.card_id, Lots(unit))
        elif entry.kind is EntryKind.MERGED_IN:
            piles[entry.card_id].absorb(leaving.pop(entry.related_entry_id or EntryId(""), Lots(unit)))
        else:
            piles[entry.card_id].apply(entry)
    return piles[entries[-1].card_id]


def _lots_of_newest(unit: Unit, entries: Sequence[Entry]) -> "Lots":
    """Of entries of one card of which the first are not there."""
    first = entries[0]
    balance = first.stamps_balance_after if unit is Unit.STAMPS else first.points_balance_after
    lots = Lots(unit, earlier=balance - first.delta(unit), since=first.occurred_at)
    for entry in entries:
        lots.apply(entry)
    return lots


class Lots:
    """The lots of one unit on one card, oldest first, after the entries applied so far."""

    def __init__(self, unit: Unit, *, earlier: int | None = None, since: datetime | None = None) -> None:
        """``earlier`` is what lay on the card before the first entry, None where that is the card's first."""
        self.unit = unit
        self._lots: dict[EntryId, Lot] = {}
        self._in_order: list[Lot] = []
        self._empty = 0
        """So many of the oldest have nothing left in them."""
        self._over = 0
        """So many of the oldest have expired, or have an end of their own."""
        self._undated = 0
        """What is left of the balance that the program ends."""
        self._begun_at: datetime | None = None
        self._redeemed: dict[EntryId, Taken] = {}
        self._latest: datetime | None = None
        self.expired: set[EntryId] = set()
        """Lots whose time had come when something expired, whether or not anything was left in them then."""
        if earlier is not None and since is not None:
            self._put(self._new(Lot(EARLIER, since, 0)), earlier)

    @property
    def all(self) -> list[Lot]:
        return list(self._in_order)

    @property
    def open(self) -> list[Lot]:
        return [lot for lot in self._from_oldest() if lot.left]

    def returning(self, redemption: EntryId) -> Taken:
        """How much a void of the redemption may give back to each lot, as far as that has not expired meanwhile."""
        taken_from = self._redeemed.get(redemption, ())
        return [(entry_id, taken - min(taken, self._lots[entry_id].owed)) for entry_id, taken in taken_from]

    @property
    def undated(self) -> list[Lot]:
        """Those that end when the program says, whether or not anything is left in them."""
        return [lot for lot in self._in_order if lot.ends_at is None]

    @property
    def dated(self) -> list[Lot]:
        return [lot for lot in self._in_order if lot.ends_at is not None]

    @property
    def held_since(self) -> datetime:
        """Since when there is a balance that the program ends, whatever was added to it and corrected in between;
        there must be one."""
        oldest = next(lot.since for lot in self._from_oldest() if lot.left and lot.ends_at is None)
        return min(filter(None, (self._begun_at, oldest)))

    def lot(self, entry_id: EntryId) -> Lot:
        return self._lots[entry_id]

    def apply(self, entry: Entry) -> None:
        """Takes one more entry into account, in the order in which they were appended."""
        kind, delta = KINDS[entry.kind], entry.delta(self.unit)
        if kind.opens_lot and delta > 0:
            self._add(entry, delta)
        elif entry.kind is EntryKind.REDEMPTION_VOIDED:
            self._give_back(entry, delta)
        elif kind.is_void:
            self._void(entry)
        elif delta < 0:
            taken = self._take(entry, self._from_oldest())
            if kind.is_redemption:
                self._redeem(entry, taken)
            if kind.is_expiry:
                self._expire(entry, taken)

    def to_take(self, entry: Entry, ends: Mapping[EntryId, datetime]) -> Taken:
        """What the entry, which is not applied yet, is to take: of what ends first, by time and number where that is
        equal; a void of what it names; one of a number the newest first, and of what has an end of its own last."""
        soonest_first = sorted(self.open, key=lambda lot: ends[lot.entry_id])
        order: Iterable[Lot] = soonest_first
        if entry.kind is EntryKind.STAMP_VOIDED and entry.related_entry_id is None:
            stamped = [lot for lot in reversed(self.open) if lot.ends_at is None]
            order = [*stamped, *(lot for lot in reversed(soonest_first) if lot.ends_at is not None)]
        elif KINDS[entry.kind].is_void:
            order = sorted(soonest_first, key=lambda lot: lot.entry_id != entry.related_entry_id)
        return _split(-entry.delta(self.unit), order)

    def absorb(self, other: "Lots") -> None:
        """All that another card had."""
        self._in_order = sorted([*self._in_order, *other._in_order], key=lambda lot: lot.since)
        self._lots = {lot.entry_id: lot for lot in self._in_order}
        self._empty = self._over = 0
        for place, lot in enumerate(self._in_order):
            lot.place = place
        with_any = [each for each in (self, other) if each._undated] or [self, other]
        self._begun_at = min(filter(None, (each._begun_at for each in with_any)), default=None)
        self._undated += other._undated
        self._redeemed |= other._redeemed
        self.expired |= other.expired
        self._latest = max(filter(None, (self._latest, other._latest)), default=None)

    def _add(self, entry: Entry, count: int) -> None:
        since, ends_at = self._not_before(entry.occurred_at), entry.expires_at
        lot = self._new(Lot(entry.entry_id, since, 0, ends_at=ends_at))
        if ends_at is not None:
            lot.life = ends_at - entry.occurred_at
        elif not self._undated:
            self._begun_at = since
        self._put(lot, count)

    def _new(self, lot: Lot) -> Lot:
        lot.place = len(self._in_order)
        self._in_order.append(lot)
        self._lots[lot.entry_id] = lot
        return lot

    def _from_oldest(self) -> Iterator[Lot]:
        """Without those that have nothing left before the first that has."""
        while self._empty < len(self._in_order) and not self._in_order[self._empty].left:
            self._empty += 1
        return islice(self._in_order, self._empty, None)

    def _of(self, entry_id: EntryId | None) -> Lot | None:
        """What is not among the entries at hand came before them."""
        return self._lots.get(entry_id or EARLIER) or self._lots.get(EARLIER)

    def _put(self, lot: Lot, count: int) -> None:
        lot.left += count
        if count > 0:
            self._empty = min(self._empty, lot.place)
        if lot.ends_at is None:
            self._undated += count

    def _redeem(self, redemption: Entry, taken: Taken) -> None:
        self._redeemed[redemption.entry_id] = taken
        for entry_id, count in taken:
            self._lots[entry_id].spent += count

    def _void(self, void: Entry) -> None:
        """Of one award, or of the newest of several."""
        if void.kind is EntryKind.STAMP_VOIDED and void.related_entry_id is None:
            self._take(void, reversed(self._in_order))
            _owe(reversed(self._in_order), void.shortfall(self.unit))
            return
        meant = self._of(void.related_entry_id)
        self._take(void, chain([meant] if meant else [], self._from_oldest()))
        _owe([meant] if meant else [], void.shortfall(self.unit))

    def _give_back(self, entry: Entry, count: int) -> None:
        told = self._told(entry) if entry.lots and count else None
        redeemed: Taken = [(EARLIER, count)] if EARLIER in self._lots else ()
        for entry_id, taken in reversed(self._redeemed.get(entry.related_entry_id or EARLIER, redeemed)):
            lot = self._lots[entry_id]
            owed = min(taken, lot.owed)
            given = min(taken - owed, count) if told is None else told.get(entry_id, 0)
            if told is None and lot.entry_id == EARLIER:
                given = count
            lot.spent -= taken
            lot.owed -= owed
            self._put(lot, given)
            count -= given

    def _expire(self, expiry: Entry, taken: Taken) -> None:
        """What ends by a date of its own ends by itself: nothing older, and nothing begins anew. A reward ends
        without its awards: what of them was redeemed may come back."""
        for entry_id, count in taken:
            self._lots[entry_id].lapsed += count
        if KINDS[expiry.kind].ends_reward:
            return
        self.expired.update(entry_id for entry_id, _ in taken)
        newest = self._of(expiry.related_entry_id)
        if newest is not None and newest.ends_at is not None:
            return
        self._not_before(expiry.occurred_at)
        end = len(self._in_order) if newest is None else newest.place + 1
        self.expired.update(lot.entry_id for lot in self._in_order[self._over : end] if lot.ends_at is None)
        self._over = max(self._over, end)

    def _not_before(self, occurred_at: datetime) -> datetime:
        self._latest = occurred_at if self._latest is None else max(self._latest, occurred_at)
        return self._latest

    def _take(self, entry: Entry, order: Iterable[Lot]) -> Taken:
        count = -entry.delta(self.unit)
        is_told = entry.lots is not None and count
        taken = [*self._told(entry).items()] if is_told else _split(count, order)
        for entry_id, count in taken:
            self._put(self._lots[entry_id], -count)
        return taken

    def _told(self, entry: Entry) -> dict[EntryId, int]:
        """What an entry says of the lots it took from, or gave back to."""
        told: dict[EntryId, int] = defaultdict(int)
        for part in entry.lots or ():
            told[part.entry_id if part.entry_id in self._lots else EARLIER] += part.count
        return told


def parts(taken: Taken) -> tuple[LotPart, ...]:
    return tuple(LotPart(entry_id=entry_id, count=count) for entry_id, count in taken)


def _split(count: int, order: Iterable[Lot]) -> Taken:
    """So much of these lots, each as far as it goes."""
    taken: dict[EntryId, int] = {}
    for lot in order:
        if not count:
            break
        part = min(lot.left, count)
        if part and lot.entry_id not in taken:
            taken[lot.entry_id] = part
            count -= part
    return list(taken.items())


def _owe(lots: Iterable[Lot], shortfall: int) -> None:
    """Notes on the lots what a void could not take of them because it was spent."""
    for lot in lots:
        if not shortfall:
            return
        part = min(lot.spent - lot.owed, shortfall)
        lot.owed += part
        shortfall -= part

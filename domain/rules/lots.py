"""From which award the rest of a balance comes.

A lot is what is still there of what one award put on a card. Whatever takes from a balance takes from the oldest lots
first, except that a void takes from the award it names. A voided redemption gives back to the lots it took from,
except for what a void of the award could not take because it was spent, which is kept back from whichever of its
redemptions is voided first; where it cannot give back everything, the oldest lots go short, because they have expired
meanwhile. Where an award has an end of its own, what expires first is taken first, and each entry records from which
lots (docs/decisions/0057). A merge takes over the lots of the other card as they are, each with its date and with
what was redeemed of it (docs/decisions/0047).

When only the newest entries are given, everything that was on the card before them is one lot, EARLIER: the oldest.
The other lots then come out as they do with all entries (docs/decisions/0072).
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
"""The id of the lot that stands for all awards before the given entries."""


@dataclass(slots=True)
class Lot:
    """``since`` is never earlier than that of the lot before, nor than an expiry before it, even if the clock went
    back.

    ``spent`` is in redemptions that stand; ``owed`` is the part of it that a void of the award could not take;
    ``lapsed`` has expired. ``ends_at`` is an end of its own, which was ``life`` away when it was given; ``place`` is
    the number of older lots.
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
    """The lots of the card that the newest entry is on, including those merged into it; empty once the card itself
    was merged."""
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
    """The lots for entries of one card of which the first ones are missing."""
    first = entries[0]
    balance = first.stamps_balance_after if unit is Unit.STAMPS else first.points_balance_after
    lots = Lots(unit, earlier=balance - first.delta(unit), since=first.occurred_at)
    for entry in entries:
        lots.apply(entry)
    return lots


class Lots:
    """The lots of one unit on one card, oldest first, after the entries applied so far."""

    def __init__(self, unit: Unit, *, earlier: int | None = None, since: datetime | None = None) -> None:
        """``earlier`` is the balance before the first entry, None where that is the card's first."""
        self.unit = unit
        self._lots: dict[EntryId, Lot] = {}
        self._in_order: list[Lot] = []
        self._empty = 0
        """How many of the oldest lots have nothing left."""
        self._over = 0
        """How many of the oldest lots have expired, or have an end of their own."""
        self._undated = 0
        """What is left of the balance that the program ends."""
        self._begun_at: datetime | None = None
        self._redeemed: dict[EntryId, Taken] = {}
        self._latest: datetime | None = None
        self.expired: set[EntryId] = set()
        """Lots whose time had come when something expired, whether or not anything was left in them."""
        if earlier is not None and since is not None:
            self._put(self._new(Lot(EARLIER, since, 0)), earlier)

    @property
    def all(self) -> list[Lot]:
        return list(self._in_order)

    @property
    def open(self) -> list[Lot]:
        return [lot for lot in self._from_oldest() if lot.left]

    def returning(self, redemption: EntryId) -> Taken:
        """How much a void of the redemption may give back to each lot, if it has not expired meanwhile."""
        taken_from = self._redeemed.get(redemption, ())
        return [(entry_id, taken - min(taken, self._lots[entry_id].owed)) for entry_id, taken in taken_from]

    @property
    def undated(self) -> list[Lot]:
        """The lots that end when the program says, whether or not anything is left in them."""
        return [lot for lot in self._in_order if lot.ends_at is None]

    @property
    def dated(self) -> list[Lot]:
        return [lot for lot in self._in_order if lot.ends_at is not None]

    @property
    def held_since(self) -> datetime:
        """Since when there has been a balance that the program ends, whatever was added or corrected meanwhile. There
        must be one now."""
        oldest = next(lot.since for lot in self._from_oldest() if lot.left and lot.ends_at is None)
        return min(filter(None, (self._begun_at, oldest)))

    def lot(self, entry_id: EntryId) -> Lot:
        return self._lots[entry_id]

    def apply(self, entry: Entry) -> None:
        """Applies the next entry; entries must come in the order in which they were appended."""
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
        """What an entry that is not applied yet should take: from the lots that end first, and the older of two that
        end together. A void takes from the award it names; a void of a number takes the newest stamps first, and
        those with an end of their own last."""
        soonest_first = sorted(self.open, key=lambda lot: ends[lot.entry_id])
        order: Iterable[Lot] = soonest_first
        if entry.kind is EntryKind.STAMP_VOIDED and entry.related_entry_id is None:
            stamped = [lot for lot in reversed(self.open) if lot.ends_at is None]
            order = [*stamped, *(lot for lot in reversed(soonest_first) if lot.ends_at is not None)]
        elif KINDS[entry.kind].is_void:
            order = sorted(soonest_first, key=lambda lot: lot.entry_id != entry.related_entry_id)
        return _split(-entry.delta(self.unit), order)

    def absorb(self, other: "Lots") -> None:
        """Adds everything that another card had."""
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
        """The lots from the first one that has something left."""
        while self._empty < len(self._in_order) and not self._in_order[self._empty].left:
            self._empty += 1
        return islice(self._in_order, self._empty, None)

    def _of(self, entry_id: EntryId | None) -> Lot | None:
        """The lot of an entry, or EARLIER for an entry that is not among the given ones."""
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
        """Voids one award, or a number of stamps from the newest awards."""
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
        """A lot with an end of its own ends alone: no older lot ends with it, and nothing begins anew. A reward ends
        without its awards: what was redeemed of them may come back."""
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
        """The lots that an entry says it took from, or gave back to."""
        told: dict[EntryId, int] = defaultdict(int)
        for part in entry.lots or ():
            told[part.entry_id if part.entry_id in self._lots else EARLIER] += part.count
        return told


def parts(taken: Taken) -> tuple[LotPart, ...]:
    return tuple(LotPart(entry_id=entry_id, count=count) for entry_id, count in taken)


def _split(count: int, order: Iterable[Lot]) -> Taken:
    """Takes ``count`` from these lots in order, each as far as it goes."""
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
    """Records on the lots what a void could not take because it was spent."""
    for lot in lots:
        if not shortfall:
            return
        part = min(lot.spent - lot.owed, shortfall)
        lot.owed += part
        shortfall -= part

"""Which award the rest of a balance stems from.

A lot is what one award put on a card and is still there. Whatever takes from a balance takes from the oldest lots
first, except that a void takes from the award it names. A voided redemption gives back to the lots it took from, but
for what a void of the award could not take because it was spent; where it cannot give back all of the rest, the
oldest of them, which have expired meanwhile, go short. A merge takes the lots of the other card over as they are,
each with its date and with what was redeemed of it (docs/decisions/0047).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import CardId, EntryId
from domain.kinds import KINDS, EntryKind


@dataclass(slots=True)
class Lot:
    """``since`` goes back neither from one lot of a card to the next nor behind an expiry, even if the clock does.

    ``spent`` is in redemptions that stand; ``owed`` of it a void of the award could not take; ``lapsed`` has expired.
    """

    entry_id: EntryId
    since: datetime
    left: int
    spent: int = 0
    owed: int = 0
    lapsed: int = 0


Taken = Sequence[tuple[EntryId, int]]
"""How much of which lot, oldest lot first."""


def lots_of(unit: Unit, entries: Sequence[Entry]) -> "Lots":
    """Of the card that the newest of these entries is on, with what was merged into it."""
    piles: dict[CardId, Lots] = defaultdict(lambda: Lots(unit))
    leaving: dict[EntryId, Lots] = {}
    for entry in entries:
        if entry.kind is EntryKind.MERGED_OUT:
            leaving[entry.entry_id] = piles.pop(entry.card_id, Lots(unit))
        elif entry.kind is EntryKind.MERGED_IN:
            piles[entry.card_id].absorb(leaving.pop(entry.related_entry_id or EntryId(""), Lots(unit)))
        else:
            piles[entry.card_id].apply(entry)
    return piles[entries[-1].card_id] if entries else Lots(unit)


class Lots:
    """The lots of one unit on one card, oldest first, after the entries applied so far."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._lots: dict[EntryId, Lot] = {}
        self._balance = 0
        self._begun_at: datetime | None = None
        self._redeemed: dict[EntryId, Taken] = {}
        self._latest: datetime | None = None
        self.expired: set[EntryId] = set()
        """Lots whose time had come when something expired, whether or not anything was left in them then."""

    @property
    def all(self) -> list[Lot]:
        return list(self._lots.values())

    @property
    def open(self) -> list[Lot]:
        return [lot for lot in self._lots.values() if lot.left]

    def returning(self, redemption: EntryId) -> Taken:
        """How much a void of the redemption may give back to each lot, as far as that has not expired meanwhile."""
        taken_from = self._redeemed.get(redemption, ())
        return [(entry_id, taken - min(taken, self._lots[entry_id].owed)) for entry_id, taken in taken_from]

    @property
    def held_since(self) -> datetime:
        """Since when there is a balance, whatever was added to it and corrected in between; there must be one."""
        return min(filter(None, (self._begun_at, self.open[0].since)))

    def lot(self, entry_id: EntryId) -> Lot:
        return self._lots[entry_id]

    def apply(self, entry: Entry) -> None:
        """Takes one more entry into account, in the order in which they were appended."""
        kind, delta = KINDS[entry.kind], entry.delta(self.unit)
        if kind.opens_lot and delta > 0:
            self._add(entry, delta)
        elif entry.kind is EntryKind.REDEMPTION_VOIDED:
            self._give_back(entry, delta)
        elif entry.kind is EntryKind.STAMP_VOIDED and entry.related_entry_id is None:
            newest_first = [*reversed(self._lots.values())]
            self._take(-delta, newest_first)
            _owe(newest_first, entry.shortfall(self.unit))
        elif kind.is_void:
            own = [lot for lot in self._lots.values() if lot.entry_id == entry.related_entry_id]
            self._take(-delta, [*own, *self._lots.values()])
            _owe(own, entry.shortfall(self.unit))
        elif delta < 0:
            taken = self._take(-delta, self._lots.values())
            if kind.is_redemption:
                self._redeem(entry, taken)
            if kind.is_expiry:
                self._expire(entry, taken)
        self._balance += delta

    def absorb(self, other: "Lots") -> None:
        """All that another card had."""
        lots = sorted([*self._lots.values(), *other._lots.values()], key=lambda lot: lot.since)
        self._lots = {lot.entry_id: lot for lot in lots}
        with_any = [each for each in (self, other) if each._balance] or [self, other]
        self._begun_at = min(filter(None, (each._begun_at for each in with_any)), default=None)
        self._balance += other._balance
        self._redeemed |= other._redeemed
        self.expired |= other.expired
        self._latest = max(filter(None, (self._latest, other._latest)), default=None)

    def _add(self, entry: Entry, count: int) -> None:
        since = self._not_before(entry.occurred_at)
        self._lots[entry.entry_id] = Lot(entry.entry_id, since, count)
        if not self._balance:
            self._begun_at = since

    def _redeem(self, redemption: Entry, taken: Taken) -> None:
        self._redeemed[redemption.entry_id] = taken
        for entry_id, count in taken:
            self._lots[entry_id].spent += count

    def _give_back(self, entry: Entry, count: int) -> None:
        for entry_id, taken in reversed(self._redeemed.get(entry.related_entry_id or EntryId(""), ())):
            lot = self._lots[entry_id]
            owed = min(taken, lot.owed)
            given = min(taken - owed, count)
            lot.spent -= taken
            lot.owed -= owed
            lot.left += given
            count -= given

    def _expire(self, expiry: Entry, taken: Taken) -> None:
        for entry_id, count in taken:
            self._lots[entry_id].lapsed += count
        self._not_before(expiry.occurred_at)
        for entry_id in self._lots:
            self.expired.add(entry_id)
            if entry_id == expiry.related_entry_id:
                return

    def _not_before(self, occurred_at: datetime) -> datetime:
        self._latest = occurred_at if self._latest is None else max(self._latest, occurred_at)
        return self._latest

    def _take(self, count: int, lots: Iterable[Lot]) -> Taken:
        taken = []
        for lot in lots:
            part = min(lot.left, count)
            if part:
                lot.left -= part
                count -= part
                taken.append((lot.entry_id, part))
        return taken


def _owe(lots: Iterable[Lot], shortfall: int) -> None:
    """Notes on the lots what a void could not take of them because it was spent."""
    for lot in lots:
        part = min(lot.spent - lot.owed, shortfall)
        lot.owed += part
        shortfall -= part

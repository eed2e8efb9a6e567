"""Deliveries that wait for their turn: a line for each address, so that nobody waits for anybody else's."""

from bisect import insort
from datetime import UTC, datetime, timedelta

from bot.telegram.pacing import Pacer
from domain.delivery import Delivery
from domain.ids import MessageId

LINE_PATIENCE = timedelta(seconds=30)
"""An older message to the same address is waited for until so long after it was due again; then no longer."""
A_MOMENT = timedelta(milliseconds=1)


class Lines:
    """Leased deliveries that may go as soon as their address may get them, one at a time to an address."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._lines: dict[str, list[Delivery]] = {}
        self._busy: set[str] = set()
        self._held: set[tuple[MessageId, str]] = set()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._held)

    def holds(self, delivery: Delivery) -> bool:
        return delivery.key in self._held

    def add(self, delivery: Delivery) -> None:
        insort(self._lines.setdefault(delivery.address, []), delivery, key=_rank)
        self._held.add(delivery.key)

    def seconds_for_another(self, address: str) -> float:
        """How long one more to this address would wait here."""
        ahead = len(self._lines.get(address, ())) + (address in self._busy)
        return self._pacer.wait_in(address) + ahead * self._pacer.interval_in(address)

    def take_next(self) -> Delivery | None:
        """The most urgent of all whose address may get one now: transactional before marketing, then the oldest. Its
        address gets no other until ``landed``."""
        free = [one for one in self._lines if one not in self._busy and not self._pacer.wait_in(one)]
        if not free:
            return None
        address = min(free, key=lambda one: _rank(self._lines[one][0]))
        delivery = self._lines[address].pop(0)
        self._busy.add(address)
        self._forget(address, [delivery])
        return delivery

    def landed(self, address: str) -> None:
        """The delivery that was taken for this address has ended, whether it was made or not."""
        self._busy.discard(address)

    def take_all(self, address: str) -> list[Delivery]:
        """Takes all that waits for this address."""
        taken = list(self._lines.get(address, ()))
        self._lines[address] = []
        self._forget(address, taken)
        return taken

    def let_go(self) -> None:
        """Drops all that waits here, because other processes have it."""
        self._lines.clear()
        self._held.clear()

    def seconds_until_next(self) -> float | None:
        """Seconds until an address may get what waits for it; None when a delivery must end or come first."""
        waits = [self._pacer.wait_in(one) for one in self._lines if one not in self._busy]
        return min(waits, default=None)

    def _forget(self, address: str, taken: list[Delivery]) -> None:
        self._held.difference_update(delivery.key for delivery in taken)
        if not self._lines[address]:
            del self._lines[address]


class GoneBack:
    """Deliveries that went back to the outbox until their address may get them: newer ones to the address come behind
    them. When a clock that was ahead is put right, the times by that clock are forgotten."""

    def __init__(self) -> None:
        self._due_at: dict[str, dict[MessageId, datetime]] = {}
        self._asked_at = datetime.min.replace(tzinfo=UTC)

    def add(self, delivery: Delivery, not_before: datetime, now: datetime, step: timedelta) -> datetime:
        """When it is due again: ``step`` behind the older ones that wait there for the same address."""
        behind = [due_at + max(step, A_MOMENT) for due_at in self._older(delivery, now)]
        due_at = max([not_before, *behind])
        self._due_at.setdefault(delivery.address, {})[delivery.message_id] = due_at
        return due_at

    def holds_up(self, delivery: Delivery, now: datetime) -> bool:
        """Whether an older one to the same address is still there."""
        return bool(self._older(delivery, now))

    def came(self, delivery: Delivery) -> None:
        line = self._due_at.get(delivery.address, {})
        line.pop(delivery.message_id, None)
        if not line:
            self._due_at.pop(delivery.address, None)

    def _older(self, delivery: Delivery, now: datetime) -> list[datetime]:
        """When the older ones are due again, without those that have not come back for LINE_PATIENCE."""
        if now < self._asked_at:
            self._due_at.clear()
        self._asked_at = now
        return [
            due_at
            for message_id, due_at in self._due_at.get(delivery.address, {}).items()
            if message_id < delivery.message_id and now < due_at + LINE_PATIENCE
        ]


def _rank(delivery: Delivery) -> tuple[bool, MessageId]:
    return delivery.is_marketing, delivery.message_id

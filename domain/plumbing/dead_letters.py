"""Dead letters, reported to the operators once: updates that cannot be handled, messages that cannot be read."""

from collections.abc import Sequence

from domain.delivery import Delivery
from domain.ids import BotId, UpdateId
from domain.ports import Upkeep
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetters:
    """Each with its error, oldest first. The error of an update contains the reference that its sender was given."""

    bot_id: BotId
    updates: Sequence[tuple[UpdateId, str]] = ()
    deliveries: Sequence[tuple[Delivery, str]] = ()

    def __len__(self) -> int:
        return len(self.updates) + len(self.deliveries)


def unreported(*, tx: Upkeep, query: BotId) -> DeadLetters:
    """What the operators were not told of yet."""
    updates, deliveries = tx.unreported_updates(query), tx.unreported_deliveries(query)
    return DeadLetters(bot_id=query, updates=updates, deliveries=deliveries)


def reported(*, tx: Upkeep, command: DeadLetters) -> None:
    for update_id, _ in command.updates:
        tx.update_reported(command.bot_id, update_id)
    for delivery, _ in command.deliveries:
        tx.delivery_reported(delivery)

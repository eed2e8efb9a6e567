"""Updates that could not be handled, told to the operators once."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.ids import BotId, UpdateId
from domain.plumbing.inbox import UpdateRef
from domain.ports import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """``error`` is the reference its sender was given and the class of what went wrong."""

    update_id: UpdateId
    error: str


def unreported_updates(*, tx: Tx, query: BotId) -> Sequence[DeadLetter]:
    """What the operators have not been told of, oldest first."""
    return [DeadLetter(update_id=update_id, error=error) for update_id, error in tx.unreported_updates(query)]


def updates_reported(*, tx: Tx, command: Sequence[UpdateRef]) -> None:
    for update in command:
        tx.update_reported(update.bot_id, update.update_id)

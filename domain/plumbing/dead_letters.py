"""Updates that could not be handled, told to the operators once."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.ids import BotId, UpdateId
from domain.ports import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """``error`` is the reference its sender was given and the class of what went wrong."""

    update_id: UpdateId
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    bot_id: BotId
    update_ids: Sequence[UpdateId]


def unreported_updates(*, tx: Tx, query: BotId) -> Sequence[DeadLetter]:
    """What the operators have not been told of, oldest first."""
    return [DeadLetter(update_id=update_id, error=error) for update_id, error in tx.unreported_updates(query)]


def updates_reported(*, tx: Tx, command: Reported) -> None:
    for update_id in command.update_ids:
        tx.update_reported(command.bot_id, update_id)

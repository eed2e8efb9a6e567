"""Updates are kept before Telegram may forget them, and until they are answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.ids import BotId, UpdateId
from domain.ports import Inbox
from domain.update import ReceivedUpdate


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRef:
    bot_id: BotId
    update_id: UpdateId


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFailure:
    """``for_good`` keeps the update aside for the operator instead of for another try."""

    bot_id: BotId
    update_id: UpdateId
    error: str
    for_good: bool


def receive_updates(*, tx: Inbox, command: Sequence[ReceivedUpdate]) -> Sequence[bool]:
    """For each update whether it is new, False when it was received before."""
    return [tx.receive(update) for update in command]


def finish_updates(*, tx: Inbox, command: Sequence[UpdateRef]) -> None:
    """The updates were answered; their content is dropped."""
    for update in command:
        tx.update_done(update.bot_id, update.update_id)


def fail_update(*, tx: Inbox, command: UpdateFailure) -> None:
    """Handling this update has failed once more."""
    tx.update_failed(command.bot_id, command.update_id, command.error, for_good=command.for_good)


def begin_update(*, tx: Inbox, command: UpdateRef) -> None:
    """Notes that the update is under way, in case it ends the process."""
    tx.update_failed(command.bot_id, command.update_id, "under way", for_good=False)


def put_back_update(*, tx: Inbox, command: UpdateRef) -> None:
    """It is not under way any more, and has not ended the process; another try may follow."""
    tx.update_put_back(command.bot_id, command.update_id)


def unfinished_updates(*, tx: Inbox, query: BotId) -> Sequence[ReceivedUpdate]:
    """What a crash left to do, in the order in which Telegram sent it. ``attempts`` is how often it was noted that
    one was under way, in as many lives of the process."""
    return tx.unfinished_updates(query)

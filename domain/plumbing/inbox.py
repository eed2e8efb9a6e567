"""Updates are kept before Telegram may forget them, and until they are answered."""

from collections.abc import Collection, Sequence

from domain.ids import BotId, UpdateId
from domain.ports import Inbox, Upkeep
from domain.quick import dataclass, quick
from domain.update import Kept, ReceivedUpdate


@quick
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


def receive_updates(*, tx: Inbox, command: Sequence[ReceivedUpdate]) -> Sequence[Kept]:
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
    """What this process has to do."""
    return tx.unfinished_updates(query)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledFor:
    """``known`` are those that are under way."""

    bot_id: BotId
    known: Collection[UpdateId]
    limit: int


def updates_called_for(*, tx: Inbox, query: CalledFor) -> Sequence[ReceivedUpdate]:
    """What other processes have received for this one."""
    return tx.updates_called_for(query.bot_id, query.known, query.limit)


def is_something_left(*, tx: Upkeep, query: BotId) -> bool:
    """Whether a process that is not at work any more has something yet."""
    return tx.has_nobodys_updates(query) or tx.has_nobodys_deliveries(query)


def take_over(*, tx: Upkeep, command: BotId) -> Sequence[ReceivedUpdate]:
    """What whoever is not at work any more has left to do, in the order in which Telegram sent it. ``attempts`` is
    how often it was noted that an update was under way, in as many lives of processes. What was being delivered is
    anybody's."""
    tx.release_nobodys_deliveries(command)
    tx.release_nobodys_passes(command)
    return tx.take_nobodys_updates(command)

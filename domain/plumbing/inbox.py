"""Updates are kept from before Telegram may forget them until they are answered."""

from collections.abc import Collection, Sequence

from domain.ids import BotId, UpdateId
from domain.ports import Inbox, Upkeep
from domain.quick import dataclass
from domain.update import Kept, ReceivedUpdate


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
    tx.update_failed(command.bot_id, command.update_id, command.error, for_good=command.for_good)


def begin_update(*, tx: Inbox, command: UpdateRef) -> None:
    """Notes that the update is under way, in case handling it ends the process."""
    tx.update_failed(command.bot_id, command.update_id, "under way", for_good=False)


def put_back_update(*, tx: Inbox, command: UpdateRef) -> None:
    """The update is no longer under way and has not ended the process; it may be tried again."""
    tx.update_put_back(command.bot_id, command.update_id)


def unfinished_updates(*, tx: Inbox, query: BotId) -> Sequence[ReceivedUpdate]:
    """The updates that this process has to handle."""
    return tx.unfinished_updates(query)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledFor:
    """``known`` are the updates that are already under way."""

    bot_id: BotId
    known: Collection[UpdateId]
    limit: int


def updates_called_for(*, tx: Inbox, query: CalledFor) -> Sequence[ReceivedUpdate]:
    """The updates that other processes received for this one."""
    return tx.updates_called_for(query.bot_id, query.known, query.limit)


def is_something_left(*, tx: Upkeep, query: BotId) -> bool:
    """Whether a process that is not at work any more has left updates or deliveries."""
    return tx.has_nobodys_updates(query) or tx.has_nobodys_deliveries(query)


def take_over(*, tx: Upkeep, command: BotId) -> Sequence[ReceivedUpdate]:
    """Takes over the unfinished updates of processes that are not at work any more, in the order in which Telegram
    sent them. ``attempts`` is how often an update was noted as under way, over all these processes. The deliveries
    and passes that those processes had leased are released to anybody."""
    tx.release_nobodys_deliveries(command)
    tx.release_nobodys_passes(command)
    return tx.take_nobodys_updates(command)

"""Updates are kept before Telegram may forget them, and until they are answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.ids import BotId, UpdateId
from domain.ports import Inbox
from domain.update import ReceivedUpdate

REPLAYS_MAX = 10


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    to_do: Sequence[ReceivedUpdate]
    kept_aside: int


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


def replay_updates(*, tx: Inbox, command: BotId) -> Replay:
    """What a crash left to do, in the order in which Telegram sent it.

    An update that was under way in too many crashes may be their cause and is kept aside.
    """
    to_do, kept_aside = [], 0
    for update in tx.unfinished_updates(command):
        for_good = update.attempts >= REPLAYS_MAX
        tx.update_failed(command, update.update_id, "interrupted", for_good=for_good)
        if for_good:
            kept_aside += 1
        else:
            to_do.append(update)
    return Replay(to_do=to_do, kept_aside=kept_aside)

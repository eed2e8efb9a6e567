"""Throwing away what is over."""

from dataclasses import dataclass
from datetime import timedelta

from domain.ids import BotId
from domain.ports import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHouse:
    """``updates_kept`` is how long an update stays after it was done, so that it is known if it comes again;
    ``kept_aside_kept`` how long one that could not be handled stays for the operators."""

    bot_id: BotId
    updates_kept: timedelta
    kept_aside_kept: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrownAway:
    updates: int
    dialogues: int
    leases: int


def keep_house(*, tx: Tx, command: KeepHouse) -> ThrownAway:
    done = tx.forget_updates(tx.now - command.updates_kept)
    kept_aside = tx.forget_kept_aside(command.bot_id, tx.now - command.kept_aside_kept)
    return ThrownAway(
        updates=done + kept_aside,
        dialogues=tx.end_lapsed_dialogues(),
        leases=tx.end_lapsed_leases(command.bot_id),
    )

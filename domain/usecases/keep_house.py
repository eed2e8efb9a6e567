"""Throwing away what is over."""

from dataclasses import dataclass
from datetime import timedelta

from domain.ports import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHouse:
    """``updates_kept`` is how long an update stays after it was done, so that it is known if it comes again."""

    updates_kept: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrownAway:
    updates: int
    dialogues: int


def keep_house(*, tx: Tx, command: KeepHouse) -> ThrownAway:
    return ThrownAway(
        updates=tx.forget_updates(tx.now - command.updates_kept), dialogues=tx.end_lapsed_dialogues()
    )

"""Throwing away what is over."""

from dataclasses import dataclass
from datetime import timedelta

from domain.ids import BotId
from domain.mailbox import CODES_PERIOD
from domain.ports import Upkeep


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHouse:
    """``update_retention`` is how long an update stays after it was done, so that it is known if it comes again;
    ``dead_letter_retention`` how long one that could not be handled stays for the operators."""

    bot_id: BotId
    update_retention: timedelta
    dead_letter_retention: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrownAway:
    updates: int
    dialogues: int
    leases: int


def keep_house(*, tx: Upkeep, command: KeepHouse) -> ThrownAway:
    tx.forget_mail_codes(tx.now - CODES_PERIOD)
    done = tx.forget_updates(tx.now - command.update_retention)
    kept_aside = tx.forget_dead_letters(command.bot_id, tx.now - command.dead_letter_retention)
    return ThrownAway(
        updates=done + kept_aside,
        dialogues=tx.end_lapsed_dialogues(),
        leases=tx.end_lapsed_leases(command.bot_id),
    )

"""Deleting what is no longer needed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.ids import BotId
from domain.mailbox import CODES_PERIOD
from domain.ports import Personal, Upkeep
from domain.printed import ADOPTION_KEPT, MAILED_HOLDS
from domain.quick import dataclass, replace
from domain.wallet import VOIDED_RETENTION

MAILED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHouse:
    """``update_retention`` is how long an update is kept after it was done, so that it is recognised if it comes
    again; ``dead_letter_retention`` is how long a dead letter is kept for the operators."""

    bot_id: BotId
    update_retention: timedelta
    dead_letter_retention: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrownAway:
    updates: int
    dialogues: int
    leases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOld:
    """``after`` is the last key that was found before."""

    before: datetime
    after: tuple[str, str] = ("", "")
    limit: int = 1_000


Keys = Sequence[tuple[str, str]]
"""A merchant's id, and the key of the row within that merchant."""


def old_messages(*, tx: Personal, query: FindOld) -> Keys:
    """Messages whose content and recipient are still kept."""
    return tx.old_messages(query.before, query.after, query.limit)


def forget_messages(*, tx: Personal, command: Keys) -> None:
    """Forgets content and recipient; that and when they were sent is kept."""
    tx.forget_messages(command)


def old_operations(*, tx: Personal, query: FindOld) -> Keys:
    """Operations whose input is still kept."""
    return tx.old_operations(query.before, query.after, query.limit)


def forget_operations(*, tx: Personal, command: Keys) -> None:
    """Forgets the input. The key stays with its entry, so that it can never have another effect."""
    tx.forget_operations(command)


def forget_hashes(*, tx: Personal, command: datetime) -> int:
    """Deletes the account hashes of erasures before then."""
    return tx.forget_hashes(command)


def keep_house(*, tx: Upkeep, command: KeepHouse) -> ThrownAway:
    tx.forget_mail_codes(tx.now - CODES_PERIOD)
    tx.forget_passes(tx.now - VOIDED_RETENTION)
    tx.forget_adoptions(tx.now - ADOPTION_KEPT)
    for blank in tx.mailed_before(tx.now - MAILED_HOLDS, MAILED_AT_ONCE):
        tx.save_blank(replace(blank, withdrawn_at=tx.now, address=None))
    done = tx.forget_updates(tx.now - command.update_retention)
    kept_aside = tx.forget_dead_letters(command.bot_id, tx.now - command.dead_letter_retention)
    return ThrownAway(
        updates=done + kept_aside,
        dialogues=tx.end_lapsed_dialogues(),
        leases=tx.end_lapsed_leases(command.bot_id),
    )

"""Bonuses that the shop gives without an act at the counter, with an end of their own."""

from collections.abc import Callable
from datetime import date

from domain.card import Holding
from domain.ids import MessageId, OperationKey
from domain.kinds import EntryKind
from domain.messages import Facts, MessageKind
from domain.ports import Posting
from domain.rules.closing import while_open
from domain.rules.closures import calendar_of
from domain.rules.expiry import dated_end, end_after
from domain.usecases.unasked import post_unasked


def give_bonus(
    tx: Posting,
    held: Holding,
    kind: EntryKind,
    count: int,
    key: OperationKey,
    told: MessageKind,
    facts: Callable[[date], Facts],
) -> MessageId | None:
    """Gives a bonus that is good for the program's ``bonus_days``, closed days not counted. The message is made by
    ``facts`` from its last day, which is never after the shop's. None where the key was used before."""
    if tx.operation(held.card.merchant_id, key) is not None:
        return None
    unit, calendar = held.program.bonus_unit, calendar_of(held.merchant, held.customer)
    expires_at = end_after(held.program.bonus_days, tx.now, calendar.timezone)
    last_day = calendar.last_day_before(dated_end(tx.now, expires_at, calendar))
    said = facts(while_open(held.merchant, last_day))
    card = held.card.plus(unit, count)
    _, entry = post_unasked(tx, held, card, kind, key, (told, said), expires_at=expires_at)
    return MessageId(entry.entry_id)

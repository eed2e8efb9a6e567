"""Appends an entry that no staff asked for, with the message that tells the customer."""

from typing import Any

from domain.card import Card, Holding
from domain.entry import Entry
from domain.expiry import Due
from domain.ids import MessageId, OperationKey
from domain.kinds import KINDS, EntryKind
from domain.messages import Facts, MessageKind
from domain.ports import Expiries, Posting
from domain.rules.closures import calendar_of
from domain.rules.expiry import announced, with_lots
from domain.rules.expiry_warnings import Warned, combined
from domain.usecases.posting import append, draft
from domain.usecases.receipts import announce_rewards, end_notices
from domain.usecases.sending import send


def post_unasked(
    tx: Posting,
    held: Holding,
    card: Card,
    kind: EntryKind,
    key: OperationKey,
    told: tuple[MessageKind, Facts],
    **more: Any,
) -> tuple[Card, Entry]:
    """Appends the entry that turns ``held.card`` into ``card``; returns the card as it is then, and the entry.

    The message ``told`` bears the id of the entry, so that ``verify`` finds it. A reward that ``card`` has
    become good for is announced as well. ``more`` are fields of the entry: what it adds ends at its ``expires_at``
    where that is given; the message says so, and where the end is near it is also the warning of it.
    """
    entry = draft(tx, held, card, kind, key, **more)
    if (KINDS[kind].is_void or KINDS[kind].ends_reward) and held.card.has_dated:
        entry = with_lots(
            entry, tx.history_of(held.card), held.program, calendar_of(held.merchant, held.customer)
        )
    card = append(tx, held, card, entry, kind.value)
    message_id = MessageId(entry.entry_id)
    send(tx, card.merchant_id, held.customer.account, *told, message_id)
    _note_warning(tx, held, card, entry, message_id)
    announce_rewards(tx, held, card, entry)
    end_notices(tx, held, card, entry)
    return card, entry


def _note_warning(tx: Expiries, held: Holding, card: Card, entry: Entry, message_id: MessageId) -> None:
    expires_at = announced(entry, calendar_of(held.merchant, held.customer))
    if expires_at is None:
        return
    unit, due = entry.unit, Due(entry.unit)
    said = Warned(
        count=entry.delta(unit), written_at=tx.now, delivered_at=None, given_up=False, message_id=message_id
    )
    both = combined(tx.warned(card, due, expires_at), said)
    tx.carry_warning(card, due, expires_at, both)

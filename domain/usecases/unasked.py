"""Appending an entry that no staff asked for, with the message that tells the customer."""

from dataclasses import dataclass

from domain.card import Card, Holding
from domain.entry import EntryKind
from domain.ids import EntryId, MessageId, OperationKey
from domain.messages import Facts, MessageKind
from domain.ports import Tx
from domain.usecases.posting import announce_rewards, append, draft, send


@dataclass(frozen=True, slots=True)
class Announcement:
    kind: MessageKind
    facts: Facts


def post_unasked(
    tx: Tx,
    held: Holding,
    card: Card,
    kind: EntryKind,
    announcement: Announcement,
    key: OperationKey,
    related_entry_id: EntryId | None = None,
) -> Card:
    """Appends the entry that turns ``held.card`` into ``card``; returns it as it is then.

    A reward that ``card`` has become good for is announced. The message bears the id of the entry, so that ``verify``
    finds it.
    """
    store_id = held.customer.joined_store_id if kind is EntryKind.WELCOME_BONUS else None
    entry = draft(tx, held, card, kind, key, store_id=store_id, related_entry_id=related_entry_id)
    card = append(tx, held, card, entry)
    tx.record_operation(entry, kind.value)
    message_id = MessageId(entry.entry_id)
    send(tx, card.merchant_id, held.customer.account, announcement.kind, announcement.facts, message_id)
    announce_rewards(tx, held, entry)
    return card

"""Appending an entry that no staff asked for, with the message that tells the customer."""

from datetime import datetime

from domain.card import Card, Holding
from domain.ids import EntryId, MessageId, OperationKey, StoreId
from domain.kinds import EntryKind
from domain.messages import Facts, MessageKind
from domain.ports import Posting
from domain.usecases.posting import announce_rewards, append, draft, send


def post_unasked(
    tx: Posting,
    held: Holding,
    card: Card,
    kind: EntryKind,
    key: OperationKey,
    announced: tuple[MessageKind, Facts],
    *,
    store_id: StoreId | None = None,
    related_entry_id: EntryId | None = None,
    expires_at: datetime | None = None,
) -> Card:
    """Appends the entry that turns ``held.card`` into ``card``; returns it as it is then.

    What is ``announced`` bears the id of the entry, so that ``verify`` finds it. A reward that ``card`` has become
    good for is announced as well. What it adds ends at ``expires_at`` where that is given.
    """
    more = {"store_id": store_id, "related_entry_id": related_entry_id, "expires_at": expires_at}
    entry = draft(tx, held, card, kind, key, **more)
    card = append(tx, held, card, entry)
    tx.record_operation(entry, kind.value)
    message_id = MessageId(entry.entry_id)
    send(tx, card.merchant_id, held.customer.account, *announced, message_id)
    announce_rewards(tx, held, card, entry)
    return card

"""Appending an entry that no staff asked for, with the message that tells the customer."""

from dataclasses import replace

from domain.card import Card, Holding
from domain.entry import Entry
from domain.ids import EntryId, MessageId, OperationKey, StoreId
from domain.kinds import EntryKind
from domain.messages import Facts, MessageKind
from domain.ports import Tx
from domain.rules.days import local_date
from domain.usecases.once import Outcome
from domain.usecases.posting import announce_rewards, send, with_expiry


def post_unasked(
    tx: Tx,
    held: Holding,
    card: Card,
    kind: EntryKind,
    key: OperationKey,
    announced: tuple[MessageKind, Facts],
    *,
    store_id: StoreId | None = None,
    related_entry_id: EntryId | None = None,
) -> Card:
    """Appends the entry that turns ``held.card`` into ``card``; returns it as it is then.

    What is ``announced`` bears the id of the entry, so that ``verify`` finds it. A reward that ``card`` has become
    good for is announced as well.
    """
    entry = Entry(
        merchant_id=card.merchant_id,
        entry_id=EntryId(tx.new_id()),
        card_id=card.card_id,
        entry_no=held.card.entry_count + 1,
        store_id=store_id,
        staff_id=None,
        kind=kind,
        stamps_delta=card.stamp_count - held.card.stamp_count,
        stamps_balance_after=card.stamp_count,
        points_delta=card.points_balance - held.card.points_balance,
        points_balance_after=card.points_balance,
        stamps_shortfall=0,
        points_shortfall=0,
        amount_minor=None,
        program_version=held.program.version,
        reward=None,
        note=None,
        related_entry_id=related_entry_id,
        operation_key=key,
        origin=None,
        local_date=local_date(tx.now, held.merchant.timezone),
        occurred_at=tx.now,
    )
    card = replace(card, entry_count=entry.entry_no)
    card = with_expiry(tx, card, entry, held.program, held.merchant.timezone)
    tx.append(card, entry)
    tx.record_outcome(card.merchant_id, key, kind.value, Outcome())
    message_id = MessageId(entry.entry_id)
    send(tx, card.merchant_id, held.customer.account, *announced, message_id)
    announce_rewards(tx, held, card)
    return card

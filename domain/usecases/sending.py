"""Puts a message into the outbox, with a delivery for each channel and address."""

from domain.account import Account
from domain.delivery import addresses_of, is_posted
from domain.ids import MerchantId, MessageId
from domain.messages import Facts, Message, MessageKind
from domain.ports import Outbox


def send(
    tx: Outbox,
    merchant_id: MerchantId,
    recipient: Account,
    kind: MessageKind,
    facts: Facts,
    message_id: MessageId | None = None,
) -> MessageId:
    message = Message(
        merchant_id=merchant_id,
        message_id=message_id or MessageId(tx.new_id()),
        kind=kind,
        recipient=recipient,
        facts=facts,
        created_at=tx.now,
    )
    post = tx.post_of(recipient) if is_posted(message, tx.channels_on) else None
    tx.enqueue(message, addresses_of(message, tx.channels_on, post))
    return message.message_id

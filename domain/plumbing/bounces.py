"""Mail that a relay took and that came back: it told nobody anything, and its address may take none."""

from collections.abc import Callable
from enum import StrEnum

from domain.delivery import MessageUnreadable
from domain.ids import BotId, MerchantId, MessageId
from domain.plumbing.outbox import reader_of, refuse_mailbox, tell_otherwise
from domain.ports import Returns
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A message that this bot sent by mail, given up for good. ``status`` is why (RFC 3463), ``is_of_address`` that
    this is for the address, and no matter of message or sender; ``went_to`` tells whether it was this one."""

    bot_id: BotId
    merchant_id: MerchantId
    message_id: MessageId
    status: str
    is_of_address: bool
    went_to: Callable[[str], bool]


class Returned(StrEnum):
    """What was made of it."""

    MARKED = "marked"
    NOTED = "noted"
    NOT_OURS = "not_ours"


def mail_came_back(*, tx: Returns, command: CameBack) -> Returned:
    """What was told by it goes over another channel, where there is one, and was not said in time for anything to
    expire by it; what has expired already, has. An address that was proved again since is none that takes no mail."""
    delivery = tx.mailed(command.bot_id, command.merchant_id, command.message_id)
    if delivery is None:
        return Returned.NOT_OURS
    try:
        message = tx.message(command.merchant_id, command.message_id)
    except MessageUnreadable:
        return Returned.NOT_OURS
    has_told = tx.has_expired_by(message.merchant_id, message.message_id)
    if tx.delivery_returned(delivery, f"came back {command.status}", has_told=has_told) and not has_told:
        tell_otherwise(tx, delivery)
    post = tx.post_of(reader_of(delivery))
    if post is None or not command.is_of_address or not command.went_to(post.mailbox.address):
        return Returned.NOTED
    if post.mailbox.verified_at > message.created_at:
        return Returned.NOTED
    refuse_mailbox(tx, message.merchant_id, post.mailbox)
    return Returned.MARKED

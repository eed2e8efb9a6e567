"""Mail that a relay accepted and that came back: its reader was not told, and its address may be unable to take
mail."""

from collections.abc import Callable
from enum import StrEnum

from domain.account import Account
from domain.delivery import MessageUnreadable
from domain.ids import BotId, MerchantId, MessageId, TokenHash
from domain.messages import MailCodeRefused, MessageKind
from domain.plumbing.outbox import reader_of, refuse_mailbox, tell_in_chat, tell_otherwise
from domain.ports import Returns
from domain.quick import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A message that this bot sent by mail came back for good. ``status`` is the reason (RFC 3463). ``is_of_address``
    says that the reason is the address, not the message or the sender; ``went_to`` tells whether the mail went to an
    address."""

    bot_id: BotId
    merchant_id: MerchantId
    message_id: MessageId
    status: str
    is_of_address: bool
    went_to: Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCameBack:
    """Mail with a code, found by ``mail_hash``, that the relay refused or could not deliver for good;
    ``is_of_address`` as in ``CameBack``. ``is_told`` says that the person who typed the address still waits for an
    answer, which tells them."""

    bot_id: BotId
    mail_hash: TokenHash
    is_of_address: bool
    is_told: bool = False


class Returned(StrEnum):
    """What was done with a report."""

    MARKED = "marked"
    NOTED = "noted"
    NOT_OURS = "not_ours"


def mail_came_back(*, tx: Returns, command: CameBack) -> Returned:
    """The message goes over another channel, where there is one, and counts as never delivered, so that nothing
    expires because of it; what has already expired stays expired. Where the reason is the address, the mailbox is
    marked as taking no mail, unless the address was proved again since then."""
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


def code_came_back(*, tx: Returns, command: CodeCameBack) -> Returned:
    """Voids the code, so that the next one may be sent at once. The person who typed the address is told in the chat,
    unless another code has replaced this one or it was typed all the same. Where the reason is the address, and it is
    already the account's mailbox, which includes that of a guest, the mailbox is marked as taking no mail instead."""
    code = tx.mail_code_in(command.bot_id, command.mail_hash)
    if code is None:
        return Returned.NOT_OURS
    if code.address is None:
        return Returned.NOTED
    tx.save_mail_code(replace(code, address=None, code_hash=None, refused_at=tx.now))
    post, shop = tx.post_of(code.account), _shop_of(tx, code.account)
    is_mailbox = post is not None and post.mailbox.takes_mail and post.mailbox.address == code.address
    if post is not None and is_mailbox and command.is_of_address:
        if shop is None:
            tx.save_mailbox(replace(post.mailbox, refused_at=tx.now))
        else:
            refuse_mailbox(tx, shop, post.mailbox)
    elif shop is not None and not command.is_told:
        tell_in_chat(tx, shop, code.account, MessageKind.MAIL_CODE_REFUSED, MailCodeRefused())
    return Returned.MARKED


def _shop_of(tx: Returns, account: Account) -> MerchantId | None:
    """A shop where the account has a card, because every message of the bot comes from a shop; None where there is
    none."""
    shops = tx.merchants_of(account)
    return next((each for each in shops if tx.customer_of(each, account) is not None), None)

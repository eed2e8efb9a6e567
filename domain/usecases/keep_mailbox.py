"""Where a person wants to be told: an address, proved by a code that was sent to it, and over which channels."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.account import Account
from domain.ids import OperationKey, TokenHash
from domain.mailbox import (
    CODE_AGAIN,
    CODE_HOLDS,
    CODE_TRIES_MAX,
    CODES_MAX,
    CODES_PERIOD,
    Mailbox,
    MailCode,
    Ways,
    parse_address,
)
from domain.ports import Addresses, Tx
from domain.quick import dataclass, replace
from domain.refusals import MailAddressMistyped, MailboxGone, MailCodeJustSent, MailCodeOver, MailCodesTooMany


@dataclass(frozen=True, slots=True, kw_only=True)
class AskMailCode:
    """``code_hash``, ``address_mark`` and ``mail_hash`` are made with the secret key; ``key`` is that of the typed
    message."""

    account: Account
    key: OperationKey
    address: str
    address_mark: str
    code_hash: str
    mail_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveMailCode:
    account: Account
    code_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseWays:
    account: Account
    ways: Ways


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """``mailbox`` is None for a wrong code, after which ``tries_left`` tries are left."""

    mailbox: Mailbox | None
    tries_left: int = 0


def see_mailbox(*, tx: Addresses, query: Account) -> Mailbox | None:
    post = tx.post_of(query)
    return post.mailbox if post else None


def lacks_mailbox(*, tx: Tx, query: Account) -> bool:
    """Whether an account with a card, which therefore gets messages, has no mailbox."""
    if tx.post_of(query) is not None:
        return False
    customers = (tx.customer_of(merchant_id, query) for merchant_id in tx.merchants_of(query))
    return any(customer is not None for customer in customers)


def ask_mail_code(*, tx: Addresses, command: AskMailCode) -> None:
    """Records that a code will be sent to an address, and ends earlier codes. The same key asks for the same code.
    Raises MailAddressMistyped, MailCodeJustSent, MailCodesTooMany."""
    if parse_address(command.address) != command.address:
        raise MailAddressMistyped
    codes = tx.mail_codes(command.account, command.address_mark, tx.now - CODES_PERIOD)
    own = [code for code in codes if code.account == command.account]
    if any(code.key == command.key for code in own):
        return
    there = [code for code in codes if code.address_mark == command.address_mark]
    until = max(free_at(own, tx.now), free_at(there, tx.now))
    if until > tx.now + CODE_AGAIN:
        raise MailCodesTooMany(hours=-((tx.now - until) // timedelta(hours=1)))
    if until > tx.now:
        raise MailCodeJustSent
    tx.end_mail_codes(command.account)
    tx.save_mail_code(
        MailCode(
            account=command.account,
            key=command.key,
            address_mark=command.address_mark,
            address=command.address,
            code_hash=command.code_hash,
            tries=0,
            asked_at=tx.now,
            mail_hash=command.mail_hash,
        )
    )


def prove_mail_code(*, tx: Addresses, command: ProveMailCode) -> Proved:
    """A wrong code is returned and not raised, since a refusal would undo the count of tries. Raises MailCodeOver."""
    code, post = tx.open_mail_code(command.account), tx.post_of(command.account)
    if code is None and post is not None and tx.now - post.mailbox.verified_at < CODE_HOLDS:
        return Proved(mailbox=post.mailbox)
    if code is None or code.address is None or code.code_hash is None or not code.is_open(tx.now):
        raise MailCodeOver
    tries_left = tries_left_after(tx, code, command.code_hash)
    if tries_left is not None:
        return Proved(mailbox=None, tries_left=tries_left)
    ways = post.mailbox.ways if post else Ways.BOTH
    mailbox = Mailbox(account=command.account, address=code.address, ways=ways, verified_at=tx.now)
    tx.save_mailbox(mailbox)
    tx.end_mail_codes(command.account)
    return Proved(mailbox=mailbox)


def tries_left_after(tx: Addresses, code: MailCode, typed_hash: str) -> int | None:
    """None where the right code was typed; a wrong one counts as a try."""
    if code.code_hash is not None and hmac.compare_digest(code.code_hash, typed_hash):
        return None
    tx.save_mail_code(replace(code, tries=code.tries + 1))
    return CODE_TRIES_MAX - code.tries - 1


def choose_ways(*, tx: Addresses, command: ChooseWays) -> Mailbox:
    """Raises MailboxGone."""
    post = tx.post_of(command.account)
    if post is None:
        raise MailboxGone
    mailbox = replace(post.mailbox, ways=command.ways)
    tx.save_mailbox(mailbox)
    return mailbox


def forget_mailbox(*, tx: Addresses, command: Account) -> None:
    tx.forget_mailbox(command)


def free_at(codes: Sequence[MailCode], now: datetime) -> datetime:
    """When another code may be sent. ``codes`` are the latest, newest first. One that could not be delivered counts
    towards the day's limit, but need not be waited for."""
    soonest = next((code.asked_at + CODE_AGAIN for code in codes if code.refused_at is None), now)
    return soonest if len(codes) < CODES_MAX else max(soonest, codes[CODES_MAX - 1].asked_at + CODES_PERIOD)

"""An owner closes a shop: its customers are told, and some weeks later all its data is deleted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.account import Account
from domain.ids import CustomerId, MerchantId
from domain.merchant import Merchant
from domain.messages import MessageKind, ShopClosing, ShopEnded
from domain.personal import Erasure, is_nobody
from domain.ports import Personal, Team, Terms, Tx
from domain.quick import dataclass, replace
from domain.refusals import ShopHasEnded
from domain.rights import Right
from domain.rules.closing import closes_on, ends_at, has_ended
from domain.staff import Staff
from domain.usecases.asking import asked_by
from domain.usecases.recording import record_closing
from domain.usecases.remove_staff import take_off
from domain.usecases.sending import send

CLOSES_AFTER = timedelta(days=30)
"""Time for customers to use what they have and to save their data, and for the owner to reconsider."""
ROWS_AT_ONCE = 2_000
TOLD_AT_ONCE = 300
"""Customers told in one transaction: few enough that nobody at a counter has to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseShop:
    """``account`` is None for the operator."""

    merchant_id: MerchantId
    account: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """``would_close_at`` is when the shop ends if it is closed now; the merchant says whether it already is. ``told``
    is how many of the customers are told because of this command."""

    merchant: Merchant
    customers: int
    would_close_at: datetime
    told: int = 0


def see_closing(*, tx: Tx, query: CloseShop) -> Closing:
    """Raises NotAllowed, MerchantNotFound."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.CLOSE_SHOP)
    return _closing(tx, merchant)


def close_shop(*, tx: Tx, command: CloseShop) -> Closing:
    """Closes the shop: nobody can join any more. Repeating it does nothing more. Raises NotAllowed,
    MerchantNotFound."""
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.CLOSE_SHOP)
    if merchant.closes_at is None:
        return _changed(tx, merchant, ends_at(merchant, tx.now + CLOSES_AFTER), member)
    return _closing(tx, merchant)


def keep_shop(*, tx: Tx, command: CloseShop) -> Closing:
    """Takes the closing back. Raises NotAllowed, MerchantNotFound, and ShopHasEnded, since a shop that has lost its
    team or a part of its data is not given back."""
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.CLOSE_SHOP)
    if has_ended(merchant, tx.now):
        raise ShopHasEnded(merchant_name=merchant.name)
    if merchant.closes_at is not None:
        return _changed(tx, merchant, None, member)
    return _closing(tx, merchant)


def _changed(tx: Tx, present: Merchant, closes_at: datetime | None, by: Staff | None) -> Closing:
    merchant = replace(present, closes_at=closes_at)
    tx.save_merchant(merchant)
    before, after = (str(closes_on(each) or "") for each in (present, merchant))
    record_closing(tx, merchant.merchant_id, by.staff_id if by else None, before, after)
    _tell(tx, merchant, by)
    closing = _closing(tx, merchant)
    return replace(closing, told=closing.customers)


def shops_to_end(*, tx: Terms, query: None) -> list[MerchantId]:  # noqa: ARG001
    """Closed shops whose end has come."""
    return [each.merchant_id for each in tx.merchants() if has_ended(each, tx.now)]


def dismiss_team(*, tx: Tx, command: MerchantId) -> int:
    """Ends everybody's work at a shop whose end has come, before its data is deleted, and tells each member once.
    Returns how many were told."""
    merchant = tx.merchant(command)
    if merchant is None or not has_ended(merchant, tx.now):
        return 0
    told = 0
    for member in tx.staff_of(command):
        if member.is_active and member.account is not None:
            take_off(tx, member)
            facts = ShopEnded(merchant_name=merchant.name)
            send(tx, command, member.account, MessageKind.SHOP_ENDED, facts)
            told += 1
    return told


def end_shop(*, tx: Tx, command: MerchantId) -> bool:
    """Deletes some of the shop's data, few enough rows that others may write in between; False once nothing is left.
    A shop that is gone is no error."""
    merchant = tx.merchant(command)
    if merchant is None or not has_ended(merchant, tx.now):
        return False
    tx.save_erasure(whole_shop(command, tx.now))
    return tx.delete_shop(command, ROWS_AT_ONCE)


def whole_shop(merchant_id: MerchantId, now: datetime) -> Erasure:
    """The erasure of all customers of a shop."""
    return Erasure(merchant_id=merchant_id, customer_id=CustomerId(""), erased_at=now, is_everywhere=False)


def _closing(tx: Personal, merchant: Merchant) -> Closing:
    customers = len(tx.accounts_of(merchant.merchant_id))
    would_close_at = ends_at(merchant, tx.now + CLOSES_AFTER)
    return Closing(merchant=merchant, customers=customers, would_close_at=would_close_at)


def shops_telling(*, tx: Personal, query: None) -> Sequence[MerchantId]:  # noqa: ARG001
    """Shops whose customers are still being told."""
    return tx.shops_telling()


def tell_more(*, tx: Tx, command: MerchantId) -> int:
    """Tells the next customers; returns how many, 0 when all were told."""
    merchant, last = tx.merchant(command), tx.told_until(command)
    return 0 if merchant is None or last is None else _tell_some(tx, merchant, last)


def _tell(tx: Tx, merchant: Merchant, by: Staff | None) -> None:
    """Tells the team, except for the member who did it, and the first customers; ``tell_more`` tells the others."""
    facts = replace(_facts(merchant), is_of_team=True, by=by.name if by else None)
    for account in _team_of(tx, merchant.merchant_id):
        if by is None or account != by.account:
            send(tx, merchant.merchant_id, account, MessageKind.SHOP_CLOSING, facts)
    _tell_some(tx, merchant, CustomerId(""))


def _tell_some(tx: Tx, merchant: Merchant, after: CustomerId) -> int:
    told_before = {*_team_of(tx, merchant.merchant_id)}
    found = tx.accounts_after(merchant.merchant_id, after, TOLD_AT_ONCE)
    for _, account in found:
        if account not in told_before and not is_nobody(account):
            send(tx, merchant.merchant_id, account, MessageKind.SHOP_CLOSING, _facts(merchant))
    if len(found) == TOLD_AT_ONCE:
        tx.save_told(merchant.merchant_id, found[-1][0])
    else:
        tx.end_telling(merchant.merchant_id)
    return len(found)


def _team_of(tx: Team, merchant_id: MerchantId) -> Sequence[Account]:
    return [each.account for each in tx.staff_of(merchant_id) if each.is_active and each.account is not None]


def _facts(merchant: Merchant) -> ShopClosing:
    return ShopClosing(merchant_name=merchant.name, closes_on=closes_on(merchant))

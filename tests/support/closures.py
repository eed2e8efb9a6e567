"""Holidays of a shop, entered and taken back as an owner does."""

from datetime import date

from domain.account import Account
from domain.ids import ClosureId, StoreId
from domain.merchant import Closure
from domain.report import DateRange
from domain.usecases.keep_closures import (
    CardsMoved,
    EnterClosure,
    WithdrawClosure,
    enter_closure,
    preview_closure,
    withdraw_closure,
)
from tests.support.shop import Shop


def entering(
    shop: Shop,
    first: date,
    last: date,
    *,
    store_id: StoreId | None = None,
    replaces: Closure | None = None,
    account: Account | None = None,
) -> EnterClosure:
    return EnterClosure(
        account=account,
        merchant_id=shop.merchant_id,
        closure_id=ClosureId(shop.database.ids()),
        store_id=store_id,
        dates=DateRange(first, last),
        replaces=replaces.closure_id if replaces else None,
    )


def closes(
    shop: Shop,
    first: date,
    last: date,
    *,
    store_id: StoreId | None = None,
    replaces: Closure | None = None,
) -> Closure:
    command = entering(shop, first, last, store_id=store_id, replaces=replaces)
    return shop.database.write(enter_closure, command)


def would_move(shop: Shop, first: date, last: date, *, store_id: StoreId | None = None) -> CardsMoved:
    return shop.database.read(preview_closure, entering(shop, first, last, store_id=store_id))


def is_open_after_all(shop: Shop, closure: Closure) -> None:
    command = WithdrawClosure(account=None, merchant_id=shop.merchant_id, closure_id=closure.closure_id)
    shop.database.write(withdraw_closure, command)

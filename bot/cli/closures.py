"""Holidays, on the command line."""

from collections.abc import Callable
from typing import Any

import click

from bot.cli.asking import read, write
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show, show_line
from bot.kit.clock import new_id
from domain.closures import read_closure
from domain.ids import ClosureId, MerchantId, StoreId
from domain.merchant import Closure
from domain.report import DateRange
from domain.usecases.keep_closures import (
    EnterClosure,
    SeeClosures,
    WithdrawClosure,
    enter_closure,
    preview_closure,
    see_closures,
    withdraw_closure,
)

_first = click.option("--from", "first", required=True, help="The first day, such as 2026-12-24.")
_last = click.option("--to", "last", help="The last day, if it is another.")
_which = click.option("--closure", "closure_id", required=True, help="Its id, as `closure list` prints it.")
_dry_run = click.option("--dry-run", is_flag=True, help="Change nothing; print what it would do.")


def _entering(command: Callable[..., Any]) -> Callable[..., Any]:
    return _first(_last(_dry_run(json_option(command))))


@click.command()
@merchant_option
@json_option
def list_command(merchant: str, *, as_json: bool) -> None:
    """Print the closures that stand and are not over for a month, the first day first, one a line."""
    for each in read(see_closures, SeeClosures(account=None, merchant_id=MerchantId(merchant))).closures:
        show_line(_facts(each), as_json=as_json)


@click.command()
@merchant_option
@click.option("--store", "store_id", default=None, help="Only this store, by its id, and cards opened there.")
@_entering
def add_command(merchant: str, store_id: str | None, **given: Any) -> None:
    """Let what is held expire later by the days of a closure; print it."""
    _enter(merchant, store_id, None, **given)


@click.command()
@merchant_option
@_which
@_entering
def set_command(merchant: str, closure_id: str, **given: Any) -> None:
    """Give a closure other dates; print it, with its new id. What is held keeps the days it was given."""
    _enter(merchant, None, ClosureId(closure_id), **given)


@click.command()
@merchant_option
@_which
@json_option
def remove_command(merchant: str, closure_id: str, *, as_json: bool) -> None:
    """Take a closure back; print it. What is held keeps its days, what is earned from now on does not get them."""
    command = WithdrawClosure(
        account=None, merchant_id=MerchantId(merchant), closure_id=ClosureId(closure_id)
    )
    show(_facts(write(withdraw_closure, command)), as_json=as_json)


def _enter(
    merchant: str,
    store_id: str | None,
    replaces: ClosureId | None,
    *,
    first: str,
    last: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    merchant_id = MerchantId(merchant)
    today = read(see_closures, SeeClosures(account=None, merchant_id=merchant_id)).today
    typed = read_closure(f"{first} {last or first}", today)
    command = EnterClosure(
        account=None,
        merchant_id=merchant_id,
        closure_id=ClosureId(new_id()),
        store_id=StoreId(store_id) if store_id else None,
        dates=DateRange(typed.first, typed.last),
        replaces=replaces,
    )
    moved = read(preview_closure, command)
    effect = {"cards_moved": moved.cards, "days_moved_max": moved.days}
    if dry_run:
        show(effect, as_json=as_json)
    else:
        show(_facts(write(enter_closure, command)) | effect, as_json=as_json)


def _facts(each: Closure) -> dict[str, object]:
    return {
        "closure_id": each.closure_id,
        "store_id": each.store_id,
        "from": each.first.isoformat(),
        "to": each.last.isoformat(),
    }

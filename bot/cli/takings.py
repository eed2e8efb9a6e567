"""What stores took in, typed and listed on the command line."""

import asyncio

import click

from bot.app.database import existing_database
from bot.cli.asking import read
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show, show_line
from bot.kit.clock import new_key
from bot.kit.settings import load_settings
from bot.owner.judging import judge_takings
from domain.field_kinds import Amount
from domain.ids import FieldName, MerchantId, OperationKey, StoreId
from domain.refusals import StoreNotFound
from domain.report import DateRange
from domain.rules.date_ranges import Span, checked_dates, parse_dates
from domain.takings import TAKINGS_MAX_MINOR
from domain.usecases.enter_takings import (
    DayTakings,
    EnterTakings,
    ListTakings,
    SeeTakings,
    enter_takings,
    list_takings,
    see_takings,
)

AMOUNT = Amount(name=FieldName("amount"), lowest=0, highest=TAKINGS_MAX_MINOR, unit="amount", without="-")


@click.command()
@merchant_option
@click.option("--store", help="The store's id; it may be left out where there is one.")
@click.option("--date", "day", help="Such as 2026-11-22.  [default: today]")
@click.option("--sure", "is_sure", is_flag=True, help="Also where it is far from the usual.")
@click.argument("amount")
@json_option
def set_command(
    merchant: str, store: str | None, day: str | None, amount: str, *, is_sure: bool, as_json: bool
) -> None:
    """Type AMOUNT, such as 812.50, for a store's day; the last one holds.

    A dash (-) removes what was typed for a wrong day; 0 is a day without takings.
    """
    merchant_id = MerchantId(merchant)
    asked = parse_dates(day).last if day else Span.TODAY
    found = read(see_takings, SeeTakings(account=None, merchant_id=merchant_id, asked=asked))
    command = EnterTakings(
        account=None,
        merchant_id=merchant_id,
        store_id=_store(found, store),
        local_date=found.local_date,
        amount_minor=AMOUNT.parse(amount, found.merchant.currency),
        key=OperationKey(new_key()),
        is_sure=is_sure,
    )
    asyncio.run(_enter(command))
    now = read(see_takings, SeeTakings(account=None, merchant_id=merchant_id, asked=found.local_date))
    for of in now.stores:
        if of.store.store_id == command.store_id:
            show(of.typed[0], as_json=as_json)


@click.command()
@merchant_option
@click.option("--from", "first", required=True, help="The first day, such as 2026-11-01.")
@click.option("--to", "last", help="The last day, if it is another.")
@json_option
def list_command(merchant: str, first: str, last: str | None, *, as_json: bool) -> None:
    """Print what holds, one store and day a line."""
    dates = checked_dates(DateRange(parse_dates(first).first, parse_dates(last or first).last))
    query = ListTakings(account=None, merchant_id=MerchantId(merchant), dates=dates)
    for line in read(list_takings, query):
        show_line(line, as_json=as_json)


async def _enter(command: EnterTakings) -> None:
    async with existing_database(load_settings()) as database:
        await database.write(enter_takings, command)
        await judge_takings(database, command.merchant_id, command.local_date)


def _store(found: DayTakings, named: str | None) -> StoreId:
    """Raises StoreNotFound."""
    if named is not None:
        return StoreId(named)
    if len(found.stores) > 1:
        raise TermMalformed("There are several stores: say which with --store.")
    if not found.stores:
        raise StoreNotFound
    return found.stores[0].store.store_id

"""What a range of days came to, and whole books for spreadsheets."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from bot.app.database import open_database
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show
from bot.kit.settings import Settings, load_settings
from bot.owner.books import report_of, write_export
from bot.owner.sheets import SheetFormat
from bot.texts import texts
from bot.views.exports import What
from domain.account import Locale
from domain.ids import MerchantId
from domain.report import DateRange, Report
from domain.rules.date_ranges import Span, checked_dates, parse_dates
from domain.usecases.export import Export, open_whole_books
from domain.usecases.see_report import SeeReport

SAID_EVERY = 100_000
"""Entries: whoever waits for a large file sees how far it is."""


@click.command()
@merchant_option
@click.option("--from", "first", help="The first day, such as 2026-11-01.")
@click.option("--to", "last", help="The last day, if it is another.")
@click.option(
    "--range", "span", type=click.Choice([span.value for span in Span]), help="[default: this_week]"
)
@json_option
def report(merchant: str, first: str | None, last: str | None, span: str | None, *, as_json: bool) -> None:
    """Print what a range of days came to, by day, store, member and hour."""
    if span and (first or last):
        raise TermMalformed("Give --range, or --from and --to.")
    if last and not first:
        raise TermMalformed("Say with --from where the range begins.")
    asked = Span(span or Span.THIS_WEEK) if first is None else _dates(first, last or first)
    query = SeeReport(merchant_id=MerchantId(merchant), account=None, asked=asked)
    made = asyncio.run(_report(load_settings(), query))
    if as_json:
        show(made, as_json=True)
    else:
        for name, said in _said(made):
            click.echo(f"{name}: {said}")


def _dates(first: str, last: str) -> DateRange:
    """Raises DatesMalformed, TooManyDays."""
    return checked_dates(DateRange(parse_dates(first).first, parse_dates(last).last))


async def _report(settings: Settings, query: SeeReport) -> Report:
    async with open_database(settings) as store:
        return await report_of(store, query)


def _said(made: Report) -> Iterator[tuple[str, object]]:
    """Line by line, without the hours."""
    yield "dates", f"{made.dates.first} to {made.dates.last}"
    yield from asdict(made.figures).items()
    for name in ("visits", "new_customers", "returning_customers", "came_back", "rewards_promised"):
        yield name, getattr(made, name)
    if made.paper_cards:
        yield "paper_cards", made.paper_cards
        yield "paper_stamps", made.paper_stamps
    if made.liability is not None:
        yield "liability", f"{made.liability.amount_minor} {made.liability.currency} (smallest unit)"
    if made.takings is not None:
        yield "takings", f"{made.takings.amount_minor} {made.takings.currency} (smallest unit)"
    for part in (*made.days, *made.stores, *made.staff):
        counts = (f"{name} {count}" for name, count in asdict(part.figures).items() if count)
        yield part.name, ", ".join([f"visits {part.visits}", *counts])


@click.command()
@merchant_option
@click.option("--what", type=click.Choice([what.value for what in What]), required=True)
@click.option("--format", "form", type=click.Choice([form.value for form in SheetFormat]), default="csv")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option(
    "--locale", type=click.Choice([locale.value for locale in Locale]), help="[default: the merchant's]"
)
@json_option
def export(merchant: str, what: str, form: str, output: Path, locale: str | None, *, as_json: bool) -> None:
    """Write the entries, customers or days into a file for spreadsheets; print how many lines."""
    query = Export(merchant_id=MerchantId(merchant), account=None)
    lines = asyncio.run(_export(load_settings(), query, What(what), SheetFormat(form), output, locale))
    show({"lines": lines, "output": str(output)}, as_json=as_json)


async def _export(
    settings: Settings, query: Export, what: What, form: SheetFormat, output: Path, locale: str | None
) -> int:
    said = 0

    async def told(read: int) -> None:
        nonlocal said
        if read - said >= SAID_EVERY:
            click.echo(f"{read:,} entries read", err=True)
            said = read

    async with open_database(settings) as store:
        whole = await store.read(open_whole_books, query)
        t = texts(Locale(locale or whole.books.merchant.default_locale))
        return await write_export(store, whole, what, form, t, output, told)

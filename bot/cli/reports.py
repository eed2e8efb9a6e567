"""What a range of days came to."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict

import click

from bot.app.database import existing_database
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show
from bot.kit.settings import Settings, load_settings
from bot.owner.reckoning import report_of
from domain.ids import MerchantId
from domain.report import DateRange, Report
from domain.rules.date_ranges import NamedRange, checked_dates, parse_dates
from domain.usecases.see_report import SeeReport


@click.command()
@merchant_option
@click.option("--from", "first", help="The first day, such as 2026-11-01.")
@click.option("--to", "last", help="The last day, if it is another.")
@click.option(
    "--range", "span", type=click.Choice([span.value for span in NamedRange]), help="[default: this_week]"
)
@json_option
def report(merchant: str, first: str | None, last: str | None, span: str | None, *, as_json: bool) -> None:
    """Print what a range of days came to, by day, store, member and hour."""
    if span and (first or last):
        raise TermMalformed("Give --range, or --from and --to.")
    if last and not first:
        raise TermMalformed("Say with --from where the range begins.")
    asked = NamedRange(span or NamedRange.THIS_WEEK) if first is None else _dates(first, last or first)
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
    async with existing_database(settings) as store:
        return await report_of(store, query)


def _said(made: Report) -> Iterator[tuple[str, object]]:
    """The report line by line, without the hours."""
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

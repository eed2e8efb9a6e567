"""Whole books for spreadsheets."""

import asyncio
from pathlib import Path

import click

from bot.app.database import existing_database
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show
from bot.cli.writing import Written, force_option
from bot.kit.settings import Settings, load_settings
from bot.kit.whole_files import in_place_of
from bot.owner.books import write_export
from bot.owner.sheets import SheetFormat
from bot.texts import texts
from bot.views.exports import What
from domain.account import Locale
from domain.ids import MerchantId
from domain.usecases.export import Export, open_whole_books

SAID_EVERY = 100_000
"""After so many entries it is said how far it is: a large file takes long."""


@click.command()
@merchant_option
@click.option("--what", type=click.Choice([what.value for what in What]), required=True)
@click.option("--format", "form", type=click.Choice([form.value for form in SheetFormat]), default="csv")
@click.option("--output", type=Written(), required=True)
@force_option
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

    async with existing_database(settings) as store:
        whole = await store.read(open_whole_books, query)
        t = texts(Locale(locale or whole.books.merchant.default_locale))
        with in_place_of(output) as part:
            part.touch(mode=0o600)
            return await write_export(store, whole, what, form, t, part, told)

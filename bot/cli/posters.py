"""The page for a store's counter, as a file."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from bot.app.database import existing_database
from bot.app.secret_key import agreed_secret
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show
from bot.cli.writing import Written, check_written, force_option
from bot.kit.links import Links
from bot.kit.settings import load_settings
from bot.kit.tokens import Tokens
from bot.kit.whole_files import in_place_of
from bot.pictures.faces import PosterSize
from bot.pictures.poster import draw_poster
from bot.telegram.username import find_username
from bot.texts import texts
from bot.views.faces import poster_face, poster_file_name, poster_languages
from domain.account import Locale
from domain.ids import MerchantId, ProgramId
from domain.merchant import Store
from domain.refusals import StoreNotFound
from domain.usecases.keep_logo import SeeLogo, see_logo
from domain.usecases.see_posters import on_poster
from domain.usecases.see_shop import Shop, see_shop


@click.command()
@merchant_option
@click.option("--store", "store_id", help="The store's id, where there are several.")
@click.option(
    "--program",
    "program_id",
    help="The program's id, for a poster that leads to its card.  [default: the first]",
)
@click.option(
    "--size", type=click.Choice([size.value for size in PosterSize]), default="a4", show_default=True
)
@click.option("--style", type=click.Choice(["white", "colour"]), default="white", show_default=True)
@click.option(
    "--locale",
    "locales",
    type=click.Choice([locale.value for locale in Locale]),
    multiple=True,
    help="A language, the largest first.  [default: the shop's, and the others that there is room for]",
)
@click.option(
    "--logo", type=click.Path(path_type=Path, dir_okay=False), help="A PNG or a JPEG.  [default: the shop's]"
)
@click.option("--out", type=Written(), help="The file to write.")
@force_option
@json_option
def poster_command(
    merchant: str,
    store_id: str | None,
    program_id: str | None,
    size: str,
    style: str,
    locales: Sequence[str],
    logo: Path | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write the poster for a store's counter as a PDF, to print; TENT is two table tents on one A4 page."""
    shop, kept, links = asyncio.run(_shop_and_links(MerchantId(merchant)))
    at = _store_in(shop, store_id)
    chosen = PosterSize(size)
    languages = [Locale(locale) for locale in dict.fromkeys(locales)] or poster_languages(
        shop.merchant, chosen
    )
    if len(languages) > chosen.languages_max:
        raise TermMalformed(f"At most {chosen.languages_max} languages can be read on {size}.")
    chosen_program = ProgramId(program_id) if program_id else None
    program = on_poster(shop.merchant, shop.programs, chosen_program)
    face = poster_face(
        [texts(locale) for locale in languages],
        shop.merchant,
        at,
        program,
        links.join(at.store_id, chosen_program),
        is_coloured=style == "colour",
        logo=logo.read_bytes() if logo else kept,
    )
    file = out or Path(poster_file_name(shop.merchant, at, chosen, program))
    check_written(file)
    with in_place_of(file) as part:
        part.write_bytes(draw_poster(face, chosen))
    show({"file": str(file)}, as_json=as_json)


def _store_in(shop: Shop, store_id: str | None) -> Store:
    found = [one for one in shop.stores if store_id in (None, one.store_id)]
    if not found:
        raise StoreNotFound
    if len(found) > 1:
        raise TermMalformed("There are several stores: say which with --store.")
    return found[0]


async def _shop_and_links(merchant_id: MerchantId) -> tuple[Shop, bytes | None, Links]:
    settings = load_settings()
    async with existing_database(settings) as database:
        links = Links(
            await find_username(settings, database), Tokens(await agreed_secret(settings, database))
        )
        shop = await database.read(see_shop, merchant_id)
        found = await database.read(see_logo, SeeLogo(account=None, merchant_id=merchant_id))
        return shop, found.picture, links

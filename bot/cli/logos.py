"""A shop's logo, on the command line."""

from pathlib import Path

import click

from bot.cli.asking import read, write
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show
from bot.cli.writing import Written, force_option
from bot.kit.refusals import LogoUnusable
from bot.kit.whole_files import in_place_of
from bot.pictures.logo import clean_logo
from bot.pictures.reader import PictureTooLarge, PictureUnreadable
from domain.ids import MerchantId
from domain.logo import written
from domain.usecases.keep_logo import KeepLogo, SeeLogo, keep_logo, see_logo

_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@merchant_option
@click.option("--set", "given", type=_file, help="A PNG or a JPEG, to stand on the posters.")
@click.option("--remove", is_flag=True, help="Have none.")
@click.option("--save", "saved", type=Written(), help="The file to write it to, as a PNG.")
@force_option
@json_option
def logo_command(
    merchant: str, given: Path | None, saved: Path | None, *, remove: bool, as_json: bool
) -> None:
    """Set, remove or save a shop's logo; print what there is."""
    if sum(map(bool, (given, remove, saved))) > 1:
        raise TermMalformed("--set, --remove and --save are for one at a time.")
    merchant_id = MerchantId(merchant)
    if given or remove:
        picture = _read(given) if given else None
        found = write(keep_logo, KeepLogo(account=None, merchant_id=merchant_id, picture=picture))
    else:
        found = read(see_logo, SeeLogo(account=None, merchant_id=merchant_id))
    shown = {"logo": written(found.picture)}
    if saved:
        if found.picture is None:
            raise TermMalformed("There is no logo to save.")
        with in_place_of(saved) as part:
            part.write_bytes(found.picture)
        shown["file"] = str(saved)
    show(shown, as_json=as_json)


def _read(file: Path) -> bytes:
    """Raises LogoUnusable."""
    try:
        return clean_logo(file.read_bytes())
    except (PictureTooLarge, PictureUnreadable) as error:
        raise LogoUnusable from error

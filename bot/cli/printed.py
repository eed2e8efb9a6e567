"""Cards for customers without Telegram: printed on sheets, which are listed and withdrawn, and given by e-mail."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import click

from bot.cli.linking import write_with_links
from bot.cli.mails import SWITCHED_OFF
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show
from bot.delivery.card_mail import send_card
from bot.delivery.mailer import mailer_of
from bot.kit.clock import new_id, system_clock
from bot.kit.settings import Settings, SettingsProblem, load_settings
from bot.kit.tokens import Tokens, token_hash
from bot.pictures.card import draw_card
from bot.pictures.faces import CardFace
from bot.pictures.printed import draw_printed
from bot.texts import texts
from bot.views.printed import printed_face, printed_file_name
from domain.account import Locale
from domain.ids import CardId, MerchantId, ProgramId, SheetId, StoreId
from domain.mailbox import parse_address
from domain.printed import SHEET_CARDS
from domain.refusals import MailAddressMistyped
from domain.usecases.mail_card import MailCard, mail_card
from domain.usecases.print_cards import (
    PrintCards,
    print_cards,
)


@click.command()
@merchant_option
@click.option("--program", "program_id", help="The program's id.  [default: the first that gives new cards]")
@click.option("--count", type=int, default=SHEET_CARDS, show_default=True, help="How many cards.")
@click.option("--sheet", "sheet_id", help="Print what is left of this sheet again, in place of a new one.")
@click.option(
    "--locale", type=click.Choice([each.value for each in Locale]), help="[default: the shop's language]"
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@json_option
def print_command(
    merchant: str,
    program_id: str | None,
    count: int,
    sheet_id: str | None,
    locale: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write cards for customers without Telegram as a PDF, ten on a page; each is somebody's once it is served."""
    sheet = SheetId(sheet_id or new_id())
    links, found = asyncio.run(
        write_with_links(
            load_settings(),
            print_cards,
            lambda tokens: PrintCards(
                merchant_id=MerchantId(merchant),
                account=None,
                sheet_id=sheet,
                card_hash=lambda card_id, rotation: token_hash(tokens.card_token(card_id, rotation)),
                program_id=ProgramId(program_id) if program_id else None,
                count=count,
            ),
        )
    )
    t = texts(Locale(locale) if locale else found.merchant.speaks[0])
    file = out or Path(printed_file_name(found))
    file.write_bytes(draw_printed(printed_face(t, found, links)))
    numbers = [blank.number for blank in found.blanks]
    show({"file": str(file), "sheet_id": sheet, "cards": numbers}, as_json=as_json)


@click.command()
@merchant_option
@click.option("--store", "store_id", required=True, help="The store's id, where it is given.")
@click.option("--email", required=True, metavar="ADDRESS", help="Where it goes.")
@click.option("--program", "program_id", help="The program's id.  [default: the first that gives new cards]")
@json_option
def new_command(merchant: str, store_id: str, email: str, program_id: str | None, *, as_json: bool) -> None:
    """Give a card by e-mail; it is somebody's once its code is shown at the counter."""
    address = parse_address(email)
    if address is None:
        raise MailAddressMistyped
    card_id = CardId(new_id())
    settings = load_settings()

    def command(tokens: Tokens) -> MailCard:
        return MailCard(
            merchant_id=MerchantId(merchant),
            store_id=StoreId(store_id),
            bot_id=settings.bot_id,
            actor=None,
            card_id=card_id,
            card_hash=token_hash(tokens.card_token(card_id, 0)),
            address=address,
            address_mark=tokens.address_mark(address),
            program_id=ProgramId(program_id) if program_id else None,
        )

    is_sent = asyncio.run(_mail(settings, address, command))
    show({"outcome": "sent" if is_sent else "too_many_to_this_address"}, as_json=as_json)


async def _mail(settings: Settings, address: str, command: Callable[[Tokens], MailCard]) -> bool:
    """Whether anything went there. Raises SettingsProblem, MailAddressRefused, MailNotSent."""
    mailer = mailer_of(settings)
    if mailer is None:
        raise SettingsProblem(SWITCHED_OFF)
    links, made = await write_with_links(settings, mail_card, command)

    async def draw(face: CardFace) -> bytes:
        return draw_card(face)

    await send_card(made, address, mailer=mailer, links=links, draw=draw, now=system_clock())
    return made.held is not None

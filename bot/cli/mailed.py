"""Cards for customers without Telegram, given by e-mail."""

import asyncio
from collections.abc import Callable

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
from domain.ids import CardId, MerchantId, ProgramId, StoreId
from domain.mailbox import parse_address
from domain.refusals import MailAddressMistyped, MailAddressRefused, MailNotSent
from domain.usecases.mail_card import MailCard, card_not_mailed, mail_card


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
    """Returns whether a mail was sent. Raises SettingsProblem, MailAddressRefused, MailNotSent."""
    mailer = mailer_of(settings)
    if mailer is None:
        raise SettingsProblem(SWITCHED_OFF)
    links, made = await write_with_links(settings, mail_card, command)

    async def draw(face: CardFace) -> bytes:
        return draw_card(face)

    try:
        await send_card(made, address, mailer=mailer, links=links, draw=draw, now=system_clock())
    except (MailAddressRefused, MailNotSent):
        await write_with_links(settings, card_not_mailed, command)
        raise
    return made.held is not None

"""A card that is given by e-mail."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.delivery.mailer import Envelope, Mailer, check_sent
from bot.kit.links import Links
from bot.pictures.faces import CardFace
from bot.texts import texts
from bot.views.faces import card_face
from bot.views.mails import Frame, card_mail
from domain.ids import MessageId
from domain.mailbox import address_in
from domain.usecases.mail_card import CardToMail


async def send_card(
    made: CardToMail,
    address: str,
    *,
    mailer: Mailer,
    links: Links,
    draw: Callable[[CardFace], Awaitable[bytes]],
    now: datetime,
) -> None:
    """Sends the card in the shop's language, or nothing where ``made`` holds none. A mail that was cut off after the
    data counts as sent: it may have arrived. Raises MailAddressRefused, MailNotSent."""
    if made.held is None:
        return
    merchant, state = made.merchant, made.held.state
    t, link = texts(merchant.default_locale), links.card(state.card_id, 0)
    stop_url = links.not_mine(merchant.merchant_id, state.card_id)
    frame = Frame(shop=merchant.name, chat_url=link, colour=merchant.colour, stop_url=stop_url, is_guest=True)
    picture = await draw(card_face(t, made.held, link))
    envelope = Envelope(
        to=address,
        sender=merchant.name,
        message_id=links.mail_name(merchant.merchant_id, MessageId(state.card_id), address),
        sent_at=now,
        reply_to=address_in(merchant.contact or ""),
        stop_url=stop_url,
    )
    mail = card_mail(t, merchant.name, frame, state.card_number, picture)
    check_sent(await mailer.send(mail, envelope))

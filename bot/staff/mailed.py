"""``/newcard``: a card by e-mail, for a customer without Telegram."""

from typing import ClassVar

from bot.delivery.card_mail import send_card
from bot.kit.clock import new_key
from bot.kit.refusals import ButtonOutdated
from bot.kit.tokens import token_hash
from bot.screens import questions
from bot.screens.turn import Turn
from bot.staff import keypad
from bot.views import printed as views
from domain.mailbox import parse_address
from domain.refusals import MailAddressMistyped, MailAddressRefused, MailNotSent
from domain.usecases.mail_card import MailCard, card_not_mailed, mail_card


class CardAddressAsked(questions.Question, frozen=True, tag="card_address"):
    """To which address does the card go?"""

    passed_over: ClassVar[bool] = True


async def newcard_command(turn: Turn) -> None:
    """``/newcard name@example.com``, or alone to be asked for the address."""
    turn.check_is_staff()
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, None)
    elif turn.words:
        await _mail(turn)
    else:
        await turn.say(views.ask_card_address(turn.t))
        await questions.remember(turn, CardAddressAsked(), new_key())


async def take_address(turn: Turn, _question: questions.Question) -> None:
    """Mails a card to the address. After a refusal the address may be typed again."""
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, None)
        return
    await _mail(turn)
    await questions.forget(turn, turn.nonce)


async def _mail(turn: Turn) -> None:
    services, address = turn.services, parse_address(turn.words)
    if services.mailer is None:
        raise ButtonOutdated
    if address is None:
        raise MailAddressMistyped
    tokens, actor = services.tokens, turn.actor
    card_id = tokens.card_id(turn.account.bot_id, turn.update.update_id, turn.said_at)
    command = MailCard(
        merchant_id=actor.merchant_id,
        store_id=actor.store_id,
        bot_id=turn.account.bot_id,
        actor=actor,
        card_id=card_id,
        card_hash=token_hash(tokens.card_token(card_id, 0)),
        address=address,
        address_mark=tokens.address_mark(address),
    )
    made = await turn.write(mail_card, command)
    try:
        await send_card(
            made,
            address,
            mailer=services.mailer,
            links=services.links,
            draw=services.studio.card,
            now=services.clock(),
        )
    except (MailAddressRefused, MailNotSent):
        await turn.write(card_not_mailed, command)
        raise
    await turn.say(views.card_mailed(turn.t))


questions.add(
    CardAddressAsked,
    take_address,
    lambda turn, _question: turn.caller.is_staff and "@" in turn.words and not turn.is_command,
)

"""``/email``: the address to which shops' messages come, beside the chat or instead of it."""

import re
from typing import ClassVar

from bot.delivery.channel import Outcome
from bot.delivery.mailer import Envelope, Mailer, check_sent
from bot.kit.clock import new_key
from bot.kit.refusals import ButtonOutdated
from bot.screens import questions
from bot.screens.turn import Turn
from bot.views import mailbox as views
from bot.views.cards import no_cards
from bot.views.mails import Frame, code_mail
from domain.delivery import Refused
from domain.ids import OperationKey
from domain.mailbox import CODE_DIGITS, CODE_HOLDS, Mailbox, Ways, parse_address
from domain.plumbing.bounces import CodeCameBack, code_came_back
from domain.refusals import MailAddressMistyped, MailboxGone, MailCodeWrong
from domain.usecases.keep_mailbox import (
    AskMailCode,
    ChooseWays,
    ProveMailCode,
    ask_mail_code,
    choose_ways,
    forget_mailbox,
    prove_mail_code,
    see_mailbox,
)
from domain.usecases.my_cards import MyCards, my_cards


class MailAddressAsked(questions.Question, frozen=True, tag="mail_address"):
    """To which address?"""

    passed_over: ClassVar[bool] = True


class MailCodeAsked(questions.Question, frozen=True, tag="mail_code"):
    """Which code was in the mail? An address is an answer too, from a person who sees that the first was wrong."""

    patience = CODE_HOLDS
    passed_over: ClassVar[bool] = True


async def email_command(turn: Turn) -> None:
    """Asks for an address only if the person has a card: nobody else gets messages from shops."""
    mailbox = await turn.read(see_mailbox, turn.account)
    if mailbox is not None:
        await turn.show(views.mailbox_page(turn.t, mailbox))
    elif not await turn.read(my_cards, MyCards(account=turn.account)):
        await turn.show(no_cards(turn.t))
    else:
        await _ask_address(turn, None)


async def mailbox_button(turn: Turn) -> None:
    _mailer(turn)
    await email_command(turn)


async def new_button(turn: Turn) -> None:
    _mailer(turn)
    await _ask_address(turn, await turn.read(see_mailbox, turn.account))


async def ways_button(turn: Turn) -> None:
    _mailer(turn)
    ways = turn.pressed.one_of(Ways, 0)
    mailbox = await turn.write(choose_ways, ChooseWays(account=turn.account, ways=ways))
    await turn.show(views.mailbox_page(turn.t, mailbox))


async def off_button(turn: Turn) -> None:
    await turn.show(views.removal_meant(turn.t, await _mailbox(turn)))


async def off_meant_button(turn: Turn) -> None:
    await turn.write(forget_mailbox, turn.account)
    await turn.show(views.removed(turn.t))


async def take_address(turn: Turn, _question: questions.Question) -> None:
    """Mails a code to the address. After a refusal, an address may be typed again.

    The code is stored before it is sent, and is the same however often this message is handled. If the connection
    breaks after the mail's data, the mail may have arrived, so its code stays valid.
    """
    mailer, address = _mailer(turn), parse_address(turn.words)
    if address is None:
        raise MailAddressMistyped
    links, tokens, account, key = turn.services.links, turn.services.tokens, turn.account, turn.typed_key
    code = tokens.mail_code(account, key)
    asked = AskMailCode(
        account=account,
        key=key,
        address=address,
        address_mark=tokens.address_mark(address),
        code_hash=tokens.mail_code_hash(account, code),
        mail_hash=links.code_mail_hash(account, key),
    )
    await turn.write(ask_mail_code, asked)
    check_sent(await send_code(turn, mailer, key, code, address, Frame(shop="", chat_url=links.chat)))
    await turn.say(views.ask_code(turn.t, address))
    await questions.remember(turn, MailCodeAsked(), new_key())


async def send_code(
    turn: Turn, mailer: Mailer, key: OperationKey, code: str, address: str, frame: Frame
) -> Outcome:
    """Mails the code. If the relay refuses the mail, the code is void, and the caller has to tell the person."""
    links, account = turn.services.links, turn.account
    mail = code_mail(turn.t, code, frame, links.username)
    envelope = Envelope(
        to=address,
        sender=frame.shop or links.username,
        message_id=links.code_mail_name(account, key),
        sent_at=turn.services.clock(),
    )
    outcome = await mailer.send(mail, envelope)
    if isinstance(outcome, Refused):
        command = CodeCameBack(
            bot_id=account.bot_id,
            mail_hash=links.code_mail_hash(account, key),
            is_of_address=outcome.is_of_address,
            is_told=True,
        )
        await turn.write(code_came_back, command)
    return outcome


async def take_code(turn: Turn, question: MailCodeAsked) -> None:
    """Checks the code, or takes another address. After a wrong code another may be typed."""
    _mailer(turn)
    if "@" in turn.words:
        await take_address(turn, question)
        return
    code_hash = turn.services.tokens.mail_code_hash(turn.account, digits_in(turn))
    proved = await turn.write(prove_mail_code, ProveMailCode(account=turn.account, code_hash=code_hash))
    if proved.mailbox is None:
        raise MailCodeWrong(tries_left=proved.tries_left)
    await questions.forget(turn, turn.nonce)
    await turn.say(views.mailbox_page(turn.t, proved.mailbox))


async def _ask_address(turn: Turn, mailbox: Mailbox | None) -> None:
    await turn.show(views.ask_address(turn.t, mailbox))
    await questions.remember(turn, MailAddressAsked(), new_key())


async def _mailbox(turn: Turn) -> Mailbox:
    """Raises MailboxGone, ButtonOutdated."""
    _mailer(turn)
    mailbox = await turn.read(see_mailbox, turn.account)
    if mailbox is None:
        raise MailboxGone
    return mailbox


def _mailer(turn: Turn) -> Mailer:
    """Raises ButtonOutdated where e-mail has been switched off."""
    if turn.services.mailer is None:
        raise ButtonOutdated
    return turn.services.mailer


def digits_in(turn: Turn) -> str:
    return re.sub(r"[\s-]", "", turn.words)


def is_code(turn: Turn) -> bool:
    digits = digits_in(turn)
    return not turn.is_command and len(digits) == CODE_DIGITS and digits.isdecimal()


def _is_code_or_address(turn: Turn) -> bool:
    return is_code(turn) or ("@" in turn.words and not turn.is_command)


questions.add(
    MailAddressAsked, take_address, lambda turn, _question: "@" in turn.words and not turn.is_command
)
questions.add(MailCodeAsked, take_code, lambda turn, _question: _is_code_or_address(turn))

"""Somebody blocked the bot, or let it write again."""

import logging

from telegram import Chat, ChatMember, ChatMemberUpdated
from telegram.error import TelegramError

from bot.screens.services import Services
from bot.texts import texts
from bot.views.mailbox import mail_offered
from domain.account import Account
from domain.ids import UserId
from domain.plumbing.people import Reachable, locale_of, set_reachable
from domain.usecases.keep_mailbox import lacks_mailbox

logger = logging.getLogger(__name__)

UNREACHABLE = frozenset({ChatMember.BANNED, ChatMember.LEFT})


async def changed(services: Services, change: ChatMemberUpdated) -> None:
    if change.chat.type != Chat.PRIVATE:
        return
    account = Account(bot_id=services.bot_id, user_id=UserId(change.from_user.id))
    reachable = change.new_chat_member.status not in UNREACHABLE
    await services.database.write(set_reachable, Reachable(account=account, reachable=reachable))
    if reachable and services.mailer is not None and await services.database.read(lacks_mailbox, account):
        await _offer_mail(services, account)


async def _offer_mail(services: Services, account: Account) -> None:
    """To a person who had blocked the bot: messages of that time would have come by mail."""
    locale = await services.database.read(locale_of, account) or services.default_locale
    try:
        await services.chat.send(account.user_id, mail_offered(texts(locale)))
    except TelegramError as error:
        logger.info("somebody who came back could not be told of mail: %s", error.message)

"""Somebody blocked the bot, or let it write again."""

from telegram import Chat, ChatMember, ChatMemberUpdated

from bot.screens.services import Services
from domain.account import Account
from domain.ids import UserId
from domain.plumbing.people import Reachable, set_reachable

UNREACHABLE = frozenset({ChatMember.BANNED, ChatMember.LEFT})


async def changed(services: Services, change: ChatMemberUpdated) -> None:
    if change.chat.type != Chat.PRIVATE:
        return
    account = Account(bot_id=services.bot_id, user_id=UserId(change.from_user.id))
    reachable = change.new_chat_member.status not in UNREACHABLE
    await services.database.write(set_reachable, Reachable(account=account, reachable=reachable))

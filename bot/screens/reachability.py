"""Somebody blocked the bot, or let it write again."""

from typing import Any

from telegram import ChatMember, Update
from telegram.ext import CallbackContext

from bot.screens.services import Services
from bot.screens.turn import PtbCallback
from domain.account import Account
from domain.ids import UserId
from domain.plumbing.people import Reachable, set_reachable

UNREACHABLE = frozenset({ChatMember.BANNED, ChatMember.LEFT})


def changed(services: Services) -> PtbCallback:
    async def callback(update: Update, _context: CallbackContext[Any, Any, Any, Any]) -> None:
        change = update.my_chat_member
        if change is None or change.chat.type != "private":
            return
        account = Account(bot_id=services.bot_id, user_id=UserId(change.from_user.id))
        reachable = change.new_chat_member.status not in UNREACHABLE
        await services.database.write(set_reachable, Reachable(account=account, reachable=reachable))

    return callback

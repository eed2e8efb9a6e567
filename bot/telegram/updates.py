"""Updates as Telegram writes them (https://core.telegram.org/bots/api#update): what no Telegram sends is told apart
from what nobody here can read, which may be newer than python-telegram-bot."""

import re
from typing import Annotated

import msgspec
from telegram import Bot, Update

from domain.ids import BotId, UpdateId
from domain.update import ReceivedUpdate

NUMBER_MAX = 2**63 - 2
"""The database holds 63 bits, and polling asks for the one after it."""
YEAR_10000 = 253_402_300_800

Number = Annotated[int, msgspec.Meta(ge=1, le=NUMBER_MAX)]
Id = Annotated[int, msgspec.Meta(ge=-NUMBER_MAX, le=NUMBER_MAX)]
Moment = Annotated[int, msgspec.Meta(ge=0, lt=YEAR_10000)]

_NUMBER = re.compile(r'\s*\{\s*"update_id"\s*:\s*([1-9]\d{0,18})\s*[,}]')
"""Telegram writes the number first: it is known even of what cannot be decoded."""


class UpdateUnreadable(Exception):
    """No JSON, no update, or none that python-telegram-bot can read. Says why without a word of it."""


class Who(msgspec.Struct):
    id: Id


class Message(msgspec.Struct):
    message_id: Id
    date: Moment
    chat: Who
    sender: Who | None = msgspec.field(name="from", default=None)


class Press(msgspec.Struct):
    id: str
    sender: Who = msgspec.field(name="from")
    message: Message | None = None


class Membership(msgspec.Struct):
    date: Moment
    chat: Who
    sender: Who = msgspec.field(name="from")


class Sent(msgspec.Struct):
    """What every update has had since there are bots. Of kinds that were not asked for, that they are objects."""

    update_id: Number
    message: Message | None = None
    callback_query: Press | None = None
    my_chat_member: Membership | None = None

    @property
    def person_key(self) -> int:
        """Who an update is from; all that is from nobody shares one line."""
        found = self.callback_query or self.my_chat_member
        if self.message is not None:
            return (self.message.sender or self.message.chat).id
        return found.sender.id if found is not None else 0


def received_update(bot_id: BotId, text: str) -> ReceivedUpdate:
    """Raises UpdateUnreadable for what no Telegram sends."""
    try:
        sent = msgspec.json.decode(text, type=Sent)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UpdateUnreadable(type(error).__name__) from error
    return ReceivedUpdate(
        bot_id=bot_id, update_id=UpdateId(sent.update_id), person_key=sent.person_key, payload=text
    )


def numbered_update(bot_id: BotId, text: str) -> ReceivedUpdate | None:
    """Whatever it says, under the number by which Telegram can be told that it was taken; None without one."""
    try:
        return received_update(bot_id, text)
    except UpdateUnreadable:
        found = _NUMBER.match(text)
        if found is None or int(found[1]) > NUMBER_MAX:
            return None
        return ReceivedUpdate(bot_id=bot_id, update_id=UpdateId(int(found[1])), person_key=0, payload=text)


def read_update(text: str, bot: Bot) -> Update:
    """Raises UpdateUnreadable."""
    try:
        return Update.de_json(msgspec.json.decode(text), bot)
    except Exception as error:  # whatever the constructor of one of its many types raises
        raise UpdateUnreadable(type(error).__name__) from error

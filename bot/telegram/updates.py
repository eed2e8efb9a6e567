"""Updates as Telegram writes them (https://core.telegram.org/bots/api#update). What Telegram never sends is told
apart from what python-telegram-bot cannot read, which may be newer than the library.

Secrets are not written down: of a link only the hash is kept, and what may be a PIN is kept only in memory, so that
after a crash it is asked for again (docs/decisions/0027).
"""

import json
import re
from collections.abc import Callable
from typing import Annotated

import msgspec
from telegram import Bot, Update

from bot.kit.links import NO_LINK, hashed
from bot.kit.tokens import token_hash
from bot.telegram.common_updates import Moment, common_update
from domain.ids import BotId, UpdateId
from domain.quick import replace
from domain.rules.card_numbers import looks_like_card_number
from domain.rules.pins import DIGITS_MIN
from domain.update import ReceivedUpdate

NUMBER_MAX = 2**63 - 2
"""The database holds 63 bits, and polling asks for the number after it."""

Number = Annotated[int, msgspec.Meta(ge=1, le=NUMBER_MAX)]
Id = Annotated[int, msgspec.Meta(ge=-NUMBER_MAX, le=NUMBER_MAX)]

_NUMBER = re.compile(r'\s*\{\s*"update_id"\s*:\s*([1-9]\d{0,18})\s*[,}]')
"""Telegram writes the number first, so it is known even of an update that cannot be decoded."""
_WORDS = re.compile(r'("(?:text|caption)"\s*:\s*)("[^"\\]*(?:\\.[^"\\]*)*")')
_START = re.compile(r"(\s*/start(?:@\w+)?\s+)(.+)", re.IGNORECASE | re.DOTALL)
_NEW_SHOP = re.compile(r"(\s*/newshop(?:@\w+)?\s+)(.+)", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"(start(?:=|%3D))[\w-]+")
_MAY_BE_PIN = re.compile(rf"\d(?:[ -]?\d){{{DIGITS_MIN - 1},}}")
_COMMAND = re.compile(r"\s*/[a-z]", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(?:u0000|.)|\0", re.DOTALL)
NULS = ("\\u0000", "\0")
REPLACEMENT = "\ufffd"
WITHHELD = "●●●●"
"""Stands in the place of what may have been a PIN, where the process ended before the update was answered."""


class UpdateUnreadable(Exception):
    """No JSON, no update, or none that python-telegram-bot can read. Says why without a word of the update."""


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
    """What updates have always had. Of kinds that were not asked for only the number is looked at."""

    update_id: Number
    message: Message | None = None
    callback_query: Press | None = None
    my_chat_member: Membership | None = None

    @property
    def person_key(self) -> int:
        """The id of the person that an update is from; 0 for all from nobody, which share one line."""
        found = self.callback_query or self.my_chat_member
        if self.message is not None:
            return (self.message.sender or self.message.chat).id
        return found.sender.id if found is not None else 0


def received_update(bot_id: BotId, text: str) -> ReceivedUpdate:
    """Raises UpdateUnreadable for what no Telegram sends."""
    text = _without_nul(text)
    try:
        sent = msgspec.json.decode(text, type=Sent)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UpdateUnreadable(type(error).__name__) from error
    return ReceivedUpdate(
        bot_id=bot_id,
        update_id=UpdateId(sent.update_id),
        person_key=sent.person_key,
        payload=_with_hashed_links(text),
    )


def numbered_update(bot_id: BotId, text: str) -> ReceivedUpdate | None:
    """Takes any update that has a number, by which Telegram can be told that it was taken; None without one."""
    try:
        return received_update(bot_id, text)
    except UpdateUnreadable:
        found = _NUMBER.match(text)
        if found is None or int(found[1]) > NUMBER_MAX:
            return None
        payload = _with_hashed_links(_without_nul(text))
        return ReceivedUpdate(bot_id=bot_id, update_id=UpdateId(int(found[1])), person_key=0, payload=payload)


def without_pins(received: ReceivedUpdate) -> ReceivedUpdate:
    """The update as it is written down: without what may be a PIN."""
    return replace(received, payload=_reworded(received.payload, _withheld))


def _without_nul(text: str) -> str:
    """Replaces NUL, with which PostgreSQL keeps no text
    (https://www.postgresql.org/docs/current/datatype-character.html); on SQLite too, so that no code ever sees it."""
    if "\\u0000" not in text and "\0" not in text:
        return text
    return _ESCAPED.sub(lambda found: REPLACEMENT if found[0] in NULS else found[0], text)


def _with_hashed_links(text: str) -> str:
    return _LINK.sub(rf"\1{NO_LINK}", _reworded(text, _hashed_start))


def _hashed_start(words: str) -> str:
    if found := _START.fullmatch(words):
        return found[1] + hashed(found[2].strip())
    if found := _NEW_SHOP.fullmatch(words):
        return found[1] + token_hash(found[2].strip())
    return words


def _withheld(words: str) -> str:
    is_harmless = not _MAY_BE_PIN.search(words) or _COMMAND.match(words) or looks_like_card_number(words)
    return words if is_harmless else WITHHELD


def _reworded(text: str, reword: Callable[[str], str]) -> str:
    """The update with each of its texts reworded, whether or not the rest of it can be decoded."""

    def replaced(found: re.Match[str]) -> str:
        try:
            words = _words(found[2])
        except ValueError:
            return f'{found[1]}"{WITHHELD}"'
        reworded = reword(words)
        return found[0] if reworded == words else found[1] + json.dumps(reworded)

    return _WORDS.sub(replaced, text)


def _words(quoted: str) -> str:
    """Raises ValueError."""
    if "\\" not in quoted:
        return quoted[1:-1]
    words: str = json.loads(quoted, strict=False)
    return words


def read_update(text: str, bot: Bot) -> Update:
    """Raises UpdateUnreadable."""
    if (common := common_update(text, bot)) is not None:
        return common
    try:
        return Update.de_json(msgspec.json.decode(text), bot)
    except Exception as error:  # whatever the constructor of one of its many types raises
        raise UpdateUnreadable(type(error).__name__) from error

"""The updates of every day, texts and taps in a private chat, as python-telegram-bot's own objects.

The library's constructors pass each of the hundred attributes of a message through a guard, which takes longer than
all that is done with the message. An update that has only the fields declared here is put into the same objects
without the constructors; an attribute that was not sent is as the constructor left it in an example
(docs/decisions/0069). Anything else is left to ``Update.de_json``.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar

import msgspec
import telegram
from telegram import Bot, TelegramObject
from telegram.constants import ChatType, MessageEntityType

YEAR_10000 = 253_402_300_800
Moment = Annotated[int, msgspec.Meta(ge=0, lt=YEAR_10000)]
MadeT = TypeVar("MadeT", bound=TelegramObject)

PRIVATE = ChatType.PRIVATE
_ENTITY_TYPES = {str(each.value): each for each in MessageEntityType}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Exact(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """https://core.telegram.org/bots/api#available-types, with the fields that common updates have."""


class _User(_Exact):
    id: int
    is_bot: bool
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_premium: bool | None = None


class _Chat(_Exact):
    id: int
    type: Literal["private"]
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None


class _Entity(_Exact):
    type: str
    offset: int
    length: int


class _PhotoSize(_Exact):
    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: int | None = None


class _CopyText(_Exact):
    text: str


class _Button(_Exact):
    text: str
    callback_data: str | None = None
    url: str | None = None
    style: str | None = None
    copy_text: _CopyText | None = None


class _Keyboard(_Exact):
    inline_keyboard: list[list[_Button]]


class _Message(_Exact):
    message_id: int
    date: Moment
    chat: _Chat
    sender: _User = msgspec.field(name="from")
    edit_date: Moment | None = None
    text: str | None = None
    entities: list[_Entity] = []
    caption: str | None = None
    caption_entities: list[_Entity] = []
    photo: list[_PhotoSize] = []
    reply_markup: _Keyboard | None = None


class _Press(_Exact):
    id: str
    chat_instance: str
    data: str
    sender: _User = msgspec.field(name="from")
    message: _Message | None = None


class _Update(_Exact):
    update_id: int
    message: _Message | None = None
    callback_query: _Press | None = None


class _Making(Generic[MadeT]):
    """Makes objects like an example, with some of their attributes given."""

    def __init__(self, example: MadeT, *given: str) -> None:
        kind = type(example)
        slots = {
            name: getattr(kind, name).__set__
            for base in kind.__mro__
            for name in getattr(base, "__slots__", ())
        }
        self._kind = kind
        self._given = [slots.pop(name) for name in (*given, "_bot", "_id_attrs")]
        self._left = [(put, getattr(example, name)) for name, put in slots.items()]

    def __call__(self, *values: object) -> MadeT:
        """``values`` are in the order of the names; then come the bot, and by what the object equals another."""
        made = self._kind.__new__(self._kind)
        for put, left in self._left:
            put(made, left)
        for put, value in zip(self._given, values, strict=True):
            put(made, value)
        return made


_example_chat = telegram.Chat(1, PRIVATE)
_example_user = telegram.User(1, "", is_bot=False)
_user = _Making(
    _example_user, "id", "is_bot", "first_name", "last_name", "username", "language_code", "is_premium"
)
_chat = _Making(_example_chat, "id", "first_name", "last_name", "username")
_entity = _Making(telegram.MessageEntity("bold", 0, 1), "type", "offset", "length")
_button = _Making(telegram.InlineKeyboardButton(""), "text", "callback_data", "url", "style", "copy_text")
_markup = _Making(telegram.InlineKeyboardMarkup([]), "inline_keyboard")
_message = _Making(
    telegram.Message(1, _EPOCH, _example_chat),
    *(
        "message_id",
        "date",
        "chat",
        "from_user",
        "edit_date",
        "text",
        "entities",
        "caption",
        "caption_entities",
    ),
    *("photo", "reply_markup"),
)
_press = _Making(
    telegram.CallbackQuery("", _example_user, ""), "id", "from_user", "chat_instance", "message", "data"
)
_update = _Making(telegram.Update(1), "update_id", "message", "callback_query")
_decoder = msgspec.json.Decoder(_Update)


def common_update(text: str, bot: Bot) -> telegram.Update | None:
    """None for an update that has any field which is not declared here, or that cannot be decoded."""
    try:
        found = _decoder.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return None
    message = _made_message(found.message, bot) if found.message else None
    press = _made_press(found.callback_query, bot) if found.callback_query else None
    return _update(found.update_id, message, press, bot, (found.update_id,))


def _made_press(found: _Press, bot: Bot) -> telegram.CallbackQuery:
    message = _made_message(found.message, bot) if found.message else None
    sender = _made_user(found.sender, bot)
    return _press(found.id, sender, found.chat_instance, message, found.data, bot, (found.id,))


def _made_message(found: _Message, bot: Bot) -> telegram.Message:
    chat = found.chat
    made_chat = _chat(chat.id, chat.first_name, chat.last_name, chat.username, bot, (chat.id,))
    return _message(
        found.message_id,
        datetime.fromtimestamp(found.date, UTC),
        made_chat,
        _made_user(found.sender, bot),
        None if found.edit_date is None else datetime.fromtimestamp(found.edit_date, UTC),
        found.text,
        _made_entities(found.entities, bot),
        found.caption,
        _made_entities(found.caption_entities, bot),
        tuple(_made_photo(each, bot) for each in found.photo) if found.photo else (),
        _made_markup(found.reply_markup, bot) if found.reply_markup else None,
        bot,
        (found.message_id, made_chat),
    )


def _made_user(found: _User, bot: Bot) -> telegram.User:
    return _user(
        found.id,
        found.is_bot,
        found.first_name,
        found.last_name,
        found.username,
        found.language_code,
        found.is_premium,
        bot,
        (found.id,),
    )


def _made_entities(found: Sequence[_Entity], bot: Bot) -> tuple[telegram.MessageEntity, ...]:
    if not found:
        return ()
    made = []
    for each in found:
        kind = _ENTITY_TYPES.get(each.type, each.type)
        made.append(_entity(kind, each.offset, each.length, bot, (kind, each.offset, each.length)))
    return tuple(made)


def _made_photo(found: _PhotoSize, bot: Bot) -> telegram.PhotoSize:
    made = telegram.PhotoSize(**msgspec.structs.asdict(found))
    made.set_bot(bot)
    return made


def _made_markup(found: _Keyboard, bot: Bot) -> telegram.InlineKeyboardMarkup:
    rows = tuple(tuple(_made_button(each, bot) for each in row) for row in found.inline_keyboard)
    return _markup(rows, None, (rows,))


def _made_button(found: _Button, bot: Bot) -> telegram.InlineKeyboardButton:
    copied = telegram.CopyTextButton(found.copy_text.text) if found.copy_text else None
    if copied is not None:
        copied.set_bot(bot)
    data, url, style = found.callback_data, found.url, found.style
    same = (found.text, url, None, data, None, None, None, None, None, style, None)
    return _button(found.text, data, url, style, copied, bot, same)

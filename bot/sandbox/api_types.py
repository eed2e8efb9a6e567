"""The Bot API types that requests may carry, declared by hand after Bot API 10.0.

A field's Python type says its Bot API type (`int` Integer, `str` String, `bool` Boolean, `tuple` Array of);
a field without a default is required. Names, types and required flags equal Telegram's; a test compares them.
`LeftOut` marks a field, `NotInSandbox` a type, that Telegram knows and the sandbox refuses to carry out.
Source: https://core.telegram.org/bots/api#available-types
"""

from dataclasses import dataclass, fields
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar

T = TypeVar("T")
LEFT_OUT = "declared, but not carried out"
LeftOut: TypeAlias = Annotated[T | None, LEFT_OUT]
"""An optional field that is declared, but whose use is refused."""


class NotInSandbox:
    """A type that is known by name only: a request that uses it is refused."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file as it arrived in multipart/form-data."""

    part_name: str
    file_name: str
    content_type: str
    data: bytes


def as_json(value: object) -> Any:
    """The JSON form of a declared type: absent fields are left out, arrays become lists."""
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))  # type: ignore[arg-type]
        return {name: as_json(item) for name, item in pairs if item is not None}
    return value


# -- people and text ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: int
    is_bot: bool
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_premium: bool | None = None
    added_to_attachment_menu: bool | None = None
    can_join_groups: bool | None = None
    can_read_all_group_messages: bool | None = None
    supports_guest_queries: bool | None = None
    supports_inline_queries: bool | None = None
    can_connect_to_business: bool | None = None
    has_main_web_app: bool | None = None
    has_topics_enabled: bool | None = None
    allows_users_to_create_topics: bool | None = None
    can_manage_bots: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEntity:
    """A special part of a text; `offset` and `length` count UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    user: User | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPreviewOptions:
    is_disabled: bool | None = None
    url: str | None = None
    prefer_small_media: bool | None = None
    prefer_large_media: bool | None = None
    show_above_text: bool | None = None


class SuggestedPostParameters(NotInSandbox):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyParameters:
    message_id: int
    chat_id: LeftOut[int | str] = None
    allow_sending_without_reply: bool | None = None
    quote: LeftOut[str] = None
    quote_parse_mode: LeftOut[str] = None
    quote_entities: LeftOut[tuple[MessageEntity, ...]] = None
    quote_position: LeftOut[int] = None
    checklist_task_id: LeftOut[int] = None
    poll_option_id: LeftOut[str] = None


# -- keyboards ---------------------------------------------------------------------------------------------


class WebAppInfo(NotInSandbox):
    pass


class LoginUrl(NotInSandbox):
    pass


class SwitchInlineQueryChosenChat(NotInSandbox):
    pass


class CallbackGame(NotInSandbox):
    pass


class KeyboardButtonRequestChat(NotInSandbox):
    pass


class KeyboardButtonRequestManagedBot(NotInSandbox):
    pass


class KeyboardButtonPollType(NotInSandbox):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTextButton:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineKeyboardButton:
    text: str
    icon_custom_emoji_id: str | None = None
    style: str | None = None
    url: str | None = None
    callback_data: str | None = None
    web_app: LeftOut[WebAppInfo] = None
    login_url: LeftOut[LoginUrl] = None
    switch_inline_query: str | None = None
    switch_inline_query_current_chat: str | None = None
    switch_inline_query_chosen_chat: LeftOut[SwitchInlineQueryChosenChat] = None
    copy_text: CopyTextButton | None = None
    callback_game: LeftOut[CallbackGame] = None
    pay: LeftOut[bool] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineKeyboardMarkup:
    inline_keyboard: tuple[tuple[InlineKeyboardButton, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyboardButtonRequestUsers:
    request_id: int
    user_is_bot: bool | None = None
    user_is_premium: bool | None = None
    max_quantity: int | None = None
    request_name: bool | None = None
    request_username: bool | None = None
    request_photo: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyboardButton:
    text: str
    icon_custom_emoji_id: str | None = None
    style: str | None = None
    request_users: KeyboardButtonRequestUsers | None = None
    request_chat: LeftOut[KeyboardButtonRequestChat] = None
    request_managed_bot: LeftOut[KeyboardButtonRequestManagedBot] = None
    request_contact: LeftOut[bool] = None
    request_location: LeftOut[bool] = None
    request_poll: LeftOut[KeyboardButtonPollType] = None
    web_app: LeftOut[WebAppInfo] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyKeyboardMarkup:
    keyboard: tuple[tuple[KeyboardButton, ...], ...]
    is_persistent: bool | None = None
    resize_keyboard: bool | None = None
    one_time_keyboard: bool | None = None
    input_field_placeholder: str | None = None
    selective: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyKeyboardRemove:
    remove_keyboard: bool
    selective: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceReply:
    force_reply: bool
    input_field_placeholder: str | None = None
    selective: bool | None = None


ReplyMarkup: TypeAlias = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply


# -- media -------------------------------------------------------------------------------------------------


class Choice:
    """A Bot API type that is one of several; the field `type` says which, by the subtype's `TAG`.

    Its subtypes have no slots: `slots=True` makes every class twice, and `__subclasses__` would name both.
    """

    TAG: ClassVar[str] = ""

    @classmethod
    def options(cls) -> dict[str, type["Choice"]]:
        return {option.TAG: option for option in cls.__subclasses__()}


class InputMedia(Choice):
    pass


@dataclass(frozen=True, kw_only=True)
class InputMediaPhoto(InputMedia):
    TAG: ClassVar[str] = "photo"

    type: str
    media: str
    caption: str | None = None
    parse_mode: str | None = None
    caption_entities: tuple[MessageEntity, ...] | None = None
    show_caption_above_media: bool | None = None
    has_spoiler: bool | None = None


@dataclass(frozen=True, kw_only=True)
class InputMediaDocument(InputMedia):
    TAG: ClassVar[str] = "document"

    type: str
    media: str
    thumbnail: LeftOut[str] = None
    caption: str | None = None
    parse_mode: str | None = None
    caption_entities: tuple[MessageEntity, ...] | None = None
    disable_content_type_detection: bool | None = None


class InputMediaAnimation(InputMedia, NotInSandbox):
    TAG = "animation"


class InputMediaAudio(InputMedia, NotInSandbox):
    TAG = "audio"


class InputMediaLivePhoto(InputMedia, NotInSandbox):
    TAG = "live_photo"


class InputMediaVideo(InputMedia, NotInSandbox):
    TAG = "video"


# -- the bot's own settings --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BotCommand:
    command: str
    description: str


class BotCommandScope(Choice):
    pass


@dataclass(frozen=True, kw_only=True)
class BotCommandScopeDefault(BotCommandScope):
    TAG: ClassVar[str] = "default"

    type: str


@dataclass(frozen=True, kw_only=True)
class BotCommandScopeAllPrivateChats(BotCommandScope):
    TAG: ClassVar[str] = "all_private_chats"

    type: str


@dataclass(frozen=True, kw_only=True)
class BotCommandScopeAllGroupChats(BotCommandScope):
    TAG: ClassVar[str] = "all_group_chats"

    type: str


@dataclass(frozen=True, kw_only=True)
class BotCommandScopeAllChatAdministrators(BotCommandScope):
    TAG: ClassVar[str] = "all_chat_administrators"

    type: str


@dataclass(frozen=True, kw_only=True)
class BotCommandScopeChat(BotCommandScope):
    TAG: ClassVar[str] = "chat"

    type: str
    chat_id: int | str


class BotCommandScopeChatAdministrators(BotCommandScope, NotInSandbox):
    TAG = "chat_administrators"


class BotCommandScopeChatMember(BotCommandScope, NotInSandbox):
    TAG = "chat_member"


class MenuButton(Choice):
    pass


@dataclass(frozen=True, kw_only=True)
class MenuButtonCommands(MenuButton):
    TAG: ClassVar[str] = "commands"

    type: str


@dataclass(frozen=True, kw_only=True)
class MenuButtonDefault(MenuButton):
    TAG: ClassVar[str] = "default"

    type: str


class MenuButtonWebApp(MenuButton, NotInSandbox):
    TAG = "web_app"

"""The Bot API methods that the sandbox carries out, declared by hand after Bot API 10.0.

The class is named after the method (`SendMessage` is `sendMessage`) and read like the types in `api_types`.
Source: https://core.telegram.org/bots/api#available-methods
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.api_types import (
    BotCommand,
    BotCommandScope,
    InlineKeyboardMarkup,
    InputFile,
    InputMedia,
    LeftOut,
    LinkPreviewOptions,
    MenuButton,
    MessageEntity,
    ReplyMarkup,
    ReplyParameters,
    SuggestedPostParameters,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A checked request. `uploads` holds its file parts by name, for `attach://<name>`."""

    uploads: Mapping[str, InputFile] = field(default_factory=dict, metadata={"api": False})


def method_name(method: type[Method]) -> str:
    return method.__name__[0].lower() + method.__name__[1:]


# -- updates -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUpdates(Method):
    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWebhook(Method):
    url: str
    certificate: LeftOut[InputFile] = None
    ip_address: LeftOut[str] = None
    max_connections: int | None = None
    allowed_updates: tuple[str, ...] | None = None
    drop_pending_updates: bool | None = None
    secret_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteWebhook(Method):
    drop_pending_updates: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetWebhookInfo(Method):
    pass


# -- sending -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Send(Method):
    chat_id: int | str
    business_connection_id: LeftOut[str] = None
    message_thread_id: LeftOut[int] = None
    direct_messages_topic_id: LeftOut[int] = None
    parse_mode: str | None = None
    disable_notification: bool | None = None
    protect_content: bool | None = None
    allow_paid_broadcast: LeftOut[bool] = None
    message_effect_id: str | None = None
    suggested_post_parameters: LeftOut[SuggestedPostParameters] = None
    reply_parameters: ReplyParameters | None = None
    reply_markup: ReplyMarkup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage(_Send):
    text: str
    entities: tuple[MessageEntity, ...] | None = None
    link_preview_options: LinkPreviewOptions | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPhoto(_Send):
    photo: InputFile | str
    caption: str | None = None
    caption_entities: tuple[MessageEntity, ...] | None = None
    show_caption_above_media: bool | None = None
    has_spoiler: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDocument(_Send):
    document: InputFile | str
    thumbnail: LeftOut[InputFile | str] = None
    caption: str | None = None
    caption_entities: tuple[MessageEntity, ...] | None = None
    disable_content_type_detection: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendChatAction(Method):
    business_connection_id: LeftOut[str] = None
    chat_id: int | str
    message_thread_id: LeftOut[int] = None
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetFile(Method):
    file_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetChat(Method):
    chat_id: int | str


# -- changing what was sent --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit(Method):
    business_connection_id: LeftOut[str] = None
    chat_id: int | str | None = None
    message_id: int | None = None
    inline_message_id: LeftOut[str] = None
    reply_markup: InlineKeyboardMarkup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditMessageText(_Edit):
    text: str
    parse_mode: str | None = None
    entities: tuple[MessageEntity, ...] | None = None
    link_preview_options: LinkPreviewOptions | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditMessageCaption(_Edit):
    caption: str | None = None
    parse_mode: str | None = None
    caption_entities: tuple[MessageEntity, ...] | None = None
    show_caption_above_media: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditMessageMedia(_Edit):
    media: InputMedia


@dataclass(frozen=True, slots=True, kw_only=True)
class EditMessageReplyMarkup(_Edit):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteMessage(Method):
    chat_id: int | str
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCallbackQuery(Method):
    callback_query_id: str
    text: str | None = None
    show_alert: bool | None = None
    url: str | None = None
    cache_time: int | None = None


# -- the bot's own settings --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMe(Method):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMyCommands(Method):
    commands: tuple[BotCommand, ...]
    scope: BotCommandScope | None = None
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMyCommands(Method):
    scope: BotCommandScope | None = None
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteMyCommands(Method):
    scope: BotCommandScope | None = None
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMyName(Method):
    name: str | None = None
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMyName(Method):
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMyDescription(Method):
    description: str | None = None
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMyDescription(Method):
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMyShortDescription(Method):
    short_description: str | None = None
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMyShortDescription(Method):
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChatMenuButton(Method):
    chat_id: int | None = None
    menu_button: MenuButton | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetChatMenuButton(Method):
    chat_id: int | None = None

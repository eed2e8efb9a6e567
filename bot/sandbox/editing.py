"""Methods that change or remove what was sent: https://core.telegram.org/bots/api#updating-messages."""

from dataclasses import replace

from bot.sandbox import wire
from bot.sandbox.api_methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
)
from bot.sandbox.api_types import (
    InlineKeyboardMarkup,
    InputFile,
    InputMedia,
    InputMediaDocument,
    InputMediaPhoto,
)
from bot.sandbox.checking import attached
from bot.sandbox.deep_links import LinkError, start_payload
from bot.sandbox.errors import bad_request
from bot.sandbox.html import utf16_length
from bot.sandbox.markup_rules import checked_markup
from bot.sandbox.messages import Answer, Content, Message
from bot.sandbox.sending import taken_document, taken_photo
from bot.sandbox.texts import caption_text, message_text
from bot.sandbox.wire import Json
from bot.sandbox.world import World

ANSWER_LENGTH_MAX = 200
DELETE_WITHIN_SECONDS = 48 * 3600


async def edit_message_text(world: World, request: EditMessageText) -> Json:
    message = _editable(world, request)
    if message.is_media:
        raise bad_request("there is no text in the message to edit")
    body = message_text(request.text, request.parse_mode, request.entities)
    return _change(world, message, replace(message.content, body=body, markup=request.reply_markup))


async def edit_message_caption(world: World, request: EditMessageCaption) -> Json:
    message = _editable(world, request)
    if not message.is_media:
        raise bad_request("there is no caption in the message to edit")
    body = caption_text(request.caption, request.parse_mode, request.caption_entities)
    above = bool(request.show_caption_above_media)
    changed = replace(message.content, body=body, caption_above=above, markup=request.reply_markup)
    return _change(world, message, changed)


async def edit_message_media(world: World, request: EditMessageMedia) -> Json:
    message = _editable(world, request)
    checked_markup(request.reply_markup)
    content = await _media_content(world, request.media, request)
    kept = message.content
    whole = replace(
        content,
        markup=request.reply_markup,
        reply_to_id=kept.reply_to_id,
        effect_id=kept.effect_id,
        protected=kept.protected,
    )
    return _change(world, _editable(world, request), whole)


async def edit_message_reply_markup(world: World, request: EditMessageReplyMarkup) -> Json:
    message = _editable(world, request)
    return _change(world, message, replace(message.content, markup=request.reply_markup))


async def delete_message(world: World, request: DeleteMessage) -> bool:
    message = world.chat(request.chat_id).existing(request.message_id)
    if message is None:
        raise bad_request("message to delete not found")
    if world.clock() - message.sent_at > DELETE_WITHIN_SECONDS:
        raise bad_request("message can't be deleted")
    world.delete(message)
    return True


async def answer_callback_query(world: World, request: AnswerCallbackQuery) -> bool:
    text = request.text or ""
    if utf16_length(text) > ANSWER_LENGTH_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    if request.url is not None:
        try:
            start_payload(request.url, world.username)
        except LinkError:
            raise bad_request("URL_INVALID") from None
    world.answer(
        request.callback_query_id, Answer(text=text, alert=bool(request.show_alert), url=request.url)
    )
    return True


def _editable(
    world: World, request: EditMessageText | EditMessageCaption | EditMessageMedia | EditMessageReplyMarkup
) -> Message:
    """The bot's own message; only those without a keyboard or with an inline one can be edited."""
    if request.chat_id is None or request.message_id is None:
        raise bad_request("message identifier is not specified")
    message = world.reachable_chat(request.chat_id).existing(request.message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or not isinstance(message.content.markup, InlineKeyboardMarkup | None):
        raise bad_request("message can't be edited")
    return message


def _change(world: World, message: Message, content: Content) -> Json:
    content = replace(content, markup=checked_markup(content.markup))
    if content == message.content:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same"
            " as a current content and reply markup of the message"
        )
    edited = replace(content, markup=None) != replace(message.content, markup=None)
    return wire.message_json(world, world.change(message, content, edited=edited))


async def _media_content(world: World, media: InputMedia, request: EditMessageMedia) -> Content:
    if isinstance(media, InputMediaPhoto):
        body = caption_text(media.caption, media.parse_mode, media.caption_entities)
        photo = await taken_photo(world, _source(media.media, request))
        above = bool(media.show_caption_above_media)
        return Content(body=body, picture=photo, spoiler=bool(media.has_spoiler), caption_above=above)
    if isinstance(media, InputMediaDocument):
        body = caption_text(media.caption, media.parse_mode, media.caption_entities)
        return Content(body=body, document=taken_document(world, _source(media.media, request)))
    raise bad_request("unsupported media")


def _source(media: str, request: EditMessageMedia) -> InputFile | str:
    return attached(media, request.uploads) if media.startswith("attach://") else media

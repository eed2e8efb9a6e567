"""Methods that put something into a chat: https://core.telegram.org/bots/api#sendmessage and the like."""

import asyncio
from dataclasses import replace

from bot.sandbox import wire
from bot.sandbox.api_methods import GetChat, GetFile, SendChatAction, SendDocument, SendMessage, SendPhoto
from bot.sandbox.api_types import InputFile, ReplyParameters
from bot.sandbox.errors import bad_request
from bot.sandbox.files import DOWNLOAD_BYTES_MAX, Document, Photo, photo_pictures
from bot.sandbox.markup_rules import checked_markup
from bot.sandbox.messages import Content
from bot.sandbox.texts import caption_text, message_text
from bot.sandbox.wire import Json
from bot.sandbox.world import Chat, World

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


async def send_message(world: World, request: SendMessage) -> Json:
    chat = world.reachable_chat(request.chat_id)
    body = message_text(request.text, request.parse_mode, request.entities)
    return _post(world, chat, request, Content(body=body))


async def send_photo(world: World, request: SendPhoto) -> Json:
    chat = world.reachable_chat(request.chat_id)
    body = caption_text(request.caption, request.parse_mode, request.caption_entities)
    content = Content(
        body=body,
        spoiler=bool(request.has_spoiler),
        caption_above=bool(request.show_caption_above_media),
    )
    _check_delivery(chat, request)
    photo = await taken_photo(world, request.photo)
    return _post(world, world.reachable_chat(request.chat_id), request, replace(content, picture=photo))


async def send_document(world: World, request: SendDocument) -> Json:
    chat = world.reachable_chat(request.chat_id)
    body = caption_text(request.caption, request.parse_mode, request.caption_entities)
    _check_delivery(chat, request)
    document = taken_document(world, request.document)
    return _post(world, chat, request, Content(body=body, document=document))


async def send_chat_action(world: World, request: SendChatAction) -> bool:
    chat = world.reachable_chat(request.chat_id)
    if request.action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.show_action(chat, request.action)
    return True


async def get_file(world: World, request: GetFile) -> Json:
    file = world.files.by_id(request.file_id)
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > DOWNLOAD_BYTES_MAX:
        raise bad_request("file is too big")
    return wire.file_json(file)


async def get_chat(world: World, request: GetChat) -> Json:
    return wire.full_chat_json(world.chat(request.chat_id).account)


async def taken_photo(world: World, source: InputFile | str) -> Photo:
    """A new photo from an upload, or the one that a file_id stands for."""
    if isinstance(source, str):
        return world.files.photo(source)
    return world.files.add_photo(await asyncio.to_thread(photo_pictures, source.data))


def taken_document(world: World, source: InputFile | str) -> Document:
    """A new document from an upload, or the one that a file_id stands for."""
    if isinstance(source, str):
        return world.files.document(source)
    return world.files.add_document(source.data, source.file_name)


def _post(
    world: World, chat: Chat, request: SendMessage | SendPhoto | SendDocument, content: Content
) -> Json:
    reply_to_id = _check_delivery(chat, request)
    whole = replace(
        content,
        markup=checked_markup(request.reply_markup),
        reply_to_id=reply_to_id,
        effect_id=request.message_effect_id,
        protected=bool(request.protect_content),
    )
    return wire.message_json(world, world.post(chat, whole, from_bot=True))


def _check_delivery(chat: Chat, request: SendMessage | SendPhoto | SendDocument) -> int | None:
    """What all sending methods demand alike; the id of the message that is replied to."""
    checked_markup(request.reply_markup)
    effect_id = request.message_effect_id
    if effect_id is not None and not effect_id.isdecimal():
        raise bad_request("EFFECT_ID_INVALID")
    return _replied(chat, request.reply_parameters)


def _replied(chat: Chat, reply: ReplyParameters | None) -> int | None:
    if reply is None:
        return None
    if chat.existing(reply.message_id):
        return reply.message_id
    if not reply.allow_sending_without_reply:
        raise bad_request("message to be replied not found")
    return None

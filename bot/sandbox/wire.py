"""The world in the Bot API's JSON: https://core.telegram.org/bots/api#available-types."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.sandbox.api_types import InlineKeyboardMarkup, as_json

if TYPE_CHECKING:
    from bot.sandbox.files import Document, Photo, StoredFile
    from bot.sandbox.messages import CallbackQuery, Message, UsersShared
    from bot.sandbox.world import Account, Chat, World

Json = dict[str, Any]


def message_json(world: World, message: Message, *, with_reply: bool = True) -> Json:
    """A Message; the message it replies to is included once."""
    chat = world.chats[message.chat_id]
    content = message.content
    replied = chat.existing(content.reply_to_id or 0) if with_reply else None
    markup = content.markup if isinstance(content.markup, InlineKeyboardMarkup) else None
    return _present(
        message_id=message.id,
        **{"from": bot_json(world) if message.from_bot else user_json(chat.account)},
        chat=chat_json(chat.account),
        date=message.sent_at,
        edit_date=message.edited_at,
        reply_to_message=message_json(world, replied, with_reply=False) if replied else None,
        **_body_json(message),
        photo=photo_json(content.picture) if content.picture else None,
        document=document_json(content.document) if content.document else None,
        location=asdict(content.location) if content.location else None,
        users_shared=_users_shared_json(content.users_shared) if content.users_shared else None,
        reply_markup=as_json(markup) if markup and markup.inline_keyboard else None,
        effect_id=content.effect_id,
        has_protected_content=content.protected or None,
        has_media_spoiler=content.spoiler or None,
        show_caption_above_media=content.caption_above or None,
    )


def callback_query_json(world: World, chat: Chat, query: CallbackQuery) -> Json:
    message = chat.existing(query.message_id)
    gone = {"chat": chat_json(chat.account), "message_id": query.message_id, "date": 0}
    return {
        "id": query.id,
        "from": user_json(chat.account),
        "message": message_json(world, message) if message else gone,
        "chat_instance": chat.instance,
        "data": query.data,
    }


def my_chat_member_json(world: World, chat: Chat) -> Json:
    """The bot's own membership in a private chat: `kicked` while it is blocked."""
    kicked = {"status": "kicked", "user": bot_json(world), "until_date": 0}
    member = {"status": "member", "user": bot_json(world)}
    return {
        "chat": chat_json(chat.account),
        "from": user_json(chat.account),
        "date": int(world.clock()),
        "old_chat_member": member if chat.blocked else kicked,
        "new_chat_member": kicked if chat.blocked else member,
    }


def user_json(account: Account) -> Json:
    return _present(
        id=account.user_id,
        is_bot=False,
        first_name=account.first_name,
        username=account.username,
        language_code=account.language_code,
    )


def chat_json(account: Account) -> Json:
    return _present(
        id=account.user_id, type="private", first_name=account.first_name, username=account.username
    )


def full_chat_json(account: Account) -> Json:
    no_gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return {
        **chat_json(account),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(no_gifts, False),
    }


def bot_json(world: World) -> Json:
    return {
        "id": world.bot_id,
        "is_bot": True,
        "first_name": world.profile.name_for(None),
        "username": world.username,
    }


def me_json(world: World) -> Json:
    """The bot with the fields that only getMe returns."""
    abilities = (
        "can_join_groups",
        "can_read_all_group_messages",
        "supports_inline_queries",
        "can_connect_to_business",
        "has_main_web_app",
    )
    return {**bot_json(world), **dict.fromkeys(abilities, False)}


def photo_json(photo: Photo) -> list[Json]:
    """The sizes of a photo. Only the largest has a `file_size`, which is optional: the others are made on demand."""
    sizes: list[Json] = [
        {**_file_ids(size.file), "width": size.width, "height": size.height} for size in photo.sizes
    ]
    sizes[-1]["file_size"] = len(photo.data)
    return sizes


def document_json(document: Document) -> Json:
    return {**_ids_and_size(document.file), "file_name": document.file_name, "mime_type": document.mime_type}


def file_json(file: StoredFile) -> Json:
    return {**_ids_and_size(file), "file_path": file.path}


def _ids_and_size(file: StoredFile) -> Json:
    return {**_file_ids(file), "file_size": len(file.data)}


def _file_ids(file: StoredFile) -> Json:
    return {"file_id": file.file_id, "file_unique_id": file.unique_id}


def _body_json(message: Message) -> Json:
    body = message.content.body
    if not body.text:
        return {}
    text, entities = ("caption", "caption_entities") if message.is_media else ("text", "entities")
    return {text: body.text, **({entities: as_json(body.entities)} if body.entities else {})}


def _users_shared_json(shared: UsersShared) -> Json:
    users = [_present(user_id=u.user_id, first_name=u.first_name, username=u.username) for u in shared.users]
    return {"request_id": shared.request_id, "users": users}


def _present(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value is not None}

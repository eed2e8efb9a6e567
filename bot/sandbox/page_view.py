"""The world as the page draws it: JSON for the browser, never with the token in it."""

from dataclasses import asdict
from typing import Any

from bot.sandbox.api_types import InlineKeyboardButton, KeyboardButton, MenuButtonCommands, as_json
from bot.sandbox.changes import Change, ChangeKind
from bot.sandbox.deep_links import LinkError, start_payload
from bot.sandbox.google import SAVE_URL
from bot.sandbox.messages import Message
from bot.sandbox.people import Person
from bot.sandbox.post import Mail
from bot.sandbox.stage import Stage
from bot.sandbox.world import Chat, World

Json = dict[str, Any]


def state_view(stage: Stage, languages: tuple[str, ...]) -> Json:
    """Everything there is to draw."""
    world = stage.world
    return {
        "bot": {"username": world.username, "name": world.profile.name_for(None)},
        "languages": list(languages),
        "people": [
            {**person_view(world, person), "messages": _messages_view(world, world.chats[person.id])}
            for person in stage.people.values()
        ],
        **surroundings_view(stage),
    }


def change_view(stage: Stage, change: Change) -> Json | None:
    """What the page must know of a change, in the newest state; None for a change that the page does not show."""
    world, chat_id = stage.world, change.chat_id or 0
    match change.kind:
        case ChangeKind.PERSON | ChangeKind.ACTION if chat_id in stage.people:
            return {"kind": "person", "person": person_view(world, stage.people[chat_id])}
        case ChangeKind.PROFILE:
            return {"kind": "people", "people": [person_view(world, each) for each in stage.people.values()]}
        case ChangeKind.MESSAGE:
            message = world.chats[chat_id].existing(int(change.ref or 0))
            view = message_view(world, message) if message else None
            return {"kind": "message", "person": chat_id, "id": change.ref, "message": view}
        case ChangeKind.ANSWER:
            query = world.queries[str(change.ref)]
            return {"kind": "answer", "person": chat_id, "query": query.id, **as_json(query.answer)}
        case ChangeKind.SURROUNDINGS:
            return {"kind": "surroundings", **surroundings_view(stage)}
    return None


def surroundings_view(stage: Stage) -> Json:
    return {
        "now": stage.world.clock(),
        "timezone": stage.timezone,
        "google_links": SAVE_URL if stage.google.is_open else None,
        "about": stage.about,
        "actions": [{"label": action.label, "group": action.group} for action in stage.actions],
        "guide": [
            {"text": step.text, "who": step.who, "done": done, "by_hand": step.done is None}
            for step, done in stage.guide
        ],
        "mails": [mail_view(mail) for mail in reversed(stage.post.mails)],
        "posters": [
            {"label": poster.label, "picture": f"/sandbox/posters/{number}"}
            for number, poster in enumerate(stage.posters)
        ],
    }


def mail_view(mail: Mail) -> Json:
    """A line in the inbox."""
    return {
        "number": mail.number,
        "received_at": mail.received_at,
        "to": mail.to,
        "sender": mail.sender,
        "subject": mail.subject,
        "url": f"/sandbox/mails/{mail.number}",
    }


def person_view(world: World, person: Person) -> Json:
    """A phone without its messages."""
    chat = world.chats[person.id]
    language = person.language[:2].lower()
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role_hint,
        "language": person.language,
        "started": chat.started,
        "blocked": chat.blocked,
        "bot_name": world.profile.name_for(language),
        "description": world.profile.description.get(language),
        "commands": [as_json(command) for command in person.commands()],
        "menu": isinstance(world.profile.menu_button(person.id), MenuButtonCommands),
        "action": person.action,
        "action_seconds": max(0.0, chat.action.until - world.clock()) if chat.action else 0,
        "keyboard": _keyboard_view(chat),
        "reply_to": chat.reply_to_id,
    }


def message_view(world: World, message: Message) -> Json:
    content = message.content
    return {
        "id": message.id,
        "from_bot": message.from_bot,
        "sent_at": message.sent_at,
        "edited": message.edited,
        "text": "/start" if content.from_link else content.body.text,
        "entities": as_json(content.body.entities),
        "photo": _photo_view(message),
        "document": _document_view(message),
        "location": asdict(content.location) if content.location else None,
        "inline": [[_inline_view(world, button) for button in row] for row in message.inline],
        "reply_to": content.reply_to_id,
        "effect": content.effect_id,
        "spoiler": content.spoiler,
        "caption_above": content.caption_above,
        "shared": [
            str(world.chats[user.user_id].account.first_name)
            for user in (content.users_shared.users if content.users_shared else ())
        ],
    }


def _messages_view(world: World, chat: Chat) -> list[Json]:
    return [message_view(world, message) for message in chat.shown]


def _photo_view(message: Message) -> Json | None:
    if message.content.picture is None:
        return None
    size = message.content.picture.largest
    return {"url": f"/sandbox/files/{size.file.file_id}", "width": size.width, "height": size.height}


def _document_view(message: Message) -> Json | None:
    document = message.document
    if document is None:
        return None
    url = f"/sandbox/files/{document.file.file_id}"
    return {
        "url": url,
        "name": document.file_name,
        "mime_type": document.mime_type,
        "size_bytes": len(document.data),
    }


def _inline_view(world: World, button: InlineKeyboardButton) -> Json:
    view: Json = {"text": button.text, "style": button.style or "", "kind": "callback"}
    if button.copy_text is not None:
        return {**view, "kind": "copy", "copy": button.copy_text.text}
    if button.url is not None:
        kind = "chat" if _is_own_link(world, button.url) else "url"
        return {**view, "kind": kind, "url": button.url}
    if button.switch_inline_query is not None or button.switch_inline_query_current_chat is not None:
        return {**view, "kind": "inline_mode"}
    return {**view, "data": button.callback_data}


def _keyboard_view(chat: Chat) -> Json | None:
    keyboard = chat.keyboard
    if keyboard is None:
        return None
    return {
        "rows": [[_key_view(button) for button in row] for row in keyboard.keyboard],
        "placeholder": keyboard.input_field_placeholder or "",
        "small": bool(keyboard.resize_keyboard),
    }


def _key_view(button: KeyboardButton) -> Json:
    request = button.request_users
    picks = (request.max_quantity or 1) if request else 0
    return {"text": button.text, "style": button.style or "", "picks": picks}


def _is_own_link(world: World, url: str) -> bool:
    try:
        start_payload(url, world.username)
    except LinkError:
        return False
    return True

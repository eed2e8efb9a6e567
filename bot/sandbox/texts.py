"""What Telegram does with every text: parse it, trim it, limit its length, and find commands and links in it."""

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox.api_types import MessageEntity
from bot.sandbox.errors import bad_request
from bot.sandbox.html import Formatted, parse_html, utf16_length

TEXT_LENGTH_MAX = 4096
CAPTION_LENGTH_MAX = 1024

_FOUND = re.compile(
    r"(?P<url>(?:https?|tg)://[^\s<>\"]*[^\s<>\".,;:!?)]|(?<![\w@./])t\.me/[^\s<>\"]*[^\s<>\".,;:!?)])"
    r"|(?<![\w/<>])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w@/])(?P<mention>@[A-Za-z]\w{3,31})(?!\w)"
)
_SHIELDS = {"code", "pre", "text_link", "text_mention", "url"}


def message_text(text: str, parse_mode: str | None, entities: Iterable[MessageEntity] | None) -> Formatted:
    """The text of a message: 1 to 4096 UTF-16 code units after parsing."""
    formatted = _formatted(text, parse_mode, entities)
    if not formatted.text:
        raise bad_request("message text is empty")
    if utf16_length(formatted.text) > TEXT_LENGTH_MAX:
        raise bad_request("message is too long")
    return formatted


def caption_text(
    caption: str | None, parse_mode: str | None, entities: Iterable[MessageEntity] | None
) -> Formatted:
    """The caption of a photo or document: 0 to 1024 UTF-16 code units after parsing."""
    formatted = _formatted(caption or "", parse_mode, entities)
    if utf16_length(formatted.text) > CAPTION_LENGTH_MAX:
        raise bad_request("message caption is too long")
    return formatted


def typed_text(text: str) -> Formatted:
    """What a person typed, with the commands, links and mentions that Telegram finds in it."""
    plain = text.strip()
    return Formatted(plain, tuple(_found(plain, ())))


def _formatted(text: str, parse_mode: str | None, entities: Iterable[MessageEntity] | None) -> Formatted:
    if parse_mode and entities:
        raise bad_request("parse_mode and entities exclude each other")
    if parse_mode and parse_mode.lower() != "html":
        raise bad_request(f'unsupported parse_mode: the sandbox reads HTML only, not "{parse_mode}"')
    given = Formatted(text, _checked(text, tuple(entities or ())))
    trimmed = _trimmed(parse_html(text) if parse_mode else given)
    found = _found(trimmed.text, trimmed.entities)
    ordered = sorted([*trimmed.entities, *found], key=lambda entity: (entity.offset, -entity.length))
    return Formatted(trimmed.text, tuple(ordered))


def _checked(text: str, entities: tuple[MessageEntity, ...]) -> tuple[MessageEntity, ...]:
    length = utf16_length(text)
    for entity in entities:
        if entity.offset < 0 or entity.length <= 0 or entity.offset + entity.length > length:
            raise bad_request(f"entity of type {entity.type} is outside of the text")
    return entities


def _trimmed(formatted: Formatted) -> Formatted:
    """Telegram drops white space at both ends of a message; the entities move along."""
    text = formatted.text.strip()
    if text == formatted.text:
        return formatted
    shift = utf16_length(formatted.text) - utf16_length(formatted.text.lstrip())
    length = utf16_length(text)
    kept = []
    for entity in formatted.entities:
        starts_at = max(entity.offset - shift, 0)
        ends_at = min(entity.offset + entity.length - shift, length)
        if ends_at > starts_at:
            kept.append(replace(entity, offset=starts_at, length=ends_at - starts_at))
    return Formatted(text, tuple(kept))


def _found(text: str, entities: tuple[MessageEntity, ...]) -> Iterable[MessageEntity]:
    taken = [(e.offset, e.offset + e.length) for e in entities if e.type in _SHIELDS]
    for match in _FOUND.finditer(text):
        kind = str(match.lastgroup)
        offset = utf16_length(text[: match.start(kind)])
        length = utf16_length(match[kind])
        if all(offset >= ends_at or offset + length <= starts_at for starts_at, ends_at in taken):
            yield MessageEntity(type=kind, offset=offset, length=length)

"""Telegram's HTML, read strictly: https://core.telegram.org/bots/api#html-style.

Telegram itself lets some mistakes pass (a bare `&`, an unknown attribute). Here everything that its documentation
does not allow is a 400, so that a forgotten escape is found by a test, not by a person whose name contains a `<`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from bot.sandbox.api_types import MessageEntity
from bot.sandbox.errors import ApiError, bad_request

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s[^<>]*)?)>")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z-]+)(?:\s*=\s*("[^"]*"|'[^']*'))?""")
_REFERENCE = re.compile(r"&(?:#(?P<decimal>\d{1,7})|#[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<name>[a-z]+));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_LINK = re.compile(r"(?:https?|tg)://\S+|(?:mailto|tel):\S+")
_PLAIN = re.compile(r"[^<&>]+")

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_MINGLE = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_VERBATIM = {"code", "pre"}
_QUOTES = {"blockquote", "expandable_blockquote"}


@dataclass(frozen=True, slots=True)
class Formatted:
    """A plain text and what is special in it."""

    text: str = ""
    entities: tuple[MessageEntity, ...] = ()

    @property
    def html(self) -> str:
        return to_html(self.text, self.entities)


NO_TEXT = Formatted()


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def parse_html(source: str) -> Formatted:
    """The plain text and the entities; a 400 "can't parse entities" where Telegram's rules are broken."""
    return _Parser(source).run()


@dataclass(slots=True)
class _OpenTag:
    name: str
    kind: str
    starts_at: int
    details: Mapping[str, str]


@dataclass(slots=True)
class _Parser:
    source: str
    position: int = 0
    length: int = 0
    parts: list[str] = field(default_factory=list)
    open_tags: list[_OpenTag] = field(default_factory=list)
    entities: list[MessageEntity] = field(default_factory=list)

    def run(self) -> Formatted:
        readers: dict[str, Callable[[], None]] = {"<": self._tag, "&": self._reference}
        while self.position < len(self.source):
            readers.get(self.source[self.position], self._plain)()
        if self.open_tags:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self.open_tags[-1].name}"')
        outer_first = reversed(self.entities)
        ordered = sorted(outer_first, key=lambda entity: (entity.offset, -entity.length))
        return Formatted("".join(self.parts), tuple(ordered))

    def _plain(self) -> None:
        match = _PLAIN.match(self.source, self.position)
        if match is None:
            raise _unparsable(f'Character ">" must be written as "&gt;" {self._here()}')
        self._append(match.group())
        self.position = match.end()

    def _reference(self) -> None:
        match = _REFERENCE.match(self.source, self.position)
        character = _referred(match) if match else None
        if match is None or character is None:
            raise _unparsable(
                f'Character "&" must begin an entity of the four known or a number {self._here()}'
            )
        self._append(character)
        self.position = match.end()

    def _tag(self) -> None:
        match = _TAG.match(self.source, self.position)
        if match is None:
            raise _unparsable(f"Unclosed start tag {self._here()}")
        name = match["name"].lower()
        if match["end"]:
            self._close(name)
        else:
            self._open(name, match["attributes"])
        self.position = match.end()

    def _open(self, name: str, attributes: str) -> None:
        if name not in _KINDS:
            raise _unparsable(f'Unsupported start tag "{name}" {self._here()}')
        details = self._details(name, self._attributes(name, attributes))
        kind = "expandable_blockquote" if "expandable" in details else _KINDS[name]
        self._check_nesting(name, kind)
        self.open_tags.append(_OpenTag(name, kind, self.length, details))

    def _close(self, name: str) -> None:
        if not self.open_tags:
            raise _unparsable(f"Unexpected end tag {self._here()}")
        tag = self.open_tags.pop()
        if tag.name != name:
            raise _unparsable(
                f'Unmatched end tag {self._here()}, expected "</{tag.name}>", found "</{name}>"'
            )
        length = self.length - tag.starts_at
        if length and not self._is_language_of_pre(tag):
            self.entities.append(
                MessageEntity(
                    type=tag.kind,
                    offset=tag.starts_at,
                    length=length,
                    url=tag.details.get("url"),
                    language=tag.details.get("language"),
                    custom_emoji_id=tag.details.get("custom_emoji_id"),
                )
            )

    def _is_language_of_pre(self, tag: _OpenTag) -> bool:
        """`<pre><code class="language-x">` is one entity: the language belongs to the pre."""
        if tag.kind == "code" and self.open_tags and self.open_tags[-1].kind == "pre":
            self.open_tags[-1].details = tag.details
            return True
        return False

    def _attributes(self, name: str, source: str) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        position = 0
        while source[position:].strip():
            match = _ATTRIBUTE.match(source, position)
            if match is None or match[1] in found:
                raise _unparsable(f'Wrong attribute in the tag "{name}" {self._here()}')
            found[match[1]] = match[2][1:-1] if match[2] else None
            position = match.end()
        return found

    def _details(self, name: str, attributes: dict[str, str | None]) -> dict[str, str]:
        """What the attributes say, as fields of the entity."""
        if name == "blockquote" and attributes == {"expandable": None}:
            return {"expandable": ""}
        if name == "span" and attributes == {"class": "tg-spoiler"}:
            return {}
        if name == "code" and attributes:
            return self._language(attributes)
        needed = {"a": ("href", "url"), "tg-emoji": ("emoji-id", "custom_emoji_id")}.get(name)
        if needed and set(attributes) == {needed[0]} and (value := attributes[needed[0]]):
            value = _unescape(value)
            fits = _LINK.fullmatch(value) if name == "a" else value.isdecimal()
            if fits:
                return {needed[1]: value}
        if needed or attributes or name == "span":
            raise _unparsable(f'Tag "{name}" must have the right attributes {self._here()}')
        return {}

    def _language(self, attributes: dict[str, str | None]) -> dict[str, str]:
        language = attributes.get("class") or ""
        in_pre = bool(self.open_tags) and self.open_tags[-1].kind == "pre"
        if set(attributes) != {"class"} or not language.startswith("language-") or not in_pre:
            raise _unparsable(f'Tag "code" must have the right attributes {self._here()}')
        return {"language": language.removeprefix("language-")}

    def _check_nesting(self, name: str, kind: str) -> None:
        around = [tag.kind for tag in self.open_tags]
        if around == ["pre"] and kind == "code" and self.length == self.open_tags[-1].starts_at:
            return
        inside_verbatim = _VERBATIM & set(around)
        around_verbatim = kind in _VERBATIM and _MINGLE & set(around)
        quote_in_quote = kind in _QUOTES and _QUOTES & set(around)
        others = set(around) - _MINGLE - _QUOTES
        other_in_other = kind not in _MINGLE | _QUOTES and others
        if inside_verbatim or around_verbatim or quote_in_quote or other_in_other:
            raise _unparsable(
                f'Tag "{name}" must not be nested in "{self.open_tags[-1].name}" {self._here()}'
            )

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self.length += utf16_length(text)

    def _here(self) -> str:
        return f"at byte offset {len(self.source[: self.position].encode())}"


def _unparsable(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def _referred(match: re.Match[str]) -> str | None:
    if match["name"]:
        return _NAMED.get(match["name"])
    code = int(match["decimal"]) if match["decimal"] else int(match["hex"], 16)
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else None


def _unescape(value: str) -> str:
    return _REFERENCE.sub(lambda match: _referred(match) or match.group(), value)


# -- back to HTML ------------------------------------------------------------------------------------------

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "text_link": "a",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
    "custom_emoji": "tg-emoji",
}


def to_html(text: str, entities: tuple[MessageEntity, ...]) -> str:
    """The text as Telegram HTML; entities that Telegram finds by itself (commands, links) need no tag."""
    units = text.encode("utf-16-le")
    marks: list[tuple[tuple[int, int, int, int], str]] = []
    for order, entity in enumerate(entities):
        if entity.type in _TAGS:
            opening, closing = _tags_of(entity)
            marks.append(((entity.offset, 1, -entity.length, order), opening))
            marks.append(((entity.offset + entity.length, 0, -entity.offset, -order), closing))
    parts, position = [], 0
    for (offset, *_), tag in sorted(marks):
        parts += [escape(units[position * 2 : offset * 2].decode("utf-16-le"), quote=False), tag]
        position = offset
    return "".join([*parts, escape(units[position * 2 :].decode("utf-16-le"), quote=False)])


def _tags_of(entity: MessageEntity) -> tuple[str, str]:
    tag = _TAGS[entity.type]
    if entity.type == "pre" and entity.language:
        return f'<pre><code class="language-{escape(entity.language)}">', "</code></pre>"
    attribute = ""
    if entity.type == "expandable_blockquote":
        attribute = " expandable"
    elif entity.url is not None:
        attribute = f' href="{escape(entity.url)}"'
    elif entity.custom_emoji_id is not None:
        attribute = f' emoji-id="{entity.custom_emoji_id}"'
    return f"<{tag}{attribute}>", f"</{tag}>"

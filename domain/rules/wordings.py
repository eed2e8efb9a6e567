"""Which messages a merchant may put into its own words, and what such a text must keep to."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from string import Formatter

from domain.messages import MESSAGES, MessageKind, Placeholders
from domain.refusals import (
    WordingEmpty,
    WordingKindFixed,
    WordingMarkupBroken,
    WordingPlaceholderMissing,
    WordingPlaceholderUnknown,
    WordingTooLong,
    WordingTooLongFilled,
)

TEXT_LENGTH_MAX = 1000
"""Characters of a text as it was written."""

MESSAGE_LENGTH_MAX = 4096
"""UTF-16 code units of a message as it is shown (https://core.telegram.org/bots/api#sendmessage)."""

SHOWN_LENGTH_MAX = 32
"""How many characters of the wrong part the refusal shows."""

TAGS = ("b", "i", "u", "s", "tg-spoiler", "code")
"""Of https://core.telegram.org/bots/api#html-style; ``code`` can neither hold another tag nor stand in one."""

VALUE_LENGTH_MAX: Mapping[str, int] = {
    "merchant": 200,
    "store": 128,
    "reward": 160,
    "rewards": 48,
    "number": 11,
    "count": 32,
    "balance": 32,
    "date": 32,
    "what": 240,
    "progress": 96,
}
"""The longest value of each placeholder in any language, in UTF-16 code units."""


PLACEHOLDERS: Mapping[MessageKind, Placeholders] = {
    kind: declared.placeholders for kind, declared in MESSAGES.items() if declared.placeholders
}
"""Of the messages that a merchant may put into its own words."""

_TOKEN = re.compile(r"[^<>&]+|&(?:amp|lt|gt|quot);|<(?P<end>/?)(?P<tag>[a-z-]+)>")
_WRONG = re.compile(r"&\w{0,10};?|<[^<>\n]{0,30}>?|.", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{\w+\}")
_WRONG_BRACE = re.compile(r"\{[^{}\n]{0,30}\}?|\}")
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def placeholders_of(kind: MessageKind) -> Placeholders:
    """Raises WordingKindFixed."""
    if kind not in PLACEHOLDERS:
        raise WordingKindFixed(kind=kind)
    return PLACEHOLDERS[kind]


def check_wording(kind: MessageKind, text: str) -> str:
    """The text without surrounding space. Raises WordingKindFixed, WordingEmpty, WordingTooLong,
    WordingPlaceholderUnknown, WordingPlaceholderMissing, WordingMarkupBroken, WordingTooLongFilled."""
    placeholders = placeholders_of(kind)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise WordingEmpty
    if len(text) > TEXT_LENGTH_MAX:
        raise WordingTooLong(length_max=TEXT_LENGTH_MAX)
    _check_placeholders(text, placeholders)
    check_markup(text)
    if _filled_length(text) > MESSAGE_LENGTH_MAX:
        raise WordingTooLongFilled(length_max=MESSAGE_LENGTH_MAX)
    return text


def _check_placeholders(text: str, placeholders: Placeholders) -> None:
    """Raises WordingPlaceholderUnknown, WordingPlaceholderMissing, WordingMarkupBroken for a lone brace."""
    used = list(_written_in(text))
    for name in used:
        if name not in placeholders.all:
            raise WordingPlaceholderUnknown(name=name[:SHOWN_LENGTH_MAX] or "{}")
    for name in placeholders.required:
        if name not in used:
            raise WordingPlaceholderMissing(name=name)


def _written_in(text: str) -> Iterator[str]:
    """The contents of all curly brackets. A conversion or format is included, which makes the placeholder unknown."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        wrong = _WRONG_BRACE.search(_PLACEHOLDER.sub("", text))
        raise WordingMarkupBroken(found=wrong.group() if wrong else "{") from error
    for _, name, form, conversion in parts:
        if name is not None:
            yield name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")


def check_markup(text: str) -> None:
    """Raises WordingMarkupBroken. Stricter than ``html.parser``, which accepts what Telegram refuses."""
    if (unprintable := _UNPRINTABLE.search(text)) is not None:
        raise WordingMarkupBroken(found=f"U+{ord(unprintable.group()):04X}")
    around: list[str] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or (token["tag"] and not _fits(token, around)):
            wrong = _WRONG.match(text, position)
            raise WordingMarkupBroken(found=wrong.group() if wrong else text[position])
        position = token.end()
    if around:
        raise WordingMarkupBroken(found=f"<{around[-1]}>")


def _fits(token: re.Match[str], around: list[str]) -> bool:
    """Whether a tag may stand inside the tags ``around`` it, which it then joins or closes."""
    tag = token["tag"]
    if token["end"]:
        return bool(around) and around.pop() == tag
    fits = tag in TAGS and "code" not in around and not (tag == "code" and around)
    around.append(tag)
    return fits


def _filled_length(text: str) -> int:
    """UTF-16 code units shown when every placeholder has its longest value."""
    filled = text.format(**{name: "x" * length for name, length in VALUE_LENGTH_MAX.items()})
    shown = unescape(re.sub(r"<[^<>]+>", "", filled))
    return len(shown.encode("utf-16-le")) // 2

"""Formatted text as a person typed it in Telegram, turned into the HTML that bots send."""

import html
import re
from collections import defaultdict
from itertools import pairwise

from telegram import Message, MessageEntity

TAGS = {
    MessageEntity.BOLD: "b",
    MessageEntity.ITALIC: "i",
    MessageEntity.UNDERLINE: "u",
    MessageEntity.STRIKETHROUGH: "s",
    MessageEntity.SPOILER: "tg-spoiler",
    MessageEntity.CODE: "code",
}
_SIGNS = re.compile(r"(</?[a-zA-Z][^<>\n]*>|&#?\w+;)|[&<>]")


def typed_markup(message: Message) -> str:
    """The HTML of a text or a caption. Bold and the like become tags. Tags that were typed stay tags; any other
    ``<``, ``>`` or ``&`` is escaped."""
    written = (message.text or message.caption or "").encode("utf-16-le")
    opens: dict[int, str] = defaultdict(str)
    closes: dict[int, str] = defaultdict(str)
    for entity in sorted(
        message.entities or message.caption_entities, key=lambda each: (each.offset, -each.length)
    ):
        if (tag := TAGS.get(entity.type)) is not None:
            end = entity.offset + entity.length
            opens[entity.offset] += f"<{tag}>"
            closes[end] = f"</{tag}>{closes[end]}"
    cuts = sorted({0, len(written) // 2, *opens, *closes})
    pieces = [
        _mended(written[begin * 2 : end * 2].decode("utf-16-le")) + closes[end] + opens[end]
        for begin, end in pairwise(cuts)
    ]
    return opens[0] + "".join(pieces)


def _mended(text: str) -> str:
    return _SIGNS.sub(lambda found: found[1] or html.escape(found[0], quote=False), text)

"""Which pictures Telegram has already: each is uploaded once, and sent by its id after that."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import TypeVar

from telegram import Message
from telegram.error import BadRequest

ShownT = TypeVar("ShownT")

IDS_KEPT = 10_000
"""At some 250 bytes each; after a restart each picture is uploaded once more."""


class Photos:
    """The ids of one bot's files, which no other bot may use, by the hash of their content."""

    def __init__(self) -> None:
        self._ids: OrderedDict[bytes, str] = OrderedDict()

    async def shown(self, picture: bytes, show: Callable[[bytes | str], Awaitable[ShownT]]) -> ShownT:
        """Calls ``show`` with the picture's id, or with the picture where Telegram has no id for it."""
        key = sha256(picture).digest()
        known = self._ids.get(key)
        if known is not None:
            self._ids.move_to_end(key)
            try:
                return await show(known)
            except BadRequest as error:
                if "file" not in error.message.lower():
                    raise
                self._ids.pop(key, None)
        shown = await show(picture)
        if isinstance(shown, Message) and shown.photo:
            self._ids[key] = shown.photo[-1].file_id
            while len(self._ids) > IDS_KEPT:
                self._ids.popitem(last=False)
        return shown

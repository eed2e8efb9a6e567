"""What a button carries: a verb and a few short arguments, at most 64 bytes
(https://core.telegram.org/bots/api#inlinekeyboardbutton).

It is a hint, never a right: whoever presses may have forged it, so everything is looked up again.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.ids import OperationKey

LENGTH_MAX_BYTES = 64
_SHORT_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_KEY = re.compile(r"[A-Za-z0-9_-]{11}")


class Verb(StrEnum):
    STAMP = "s"
    REDEEM = "r"
    REDEEM_POINTS = "o"
    REWARD_LIST = "i"
    PURCHASE = "e"
    AMOUNT_KEY = "m"
    AMOUNT_SURE = "sure"
    UNDO = "u"
    VOID = "v"
    VOID_WHY = "y"
    VOID_LIST = "w"
    PANEL = "p"
    KEY = "k"
    STORE = "d"
    STAND_HERE = "t"
    LEAVE = "x"
    RESET_PIN = "z"
    SHOW_CARD = "c"
    HISTORY = "h"
    BALANCE = "b"
    REWARDS = "g"
    NEW_CODE = "q"
    NOT_ME = "n"
    JOIN = "j"
    LANGUAGE = "l"
    OPEN_CARD = "f"
    SETTLE = "a"
    DAY = "day"
    UNDO_RESET = "unreset"
    WHICH = "which"
    POSTER = "poster"


class ButtonUnknown(Exception):
    """Not data that this program puts on buttons."""


@dataclass(frozen=True, slots=True)
class Pressed:
    verb: Verb
    arguments: tuple[str, ...]

    def id(self, position: int) -> str:
        """The argument as a full id. Raises ButtonUnknown."""
        return long_id(self.text(position))

    def number(self, position: int) -> int:
        """Raises ButtonUnknown."""
        text = self.text(position)
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise ButtonUnknown
        return int(text)

    def key(self, position: int) -> OperationKey:
        """Raises ButtonUnknown."""
        text = self.text(position)
        if not _KEY.fullmatch(text):
            raise ButtonUnknown
        return OperationKey(text)

    def text(self, position: int) -> str:
        """Raises ButtonUnknown."""
        if position >= len(self.arguments):
            raise ButtonUnknown
        return self.arguments[position]


def press(verb: Verb, *arguments: str | int) -> str:
    """The data of a button. Raises ValueError when it is too long for Telegram."""
    data = ":".join([verb.value, *map(str, arguments)])
    if len(data.encode()) > LENGTH_MAX_BYTES:
        raise ValueError(f"callback data of {len(data.encode())} bytes: {data}")
    return data


def parse_press(data: str) -> Pressed:
    """Raises ButtonUnknown."""
    verb, *arguments = data.split(":")
    try:
        return Pressed(Verb(verb), tuple(arguments))
    except ValueError as error:
        raise ButtonUnknown from error


def short_id(uuid: str) -> str:
    """22 characters for a UUID."""
    return urlsafe_b64encode(UUID(uuid).bytes).decode().rstrip("=")


def long_id(text: str) -> str:
    """The UUID again. Raises ButtonUnknown."""
    if not _SHORT_ID.fullmatch(text):
        raise ButtonUnknown
    return str(UUID(bytes=urlsafe_b64decode(text + "==")))

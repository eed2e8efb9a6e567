"""One message as the chat shows it."""

from collections.abc import Sequence
from enum import StrEnum

from bot.kit.buttons import Verb, press
from domain.quick import dataclass, replace

CAPTION_LENGTH_MAX = 1024
"""https://core.telegram.org/bots/api#sendphoto"""


class Style(StrEnum):
    """https://core.telegram.org/bots/api#inlinekeyboardbutton"""

    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"


class Effect(StrEnum):
    """Message effects every account may see; ids as Telegram's apps send them."""

    CELEBRATION = "5046509860389126442"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Exactly one of ``data``, ``url`` and ``copies`` is set."""

    text: str
    data: str | None = None
    url: str | None = None
    copies: str | None = None
    style: Style | None = None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKey:
    """A key below the chat that has one person chosen; ``request_id`` comes back with the choice."""

    text: str
    request_id: int


Menu = tuple[tuple[str | PersonKey, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``text`` is Telegram HTML, the caption where there is a ``photo`` (PNG).

    ``menu`` has the rows of the keyboard below the chat: empty removes it, None leaves it as it is. ``spare`` is a
    button without effect that may be put under the finger of the last tap (``bot/views/places.py``).
    """

    text: str
    buttons: Keyboard = ()
    photo: bytes | None = None
    document: tuple[str, bytes] | None = None
    menu: Menu | None = None
    effect: Effect | None = None
    spare: Button | None = None

    @property
    def keys(self) -> Sequence[Sequence[str]]:
        """What is written on the keys of the ``menu``."""
        return [[key if isinstance(key, str) else key.text for key in keys] for keys in self.menu or ()]

    def with_buttons(self, *rows: tuple[Button, ...]) -> "View":
        return replace(self, buttons=(*self.buttons, *rows))


def row(*buttons: Button | None) -> tuple[Button, ...]:
    """A row of the buttons that are there."""
    return tuple(button for button in buttons if button is not None)


def keyboard(*rows: tuple[Button, ...]) -> Keyboard:
    """The rows that have buttons."""
    return tuple(buttons for buttons in rows if buttons)


def grid(buttons: Sequence[Button], width: int) -> tuple[tuple[Button, ...], ...]:
    """Rows of ``width`` buttons; of two where exactly one button would be left for a second row, in which it would
    look like the main one."""
    if len(buttons) == width + 1 > 2:
        width = 2
    return tuple(row(*buttons[at : at + width]) for at in range(0, len(buttons), width))


def page_turns(page: int, length: int, count: int, verb: Verb, *arguments: str) -> tuple[Button, ...]:
    """Buttons to the page before and after, of ``length`` items each; the page is the last argument of their data."""
    pages = (("‹", page - 1), ("›", page + 1))
    there = ((arrow, other) for arrow, other in pages if 0 <= other * length < count)
    return row(*(Button(text=arrow, data=press(verb, *arguments, other)) for arrow, other in there))

"""What a chat holds: messages as values, replaced when they change."""

from dataclasses import dataclass

from bot.sandbox.api_types import InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyMarkup
from bot.sandbox.files import Document, Photo
from bot.sandbox.html import NO_TEXT, Formatted


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedUser:
    user_id: int
    first_name: str | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersShared:
    """The people that were picked with a `request_users` button."""

    request_id: int
    users: tuple[SharedUser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A point on the map in degrees, north and east: https://core.telegram.org/bots/api#location."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says and carries; if it was sent `from_link` (by START), Telegram hides the payload."""

    body: Formatted = NO_TEXT
    picture: Photo | None = None
    document: Document | None = None
    markup: ReplyMarkup | None = None
    reply_to_id: int | None = None
    users_shared: UsersShared | None = None
    location: Location | None = None
    effect_id: str | None = None
    protected: bool = False
    spoiler: bool = False
    caption_above: bool = False
    from_link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as the chat shows it now; `sent_at` and `edited_at` are Unix seconds.

    `revision` grows with every change of the world, and so tells which of two messages is newer.
    """

    id: int
    chat_id: int
    from_bot: bool
    sent_at: int
    revision: int
    content: Content
    edited_at: int | None = None
    edited: bool = False
    deleted: bool = False

    @property
    def is_media(self) -> bool:
        return self.content.picture is not None or self.content.document is not None

    @property
    def text(self) -> str:
        """The plain text; "" for a photo or document."""
        return "" if self.is_media else self.content.body.text

    @property
    def caption(self) -> str:
        """The plain caption; "" for a text."""
        return self.content.body.text if self.is_media else ""

    @property
    def html(self) -> str:
        """The text or caption as Telegram HTML."""
        return self.content.body.html

    @property
    def photo(self) -> bytes | None:
        """The picture as the phone shows it: a JPEG."""
        return self.content.picture.data if self.content.picture else None

    @property
    def document(self) -> Document | None:
        return self.content.document

    @property
    def inline(self) -> tuple[tuple[InlineKeyboardButton, ...], ...]:
        """The rows of the inline keyboard."""
        markup = self.content.markup
        return markup.inline_keyboard if isinstance(markup, InlineKeyboardMarkup) else ()

    @property
    def inline_buttons(self) -> tuple[InlineKeyboardButton, ...]:
        return tuple(button for row in self.inline for button in row)

    @property
    def reply_keyboard(self) -> ReplyKeyboardMarkup | None:
        markup = self.content.markup
        return markup if isinstance(markup, ReplyKeyboardMarkup) else None

    @property
    def button_texts(self) -> tuple[str, ...]:
        """The labels of all buttons that came with the message."""
        rows = self.reply_keyboard.keyboard if self.reply_keyboard else ()
        return (*(b.text for b in self.inline_buttons), *(b.text for row in rows for b in row))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What answerCallbackQuery showed: a toast, an alert, a link, or nothing (`text` is "")."""

    text: str = ""
    alert: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackQuery:
    id: str
    chat_id: int
    message_id: int
    data: str
    answer: Answer | None = None

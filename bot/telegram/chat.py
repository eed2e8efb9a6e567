"""Speaking to Telegram: views out, and its errors told apart.

``RetryAfter`` is waited for; ``Forbidden`` means the person cannot be reached; ``BadRequest`` is permanent (it is a
``NetworkError`` in python-telegram-bot and must be caught first); the rest may pass and is tried again by whoever
asked.
"""

import logging
from asyncio import sleep
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from telegram import (
    BotCommand,
    BotCommandScopeChat,
    InputMediaPhoto,
    Message,
    User,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.kit.bounded import remember
from bot.kit.refusals import PictureUnusable
from bot.telegram.client import DirectBot
from bot.telegram.pacing import Pacer
from bot.telegram.photos import Photos
from bot.texts import length, plain
from bot.views.view import CAPTION_LENGTH_MAX, Button, PersonKey, View
from domain.account import Locale
from domain.quick import dataclass

logger = logging.getLogger(__name__)

T = TypeVar("T")

QUICK_TRIES = 3
FIRST_WAIT_S = 0.5
LONGEST_WAIT_FOR_TELEGRAM_S = 60.0
ANSWERS_TAKE_S = 1.5
"""How long the answers to one update take, with a picture to draw and to upload among them."""
SETTLED_WITHIN_S = 1.0
"""Nobody waits longer for what Telegram is slow to take."""
ALERT_LENGTH_MAX = 200
LATER_MAX = 2_000
"""Views that wait, each some kilobytes; in the minute that they wait Telegram takes 1,800 messages."""
_UNDONE = (BadRequest, Forbidden, NetworkError, RetryAfter)
"""Errors after which something that is done by best effort is left undone."""
_LOCALES = {locale.value: locale for locale in Locale}
_NO_PREVIEW = {"is_disabled": True}
_GONE = ("message to edit not found", "can't be edited", "message_id_invalid")
"""What Telegram says of a message that is not there; the last one if it goes while it is being edited."""


@dataclass(frozen=True, slots=True)
class Place:
    """A message that can be edited. What has a picture has a caption instead of a text."""

    chat_id: int
    message_id: int
    has_picture: bool = False


def place_of(message: Message) -> Place:
    return Place(message.chat_id, message.message_id, bool(message.photo or message.document))


def telegram_locale(user: User) -> Locale | None:
    """The language of the person's app, where it is one of ours."""
    code = (user.language_code or "").partition("-")[0].lower()
    return _LOCALES.get(code)


class Chat:
    """Direct answers: sent at once, tried again a few times, counted against the limits."""

    def __init__(self, bot: DirectBot, pacer: Pacer, photos: Photos) -> None:
        self._bot = bot
        self._pacer = pacer
        self._photos = photos
        self._last_sent: dict[int, int] = {}
        self._later: dict[tuple[int, int], tuple[datetime, Place, Callable[[], View]]] = {}

    def last_sent(self, chat_id: int) -> int | None:
        """The newest message in a chat, since the start."""
        return self._last_sent.get(chat_id)

    def has_newest(self, chat_id: int, message_id: int) -> None:
        remember(self._last_sent, chat_id, message_id)

    def answers_first(self, chat_id: int) -> None:
        """Lets what the outbox holds for this chat wait for the answers that are being given now."""
        self._pacer.hold(str(chat_id), ANSWERS_TAKE_S)

    async def settled(self, chat_id: int) -> None:
        """Waits until the outbox knows what was just delivered to this chat, for SETTLED_WITHIN_S at most."""
        await self._pacer.under_way.settled(str(chat_id), SETTLED_WITHIN_S)

    async def send(self, chat_id: int, view: View) -> Place:
        """Raises Forbidden, and NetworkError when Telegram did not answer."""
        self._pacer.count(str(chat_id))
        sent = await self._persist(lambda: send(self._bot, chat_id, view, self._photos), chat_id)
        self._pacer.landed(str(chat_id))
        self.has_newest(chat_id, sent.message_id)
        return sent

    def replace_after(self, moment: datetime, place: Place, view: Callable[[], View]) -> None:
        """After this moment ``replace_due`` shows the view there, unless something else is shown there before, by the
        outbox too. The view is lost with a restart (docs/decisions/0032), or when LATER_MAX others came since."""
        remember(self._later, (place.chat_id, place.message_id), (moment, place, view), LATER_MAX)

    async def replace_due(self, now: datetime) -> int:
        """Shows the views that are due; returns how many. A message that cannot be edited stays as it is."""
        due = [key for key, (moment, _, _) in self._later.items() if moment < now]
        for key in due:
            if key not in self._later:
                continue
            _, place, view = self._later.pop(key)
            await retire(self._bot, place, view(), self._photos)
        return len(due)

    async def edit(self, place: Place, view: View) -> Place:
        """Shows the view in the place of a message, or of its successor where it cannot be edited; returns where."""
        self.overwritten(place)
        shown = await self._persist(lambda: edit(self._bot, place, view, self._photos), place.chat_id)
        if shown is None:
            return await self.send(place.chat_id, view)
        if shown.message_id != place.message_id:
            self.has_newest(place.chat_id, shown.message_id)
        return shown

    def overwritten(self, place: Place) -> None:
        """Forgets the view for a later moment, since something else stands there now."""
        self._later.pop((place.chat_id, place.message_id), None)

    async def retire(self, place: Place, view: View) -> None:
        """Shows the view in the place of a message that is over; best effort, since its successor is there."""
        self.overwritten(place)
        await retire(self._bot, place, view, self._photos)

    async def answer(self, query_id: str, text: str | None = None, *, alert: bool = False) -> None:
        """Ends the waiting on a pressed button. Does nothing for a query that is too old."""
        shown = plain(text)[:ALERT_LENGTH_MAX] if text else None
        try:
            await self._persist(
                lambda: self._bot.asked(
                    "answerCallbackQuery", callback_query_id=query_id, text=shown, show_alert=alert or None
                ),
                None,
            )
        except BadRequest as error:
            logger.info("a button could not be answered: %s", error.message)

    async def delete(self, chat_id: int, message_id: int) -> None:
        """A message that is gone already or too old to delete stays as it is."""
        try:
            await self._persist(lambda: self._bot.delete_message(chat_id, message_id), chat_id)
        except BadRequest as error:
            logger.info("a message could not be deleted: %s", error.message)

    async def take_buttons(self, place: Place) -> None:
        """Takes away buttons that must not be pressed any more; best effort, because each press is checked again."""
        try:
            await self._bot.edit_message_reply_markup(place.chat_id, place.message_id)
        except _UNDONE as error:
            logger.info("buttons could not be taken away: %s", error.message)

    async def set_commands(self, chat_id: int, commands: Sequence[BotCommand]) -> None:
        """The command menu of one chat; best effort, since it changes nothing else."""
        try:
            await self._bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id))
        except _UNDONE as error:
            logger.warning("a command menu could not be set: %s", error.message)

    async def download(self, file_id: str, size_max_bytes: int) -> bytes:
        """Raises PictureUnusable for what is larger or gone."""
        try:
            file = await self._persist(lambda: self._bot.get_file(file_id), None)
            if (file.file_size or 0) > size_max_bytes:
                raise PictureUnusable
            return bytes(await self._persist(file.download_as_bytearray, None))
        except BadRequest as error:
            raise PictureUnusable from error

    async def uploading(self, chat_id: int) -> None:
        """Shows that a picture is on its way; best effort."""
        try:
            await self._bot.send_chat_action(chat_id, ChatAction.UPLOAD_PHOTO)
        except _UNDONE as error:
            logger.info("no chat action: %s", error.message)

    async def _persist(self, call: Callable[[], Awaitable[T]], chat_id: int | None) -> T:
        for attempt in range(1, QUICK_TRIES + 1):
            try:
                return await call()
            except RetryAfter as error:
                wait = seconds_of(error)
                if chat_id is not None:
                    self._pacer.hold(str(chat_id), wait)
                if attempt == QUICK_TRIES or wait > LONGEST_WAIT_FOR_TELEGRAM_S:
                    raise
                await sleep(wait)
            except BadRequest:
                raise
            except NetworkError:
                if attempt == QUICK_TRIES:
                    raise
                await sleep(FIRST_WAIT_S * attempt)
        raise AssertionError("unreachable")


async def send(bot: DirectBot, chat_id: int, view: View, photos: Photos) -> Place:
    """Sends one message. If Telegram cannot parse its text or refuses its effect, sends it once more without that."""
    try:
        return await _or_plain(view, lambda view, mode: _send(bot, chat_id, view, mode, photos))
    except BadRequest as error:
        if view.effect is None or "effect" not in error.message.lower():
            raise
        return await _send(bot, chat_id, replace(view, effect=None), ParseMode.HTML, photos)


async def edit(bot: DirectBot, place: Place, view: View, photos: Photos) -> Place | None:
    """Shows the view in the place of a message; as plain text where Telegram cannot parse it. Returns where the view
    is, since not every message can become every other; None when the message is gone."""
    try:
        return await _or_plain(view, lambda view, mode: _edit(bot, place, view, mode, photos))
    except BadRequest as error:
        if "message is not modified" in error.message.lower():
            return place
        if _is_gone(error):
            return None
        raise


async def retire(bot: DirectBot, place: Place, view: View, photos: Photos) -> None:
    """Shows the view in the place of a message, if that can be done."""
    try:
        await edit(bot, place, view, photos)
    except TelegramError as error:
        logger.info("a message stays as it was: %s", error.message)


async def _or_plain(view: View, show: Callable[[View, str | None], Awaitable[T]]) -> T:
    try:
        return await show(view, ParseMode.HTML)
    except BadRequest as error:
        if "parse entities" not in error.message.lower():
            raise
        logger.error("Telegram could not parse %r: %s", view.text, error.message)
        return await show(replace(view, text=plain(view.text)), None)


async def _send(bot: DirectBot, chat_id: int, view: View, parse_mode: str | None, photos: Photos) -> Place:
    markup = _markup(view)
    if view.document is not None:
        name, content = view.document
        said: dict[str, Any] = {"caption": view.text, "parse_mode": parse_mode, "api_kwargs": markup}
        return place_of(await bot.send_document(chat_id, content, filename=name, **said))
    shown = {"parse_mode": parse_mode, "message_effect_id": view.effect, **markup}
    if view.photo is None:
        shown["link_preview_options"] = _preview(view)
        return Place(chat_id, await bot.sent("sendMessage", chat_id, text=view.text, **shown))

    async def show(photo: bytes | str) -> Message | Place:
        if isinstance(photo, bytes):
            return await bot.send_photo(chat_id, photo, caption=view.text, api_kwargs=shown)
        sent = await bot.sent("sendPhoto", chat_id, photo=photo, caption=view.text, **shown)
        return Place(chat_id, sent, has_picture=True)

    sent = await photos.shown(view.photo, show)
    return sent if isinstance(sent, Place) else place_of(sent)


async def _edit(bot: DirectBot, place: Place, view: View, parse_mode: str | None, photos: Photos) -> Place:
    markup = _markup(view)
    where = {"chat_id": place.chat_id, "message_id": place.message_id}
    if view.photo is not None and place.has_picture:

        def show(photo: bytes | str) -> Awaitable[Any]:
            media = InputMediaPhoto(photo, caption=view.text, parse_mode=parse_mode)
            if isinstance(photo, bytes):
                return bot.edit_message_media(media, place.chat_id, place.message_id, api_kwargs=markup)
            return bot.asked("editMessageMedia", **where, media=media.to_dict(), **markup)

        await photos.shown(view.photo, show)
    elif view.photo is not None or (place.has_picture and length(view.text) > CAPTION_LENGTH_MAX):
        return await _send(bot, place.chat_id, view, parse_mode, photos)
    elif place.has_picture:
        await bot.asked("editMessageCaption", **where, caption=view.text, parse_mode=parse_mode, **markup)
    else:
        said = {"text": view.text, "parse_mode": parse_mode, "link_preview_options": _preview(view)}
        await bot.asked("editMessageText", **where, **said, **markup)
    return place


def _preview(view: View) -> Mapping[str, object] | None:
    """Switches the preview off for a message with a link."""
    return _NO_PREVIEW if "://" in view.text else None


def seconds_of(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _is_gone(error: BadRequest) -> bool:
    reason = error.message.lower()
    return any(said in reason for said in _GONE)


def _markup(view: View) -> dict[str, Mapping[str, object]]:
    """The keyboard as JSON: python-telegram-bot's objects for it take longer than the rest of a message."""
    markup: dict[str, object]
    if view.menu == ():
        markup = {"remove_keyboard": True}
    elif view.menu is not None:
        rows = [[_key(key) for key in keys] for keys in view.menu]
        markup = {"keyboard": rows, "is_persistent": True, "resize_keyboard": True}
    elif view.buttons:
        markup = {"inline_keyboard": [[_button(button) for button in row] for row in view.buttons]}
    else:
        return {}
    return {"reply_markup": markup}


def _key(key: str | PersonKey) -> dict[str, object]:
    """https://core.telegram.org/bots/api#keyboardbutton; of people one, and no bot, as Telegram sees to itself."""
    if isinstance(key, str):
        return {"text": key}
    request = {"request_id": key.request_id, "user_is_bot": False, "max_quantity": 1, "request_name": True}
    return {"text": key.text, "request_users": request}


def _button(button: Button) -> dict[str, object]:
    """https://core.telegram.org/bots/api#inlinekeyboardbutton"""
    shown = {
        "text": button.text,
        "callback_data": button.data,
        "url": button.url,
        "copy_text": {"text": button.copies} if button.copies else None,
        "style": button.style,
    }
    return {name: value for name, value in shown.items() if value is not None}

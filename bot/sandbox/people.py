"""The people of the sandbox, as tests and demos drive them: a person opens links, types, taps and sees."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.sandbox.api_types import BotCommand, InlineKeyboardButton, KeyboardButton
from bot.sandbox.deep_links import start_payload
from bot.sandbox.files import photo_pictures
from bot.sandbox.messages import Answer, CallbackQuery, Content, Location, Message, SharedUser, UsersShared
from bot.sandbox.qr import read_qr
from bot.sandbox.texts import typed_text
from bot.sandbox.world import Chat, World

Wanted: TypeAlias = str | re.Pattern[str] | Callable[[Message], object]
"""What to look for in a message: a part of its text, a pattern, or a test of the message."""

SECONDS_TO_WAIT = 60.0
"""The longest wait for something that is sure to come: the waiter is woken by it, but the machine may be busy."""


class CannotDo(Exception):
    """Something that a person cannot do in Telegram now; the sentence says why."""


@dataclass(frozen=True, slots=True)
class _Button:
    message: Message
    button: InlineKeyboardButton | KeyboardButton


class Person:
    """One person's phone with the chat with the bot. Actions do not wait for the bot's answer; `sees` does, and
    `taps` waits for its button."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat
        self._acted_at_revision = 0
        self._last_query_id: str | None = None
        self.clipboard = ""

    @property
    def id(self) -> int:
        """The user id, which is the id of the private chat as well."""
        return self._chat.id

    @property
    def name(self) -> str:
        return self._chat.account.first_name

    @property
    def language(self) -> str:
        return self._chat.account.language_code

    @property
    def username(self) -> str | None:
        return self._chat.account.username

    @property
    def role_hint(self) -> str:
        return self._chat.account.role_hint

    # -- what the phone shows ------------------------------------------------------------------------------

    @property
    def messages(self) -> list[Message]:
        """What the chat shows now, the oldest first."""
        return self._chat.shown

    @property
    def history(self) -> list[Message]:
        """All messages, deleted ones too."""
        return list(self._chat.messages.values())

    @property
    def last(self) -> Message:
        """The newest message of the bot on the screen."""
        from_bot = [message for message in self.messages if message.from_bot]
        if not from_bot:
            raise CannotDo(f"the bot has not written to {self.name}")
        return from_bot[-1]

    @property
    def action(self) -> str | None:
        """The chat action that shows, such as `typing`."""
        action = self._chat.action
        return action.action if action and action.until > self._world.clock() else None

    def commands(self) -> tuple[BotCommand, ...]:
        """The command menu that Telegram shows this person now."""
        return self._world.profile.commands_for(self.id, self.language)

    # -- acting --------------------------------------------------------------------------------------------

    async def opens(self, link: str) -> Message:
        """Opens a t.me link to the bot and taps Start: `/start <payload>` is sent. Unblocks the bot if need be."""
        payload = start_payload(link, self._world.username)
        return self._receive(Content(body=typed_text(f"/start {payload}"), from_link=True))

    async def scans(self, other: "Person") -> Message:
        """Points the camera at the newest QR code on another person's screen, follows the link, taps Start."""
        for message in reversed(other.messages):
            if message.photo and (link := read_qr(message.photo)):
                return await self.opens(link)
        raise CannotDo(f"there is no QR code on the screen of {other.name}")

    async def sends(self, text: str, *, reply_to: Message | None = None) -> Message:
        """Types a text and sends it."""
        if not text.strip():
            raise CannotDo("Telegram does not send empty messages")
        return self._say(text, reply_to)

    async def sends_photo(self, picture: bytes, *, caption: str = "") -> Message:
        """Sends a PNG or JPEG as a photo."""
        pictures = await asyncio.to_thread(photo_pictures, picture)
        self._refuse_when_blocked()
        photo = self._world.files.add_photo(pictures)
        return self._receive(Content(body=typed_text(caption), picture=photo))

    async def sends_document(self, data: bytes, file_name: str, *, caption: str = "") -> Message:
        self._refuse_when_blocked()
        document = self._world.files.add_document(data, file_name)
        return self._receive(Content(body=typed_text(caption), document=document))

    async def sends_location(self, latitude: float, longitude: float) -> Message:
        """Sends a point on the map, in degrees; nothing can be written beside it."""
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise CannotDo("there is no such place on the map")
        self._refuse_when_blocked()
        return self._receive(Content(location=Location(latitude=latitude, longitude=longitude)))

    async def taps(
        self,
        button: str,
        *,
        on: Message | None = None,
        picks: "Sequence[Person]" = (),
        timeout: float = SECONDS_TO_WAIT,  # noqa: ASYNC109  a person's patience, in seconds
    ) -> Message | CallbackQuery | None:
        """Taps the button with this label (or callback data) on the newest message that has it, or on `on`.

        Waits until there is such a button. `picks` are the people chosen with a `request_users` button.
        Returns the query of a callback button, the message that a reply button or a link sent, else None.
        """
        try:
            found = await self._world.changes.until(lambda: self._button(button, on), timeout_seconds=timeout)
        except TimeoutError:
            visible = [label for message in self.messages for label in message.button_texts]
            raise CannotDo(f"{self.name} sees no button {button!r}, only {visible}") from None
        return await self.taps_button(found.message, found.button, picks=picks)

    async def taps_button(
        self,
        message: Message,
        button: InlineKeyboardButton | KeyboardButton,
        *,
        picks: "Sequence[Person]" = (),
    ) -> Message | CallbackQuery | None:
        """Taps this very button of this message; see `taps`."""
        if isinstance(button, KeyboardButton):
            return self._tap_reply_button(button, picks)
        if button.callback_data is not None:
            return await self.presses_raw(button.callback_data, message)
        if button.copy_text is not None:
            self.clipboard = button.copy_text.text
            return None
        if button.url is not None:
            return await self.opens(button.url)
        raise CannotDo("the sandbox has no inline mode")

    async def taps_key(self, text: str, *, picks: "Sequence[Person]" = ()) -> Message:
        """Taps the key of the reply keyboard that says this. One that was there a moment ago sends what it says all
        the same; who was picked with it goes nowhere."""
        keyboard = self._chat.keyboard
        for key in (key for row in keyboard.keyboard for key in row) if keyboard else ():
            if key.text == text:
                return self._tap_reply_button(key, picks)
        if picks:
            raise CannotDo("the key is gone")
        return await self.sends(text)

    async def presses_raw(self, callback_data: str, message: Message) -> CallbackQuery:
        """Sends any callback data for a message of the bot, as a modified client can."""
        self._refuse_when_blocked()
        query = self._world.press(self._chat, message.id, callback_data)
        self._acted_at_revision = self._world.changes.revision
        self._last_query_id = query.id
        return query

    def blocks_bot(self) -> None:
        self._world.set_blocked(self._chat, blocked=True)

    def unblocks_bot(self) -> None:
        self._world.set_blocked(self._chat, blocked=False)

    # -- waiting -------------------------------------------------------------------------------------------

    async def sees(
        self,
        wanted: Wanted,
        *,
        new: bool = False,
        timeout: float = SECONDS_TO_WAIT,  # noqa: ASYNC109  a person's patience, in seconds
    ) -> Message:
        """The newest message of the bot on the screen that fits; waits for one.

        With `new`, only what came or changed after this person's last action counts. Raises AssertionError
        that lists what the screen shows instead.
        """
        try:
            return await self._world.changes.until(lambda: self._find(wanted, new), timeout_seconds=timeout)
        except TimeoutError:
            shown = "\n".join(f"  #{m.id} {m.html!r} {list(m.button_texts)}" for m in self.messages)
            raise AssertionError(f"{self.name} does not see {wanted!r}; the screen shows\n{shown}") from None

    async def answered(
        self,
        wanted: str | re.Pattern[str] = "",
        *,
        timeout: float = SECONDS_TO_WAIT,  # noqa: ASYNC109  a person's patience, in seconds
    ) -> Answer:
        """What the bot answered to this person's last tap: the toast or alert, whose text must contain `wanted`."""
        query_id = self._last_query_id
        if query_id is None:
            raise CannotDo(f"{self.name} has not tapped an inline button")
        queries = self._world.queries
        try:
            answer = await self._world.changes.until(
                lambda: queries[query_id].answer, timeout_seconds=timeout
            )
        except TimeoutError:
            raise AssertionError(f"the bot did not answer the tap of {self.name}") from None
        if not re.search(re.escape(wanted) if isinstance(wanted, str) else wanted, answer.text):
            raise AssertionError(f"the bot answered {answer.text!r} to {self.name}, not {wanted!r}")
        return answer

    # -- how ----------------------------------------------------------------------------------------------

    def _say(self, text: str, reply_to: Message | None = None) -> Message:
        self._refuse_when_blocked()
        reply_to_id = reply_to.id if reply_to else self._chat.reply_to_id
        return self._receive(Content(body=typed_text(text), reply_to_id=reply_to_id))

    def _receive(self, content: Content) -> Message:
        message = self._world.receive(self._chat, content)
        self._acted_at_revision = self._world.changes.revision
        return message

    def _refuse_when_blocked(self) -> None:
        if self._chat.blocked:
            raise CannotDo(f"{self.name} has blocked the bot; Telegram offers only to restart it")

    def _button(self, wanted: str, on: Message | None) -> _Button | None:
        shown = self.messages if on is None else [self._chat.messages[on.id]]
        keyboard = self._chat.keyboard
        for message in reversed(shown):
            buttons: list[InlineKeyboardButton | KeyboardButton] = list(message.inline_buttons)
            if keyboard is not None and message.reply_keyboard is keyboard:
                buttons += [button for row in keyboard.keyboard for button in row]
            for button in buttons:
                if wanted in (button.text, getattr(button, "callback_data", None)):
                    return _Button(message, button)
        return None

    def _tap_reply_button(self, button: KeyboardButton, picks: "Sequence[Person]") -> Message:
        keyboard = self._chat.keyboard
        if keyboard and keyboard.one_time_keyboard:
            self._chat.keyboard_message_id = None
        if button.request_users is None:
            return self._say(button.text)
        request = button.request_users
        if not 1 <= len(picks) <= (request.max_quantity or 1):
            raise CannotDo(f"{button.text!r} needs 1 to {request.max_quantity or 1} people to be picked")
        users = tuple(
            SharedUser(
                user_id=person.id,
                first_name=person.name if request.request_name else None,
                username=person.username if request.request_username else None,
            )
            for person in picks
        )
        return self._receive(Content(users_shared=UsersShared(request_id=request.request_id, users=users)))

    def _find(self, wanted: Wanted, new: bool) -> Message | None:
        for message in reversed(self.messages):
            fresh = not new or message.revision > self._acted_at_revision
            if message.from_bot and fresh and _fits(message, wanted):
                return message
        return None


def _fits(message: Message, wanted: Wanted) -> object:
    if isinstance(wanted, str):
        return wanted in message.content.body.text
    if isinstance(wanted, re.Pattern):
        return wanted.search(message.content.body.text)
    return wanted(message)

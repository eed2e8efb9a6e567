"""One person's turn: an update with all that a handler needs to answer it.

A handler is ``async def handler(turn: Turn) -> None``: it parses, asks one use case and shows one view. Who gets a
turn, and what becomes of what a handler raises, is said in ``turn_taking.py``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from telegram import CallbackQuery, Document, Message, PhotoSize, Update, User

from bot.kit.buttons import Pressed, parse_press
from bot.kit.refusals import ButtonOutdated, NotStaff, PictureUnusable
from bot.screens.panels import EDITED_FOR
from bot.screens.questions import Question, question_of
from bot.screens.services import Services
from bot.telegram.chat import Place, place_of
from bot.texts import Texts
from bot.views.below_chat import Rows
from bot.views.places import out_of_reach
from bot.views.refusals import sentence
from bot.views.view import View
from domain.account import Account
from domain.entry import Origin
from domain.ids import OperationKey
from domain.ports import Command, InputT, Query, ResultT
from domain.quick import dataclass, replace
from domain.refusals import Refusal
from domain.staff import Actor
from domain.steps import Step
from domain.usecases.who_is import Caller, actor_at_desk, who_is

NO_TIMEZONE = "UTC"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PICTURE_SIZE_MAX_BYTES = 10 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Turn:
    """``words`` is what was typed after a command, or the whole text; ``question`` is the one that this person has
    not answered yet. ``keys_due`` belong below the chat, where the same keys are in the language of before."""

    update: Update
    came_at: datetime
    user: User
    services: Services
    caller: Caller
    question: Question | None
    t: Texts
    words: str = ""
    answered: bool = False
    is_placeless: bool = False
    keys_due: Rows | None = None

    @property
    def account(self) -> Account:
        return self.caller.account

    @property
    def nonce(self) -> str:
        """The nonce of the open question; empty where there is none."""
        return self.caller.dialogue.nonce if self.caller.dialogue else ""

    @property
    def keys(self) -> str:
        """The keys pressed so far in answer to the open question."""
        return self.caller.dialogue.keys if self.caller.dialogue else ""

    @property
    def query(self) -> CallbackQuery | None:
        return self.update.callback_query

    @property
    def message(self) -> Message | None:
        """The message sent, or the one whose button was pressed while Telegram still shows it."""
        if self.query is not None:
            return self.query.message if isinstance(self.query.message, Message) else None
        return self.update.effective_message

    @property
    def text_there(self) -> str:
        """The message's text or caption as HTML; empty where it has none, or Telegram shows it no more."""
        if self.message is None:
            return ""
        has_picture = place_of(self.message).has_picture
        return (self.message.caption_html if has_picture else self.message.text_html) or ""

    @property
    def said_at(self) -> datetime:
        """When the message was sent, or the one whose button was pressed. It is the same whenever the update is
        handled."""
        message = self.update.effective_message
        return message.date if message is not None else EPOCH

    @property
    def asked_at(self) -> datetime:
        """When this was typed, by Telegram's clock; for a tap, when it came here, since Telegram does not tell its
        time."""
        return self.came_at if self.query is not None else self.said_at

    @property
    def sent_file(self) -> PhotoSize | Document | None:
        """The photo that was sent, in its largest size, or the file."""
        if self.query is not None or self.message is None:
            return None
        return self.message.photo[-1] if self.message.photo else self.message.document

    @property
    def sent_location(self) -> str:
        """Latitude and longitude in degrees, as maps write them; empty if no location was sent."""
        place = self.message.location if self.query is None and self.message is not None else None
        return f"{place.latitude:.6f}, {place.longitude:.6f}" if place else ""

    async def sent_picture(self) -> bytes:
        """Raises PictureUnusable when it is too large, or none was sent."""
        sent = self.sent_file
        if sent is None or (sent.file_size or 0) > PICTURE_SIZE_MAX_BYTES:
            raise PictureUnusable
        return await self.services.chat.download(sent.file_id, PICTURE_SIZE_MAX_BYTES)

    @property
    def is_command(self) -> bool:
        """Whether it begins as one, known or not: ``words`` are what follows."""
        return bool(self.message and self.message.text and self.message.text.startswith("/"))

    @property
    def timezone(self) -> str:
        """The time zone of the merchant at the desk; UTC without one."""
        membership = self.caller.membership
        return membership.timezone if membership else NO_TIMEZONE

    @property
    def pressed(self) -> Pressed:
        """Raises ButtonUnknown."""
        return parse_press(self.query.data or "" if self.query else "")

    @property
    def is_operator(self) -> bool:
        return self.user.id in self.services.operator_ids

    @property
    def actor(self) -> Actor:
        """Raises NotAllowed, StoreNotChosen."""
        return actor_at_desk(self.caller)

    def check_is_staff(self) -> None:
        """Raises NotStaff."""
        if not self.caller.is_staff:
            raise NotStaff

    @property
    def origin(self) -> Origin:
        message = self.message
        return Origin(
            account=self.account,
            chat_id=self.user.id,
            message_id=message.message_id if message else None,
        )

    @property
    def typed_key(self) -> OperationKey:
        """The operation key of a typed command: the same however often Telegram delivers it."""
        message_id = self.message.message_id if self.message else self.update.update_id
        return OperationKey(f"{self.account.bot_id}:{self.user.id}:{message_id}")

    async def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        result = await self.services.database.write(usecase, command)
        self.services.trace(Step.EFFECT_KNOWN)
        return result

    async def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        return await self.services.database.read(usecase, query)

    async def look_again(self) -> None:
        """Reads caller and open question again, after they have changed."""
        self.caller = await self.read(who_is, self.account)
        self.question = question_of(self.caller.dialogue)
        self.services.rate_limiter.remember_staff(self.user.id, is_staff=self.caller.is_staff)

    async def say(self, view: View) -> Place:
        """A new message below. One without buttons takes along the keys that are due."""
        if self.keys_due is not None and view.menu is None and not view.buttons:
            view = replace(view, menu=self.keys_due)
        view = self._out_of_reach(view)
        sent = await self.services.chat.send(self.user.id, view)
        if view.menu is not None:
            self.keys_due = None
            self.services.old_keys.pop(self.account.user_id, None)
        self.services.second_taps.answered(self.update, view.buttons)
        return sent

    async def show(self, view: View, place: Place | None = None) -> Place:
        """Edits the message at ``place``, by default the one whose button was pressed; without one, sends a new
        message."""
        place = place or self.place
        if place is None:
            shown = await self.say(view)
            if self._is_too_old_to_edit and self.message is not None and not self.is_placeless:
                await self.services.panels.retired(place_of(self.message))
            return shown
        view = self._out_of_reach(view)
        _, shown = await asyncio.gather(self.answer(), self.services.chat.edit(place, view))
        self.services.second_taps.answered(self.update, view.buttons)
        return shown

    async def show_instead(self, view: View) -> None:
        """Shows the view instead of the message whose button was pressed. A message with a picture cannot be edited
        into one without, nor the other way round: then a new one is sent, and the old one deleted."""
        place = self.place
        if place is None or place.has_picture == (view.photo is not None):
            await self.show(view)
        else:
            await self.say(view)
            await self.services.chat.delete(place.chat_id, place.message_id)

    def _out_of_reach(self, view: View) -> View:
        """The view, with no effect under the finger that has just tapped."""
        finger = self.services.second_taps.finger(self.query) if self.query else None
        return out_of_reach(view, finger) if finger else view

    def show_below(self) -> None:
        """The pressed button has had its effect: what follows is a new message."""
        self.is_placeless = True

    @property
    def place(self) -> Place | None:
        """The message whose button was pressed, while it may be edited."""
        if self.query is None or self.message is None or self.is_placeless or self._is_too_old_to_edit:
            return None
        return place_of(self.message)

    @property
    def _is_too_old_to_edit(self) -> bool:
        """Whether the message is older than EDITED_FOR. One with a picture, such as a card, is edited at any age."""
        if self.query is None or self.message is None or place_of(self.message).has_picture:
            return False
        return self.services.clock() - self.said_at >= EDITED_FOR

    async def answer(self, text: str | None = None, *, alert: bool = False) -> None:
        """Answers a pressed button, once."""
        if self.query is not None and not self.answered:
            self.answered = True
            await self.services.chat.answer(self.query.id, text, alert=alert)

    def said(self, refusal: Refusal) -> str:
        """The sentence for a refusal."""
        return sentence(self.t, refusal, self.timezone, now=self.services.clock())

    async def refuse(self, refusal: Refusal) -> None:
        """One sentence: over the message for a pressed button, below it otherwise."""
        said = self.said(refusal)
        if self.query is not None and not self.answered:
            await self.answer(said, alert=True)
        else:
            await self.say(View(text=said))


Handler = Callable[[Turn], Awaitable[None]]


async def outdated_button(_turn: Turn) -> None:
    raise ButtonOutdated

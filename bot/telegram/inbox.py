"""The durable inbox in front of the Application, and the order in which people are served.

python-telegram-bot acknowledges a batch with its next ``getUpdates`` whether or not it was handled, so that request
waits until the whole batch is committed. Updates of one person are handled one after the other, those of different
people side by side; whoever's update fails waits for its next try while everybody else goes on.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from telegram import Bot, Update
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseUpdateProcessor, CallbackContext

from bot.telegram.chat import seconds_of
from domain.ids import BotId, UpdateId
from domain.plumbing import inbox as usecases
from domain.ports import Database, DatabaseUnavailable
from domain.steps import Step, Trace
from domain.update import ReceivedUpdate

logger = logging.getLogger(__name__)

IN_FLIGHT_MAX = 256
BACKLOG_MAX = 5_000
TRIES_MAX = 3
PASSING_TRIES_MAX = 20
"""With waits that double up to a minute, a quarter of an hour."""
KEEP_AGAIN_S = 1.0
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0


class InboxQueue(asyncio.Queue[object]):
    """The Application's update queue. Hands out an update when its person is not being served."""

    def __init__(self, database: Database, bot_id: BotId, trace: Trace) -> None:
        super().__init__()
        self._database = database
        self._bot_id = bot_id
        self._trace = trace
        self._waiting: dict[int, deque[Update]] = {}
        self._backlog = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._batch: list[tuple[Update, str]] = []
        self.text_of: Callable[[int], str | None] = lambda _update_id: None
        self._is_stopping = False

    async def put(self, item: object) -> None:
        """Takes an update from polling. It is kept together with the rest of its batch: see ``keep_batch``."""
        if isinstance(item, Update):
            await self._has_room.wait()
            self._batch.append((item, self.text_of(item.update_id) or _encode(item)))
        else:
            await super().put(item)

    async def keep_batch(self) -> None:
        """Returns when everything put so far is committed; until then Telegram must not be asked for more.

        Tries until it is: whatever goes wrong here, an update that is not kept must not be acknowledged.
        """
        while self._batch:
            try:
                await self.keep(*self._batch)
                self._batch = []
            except Exception:
                logger.exception("%d updates cannot be kept, trying again", len(self._batch))
                await asyncio.sleep(KEEP_AGAIN_S)

    async def keep(self, *batch: tuple[Update, str]) -> None:
        """Commits updates to the inbox, each with the text that Telegram sent. Raises DatabaseUnavailable."""
        self._trace(Step.UPDATE_RECEIVED)
        received = [
            ReceivedUpdate(
                bot_id=self._bot_id,
                update_id=UpdateId(update.update_id),
                person_key=person_key(update),
                payload=text,
            )
            for update, text in batch
        ]
        are_new = await self._database.write(usecases.receive_updates, received)
        self._trace(Step.UPDATE_STORED)
        for (update, _), is_new in zip(batch, are_new, strict=True):
            if is_new:
                self._accept(update)

    async def replay(self, bot: Bot) -> int:
        """Takes up what a crash left undone; returns how many updates that is."""
        replay = await self._database.write(usecases.replay_updates, self._bot_id)
        if replay.kept_aside:
            logger.error("%d updates were under way in too many crashes: kept aside", replay.kept_aside)
        for received in replay.to_do:
            self._accept(Update.de_json(_decode(received.payload), bot))
        return len(replay.to_do)

    def finished(self, update: Update) -> None:
        """The person's next update may go."""
        person = person_key(update)
        queue = self._waiting[person]
        queue.popleft()
        self._backlog -= 1
        self._has_room.set()
        if not queue:
            del self._waiting[person]
        elif not self._is_stopping:
            self.put_nowait(queue[0])

    def stop(self) -> None:
        """Nobody's next update goes any more; the inbox keeps them."""
        self._is_stopping = True

    def _accept(self, update: Update) -> None:
        queue = self._waiting.setdefault(person_key(update), deque())
        queue.append(update)
        self._backlog += 1
        if self._backlog >= BACKLOG_MAX:
            self._has_room.clear()
        if len(queue) == 1:
            self.put_nowait(update)


class PersonalProcessor(BaseUpdateProcessor):
    """Runs one update to its end: handled, tried again, or kept aside for the operator."""

    def __init__(self, queue: InboxQueue, database: Database, bot_id: BotId, trace: Trace) -> None:
        super().__init__(IN_FLIGHT_MAX)
        self._queue = queue
        self._database = database
        self._bot_id = bot_id
        self._trace = trace
        self._failures: dict[int, Exception] = {}
        self._stopping = asyncio.Event()
        self._answered: list[usecases.UpdateRef] = []
        self._marking: asyncio.Task[None] | None = None
        self.handle_again: Callable[[Update], Awaitable[None]]
        self.apologize: Callable[[Update, str], Awaitable[None]]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Marks what was answered last."""
        if self._marking is not None:
            await self._marking

    def stop(self) -> None:
        """Nothing new is started; what waits for another try is left to the next start."""
        self._stopping.set()
        self._queue.stop()

    async def on_error(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        """The Application's error handler: remembers why handling this update failed."""
        error = context.error
        if isinstance(update, Update) and error is not None:
            self._failures[update.update_id] = error
        else:
            logger.error("an error outside of any update", exc_info=error)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not isinstance(update, Update):
            await coroutine
            return
        try:
            self._trace(Step.UPDATE_STARTED)
            await coroutine
            if await self._bring_to_an_end(update):
                self._mark_answered(update)
        finally:
            self._queue.finished(update)

    async def _bring_to_an_end(self, update: Update) -> bool:
        """False when the update stays in the inbox, for the next start or for the operator."""
        tries = 1
        while (error := self._failures.pop(update.update_id, None)) is not None:
            if self._stopping.is_set() or not await self._may_try_again(update, error, tries):
                return False
            await self.handle_again(update)
            tries += 1
        return True

    async def _may_try_again(self, update: Update, error: Exception, tries: int) -> bool:
        if is_passing(error):
            logger.warning("update %d, try %d: %s", update.update_id, tries, error)
            if tries < PASSING_TRIES_MAX:
                return await self._waited(_wait(error, tries))
        else:
            logger.error("update %d, try %d", update.update_id, tries, exc_info=error)
            if tries < TRIES_MAX and not isinstance(error, BadRequest):
                return await self._waited(_wait(error, tries))
        await self._keep_aside(update, error)
        return False

    async def _keep_aside(self, update: Update, error: Exception) -> None:
        reference = secrets.token_hex(4)
        logger.error("update %d is kept aside, reference %s", update.update_id, reference)
        failure = usecases.UpdateFailure(
            bot_id=self._bot_id,
            update_id=UpdateId(update.update_id),
            error=f"{reference} {type(error).__name__}",
            for_good=True,
        )
        try:
            await self.apologize(update, reference)
        except TelegramError as another:
            logger.error("reference %s: nobody could be told: %s", reference, another)
        try:
            await self._database.write(usecases.fail_update, failure)
        except DatabaseUnavailable as another:
            logger.error("reference %s: the next start takes it up again: %s", reference, another)

    async def _waited(self, seconds: float) -> bool:
        """False when the program stops meanwhile."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return True
        return False

    def _mark_answered(self, update: Update) -> None:
        """Nobody waits for the mark, so those that come meanwhile share the next one."""
        self._trace(Step.ANSWER_SENT)
        self._answered.append(usecases.UpdateRef(bot_id=self._bot_id, update_id=UpdateId(update.update_id)))
        if self._marking is None or self._marking.done():
            self._marking = asyncio.create_task(self._mark_done())

    async def _mark_done(self) -> None:
        while self._answered:
            batch, self._answered = self._answered, []
            try:
                await self._database.write(usecases.finish_updates, batch)
            except DatabaseUnavailable as error:
                logger.warning("%d updates will be answered again: %s", len(batch), error)
            self._trace(Step.UPDATE_DONE)


def person_key(update: Update) -> int:
    """Who the update is from; all that is from nobody shares one queue."""
    if update.effective_user is not None:
        return update.effective_user.id
    return update.effective_chat.id if update.effective_chat is not None else 0


def is_passing(error: Exception) -> bool:
    """Whether the same may succeed a little later."""
    if isinstance(error, BadRequest | Forbidden):
        return False
    return isinstance(error, DatabaseUnavailable | NetworkError | RetryAfter)


def _wait(error: Exception, tries: int) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    return min(FIRST_WAIT_S * 2.0 ** (tries - 1), LONGEST_WAIT_S)


def _encode(update: Update) -> str:
    return msgspec.json.encode(update.to_dict()).decode()


def _decode(payload: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(payload)
    return found

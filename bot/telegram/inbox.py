"""The durable inbox, and the order in which people are served.

What Telegram sent is committed, just as it was sent, before Telegram may forget it. Updates of one person are handled
one after the other, those of different people side by side; whoever's update fails waits for its next try while
everybody else goes on. What nobody can read is kept aside as it came.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import count

from telegram import Bot, Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.kit.watch import is_set_within
from bot.telegram.chat import seconds_of
from bot.telegram.updates import UpdateUnreadable, read_update
from domain.ids import BotId
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
MARK_AGAIN_S = 1.0
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0


class Inbox:
    """``has_room`` is set while more may come."""

    def __init__(
        self,
        *,
        bot: Bot,
        bot_id: BotId,
        database: Database,
        trace: Trace,
        handle: Callable[[Update], Awaitable[None]],
        apologize: Callable[[Update, str], Awaitable[None]],
        failed: Callable[[], None],
    ) -> None:
        """``handle`` answers an update; ``apologize`` tells its sender the reference under which it was kept aside;
        ``failed`` is told of what goes wrong here."""
        self._bot = bot
        self._bot_id = bot_id
        self._database = database
        self._trace = trace
        self._handle = handle
        self._apologize = apologize
        self._failed = failed
        self._lines: dict[int, deque[ReceivedUpdate]] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._backlog = 0
        self.has_room = asyncio.Event()
        self.has_room.set()
        self._stops = asyncio.Event()
        self._answered: list[usecases.UpdateRef] = []
        self._stirs = asyncio.Event()
        self._is_closed = False

    async def keep(self, *received: ReceivedUpdate) -> None:
        """Commits updates as Telegram wrote them, of which those that are new are handled then. Raises
        DatabaseUnavailable."""
        self._trace(Step.UPDATE_RECEIVED)
        are_new = await self._database.write(usecases.receive_updates, received)
        self._trace(Step.UPDATE_STORED)
        for update, is_new in zip(received, are_new, strict=True):
            if is_new:
                self._accept(update)

    async def replay(self) -> int:
        """Takes up what a crash left undone; returns how many updates that is."""
        replay = await self._database.write(usecases.replay_updates, self._bot_id)
        if replay.kept_aside:
            logger.error("%d updates were under way in too many crashes: kept aside", replay.kept_aside)
        for received in replay.to_do:
            self._accept(received)
        return len(replay.to_do)

    async def stop(self) -> None:
        """What is under way is brought to its end; the rest is left to the next start."""
        self._stops.set()
        if self._serving:
            await asyncio.wait(self._serving)

    async def mark(self) -> None:
        """Notes what was answered, until ``close``. Nobody waits for it: what is answered meanwhile shares a note."""
        while self._answered or not self._is_closed:
            if not self._answered:
                self._stirs.clear()
                await self._stirs.wait()
                continue
            batch = self._answered.copy()
            try:
                await self._database.write(usecases.finish_updates, batch)
            except DatabaseUnavailable as error:
                logger.warning("%d answered updates cannot be marked: %s", len(batch), error)
                if self._is_closed:
                    return
                await asyncio.sleep(MARK_AGAIN_S)
            else:
                del self._answered[: len(batch)]
                self._trace(Step.UPDATE_DONE)

    def close(self) -> None:
        self._is_closed = True
        self._stirs.set()

    def _accept(self, received: ReceivedUpdate) -> None:
        person = received.person_key
        line = self._lines.setdefault(person, deque())
        line.append(received)
        self._backlog += 1
        if self._backlog >= BACKLOG_MAX:
            self.has_room.clear()
        if len(line) == 1:
            task = asyncio.create_task(self._serve(person, line))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)

    async def _serve(self, person: int, line: deque[ReceivedUpdate]) -> None:
        """One after the other."""
        while line and not self._stops.is_set():
            try:
                await self._bring_to_an_end(line[0])
            except Exception:
                logger.exception("update %d is left to the next start", line[0].update_id)
                self._failed()
            line.popleft()
            self._backlog -= 1
            self.has_room.set()
        del self._lines[person]

    async def _bring_to_an_end(self, received: ReceivedUpdate) -> None:
        """Handled, or kept aside for the operator, or left to the next start."""
        try:
            update = read_update(received.payload, self._bot)
        except UpdateUnreadable as error:
            await self._keep_aside(received, None, error)
            return
        self._trace(Step.UPDATE_STARTED)
        for tries in count(1):
            try:
                async with self._slots:
                    await self._handle(update)
                break
            except Exception as error:
                if self._stops.is_set() or not await self._may_try_again(received, update, error, tries):
                    return
        self._trace(Step.ANSWER_SENT)
        self._answered.append(usecases.UpdateRef(bot_id=self._bot_id, update_id=received.update_id))
        self._stirs.set()

    async def _may_try_again(
        self, received: ReceivedUpdate, update: Update, error: Exception, tries: int
    ) -> bool:
        """After a wait. False when it was kept aside, or the program stops meanwhile."""
        passes = is_passing(error)
        level, traceback = (logging.WARNING, None) if passes else (logging.ERROR, error)
        logger.log(level, "update %d, try %d: %s", received.update_id, tries, error, exc_info=traceback)
        if tries < (PASSING_TRIES_MAX if passes else 1 if isinstance(error, BadRequest) else TRIES_MAX):
            return not await is_set_within(self._stops, _wait(error, tries))
        await self._keep_aside(received, update, error)
        return False

    async def _keep_aside(self, received: ReceivedUpdate, update: Update | None, error: Exception) -> None:
        reference = secrets.token_hex(4)
        logger.error("update %d is kept aside, reference %s", received.update_id, reference)
        failure = usecases.UpdateFailure(
            bot_id=self._bot_id,
            update_id=received.update_id,
            error=f"{reference} {type(error).__name__}",
            for_good=True,
        )
        try:
            if update is not None:
                await self._apologize(update, reference)
        except Exception as another:
            logger.error("reference %s: nobody could be told: %r", reference, another)
        try:
            await self._database.write(usecases.fail_update, failure)
        except DatabaseUnavailable as another:
            logger.error("reference %s: the next start takes it up again: %s", reference, another)


def is_passing(error: Exception) -> bool:
    """Whether the same may succeed a little later."""
    if isinstance(error, BadRequest | Forbidden):
        return False
    return isinstance(error, DatabaseUnavailable | NetworkError | RetryAfter | InvalidToken)


def _wait(error: Exception, tries: int) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    return min(FIRST_WAIT_S * 2.0 ** (tries - 1), LONGEST_WAIT_S)

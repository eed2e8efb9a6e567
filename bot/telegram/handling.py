"""One update, brought to its end: answered, kept aside for the operators, or left to the next start.

What fails is tried again, after a wait that grows. What has failed too often, or was under way in too many crashes,
is kept aside, and its sender is told. Before what may end the process a note is written (docs/decisions/0020).
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from telegram import Bot, Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.kit.watch import is_set_within
from bot.telegram.chat import seconds_of
from bot.telegram.marks import Known, Marks
from bot.telegram.updates import UpdateUnreadable, read_update
from domain.ids import BotId
from domain.plumbing import inbox as usecases
from domain.ports import Database, DatabaseUnavailable
from domain.quick import dataclass
from domain.steps import Step, Trace
from domain.update import ReceivedUpdate

logger = logging.getLogger(__name__)

IN_FLIGHT_MAX = 256
PICTURES_MAX = 4
"""Pictures in memory at once, each at most 10 MB; others wait where they hold up nobody."""
TRIES_MAX = 3
PASSING_TRIES_MAX = 20
"""Some quarter of an hour, with waits that double up to a minute."""
CRASHES_MAX = 10
PICTURE_CRASHES_MAX = 2
"""The first crash may be chance; the second time the picture was handled alone."""
OUTAGE_WAIT_S = 5.0
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0

Starts = Callable[[Coroutine[Any, Any, None]], None]


class WasUnderWay(Exception):
    """The update was under way in too many crashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What senders get. ``handle`` answers an update, told when it came; ``apologize`` tells its sender the reference
    under which it was kept aside; ``put_off`` that nothing can be written for now, and ``made_good`` afterwards that
    it was handled after all."""

    handle: Callable[[Update, datetime], Awaitable[None]]
    apologize: Callable[[Update, str], Awaitable[None]]
    put_off: Callable[[Update], Coroutine[Any, Any, None]]
    made_good: Callable[[Update], Awaitable[None]]


class Handling:
    """``starts`` runs what nobody waits for; once ``stops`` is set, nothing more begins."""

    def __init__(
        self,
        *,
        bot: Bot,
        bot_id: BotId,
        database: Database,
        trace: Trace,
        answers: Answers,
        known: Known,
        marks: Marks,
        starts: Starts,
        stops: asyncio.Event,
    ) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._database = database
        self._trace = trace
        self._answers = answers
        self._known = known
        self._marks = marks
        self._starts = starts
        self._stops = stops
        self._slots = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._pictures = asyncio.Semaphore(PICTURES_MAX)
        self._one_suspect = asyncio.Lock()

    def put_off(self, received: ReceivedUpdate) -> None:
        """Tells the sender that nothing can be kept now. The update comes again until it can be."""
        with suppress(UpdateUnreadable):
            self._starts(self._answers.put_off(read_update(received.payload, self._bot)))

    async def bring_to_an_end(
        self, received: ReceivedUpdate, came_at: datetime, *, is_left_over: bool
    ) -> None:
        """Handles the update, keeps it aside for the operators, or leaves it to the next start. One that
        ``is_left_over`` from a crash is noted whatever it is."""
        try:
            update = read_update(received.payload, self._bot)
        except UpdateUnreadable as error:
            await self._keep_aside(received, None, error)
            return
        if received.attempts >= (PICTURE_CRASHES_MAX if has_picture(update) else CRASHES_MAX):
            await self._keep_aside(received, update, WasUnderWay())
            return
        ref = usecases.UpdateRef(bot_id=self._bot_id, update_id=received.update_id)
        noting = partial(self._noted, ref) if is_left_over or has_picture(update) else nullcontext
        alone = self._one_suspect if received.attempts else nullcontext()
        pictures = self._pictures if has_picture(update) else nullcontext()
        self._trace(Step.UPDATE_STARTED)
        for tries in count(1):
            try:
                async with alone, pictures, self._slots:
                    if self._stops.is_set():
                        return
                    async with noting():
                        await self._answers.handle(update, came_at)
                break
            except Exception as error:
                if self._stops.is_set() or not await self._may_try_again(received, update, error, tries):
                    return
        self._trace(Step.ANSWER_SENT)
        self._marks.add(ref)
        await self._answers.made_good(update)

    @asynccontextmanager
    async def _noted(self, ref: usecases.UpdateRef) -> AsyncIterator[None]:
        """Notes that the update is under way. If the block fails without a crash, the note is taken back."""
        await self._database.write(usecases.begin_update, ref)
        try:
            yield
        except (Exception, asyncio.CancelledError):
            await self._database.write(usecases.put_back_update, ref)
            raise

    async def _may_try_again(
        self, received: ReceivedUpdate, update: Update, error: Exception, tries: int
    ) -> bool:
        """Waits for the next try. False when the update was kept aside, or the program stops meanwhile."""
        passes = is_passing(error)
        level, traceback = (logging.WARNING, None) if passes else (logging.ERROR, error)
        logger.log(level, "update %d, try %d: %s", received.update_id, tries, error, exc_info=traceback)
        is_outage = isinstance(error, DatabaseUnavailable)
        if is_outage:
            self._starts(self._answers.put_off(update))
        tries_max = PASSING_TRIES_MAX if passes else 1 if isinstance(error, BadRequest) else TRIES_MAX
        if tries < tries_max or (is_outage and not await self._can_give_up()):
            return not await is_set_within(self._stops, _wait(error, tries))
        await self._keep_aside(received, update, error)
        return False

    async def _can_give_up(self) -> bool:
        """Whether the update can be kept aside: not while nothing can be written."""
        try:
            await self._database.prove_writable()
        except DatabaseUnavailable:
            return False
        return True

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
                await self._answers.apologize(update, reference)
        except Exception as another:
            logger.error("reference %s: nobody could be told: %r", reference, another)
        try:
            await self._database.write(usecases.fail_update, failure)
            self._known.forget((received.update_id,))
        except DatabaseUnavailable as another:
            logger.error("reference %s: the next start takes it up again: %s", reference, another)


def has_picture(update: Update) -> bool:
    """Whether the update has a picture, or a file that may be one."""
    return update.message is not None and bool(update.message.photo or update.message.document)


def is_passing(error: Exception) -> bool:
    """Whether the same may succeed a little later."""
    if isinstance(error, BadRequest | Forbidden):
        return False
    return isinstance(error, DatabaseUnavailable | NetworkError | RetryAfter | InvalidToken)


def _wait(error: Exception, tries: int) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    if isinstance(error, DatabaseUnavailable):
        return min(FIRST_WAIT_S * tries, OUTAGE_WAIT_S)
    return min(FIRST_WAIT_S * 2.0 ** (tries - 1), LONGEST_WAIT_S)

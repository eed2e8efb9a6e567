"""The durable inbox, and the order in which people are served.

What Telegram sent is committed before Telegram may forget it: as it was sent, but without secrets. Updates of one
person are handled one after the other, those of different people side by side. If an update fails, its sender waits
for the next try while everybody else goes on. An update that cannot be read is kept aside as it came.

An update that was under way when the process died may have been the cause. So before the handling of a picture, which
strangers make, and of an update that a crash has left, a note is written. At the next start updates with a note come
after everybody else's, one at a time; after too many crashes they are kept aside (docs/decisions/0020).
"""

import asyncio
import logging
import secrets
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Iterable
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from telegram import Bot, Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.kit.watch import ended_within, is_set_within
from bot.telegram.chat import seconds_of
from bot.telegram.updates import UpdateUnreadable, read_update, without_pins
from domain.crew import UNSURE_WAIT_S, Peers
from domain.ids import BotId, UpdateId
from domain.plumbing import inbox as usecases
from domain.ports import Database, DatabaseUnavailable
from domain.steps import Step, Trace
from domain.update import ReceivedUpdate

logger = logging.getLogger(__name__)

IN_FLIGHT_MAX = 256
PICTURES_MAX = 4
"""Pictures in memory at once, each at most 10 MB; others wait where they hold up nobody."""
BACKLOG_BYTES_MAX = 16 * 1024 * 1024
"""Of updates in memory: some 5,000 as people send them, 100 as long as strangers can make them."""
UPDATE_BYTES = 2_048
"""What an update takes of memory beside its text."""
TRIES_MAX = 3
PASSING_TRIES_MAX = 20
"""Some quarter of an hour, with waits that double up to a minute."""
CRASHES_MAX = 10
PICTURE_CRASHES_MAX = 2
"""The first crash may be chance; the second time the picture was handled alone."""
AHEAD_WITHIN_S = 30.0
FETCHED_AT_ONCE = 100
LOOKS_EVERY_S = 1.0
"""How often it is looked for what other processes leave, even if none has called."""
MARK_AGAIN_S = 1.0
ENDS_WITHIN_S = 4.0
"""When told to stop: what is under way for longer waits for Telegram, and is left to the next start."""
OUTAGE_WAIT_S = 5.0
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0


class WasUnderWay(Exception):
    """The update was under way in too many crashes."""


class Inbox:
    """``has_room`` is set while there is room for more updates."""

    def __init__(
        self,
        *,
        bot: Bot,
        bot_id: BotId,
        database: Database,
        trace: Trace,
        clock: Callable[[], datetime],
        handle: Callable[[Update, datetime], Awaitable[None]],
        apologize: Callable[[Update, str], Awaitable[None]],
        put_off: Callable[[Update], Coroutine[Any, Any, None]],
        made_good: Callable[[Update], Awaitable[None]],
        failed: Callable[[], None],
        arrived: Callable[[UpdateId], None] = lambda _: None,
        peers: Peers = Peers(),  # noqa: B008
    ) -> None:
        """``handle`` answers an update, told when it came; ``apologize`` tells its sender the reference under which
        it was kept aside; ``put_off`` that nothing can be written for now, and ``made_good`` afterwards that it was
        handled after all; ``failed`` is told of what goes wrong here, ``arrived`` of each update as it comes."""
        self._bot = bot
        self._bot_id = bot_id
        self._database = database
        self._trace = trace
        self._clock = clock
        self._handle = handle
        self._apologize = apologize
        self._put_off = put_off
        self._made_good = made_good
        self._failed = failed
        self._arrived = arrived
        self._peers = peers
        peers.on_lost(self._lets_go)
        self._known: set[UpdateId] = set()
        self._left_over: set[UpdateId] = set()
        self._under_way: set[UpdateId] = set()
        self._forgotten_later: list[UpdateId] | None = None
        self._others_stir = asyncio.Event()
        self._lines: dict[int, deque[ReceivedUpdate]] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._pictures = asyncio.Semaphore(PICTURES_MAX)
        self._came_at: dict[UpdateId, datetime] = {}
        self._ahead: set[UpdateId] = set()
        self._in_doubt: set[UpdateId] = set()
        self._are_ahead_done = asyncio.Event()
        self._one_suspect = asyncio.Lock()
        self._backlog_bytes = 0
        self.has_room = asyncio.Event()
        self.has_room.set()
        self._stops = asyncio.Event()
        self._answered: list[usecases.UpdateRef] = []
        self._stirs = asyncio.Event()
        self._is_closed = False

    async def keep(self, *received: ReceivedUpdate) -> None:
        """Commits updates, and has the new ones handled: here, after what other processes have kept of the same
        person, or by another process. Raises DatabaseUnavailable; then Telegram sends the updates again, and they are
        handled, even if a disk that stood still has taken them after all."""
        self._trace(Step.UPDATE_RECEIVED)
        for update in received:
            self._arrived(update.update_id)
        try:
            kept = await self._database.write(usecases.receive_updates, list(map(without_pins, received)))
        except DatabaseUnavailable:
            self._in_doubt.update(update.update_id for update in received)
            self._starts(self._put_all_off(received))
            raise
        self._trace(Step.UPDATE_STORED)
        left = await self._left_in_doubt()
        for update, each in zip(received, kept, strict=True):
            if update.update_id in self._known or not (each.is_mine or update.update_id in left):
                continue
            if each.after is None or each.after in self._known:
                self._accept(update)
            else:
                self._others_stir.set()

    async def _left_in_doubt(self) -> Collection[UpdateId]:
        """The updates that could not be kept in time, were kept after all, and have not been begun."""
        if not self._in_doubt:
            return ()
        left = await self._database.read(usecases.unfinished_updates, self._bot_id)
        found = {update.update_id for update in left} & self._in_doubt - self._came_at.keys()
        self._in_doubt.clear()
        return found

    async def replay(self) -> int:
        """Takes up what a crash left undone, of this process or of another; returns how many updates that is. What
        was under way then, and what its senders sent after it, comes last."""
        left = await self._database.write(usecases.take_over, self._bot_id)
        held_up: set[int] = set()
        self._left_over.update(received.update_id for received in left)
        self._are_ahead_done.clear()
        for received in left:
            if received.update_id in self._known:
                continue
            if received.attempts:
                held_up.add(received.person_key)
            elif received.person_key not in held_up:
                self._ahead.add(received.update_id)
            self._accept(received)
        self._is_done(None)
        return len(left)

    async def look_after(self) -> int:
        """Takes up what a process that died meanwhile has left, if that is for this one to do; returns how much."""
        if not self._peers.leads(self._bot_id):
            return 0
        if not await self._database.read(usecases.is_something_left, self._bot_id):
            return 0
        return await self.replay()

    async def fetch(self) -> None:
        """Takes what other processes have received for this one."""
        self._forgotten_later = []
        try:
            while self.has_room.is_set() and not self._stops.is_set() and self._peers.is_sure():
                known = frozenset(self._known)
                asked = usecases.CalledFor(bot_id=self._bot_id, known=known, limit=FETCHED_AT_ONCE)
                found = await self._database.read(usecases.updates_called_for, asked)
                for received in found:
                    if received.update_id not in self._known:
                        self._arrived(received.update_id)
                        self._accept(received)
                if len(found) < FETCHED_AT_ONCE:
                    return
        finally:
            self._known.difference_update(self._forgotten_later)
            self._forgotten_later = None

    async def mind_others(self) -> None:
        """Takes, for ever, what other processes leave to this one, living or dead."""
        self._peers.on_called(self._others_stir.set)
        while True:
            await is_set_within(self._others_stir, LOOKS_EVERY_S)
            self._others_stir.clear()
            try:
                if taken := await self.look_after():
                    logger.info("%d updates are taken over", taken)
                await self.fetch()
            except DatabaseUnavailable as error:
                logger.warning("what others leave cannot be seen: %s", error)

    def _lets_go(self) -> None:
        """Drops what waits here, because others have it now; what is under way comes to its end."""
        lines, self._lines = self._lines, {}
        for line in lines.values():
            kept = [each for each in line if each.update_id in self._under_way]
            gone = [each for each in line if each.update_id not in self._under_way]
            line.clear()
            line.extend(kept)
            for each in gone:
                del self._came_at[each.update_id]
                self._backlog_changes(-_size_bytes(each))
                self._is_done(each.update_id)
            self._forgets(each.update_id for each in gone)

    def _forgets(self, update_ids: Iterable[UpdateId]) -> None:
        """Forgets updates that are over; not while the database is asked what there is: its answer may be older."""
        if self._forgotten_later is None:
            self._known.difference_update(update_ids)
        else:
            self._forgotten_later.extend(update_ids)

    def begins_no_more(self) -> None:
        """Leaves all that is not under way to the next start."""
        self._stops.set()
        self._are_ahead_done.set()

    async def stop(self) -> None:
        """Brings what is under way to its end, if that does not take too long."""
        self.begins_no_more()
        await ended_within(self._serving, ENDS_WITHIN_S)

    async def mark(self) -> None:
        """Marks answered updates as done, until ``close``. Nobody waits for that; those that are answered meanwhile
        are marked together."""
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
                self._forgets(ref.update_id for ref in batch)
                self._trace(Step.UPDATE_DONE)

    def close(self) -> None:
        self._is_closed = True
        self._stirs.set()

    def _accept(self, received: ReceivedUpdate) -> None:
        person = received.person_key
        self._known.add(received.update_id)
        self._came_at[received.update_id] = received.received_at or self._clock()
        line = self._lines.setdefault(person, deque())
        line.append(received)
        self._backlog_changes(_size_bytes(received))
        if len(line) == 1:
            self._starts(self._serve(person, line))

    def _starts(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _put_all_off(self, received: Iterable[ReceivedUpdate]) -> None:
        """Tells the senders that nothing can be kept now. The updates come again until they can be."""
        for each in received:
            with suppress(UpdateUnreadable):
                self._starts(self._put_off(read_update(each.payload, self._bot)))

    async def _serve(self, person: int, line: deque[ReceivedUpdate]) -> None:
        """Handles the updates of one person one after the other."""
        while line and await self._may_begin(line[0]) and line:
            received = line[0]
            self._under_way.add(received.update_id)
            try:
                await self._bring_to_an_end(received)
            except Exception:
                logger.exception("update %d is left to the next start", received.update_id)
                self._failed()
            self._is_done(received.update_id)
            self._under_way.discard(received.update_id)
            self._left_over.discard(received.update_id)
            del self._came_at[received.update_id]
            line.popleft()
            self._backlog_changes(-_size_bytes(received))
        if self._lines.get(person) is line:
            del self._lines[person]

    def _backlog_changes(self, by_bytes: int) -> None:
        self._backlog_bytes += by_bytes
        if self._backlog_bytes < BACKLOG_BYTES_MAX:
            self.has_room.set()
        else:
            self.has_room.clear()

    def _is_done(self, update_id: UpdateId | None) -> None:
        self._ahead.discard(update_id)
        if not self._ahead:
            self._are_ahead_done.set()

    async def _may_begin(self, received: ReceivedUpdate) -> bool:
        """False when the program stops. An update with a note waits for a while until those before it have had their
        turn; all wait while others may have taken this process for dead."""
        if received.attempts:
            await is_set_within(self._are_ahead_done, AHEAD_WITHIN_S)
        while not (self._peers.is_sure() or self._stops.is_set()):
            await is_set_within(self._stops, UNSURE_WAIT_S)
        return not self._stops.is_set()

    async def _bring_to_an_end(self, received: ReceivedUpdate) -> None:
        """Handles the update, keeps it aside for the operators, or leaves it to the next start."""
        try:
            update = read_update(received.payload, self._bot)
        except UpdateUnreadable as error:
            await self._keep_aside(received, None, error)
            return
        if received.attempts >= (PICTURE_CRASHES_MAX if has_picture(update) else CRASHES_MAX):
            await self._keep_aside(received, update, WasUnderWay())
            return
        ref = usecases.UpdateRef(bot_id=self._bot_id, update_id=received.update_id)
        is_new = received.update_id not in self._left_over
        noting = nullcontext if is_new and not has_picture(update) else partial(self._noted, ref)
        alone = self._one_suspect if received.attempts else nullcontext()
        pictures = self._pictures if has_picture(update) else nullcontext()
        self._trace(Step.UPDATE_STARTED)
        for tries in count(1):
            try:
                async with alone, pictures, self._slots:
                    if self._stops.is_set():
                        return
                    async with noting():
                        await self._handle(update, self._came_at[received.update_id])
                break
            except Exception as error:
                if self._stops.is_set() or not await self._may_try_again(received, update, error, tries):
                    return
        self._trace(Step.ANSWER_SENT)
        self._answered.append(ref)
        self._stirs.set()
        await self._made_good(update)

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
            self._starts(self._put_off(update))
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
                await self._apologize(update, reference)
        except Exception as another:
            logger.error("reference %s: nobody could be told: %r", reference, another)
        try:
            await self._database.write(usecases.fail_update, failure)
            self._forgets((received.update_id,))
        except DatabaseUnavailable as another:
            logger.error("reference %s: the next start takes it up again: %s", reference, another)


def _size_bytes(received: ReceivedUpdate) -> int:
    return UPDATE_BYTES + sys.getsizeof(received.payload)


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

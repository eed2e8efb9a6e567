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
import sys
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Iterable
from datetime import datetime
from typing import Any

from telegram import Bot

from bot.kit.watch import ended_within, is_set_within
from bot.telegram.handling import Answers, Handling
from bot.telegram.marks import Known, Marks
from bot.telegram.updates import without_pins
from domain.crew import UNSURE_WAIT_S, Peers
from domain.ids import BotId, UpdateId
from domain.plumbing import inbox as usecases
from domain.ports import Database, DatabaseUnavailable
from domain.steps import Step, Trace
from domain.update import ReceivedUpdate

logger = logging.getLogger(__name__)

BACKLOG_BYTES_MAX = 16 * 1024 * 1024
"""Of updates in memory: some 5,000 as people send them, 100 as long as strangers can make them."""
UPDATE_BYTES = 2_048
"""What an update takes of memory beside its text."""
AHEAD_WITHIN_S = 30.0
FETCHED_AT_ONCE = 100
LOOKS_EVERY_S = 1.0
"""How often it is looked for what other processes leave, even if none has called."""
ENDS_WITHIN_S = 4.0
"""When told to stop: what is under way for longer waits for Telegram, and is left to the next start."""


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
        answers: Answers,
        failed: Callable[[], None],
        arrived: Callable[[UpdateId], None] = lambda _: None,
        peers: Peers = Peers(),  # noqa: B008
    ) -> None:
        """``failed`` is told of what goes wrong here, ``arrived`` of each update as it comes."""
        self._bot_id = bot_id
        self._database = database
        self._trace = trace
        self._clock = clock
        self._failed = failed
        self._arrived = arrived
        self._peers = peers
        peers.on_lost(self._lets_go)
        self._known = Known()
        self.marks = Marks(database, trace, self._known)
        self._stops = asyncio.Event()
        self._handling = Handling(
            bot=bot,
            bot_id=bot_id,
            database=database,
            trace=trace,
            answers=answers,
            known=self._known,
            marks=self.marks,
            starts=self._starts,
            stops=self._stops,
        )
        self._left_over: set[UpdateId] = set()
        self._under_way: set[UpdateId] = set()
        self._others_stir = asyncio.Event()
        self._lines: dict[int, deque[ReceivedUpdate]] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._came_at: dict[UpdateId, datetime] = {}
        self._ahead: set[UpdateId] = set()
        self._in_doubt: set[UpdateId] = set()
        self._are_ahead_done = asyncio.Event()
        self._backlog_bytes = 0
        self.has_room = asyncio.Event()
        self.has_room.set()

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
        with self._known.kept():
            while self.has_room.is_set() and not self._stops.is_set() and self._peers.is_sure():
                asked = usecases.CalledFor(
                    bot_id=self._bot_id, known=self._known.all(), limit=FETCHED_AT_ONCE
                )
                found = await self._database.read(usecases.updates_called_for, asked)
                for received in found:
                    if received.update_id not in self._known:
                        self._arrived(received.update_id)
                        self._accept(received)
                if len(found) < FETCHED_AT_ONCE:
                    return

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
            self._known.forget(each.update_id for each in gone)

    def begins_no_more(self) -> None:
        """Leaves all that is not under way to the next start."""
        self._stops.set()
        self._are_ahead_done.set()

    async def stop(self) -> None:
        """Brings what is under way to its end, if that does not take too long."""
        self.begins_no_more()
        await ended_within(self._serving, ENDS_WITHIN_S)

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
        for each in received:
            self._handling.put_off(each)

    async def _serve(self, person: int, line: deque[ReceivedUpdate]) -> None:
        """Handles the updates of one person one after the other."""
        while line and await self._may_begin(line[0]) and line:
            received = line[0]
            self._under_way.add(received.update_id)
            try:
                await self._handling.bring_to_an_end(
                    received,
                    self._came_at[received.update_id],
                    is_left_over=received.update_id in self._left_over,
                )
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


def _size_bytes(received: ReceivedUpdate) -> int:
    return UPDATE_BYTES + sys.getsizeof(received.payload)

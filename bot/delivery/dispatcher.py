"""The dispatcher: takes the deliveries of one channel from the outbox, keeps its pace, and acts on what came of each.

Ledger effects happen exactly once, messages at least once: a delivery that was not confirmed is made again. A crash
repeats at most what was in flight: handed over, or being so, and not marked yet.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

from bot.delivery.channel import Channel, Outcome
from bot.delivery.order import GoneBack, Lines
from bot.kit.clock import Clock
from bot.kit.lull import Lull
from bot.kit.metrics import BotMetrics
from bot.kit.watch import ended_within, is_set_within
from domain.crew import UNSURE_WAIT_S, Peers
from domain.delivery import (
    Delivered,
    Delivery,
    Later,
    MessageUnreadable,
    NotNow,
    Patience,
    PredecessorOwed,
    RecipientGone,
)
from domain.ids import BotId
from domain.plumbing import outbox as usecases
from domain.ports import Database, DatabaseUnavailable
from domain.quick import dataclass
from domain.steps import Step, Trace
from domain.usecases.letters import Letter, letter_for

logger = logging.getLogger(__name__)

IN_FLIGHT_MAX = 30
"""Deliveries under way or not marked yet: a crash repeats only these, and those that count as silent."""
SILENT_AFTER_S = 1.0
SILENT_MAX = 128
"""A delivery that takes longer than SILENT_AFTER_S counts as silent and takes no place of those in flight: so many
chats may be in a time-out before others wait."""
HELD_MAX = 128
"""Leased deliveries that wait for their addresses: at 28 a second they are gone long before their leases end."""
LEASED_AT_ONCE_MAX = HELD_MAX // 2
"""Many deliveries are fetched so many at a time: each transaction holds up those of people at the till."""
LONG_WAIT_S = 2.0
"""A delivery that must wait longer for its address goes back to the outbox and makes room for others."""
MARKED_TOGETHER_S = 0.02
"""Deliveries that are made within so long are marked in one transaction."""
MARKED_WITHIN = 10
"""How often a message waits as long for the one that it replaces to be marked."""
ENDS_WITHIN_S = 2.0
"""When told to stop. A delivery that takes longer may arrive and be handed over again at the next start."""
AGAIN_S = 1.0
"""The wait after an unexpected error, and for a message that has to follow another."""
NOT_NOW = timedelta(seconds=15)
"""How soon a delivery that waits for somebody's word is looked at again."""


@dataclass(kw_only=True)
class Dispatcher:
    """``peers`` say under which name it leases; ``failed`` is called after an unexpected error, and the dispatcher
    goes on; ``patience`` None is that of the kind of channel."""

    channel: Channel
    bot_id: BotId
    database: Database
    clock: Clock
    trace: Trace
    metrics: BotMetrics
    peers: Peers
    failed: Callable[[], None]
    lull: Lull
    patience: Patience | None = None

    def __post_init__(self) -> None:
        self._pacer = self.channel.pacer
        self._lines = Lines(self._pacer)
        self.peers.on_lost(self._lines.let_go)
        self._gone_back = GoneBack()
        self._in_flight: set[object] = set()
        self._silent: set[object] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._unmarked: list[usecases.Made] = []
        self._is_marking = False
        self._stirs = asyncio.Event()
        self._stops = asyncio.Event()
        self._was_woken = True
        self._is_more_due = False
        self._dealt_with = 0

    def wake(self) -> None:
        """There may be something to send."""
        self._was_woken = True
        self._stirs.set()

    def tick(self) -> int:
        """Wakes for what falls due by time; returns how many deliveries were dealt with since the last tick."""
        self.wake()
        dealt_with, self._dealt_with = self._dealt_with, 0
        return dealt_with

    async def run(self) -> None:
        """Runs until ``stop``; then brings to its end what is being handed over, and leaves the rest to the next
        start."""
        await self._take_over()
        while not self._stops.is_set():
            if self.channel.gives_way:
                await self.lull.comes(self._stops)
            await self._rest(await self._turn())
        await ended_within(self._tasks, ENDS_WITHIN_S)

    def stop(self) -> None:
        self._stops.set()
        self.wake()

    async def _take_over(self) -> None:
        """Ends the leases of a dispatcher that died; if that fails, each ends by itself."""
        try:
            await self.database.write(usecases.release_leases, (self.bot_id, self.channel.kind))
        except Exception as error:
            self._complain("leases of before are left to lapse", error)

    async def _turn(self) -> float | None:
        """Returns the seconds until there is more to do, None when a delivery must end or come first. Errors are
        logged. Sends nothing while others may have taken this process for dead: what it has may be theirs."""
        if not self.peers.is_sure():
            return UNSURE_WAIT_S
        try:
            await self._fetch()
            return self._send_what_may_go()
        except Exception as error:
            self._complain("the outbox could not be looked through", error)
            return AGAIN_S

    async def _fetch(self) -> None:
        """Leases what is due, when there is room and reason for it."""
        room = HELD_MAX - len(self._lines)
        is_worth_it = self._was_woken or (self._is_more_due and room >= LEASED_AT_ONCE_MAX)
        if room <= 0 or not is_worth_it:
            return
        self._was_woken = False
        limit = min(room, LEASED_AT_ONCE_MAX)
        wanted = usecases.LeaseDeliveries(
            bot_id=self.bot_id, channel=self.channel.kind, holder=self.peers.crew.me, limit=limit
        )
        leased = await self.database.write(usecases.lease_deliveries, wanted)
        self._is_more_due = len(leased) == limit
        await self._put_back([self._waits(each) for each in leased if not self._takes_in(each)])

    def _takes_in(self, delivery: Delivery) -> bool:
        """False for a delivery that must wait too long. One whose lease has ended meanwhile is here already."""
        if delivery.key in self._in_flight or self._lines.holds(delivery):
            return True
        if self._lines.seconds_for_another(delivery.address) > LONG_WAIT_S:
            return False
        if self._gone_back.holds_up(delivery, self.clock()):
            return False
        self._gone_back.came(delivery)
        self._lines.add(delivery)
        return True

    def _send_what_may_go(self) -> float | None:
        while self._has_place():
            if wait := self._pacer.wait_for_share():
                return wait if self._lines else None
            delivery = self._lines.take_next()
            if delivery is None:
                return self._lines.seconds_until_next()
            self._pacer.take(delivery.address)
            self._in_flight.add(delivery.key)
            self._pacer.under_way.begins(delivery.address)
            self._starts(self._deliver(delivery))
        return None

    def _has_place(self) -> bool:
        return len(self._in_flight) - len(self._silent) < IN_FLIGHT_MAX and len(self._silent) < SILENT_MAX

    async def _rest(self, seconds: float | None) -> None:
        await is_set_within(self._stirs, seconds)
        self._stirs.clear()

    def _starts(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._stirs.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a message could not be dealt with; its lease will end", exc_info=error)

    async def _deliver(self, delivery: Delivery) -> None:
        """Tries a delivery and acts on what came of it. One that was made stays in flight until it is marked."""
        is_made = False
        silence = asyncio.get_running_loop().call_later(SILENT_AFTER_S, self._is_silent_about, delivery)
        try:
            self.trace(Step.MESSAGE_LEASED)
            is_made = await self._attempt(delivery)
        finally:
            silence.cancel()
            self._silent.discard(delivery.key)
            self._lines.landed(delivery.address)
            if not is_made:
                self._done_with(delivery)

    def _is_silent_about(self, delivery: Delivery) -> None:
        self._silent.add(delivery.key)
        self._stirs.set()

    async def _attempt(self, delivery: Delivery) -> bool:
        """Returns whether the delivery was made."""
        kind, outcome = await self._outcome(delivery)
        match outcome:
            case Delivered() as made:
                self._pacer.landed(delivery.address)
                self._mark_made(delivery, kind, made)
                return True
            case Later(seconds=seconds) if seconds is not None:
                self._pacer.hold(delivery.address, seconds)
                self._lines.landed(delivery.address)
                behind = self._lines.take_all(delivery.address)
                await self._put_back([self._waits(each) for each in (delivery, *behind)])
            case NotNow(reason=reason):
                until = self.clock() + NOT_NOW
                await self._put_back([usecases.Waits(delivery=delivery, until=until, reason=reason)])
            case failure:
                failed = usecases.Failed(delivery=delivery, outcome=failure, patience=self.patience)
                await self._fail(kind, failed)
        return False

    async def _outcome(
        self, delivery: Delivery
    ) -> tuple[str, Outcome | RecipientGone | MessageUnreadable | NotNow]:
        """What came of a delivery, with the kind of message for the log."""
        kind = "unknown"
        try:
            letter = await self._letter(delivery)
            kind = letter.message.kind.value
            return kind, await self.channel.deliver(letter)
        except PredecessorOwed as error:
            return kind, Later(type(error).__name__, AGAIN_S)
        except (RecipientGone, MessageUnreadable, NotNow) as error:
            return kind, error
        except Exception as error:
            logger.exception("message %s cannot be put into words", delivery.message_id)
            return kind, Later(type(error).__name__)

    async def _letter(self, delivery: Delivery) -> Letter:
        """Raises what ``letter_for`` raises. A message that replaces one which was just delivered waits until that is
        marked."""
        for _ in range(MARKED_WITHIN):
            is_marking = self._is_marking
            try:
                return await self.database.glance(letter_for, delivery)
            except PredecessorOwed:
                if not is_marking:
                    raise
            await is_set_within(self._stops, MARKED_TOGETHER_S)
        return await self.database.glance(letter_for, delivery)

    def _mark_made(self, delivery: Delivery, kind: str, outcome: Delivered) -> None:
        self.trace(Step.MESSAGE_SENT)
        self.metrics.count_message(kind, "sent")
        self._unmarked.append(usecases.Made(delivery=delivery, outcome=outcome))
        if not self._is_marking:
            self._is_marking = True
            self._starts(self._mark())

    async def _mark(self) -> None:
        """Tries until the outbox knows what was made: what it does not know is sent again after the next start."""
        try:
            while self._unmarked:
                await is_set_within(self._stops, MARKED_TOGETHER_S)
                batch, self._unmarked = self._unmarked, []
                try:
                    again = await self.database.write(usecases.deliveries_made, batch)
                except Exception as error:
                    self._complain(f"{len(batch)} messages cannot be marked as sent", error)
                    self._unmarked = [*batch, *self._unmarked]
                    if self._stops.is_set():
                        return
                    await is_set_within(self._stops, AGAIN_S)
                    continue
                for made in batch:
                    self.trace(Step.MESSAGE_MARKED)
                    self._done_with(made.delivery)
                if again:
                    self.wake()
        finally:
            self._is_marking = False

    def _done_with(self, delivery: Delivery) -> None:
        """Makes room for another in flight."""
        self._in_flight.discard(delivery.key)
        self._pacer.under_way.ends(delivery.address)
        self._dealt_with += 1
        self._stirs.set()

    def _waits(self, delivery: Delivery) -> usecases.Waits:
        """Lets a delivery wait in the outbox until its address may get it, behind older ones for the same address."""
        now, address = self.clock(), delivery.address
        not_before = now + timedelta(seconds=self._lines.seconds_for_another(address))
        step = timedelta(seconds=self._pacer.interval_in(address))
        return usecases.Waits(delivery=delivery, until=self._gone_back.add(delivery, not_before, now, step))

    async def _put_back(self, waits: Sequence[usecases.Waits]) -> None:
        if waits:
            await self.database.write(usecases.deliveries_wait, waits)

    async def _fail(self, kind: str, failed: usecases.Failed) -> None:
        gave_up = await self.database.write(usecases.delivery_failed, failed)
        outcome, level = ("failed", logging.ERROR) if gave_up else ("postponed", logging.WARNING)
        if isinstance(failed.outcome, RecipientGone):
            outcome, level = "withdrawn", logging.INFO
        self.metrics.count_message(kind, outcome)
        which, why = failed.delivery.message_id, failed.outcome.reason
        logger.log(level, "message %s (%s) %s: %s", which, kind, outcome, why)

    def _complain(self, what: str, error: Exception) -> None:
        """Logs an outage in one line, and an unexpected error with its traceback."""
        if isinstance(error, DatabaseUnavailable):
            logger.warning("%s: %s", what, error)
        else:
            logger.error("%s", what, exc_info=error)
            self.failed()

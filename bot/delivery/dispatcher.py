"""The dispatcher: takes messages from the outbox, keeps Telegram's limits, and tells its errors apart.

Ledger effects happen exactly once, messages at least once: Telegram's ``sendMessage`` has no idempotency key, so a
message whose delivery was not confirmed is sent again. A crash repeats at most what was in flight: sent, or being
sent, and not marked yet.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.delivery.illustrator import Illustrator
from bot.delivery.order import GoneBack, Lines
from bot.kit.clock import Clock
from bot.kit.metrics import BotMetrics
from bot.telegram.chat import seconds_of, send
from bot.telegram.pacing import Pacer
from bot.texts import texts
from bot.views.messages import render
from domain.account import Locale
from domain.ids import BotId, MessageId
from domain.messages import LeasedMessage
from domain.plumbing import outbox as usecases
from domain.plumbing.people import Reachable, set_reachable
from domain.ports import Database, DatabaseUnavailable
from domain.steps import Step, Trace
from domain.usecases.read_message import Reader, reader_of

logger = logging.getLogger(__name__)

IN_FLIGHT_MAX = 30
"""Messages being sent or not marked yet: a crash repeats no more."""
HELD_MAX = 128
"""Leased messages that wait for their chats: at 28 a second they are gone long before their leases end."""
LEASED_AT_ONCE_MAX = HELD_MAX // 2
"""A pile is fetched so many at a time: each transaction holds up those of people at the till."""
LONG_WAIT_S = 2.0
"""A message that must wait longer for its chat goes back to the outbox and makes room for others."""
MARKED_TOGETHER_S = 0.02
"""What lands within so long shares a transaction."""
MARK_AGAIN_S = 1.0


class Dispatcher:
    def __init__(
        self,
        *,
        bot: Bot,
        bot_id: BotId,
        database: Database,
        pacer: Pacer,
        clock: Clock,
        trace: Trace,
        metrics: BotMetrics,
        holder: str,
        default_locale: Locale,
        illustrator: Illustrator,
    ) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._database = database
        self._pacer = pacer
        self._clock = clock
        self._trace = trace
        self._metrics = metrics
        self._holder = holder
        self._default_locale = default_locale
        self._illustrator = illustrator
        self._lines = Lines(pacer)
        self._gone_back = GoneBack()
        self._in_flight: set[MessageId] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._unmarked: list[usecases.Sent] = []
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
        """Wakes for what falls due by time; returns how many messages were dealt with since the last tick."""
        self.wake()
        dealt_with, self._dealt_with = self._dealt_with, 0
        return dealt_with

    async def run(self) -> None:
        """Until ``stop``; what is being sent then is brought to its end, the rest waits for the next start."""
        await self._take_over()
        while not self._stops.is_set():
            await self._fetch()
            await self._rest(self._send_what_may_go())
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def stop(self) -> None:
        self._stops.set()
        self.wake()

    async def _take_over(self) -> None:
        """What a dispatcher that died still holds; where that fails, each lease ends by itself."""
        try:
            await self._database.write(usecases.release_leases, self._bot_id)
        except DatabaseUnavailable as error:
            logger.warning("leases of before are left to lapse: %s", error)

    async def _fetch(self) -> None:
        """Leases what is due, when there is room and reason for it."""
        room = HELD_MAX - len(self._lines)
        is_worth_it = self._was_woken or (self._is_more_due and room >= LEASED_AT_ONCE_MAX)
        if room <= 0 or not is_worth_it:
            return
        self._was_woken = False
        limit = min(room, LEASED_AT_ONCE_MAX)
        wanted = usecases.LeaseMessages(bot_id=self._bot_id, holder=self._holder, limit=limit)
        try:
            leased = await self._database.write(usecases.lease_messages, wanted)
            self._is_more_due = len(leased) == limit
            await self._put_back([self._waits(each) for each in leased if not self._takes_in(each)])
        except DatabaseUnavailable as error:
            logger.warning("the outbox could not be read: %s", error)

    def _takes_in(self, leased: LeasedMessage) -> bool:
        """False for what must wait too long. A message whose lease has ended meanwhile is still here."""
        message = leased.message
        if message.message_id in self._in_flight or self._lines.holds(message):
            return True
        if self._lines.seconds_for_another(message.recipient.user_id) > LONG_WAIT_S:
            return False
        if self._gone_back.holds_up(message, self._clock()):
            return False
        self._gone_back.came(message)
        self._lines.add(leased)
        return True

    def _send_what_may_go(self) -> float | None:
        """Returns the seconds until there is more to do, None when something must land or come first."""
        while len(self._in_flight) < IN_FLIGHT_MAX:
            if wait := self._pacer.wait_overall():
                return wait if self._lines else None
            leased = self._lines.take_next()
            if leased is None:
                return self._lines.seconds_until_next()
            self._pacer.take(leased.message.recipient.user_id)
            self._in_flight.add(leased.message.message_id)
            self._starts(self._deliver(leased))
        return None

    async def _rest(self, seconds: float | None) -> None:
        timer = (
            asyncio.get_running_loop().call_later(seconds, self._stirs.set) if seconds is not None else None
        )
        await self._stirs.wait()
        self._stirs.clear()
        if timer is not None:
            timer.cancel()

    def _starts(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._stirs.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a message could not be dealt with; its lease will end", exc_info=error)

    async def _deliver(self, leased: LeasedMessage) -> None:
        """One message, until it is known what became of it; a sent one stays in flight until it is marked."""
        is_sent = False
        try:
            is_sent = await self._attempt(leased)
        finally:
            self._lines.landed(leased.message.recipient.user_id)
            if not is_sent:
                self._done_with(leased.message.message_id)

    async def _attempt(self, leased: LeasedMessage) -> bool:
        chat_id = leased.message.recipient.user_id
        self._trace(Step.MESSAGE_LEASED)
        try:
            sent_id = await self._send(leased)
        except RetryAfter as error:
            self._pacer.hold(chat_id, seconds_of(error))
            self._lines.landed(chat_id)
            await self._put_back([self._waits(each) for each in (leased, *self._lines.take_all(chat_id))])
        except Forbidden:
            await self._fail(leased, "unreachable", permanent=True)
            await self._database.write(
                set_reachable, Reachable(account=leased.message.recipient, reachable=False)
            )
        except BadRequest as error:
            await self._fail(leased, error.message, permanent=True)
        except TelegramError as error:
            await self._fail(leased, type(error).__name__, permanent=False)
        except Exception as error:
            logger.exception("message %s cannot be put into words", leased.message.message_id)
            await self._fail(leased, type(error).__name__, permanent=False)
        else:
            self._pacer.landed(chat_id)
            self._mark_sent(leased, sent_id)
            return True
        return False

    async def _send(self, leased: LeasedMessage) -> int:
        message = leased.message
        reader: Reader = await self._database.glance(reader_of, message)
        t = texts(reader.locale or self._default_locale)
        view = render(t, message, reader.timezone, reader.wording)
        picture = await self._illustrator.picture(t, message, reader.colour)
        sent = await send(self._bot, message.recipient.user_id, replace(view, photo=picture))
        return sent.message_id

    def _mark_sent(self, leased: LeasedMessage, telegram_message_id: int) -> None:
        self._trace(Step.MESSAGE_SENT)
        self._metrics.count_message(leased.message.kind.value, "sent")
        self._unmarked.append(usecases.Sent(message=leased.message, telegram_message_id=telegram_message_id))
        if not self._is_marking:
            self._is_marking = True
            self._starts(self._mark())

    async def _mark(self) -> None:
        """Tries until the outbox knows: what it does not know is sent again after the next start."""
        try:
            while self._unmarked:
                await self._wait(MARKED_TOGETHER_S)
                batch, self._unmarked = self._unmarked, []
                try:
                    await self._database.write(usecases.messages_sent, batch)
                except DatabaseUnavailable as error:
                    logger.warning("%d messages cannot be marked as sent: %s", len(batch), error)
                    self._unmarked = [*batch, *self._unmarked]
                    if self._stops.is_set():
                        return
                    await self._wait(MARK_AGAIN_S)
                else:
                    self._marked(batch)
        finally:
            self._is_marking = False

    def _marked(self, batch: Sequence[usecases.Sent]) -> None:
        for sent in batch:
            self._trace(Step.MESSAGE_MARKED)
            self._done_with(sent.message.message_id)

    async def _wait(self, seconds: float) -> None:
        """Not at all when the program stops."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stops.wait(), seconds)

    def _done_with(self, message_id: MessageId) -> None:
        """Makes room for another message in flight."""
        self._in_flight.discard(message_id)
        self._dealt_with += 1
        self._stirs.set()

    def _waits(self, leased: LeasedMessage) -> usecases.Waits:
        """Until its chat may get it, behind what is older and waits in the outbox for the same chat."""
        now, chat_id = self._clock(), leased.message.recipient.user_id
        not_before = now + timedelta(seconds=self._lines.seconds_for_another(chat_id))
        step = timedelta(seconds=self._pacer.interval_in(chat_id))
        until = self._gone_back.add(leased.message, not_before, now, step)
        return usecases.Waits(leased=leased, until=until)

    async def _put_back(self, waits: Sequence[usecases.Waits]) -> None:
        if waits:
            await self._database.write(usecases.messages_wait, waits)

    async def _fail(self, leased: LeasedMessage, error: str, *, permanent: bool) -> None:
        failed = usecases.Failed(leased=leased, error=error, permanent=permanent)
        gave_up = await self._database.write(usecases.message_failed, failed)
        outcome = "failed" if gave_up else "postponed"
        self._metrics.count_message(leased.message.kind.value, outcome)
        logger.log(
            logging.ERROR if gave_up else logging.WARNING,
            "message %s (%s) %s: %s",
            leased.message.message_id,
            leased.message.kind.value,
            outcome,
            error,
        )

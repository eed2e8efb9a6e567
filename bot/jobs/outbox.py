"""The dispatcher: takes messages from the outbox, keeps Telegram's limits, and tells its errors apart.

Ledger effects happen exactly once, messages at least once: Telegram's ``sendMessage`` has no idempotency key, so a
message whose delivery was not confirmed is sent again.
"""

import asyncio
import logging
from datetime import timedelta

from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.chat import seconds_of, send
from bot.clock import Clock
from bot.metrics import Metrics
from bot.pacing import Pacer
from bot.texts import texts
from bot.views.messages import render
from domain.account import Locale
from domain.ids import BotId
from domain.message import LeasedMessage
from domain.ports import Store, StoreUnavailable
from domain.steps import Step, Trace
from domain.usecases import outbox as usecases
from domain.usecases.people import Reachable, set_reachable
from domain.usecases.read_message import Reader, reader_of

logger = logging.getLogger(__name__)

IN_FLIGHT_MAX = 30
LONG_WAIT_S = 2.0
"""A message that must wait longer for its chat goes back to the outbox and makes room for others."""
IDLE_S = 1.0


class Dispatcher:
    def __init__(
        self,
        *,
        bot: Bot,
        bot_id: BotId,
        store: Store,
        pacer: Pacer,
        clock: Clock,
        trace: Trace,
        metrics: Metrics,
        holder: str,
        default_locale: Locale,
    ) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._store = store
        self._pacer = pacer
        self._clock = clock
        self._trace = trace
        self._metrics = metrics
        self._holder = holder
        self._default_locale = default_locale
        self._wakes = asyncio.Event()
        self._in_flight: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        """There may be something to send."""
        self._wakes.set()

    async def run(self) -> None:
        """Until ``stop``; what is in flight then is brought to its end."""
        await self._store.write(usecases.release_leases, self._bot_id)
        while not self._stopping:
            leased = await self._lease()
            for message in leased:
                task = asyncio.create_task(self._deliver(message))
                self._in_flight.add(task)
                task.add_done_callback(self._landed)
            if not leased:
                await self._rest()
        await asyncio.gather(*self._in_flight)

    def stop(self) -> None:
        self._stopping = True
        self.wake()

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        self.wake()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a message could not be dealt with; its lease will end", exc_info=error)

    async def _lease(self) -> list[LeasedMessage]:
        room = IN_FLIGHT_MAX - len(self._in_flight)
        if room <= 0:
            return []
        wanted = usecases.LeaseMessages(bot_id=self._bot_id, holder=self._holder, limit=room)
        try:
            return list(await self._store.write(usecases.lease_messages, wanted))
        except StoreUnavailable as error:
            logger.warning("the outbox could not be read: %s", error)
            return []

    async def _rest(self) -> None:
        """Until something is enqueued or lands; the ticker wakes it too, for what falls due by time."""
        await self._wakes.wait()
        self._wakes.clear()

    async def _deliver(self, leased: LeasedMessage) -> None:
        chat_id = leased.message.recipient.user_id
        wait_in_chat = self._pacer.wait_in(chat_id)
        if wait_in_chat > LONG_WAIT_S:
            await self._wait_until(leased, wait_in_chat)
            return
        await asyncio.sleep(self._pacer.reserve(chat_id))
        self._trace(Step.MESSAGE_LEASED)
        try:
            sent_id = await self._send(leased)
        except RetryAfter as error:
            self._pacer.hold(chat_id, seconds_of(error))
            await self._wait_until(leased, seconds_of(error))
        except Forbidden:
            await self._fail(leased, "unreachable", permanent=True)
            await self._store.write(
                set_reachable, Reachable(account=leased.message.recipient, reachable=False)
            )
        except BadRequest as error:
            await self._fail(leased, error.message, permanent=True)
        except (NetworkError, TelegramError) as error:
            await self._fail(leased, type(error).__name__, permanent=False)
        else:
            await self._mark_sent(leased, sent_id)

    async def _send(self, leased: LeasedMessage) -> int:
        message = leased.message
        reader: Reader = await self._store.read(reader_of, message)
        t = texts(reader.locale or self._default_locale)
        sent = await send(self._bot, message.recipient.user_id, render(t, message, reader.timezone))
        return sent.message_id

    async def _mark_sent(self, leased: LeasedMessage, telegram_message_id: int) -> None:
        self._trace(Step.MESSAGE_SENT)
        self._metrics.messages.labels(leased.message.kind.value, "sent").inc()
        sent = usecases.Sent(message=leased.message, telegram_message_id=telegram_message_id)
        await self._store.write(usecases.message_sent, sent)
        self._trace(Step.MESSAGE_MARKED)

    async def _wait_until(self, leased: LeasedMessage, seconds: float) -> None:
        until = self._clock() + timedelta(seconds=seconds)
        await self._store.write(usecases.message_waits, usecases.Waits(leased=leased, until=until))

    async def _fail(self, leased: LeasedMessage, error: str, *, permanent: bool) -> None:
        failed = usecases.Failed(leased=leased, error=error, permanent=permanent)
        gave_up = await self._store.write(usecases.message_failed, failed)
        outcome = "failed" if gave_up else "postponed"
        self._metrics.messages.labels(leased.message.kind.value, outcome).inc()
        logger.log(
            logging.ERROR if gave_up else logging.WARNING,
            "message %s (%s) %s: %s",
            leased.message.message_id,
            leased.message.kind.value,
            outcome,
            error,
        )

"""The dispatcher: takes messages from the outbox, keeps Telegram's limits, and tells its errors apart.

Ledger effects happen exactly once, messages at least once: Telegram's ``sendMessage`` has no idempotency key, so a
message whose delivery was not confirmed is sent again.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from telegram import Bot
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.chat import seconds_of, send
from bot.clock import Clock
from bot.illustrator import Illustrator
from bot.metrics import Metrics
from bot.pacing import Pacer
from bot.texts import texts
from bot.views.messages import render
from domain.account import Locale
from domain.ids import BotId, MessageId
from domain.message import LeasedMessage, Message
from domain.ports import Store, StoreUnavailable
from domain.steps import Step, Trace
from domain.usecases import outbox as usecases
from domain.usecases.people import Reachable, set_reachable
from domain.usecases.read_message import Reader, reader_of

logger = logging.getLogger(__name__)

IN_FLIGHT_MAX = 30
LONG_WAIT_S = 2.0
"""A message that must wait longer for its chat goes back to the outbox and makes room for others."""
A_MOMENT = timedelta(milliseconds=1)
LINE_PATIENCE = timedelta(seconds=30)
"""So long after it was due again an older message to the same person is waited for; then it holds nobody up."""


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
        illustrator: Illustrator,
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
        self._illustrator = illustrator
        self._wakes = asyncio.Event()
        self._in_flight: set[asyncio.Task[None]] = set()
        self._stops = asyncio.Event()
        self._lines: dict[int, dict[MessageId, datetime]] = {}

    def wake(self) -> None:
        """There may be something to send."""
        self._wakes.set()

    async def run(self) -> None:
        """Until ``stop``; what is being sent then is brought to its end."""
        await self._store.write(usecases.release_leases, self._bot_id)
        while not self._stops.is_set():
            leased = await self._lease()
            for message in leased:
                task = asyncio.create_task(self._deliver(message))
                self._in_flight.add(task)
                task.add_done_callback(self._landed)
            if not leased:
                await self._rest()
        await asyncio.gather(*self._in_flight)

    def stop(self) -> None:
        self._stops.set()
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
        if wait_in_chat > LONG_WAIT_S or self._older_in_line(leased.message):
            await self._get_in_line(leased, wait_in_chat)
            return
        self._leave_line(leased.message)
        if await self._my_turn(self._pacer.reserve(chat_id)):
            await self._attempt(leased)

    async def _attempt(self, leased: LeasedMessage) -> None:
        chat_id = leased.message.recipient.user_id
        self._trace(Step.MESSAGE_LEASED)
        try:
            sent_id = await self._send(leased)
        except RetryAfter as error:
            self._pacer.hold(chat_id, seconds_of(error))
            await self._get_in_line(leased, seconds_of(error))
        except Forbidden:
            await self._fail(leased, "unreachable", permanent=True)
            await self._store.write(
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
            await self._mark_sent(leased, sent_id)

    async def _my_turn(self, seconds: float) -> bool:
        """After the wait; False when the program stops meanwhile: the next start takes the lease back."""
        try:
            await asyncio.wait_for(self._stops.wait(), seconds)
        except TimeoutError:
            return True
        return False

    async def _send(self, leased: LeasedMessage) -> int:
        message = leased.message
        reader: Reader = await self._store.glance(reader_of, message)
        t = texts(reader.locale or self._default_locale)
        view = render(t, message, reader.timezone, reader.wording)
        picture = await self._illustrator.picture(t, message, reader.colour)
        sent = await send(self._bot, message.recipient.user_id, replace(view, photo=picture))
        return sent.message_id

    async def _mark_sent(self, leased: LeasedMessage, telegram_message_id: int) -> None:
        self._trace(Step.MESSAGE_SENT)
        self._metrics.messages.labels(leased.message.kind.value, "sent").inc()
        sent = usecases.Sent(message=leased.message, telegram_message_id=telegram_message_id)
        await self._store.write(usecases.message_sent, sent)
        self._trace(Step.MESSAGE_MARKED)

    async def _get_in_line(self, leased: LeasedMessage, seconds: float) -> None:
        """Back to the outbox until its chat may get it, behind what is older and waits there for the same chat."""
        message, now = leased.message, self._clock()
        line = self._lines.setdefault(message.recipient.user_id, {})
        behind = (due_at + A_MOMENT for due_at in self._older_in_line(message))
        until = line[message.message_id] = max([now + timedelta(seconds=seconds), *behind])
        await self._store.write(usecases.message_waits, usecases.Waits(leased=leased, until=until))

    def _older_in_line(self, message: Message) -> list[datetime]:
        """When the older messages that wait for this person are due again, save those that never came back."""
        line, now = self._lines.get(message.recipient.user_id, {}), self._clock()
        return [
            due_at
            for message_id, due_at in line.items()
            if message_id < message.message_id and now < due_at + LINE_PATIENCE
        ]

    def _leave_line(self, message: Message) -> None:
        line = self._lines.get(message.recipient.user_id, {})
        line.pop(message.message_id, None)
        if not line:
            self._lines.pop(message.recipient.user_id, None)

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

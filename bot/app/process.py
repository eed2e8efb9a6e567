"""One running bot, from reaching Telegram to the last answer before it stops."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot.app.health import health_app
from bot.delivery.channel import Channel
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.telegram import TelegramChannel
from bot.jobs import schedule
from bot.jobs.means import Means
from bot.jobs.runs import Recorder
from bot.kit.clock import Clock, system_clock
from bot.kit.links import Links
from bot.kit.metrics import Metrics
from bot.kit.pins import Pins
from bot.kit.settings import WHERE_TO_GET_IT, Settings, SettingsProblem
from bot.kit.tokens import Tokens
from bot.kit.web import serve_app
from bot.operator.alerts import OperatorAlerts
from bot.operator.menus import show_operator_menus
from bot.pictures.studio import Studio
from bot.routes.table import ALLOWED_UPDATES, add_handlers
from bot.screens.profile import show_profile
from bot.screens.services import Services
from bot.screens.turn import telegram_locale
from bot.telegram.chat import Chat
from bot.telegram.client import PollingRequest, request
from bot.telegram.inbox import InboxQueue, PersonalProcessor
from bot.telegram.pacing import Pacer, SendingLimits
from bot.telegram.rate_limit import RateLimiter
from bot.telegram.webhook import webhook_app
from bot.texts import texts
from bot.views.help import apology
from domain.bot_profile import BotProfile
from domain.ids import UserId
from domain.plumbing.bot_profiles import bot_profile, save_bot_profile
from domain.plumbing.job_runs import job_runs
from domain.ports import Database, DatabaseUnavailable
from domain.steps import Step, Trace, untraced

logger = logging.getLogger(__name__)

App = Application[Any, Any, Any, Any, Any, Any]

POLL_SECONDS = 25
SILENCE_MAX_S = 120.0
"""A poll answers within POLL_SECONDS; after this long without an answer the process is not well."""
REACH_AGAIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What tests and measurements put in the place of the real thing."""

    clock: Clock = system_clock
    trace: Trace = untraced
    limits: SendingLimits = field(default_factory=SendingLimits)
    on_ready: Callable[[], None] = lambda: None


async def serve(
    settings: Settings, secret: bytes, database: Database, stop: asyncio.Event, around: Surroundings
) -> None:
    """Answers people until ``stop`` is set. Raises SettingsProblem when Telegram refuses the token."""
    metrics = Metrics()

    def trace(step: Step) -> None:
        metrics.count_step(step)
        around.trace(step)

    queue = InboxQueue(database, settings.bot_id, trace)
    polling = PollingRequest(may_ask=queue.keep_batch)
    queue.text_of = polling.text_of
    processor = PersonalProcessor(queue, database, settings.bot_id, trace)
    application = _application(settings, polling, queue, processor)
    if not await _reach_telegram(application, stop):
        return
    profile = await _profile(settings, database, application.bot)
    pacer = Pacer(around.limits, time.monotonic)
    services = _services(settings, secret, database, application.bot, profile, pacer, around, trace)
    add_handlers(application, services)
    application.add_error_handler(processor.on_error)
    processor.handle_again = application.process_update
    processor.apologize = _apologize(services)
    bot, studio, locale = application.bot, services.studio, settings.default_locale
    channels: list[Channel] = [
        TelegramChannel(bot=bot, pacer=pacer, studio=studio, default_locale=locale),
    ]
    dispatchers = [
        Dispatcher(
            channel=channel,
            bot_id=settings.bot_id,
            database=database,
            clock=around.clock,
            trace=trace,
            metrics=metrics,
            holder=secrets.token_hex(4),
        )
        for channel in channels
    ]
    for dispatcher in dispatchers:
        database.on_enqueued(dispatcher.wake)
    try:
        async with (
            _watched(settings, metrics, database, polling),
            _jobs(_means(settings, services, metrics, dispatchers), around),
            _updates(application, processor, queue, metrics),
            _receiving(settings, application, queue),
            _background(show_profile(application.bot, database, profile)),
            _background(show_operator_menus(services)),
        ):
            logger.info("@%s is at work", profile.username)
            around.on_ready()
            await _until(stop, polling.token_refused)
    finally:
        services.pins.close()
        services.studio.close()
        await application.shutdown()
    if polling.token_refused.is_set():
        raise SettingsProblem(WHERE_TO_GET_IT["bot_token"])


def _application(
    settings: Settings, polling: PollingRequest, queue: InboxQueue, processor: PersonalProcessor
) -> App:
    builder = ApplicationBuilder().token(settings.token)
    builder = builder.base_url(f"{settings.bot_api_url}/bot")
    builder = builder.base_file_url(f"{settings.bot_api_url}/file/bot")
    builder = builder.request(request()).get_updates_request(polling)
    return builder.update_queue(queue).concurrent_updates(processor).job_queue(None).build()


async def _reach_telegram(application: App, stop: asyncio.Event) -> bool:
    """Waits until Telegram answers; False when told to stop before. Raises SettingsProblem."""
    while not stop.is_set():
        try:
            await application.initialize()
        except InvalidToken as error:
            await _hang_up(application)
            raise SettingsProblem(WHERE_TO_GET_IT["bot_token"]) from error
        except TelegramError as error:
            logger.warning("Telegram cannot be reached, trying again: %s", error.message)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), REACH_AGAIN_S)
        else:
            return True
    await _hang_up(application)
    return False


async def _hang_up(application: App) -> None:
    """Closes what was opened in vain: an application that is not initialized leaves it open."""
    await application.bot.request.shutdown()


async def _profile(settings: Settings, database: Database, bot: Bot) -> BotProfile:
    """What is known of the bot, its name remembered for links made without Telegram."""
    username = settings.bot_username or bot.username
    known = await database.read(bot_profile, settings.bot_id)
    if known is not None and known.username == username:
        return known
    profile = BotProfile(bot_id=settings.bot_id, username=username, menus=known.menus if known else None)
    await database.write(save_bot_profile, profile)
    return profile


def _services(
    settings: Settings,
    secret: bytes,
    database: Database,
    bot: Bot,
    profile: BotProfile,
    pacer: Pacer,
    around: Surroundings,
    trace: Trace,
) -> Services:
    tokens = Tokens(secret)
    return Services(
        bot_id=settings.bot_id,
        database=database,
        chat=Chat(bot, pacer),
        rate_limiter=RateLimiter(time.monotonic),
        links=Links(profile.username, tokens),
        tokens=tokens,
        pins=Pins(tokens.pin_pepper()),
        studio=Studio(),
        clock=around.clock,
        trace=trace,
        default_locale=settings.default_locale,
        operator_ids=frozenset(UserId(operator_id) for operator_id in settings.operator_ids),
        started_at=around.clock(),
    )


def _means(
    settings: Settings, services: Services, metrics: Metrics, dispatchers: Sequence[Dispatcher]
) -> Means:
    operators = OperatorAlerts(
        chat=services.chat,
        database=services.database,
        bot_id=settings.bot_id,
        operator_ids=services.operator_ids,
        default_locale=settings.default_locale,
    )
    return Means(
        bot_id=settings.bot_id,
        database=services.database,
        metrics=metrics,
        dispatchers=dispatchers,
        operators=operators,
    )


@asynccontextmanager
async def _watched(
    settings: Settings, metrics: Metrics, database: Database, polling: PollingRequest
) -> AsyncIterator[None]:
    """Health and metrics, where they are asked for."""

    async def is_well() -> bool:
        silent = time.monotonic() - polling.answered_at
        if settings.webhook_url is None and silent > SILENCE_MAX_S:
            return False
        try:
            await database.read(bot_profile, settings.bot_id)
        except DatabaseUnavailable:
            return False
        return True

    if settings.health_listen is None:
        yield
        return
    runner = await serve_app(health_app(metrics, is_well), settings.health_listen)
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _jobs(means: Means, around: Surroundings) -> AsyncIterator[None]:
    """The outbox and the timetable."""
    recorder = Recorder(means.database, means.metrics, around.clock)
    scheduler = schedule.make_scheduler(means, recorder, await means.database.read(job_runs, None))
    scheduler.start()
    dispatching = [asyncio.create_task(dispatcher.run()) for dispatcher in means.dispatchers]
    try:
        async with _background(schedule.heartbeat(scheduler)):
            yield
    finally:
        scheduler.shutdown(wait=False)
        for dispatcher in means.dispatchers:
            dispatcher.stop()
        await asyncio.gather(*dispatching)
        await recorder.flush()


@asynccontextmanager
async def _updates(
    application: App, processor: PersonalProcessor, queue: InboxQueue, metrics: Metrics
) -> AsyncIterator[None]:
    """Handling updates, first those that a crash left undone."""
    await application.start()
    replayed = await queue.replay(application.bot)
    metrics.replayed.inc(replayed)
    if replayed:
        logger.info("%d updates are taken up again", replayed)
    try:
        yield
    finally:
        processor.stop()
        await application.stop()


@asynccontextmanager
async def _receiving(settings: Settings, application: App, queue: InboxQueue) -> AsyncIterator[None]:
    """Updates from Telegram, by webhook or by polling."""
    if settings.webhook_url is not None:
        async with _webhook(settings, settings.webhook_url, application.bot, queue):
            yield
        return
    updater = application.updater
    if updater is None:
        raise RuntimeError("the application was built without an updater")
    await updater.start_polling(
        timeout=POLL_SECONDS,
        bootstrap_retries=-1,
        allowed_updates=ALLOWED_UPDATES,
        drop_pending_updates=False,
        error_callback=_polling_failed,
    )
    try:
        yield
    finally:
        await updater.stop()


@asynccontextmanager
async def _webhook(settings: Settings, url: str, bot: Bot, queue: InboxQueue) -> AsyncIterator[None]:
    secret = settings.webhook_secret or secrets.token_urlsafe(32)
    runner = await serve_app(webhook_app(url, secret, bot, queue.keep), settings.webhook_listen)
    try:
        await bot.set_webhook(
            url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, drop_pending_updates=False
        )
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _background(work: Any) -> AsyncIterator[None]:
    """Runs a coroutine beside the body and ends it with it; what goes wrong in it is logged and ends nothing else."""
    task = asyncio.create_task(work)
    task.add_done_callback(_complain)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _complain(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("background work failed", exc_info=error)


def _polling_failed(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        logger.error("another process polls with this token: stop it, or give this one its own token")
    else:
        logger.warning("polling failed, trying again: %s", error.message)


def _apologize(services: Services) -> Callable[[Update, str], Any]:
    async def apologize(update: Update, reference: str) -> None:
        user = update.effective_user
        if user is None:
            return
        t = texts(telegram_locale(user) or services.default_locale)
        await services.chat.send(user.id, apology(t, reference))

    return apologize


async def _until(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()

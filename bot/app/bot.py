"""One bot in a process: from reaching Telegram to the last answer before it stops."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import ClientSSLError, web
from telegram import Update
from telegram.error import InvalidToken, TelegramError

from bot.app.process import Surroundings
from bot.delivery.bounce_inbox import BounceInbox
from bot.delivery.bounces import Bounces
from bot.delivery.channel import Channel
from bot.delivery.channels import Parts, channels_on
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.logos import logo_routes
from bot.delivery.mailer import mailer_of
from bot.delivery.passkit import passkit_routes
from bot.delivery.returned import bounce_routes
from bot.delivery.unsubscribe import unsubscribe_routes
from bot.delivery.wallet import Wallet
from bot.delivery.wallet_sync import WalletSync
from bot.delivery.wallets import WalletParts, wallets_on
from bot.delivery.wallets.apple import AppleWallet
from bot.jobs.means import Means
from bot.kit.gathering import Gathering
from bot.kit.links import Links
from bot.kit.logs import lines_of
from bot.kit.metrics import BotMetrics
from bot.kit.settings import NOT_KNOWN_TO_TELEGRAM, Settings, SettingsProblem
from bot.kit.watch import is_set_within
from bot.kit.web import serving
from bot.operator.alerts import OperatorAlerts
from bot.operator.menus import show_operator_menus
from bot.routes.table import dispatch
from bot.screens.menus import put_menu
from bot.screens.outage import Outage
from bot.screens.panels import Panels
from bot.screens.profile import show_profile
from bot.screens.second_taps import SecondTaps
from bot.screens.services import Process, Services
from bot.screens.turn_taking import apologize
from bot.telegram.chat import Chat
from bot.telegram.client import DirectBot
from bot.telegram.handling import Answers
from bot.telegram.inbox import Inbox
from bot.telegram.pacing import Budgets, Pacer
from bot.telegram.photos import Photos
from bot.telegram.polling import Poller
from bot.telegram.rate_limit import RateLimiter
from bot.telegram.reception import Reception
from bot.telegram.username import remember_username
from bot.telegram.webhook import Webhook, webhook_app
from domain.ids import UserId
from domain.plumbing.outbox import give_up_channels_off
from domain.usecases.who_is import who_are
from domain.wallet import WalletKind

logger = logging.getLogger(__name__)

REACH_AGAIN_S = 5.0
JOINS_WITHIN_S = 2.0
"""Within this time the other processes have seen that there is one more with which they share the pace."""
UNTRUSTED = (
    "The certificate of BOT_API_URL is not trusted: correct the address, the clock of this machine, or the file that"
    " SSL_CERT_FILE names"
)


@asynccontextmanager
async def open_bot(
    settings: Settings, process: Process, around: Surroundings, stop: asyncio.Event
) -> AsyncIterator[Means | None]:
    """A bot at work until the block ends; None when ``stop`` was set before Telegram was reached.

    Raises SettingsProblem when Telegram refuses the token from the start.
    """
    with lines_of(settings.bot_id):
        telegram = DirectBot(settings)
        failed = partial(process.watch.failed, f"start of bot {settings.bot_id}")
        try:
            if not await _reach(telegram, stop, failed):
                yield None
                return
            process.clock_news.told = telegram.time_there
            async with _at_work(settings, process, around, telegram) as means:
                yield means
        finally:
            await telegram.shutdown()


async def _reach(telegram: DirectBot, stop: asyncio.Event, failed: Callable[[], None]) -> bool:
    """Waits until Telegram answers; False when told to stop before. Raises SettingsProblem."""
    while not stop.is_set():
        try:
            await _unless(stop, telegram.initialize())
        except InvalidToken as error:
            raise SettingsProblem(NOT_KNOWN_TO_TELEGRAM) from error
        except TelegramError as error:
            if isinstance(error.__cause__, ClientSSLError):
                raise SettingsProblem(f"{UNTRUSTED} ({error.__cause__}).") from error
            logger.warning("Telegram cannot be reached, trying again: %s", error.message)
            failed()
            await is_set_within(stop, REACH_AGAIN_S)
        else:
            return not stop.is_set()
    return False


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Waits for the work, but no longer than until ``stop`` is set. Raises what the work raises."""
    working, told = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not working.done():
        working.cancel()
        await asyncio.wait({working})
    elif (error := working.exception()) is not None:
        raise error


@asynccontextmanager
async def _at_work(
    settings: Settings, process: Process, around: Surroundings, telegram: DirectBot
) -> AsyncIterator[Means]:
    name, watch = f"of bot {settings.bot_id}", process.watch
    profile = await remember_username(settings, process.database, telegram.username)
    metrics = BotMetrics(process.metrics, settings.bot_id, around.trace)
    pacer, photos = _pacer(process, around), Photos()
    links, chat = Links(profile.username, process.tokens, settings.public_url), Chat(telegram, pacer, photos)
    services = _services(settings, process, around, metrics, chat, links)
    if (mailer := services.mailer) is not None:
        watch.looks_at(f"e-mail {name}", lambda: mailer.trouble)
    bounces = Bounces(bot_id=settings.bot_id, database=process.database, links=links, metrics=metrics)
    parts = Parts(
        settings=settings,
        studio=process.studio,
        bot=telegram,
        chat=chat,
        pacer=pacer,
        photos=photos,
        put_menu=partial(put_menu, services),
        links=links,
        clock=process.clock,
        mailer=services.mailer,
        metrics=metrics,
    )
    inbox = _inbox(telegram, services, name)
    show = partial(show_profile, telegram, process.database, profile, settings.ways_on)
    await process.database.write(give_up_channels_off, settings.bot_id)
    async with (
        watch.keeps(f"inbox {name}", inbox.marks.run, inbox.marks.close),
        _updates(inbox, metrics),
        _sending(settings, services, channels_on(parts), metrics) as dispatchers,
        _telling(services, metrics),
        _among_others(process, inbox, name),
        _receiving(settings, process, around, telegram, inbox, bounces, services.wallets) as reception,
        _reading_bounces(settings, process, bounces),
        watch.keeps(f"profile {name}", show, once=True),
        watch.keeps(f"menus {name}", partial(show_operator_menus, services), once=True),
    ):
        logger.info("@%s is at work", profile.username)
        try:
            yield _means(services, dispatchers, reception, settings.backup_dir)
        finally:
            inbox.begins_no_more()


def _pacer(process: Process, around: Surroundings) -> Pacer:
    pacer = Pacer(around.limits, time.monotonic, process.peers.share_count)
    if process.peers.crew.is_shared:
        pacer.hold_all(JOINS_WITHIN_S)
    return pacer


def _services(
    settings: Settings, process: Process, around: Surroundings, metrics: BotMetrics, chat: Chat, links: Links
) -> Services:
    rate_limiter = RateLimiter(time.monotonic)
    return Services(
        **{shared.name: getattr(process, shared.name) for shared in fields(process)},
        bot_id=settings.bot_id,
        callers=Gathering(partial(process.database.glance, who_are), process.database.glanced_at_once),
        chat=chat,
        rate_limiter=rate_limiter,
        budgets=Budgets(around.limits, time.monotonic, process.peers.share_count),
        outage=Outage(chat=chat, rate_limiter=rate_limiter, default_locale=settings.default_locale),
        panels=Panels(chat=chat),
        second_taps=SecondTaps(time.monotonic, around.second_tap_s),
        old_keys={},
        links=links,
        trace=metrics.step,
        default_locale=settings.default_locale,
        operator_ids=frozenset(UserId(operator_id) for operator_id in settings.operator_ids),
        open_signup=settings.open_signup,
        ways_on=settings.ways_on,
        mailer=mailer_of(settings),
        wallets=_wallets(settings, process, around, links),
    )


def _wallets(
    settings: Settings, process: Process, around: Surroundings, links: Links
) -> Mapping[WalletKind, Wallet]:
    parts = WalletParts(
        settings=settings,
        studio=process.studio,
        links=links,
        tokens=process.tokens,
        clock=process.clock,
        authorities=around.authorities,
    )
    return wallets_on(parts)


def _inbox(telegram: DirectBot, services: Services, name: str) -> Inbox:
    return Inbox(
        bot=telegram,
        bot_id=services.bot_id,
        database=services.database,
        trace=services.trace,
        arrived=services.second_taps.arrived,
        peers=services.peers,
        clock=services.clock,
        answers=Answers(
            handle=partial(_served, services),
            apologize=partial(apologize, services),
            put_off=services.outage.put_off,
            made_good=services.outage.made_good,
        ),
        failed=partial(services.watch.failed, f"inbox {name}"),
    )


async def _served(services: Services, update: Update, came_at: datetime) -> None:
    with services.lull.ends():
        await dispatch(services, update, came_at)


@asynccontextmanager
async def _sending(
    settings: Settings, services: Services, channels: Sequence[Channel], metrics: BotMetrics
) -> AsyncIterator[Sequence[Dispatcher]]:
    """A dispatcher for each channel, at work until the block ends."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(_dispatching(settings, services, channel, metrics))
            for channel in channels
        ]


@asynccontextmanager
async def _dispatching(
    settings: Settings, services: Services, channel: Channel, metrics: BotMetrics
) -> AsyncIterator[Dispatcher]:
    name = f"{channel.kind.value} dispatcher of bot {services.bot_id}"
    dispatcher = Dispatcher(
        channel=channel,
        bot_id=services.bot_id,
        database=services.database,
        clock=services.clock,
        trace=services.trace,
        metrics=metrics,
        peers=services.peers,
        failed=partial(services.watch.failed, name),
        lull=services.lull,
        patience=settings.patience(channel.kind),
    )
    services.database.on_enqueued(dispatcher.wake)
    async with services.watch.keeps(name, dispatcher.run, dispatcher.stop):
        yield dispatcher


@asynccontextmanager
async def _telling(services: Services, metrics: BotMetrics) -> AsyncIterator[None]:
    """A worker for each wallet, at work until the block ends."""
    async with AsyncExitStack() as stack:
        for kind, wallet in services.wallets.items():
            await stack.enter_async_context(_telling_one(services, kind, wallet, metrics))
        yield


@asynccontextmanager
async def _telling_one(
    services: Services, kind: WalletKind, wallet: Wallet, metrics: BotMetrics
) -> AsyncIterator[None]:
    name = f"{kind.value} wallet worker of bot {services.bot_id}"
    sync = WalletSync(
        wallet=wallet,
        bot_id=services.bot_id,
        database=services.database,
        clock=services.clock,
        metrics=metrics,
        peers=services.peers,
        failed=partial(services.watch.failed, name),
        lull=services.lull,
    )
    services.watch.looks_at(f"{kind.value} wallet of bot {services.bot_id}", lambda: wallet.trouble)
    try:
        async with services.watch.keeps(name, sync.run, sync.stop):
            yield
    finally:
        await wallet.close()


def _means(
    services: Services, dispatchers: Sequence[Dispatcher], reception: Reception, copies: Path | None
) -> Means:
    operators = OperatorAlerts(
        chat=services.chat,
        database=services.database,
        bot_id=services.bot_id,
        operator_ids=services.operator_ids,
        default_locale=services.default_locale,
    )
    return Means(
        bot_id=services.bot_id,
        database=services.database,
        metrics=services.metrics,
        dispatchers=dispatchers,
        reception=reception,
        operators=operators,
        clock_news=services.clock_news,
        clock=services.clock,
        chat=services.chat,
        wallets=services.wallets,
        copies=copies,
    )


@asynccontextmanager
async def _among_others(process: Process, inbox: Inbox, name: str) -> AsyncIterator[None]:
    """Minds the other processes on the database, if any. After the block nothing more comes to this one."""
    if not process.peers.crew.me:
        yield
        return
    async with process.watch.keeps(f"others {name}", inbox.mind_others):
        yield
    await process.peers.leave()


@asynccontextmanager
async def _updates(inbox: Inbox, metrics: BotMetrics) -> AsyncIterator[None]:
    """Handles updates until the block ends, first those that a crash left undone."""
    replayed = await inbox.replay()
    metrics.replayed.inc(replayed)
    if replayed:
        logger.info("%d updates are taken up again", replayed)
    try:
        yield
    finally:
        await inbox.stop()


@asynccontextmanager
async def _receiving(
    settings: Settings,
    process: Process,
    around: Surroundings,
    telegram: DirectBot,
    inbox: Inbox,
    bounces: Bounces,
    wallets: Mapping[WalletKind, Wallet],
) -> AsyncIterator[Reception]:
    """Receives updates from Telegram, by webhook or by polling."""
    watch, bot_id = process.watch, settings.bot_id
    if settings.webhook_url is None:
        poller = Poller(telegram, bot_id, inbox, around.alone_after_s, process.peers)
        async with watch.keeps(f"polling of bot {bot_id}", poller.run, ails=poller.ails):
            yield poller
        return
    secret = settings.webhook_secret or process.tokens.webhook_secret(settings.token)
    webhook = Webhook(telegram, settings.webhook_url, secret)
    app = webhook_app(settings.webhook_url, secret, bot_id, inbox.keep, inbox.has_room)
    app.add_routes(_routes_beside(settings, process, bounces, wallets))
    async with (
        serving(app, settings.webhook_listen),
        watch.keeps(f"webhook of bot {bot_id}", webhook.run, once=True, ails=webhook.ails),
    ):
        yield webhook


def _routes_beside(
    settings: Settings, process: Process, bounces: Bounces, wallets: Mapping[WalletKind, Wallet]
) -> Iterator[web.AbstractRouteDef]:
    """What the webhook's server answers beside Telegram: mails and wallets, as far as they are on."""
    if settings.smtp_url is not None:
        yield from unsubscribe_routes(process.database, process.tokens, settings.default_locale)
        if settings.bounce_secret is not None:
            yield from bounce_routes(bounces, settings.bounce_secret)
    apple = wallets.get(WalletKind.APPLE)
    if isinstance(apple, AppleWallet):
        yield from passkit_routes(process.database, apple, process.clock, time.monotonic)
    if WalletKind.GOOGLE in wallets:
        yield from logo_routes(process.database, process.studio, time.monotonic)


@asynccontextmanager
async def _reading_bounces(settings: Settings, process: Process, bounces: Bounces) -> AsyncIterator[None]:
    """Reads the mailbox to which mail comes back, where there is one."""
    if settings.smtp_url is None or settings.bounce_imap_url is None:
        yield
        return
    inbox = BounceInbox(
        settings.bounce_imap_url,
        bounces.take,
        process.clock,
        is_due=lambda: process.peers.crew.leads(settings.bot_id),
    )
    name = f"mailbox of bounces of bot {settings.bot_id}"
    async with process.watch.keeps(name, inbox.run, ails=lambda: inbox.trouble):
        yield

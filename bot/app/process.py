"""One process: the database, what draws and hashes, health check and timetable, for the bots that run in it."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import field
from functools import partial
from pathlib import Path

from bot.app.health import health_app
from bot.app.outside import Outside
from bot.jobs import schedule
from bot.jobs.means import Means
from bot.jobs.runs import Recorder
from bot.kit.clock import ClockNews
from bot.kit.logs import lines_of
from bot.kit.lull import Lull
from bot.kit.metrics import Metrics
from bot.kit.pins import Pins
from bot.kit.tokens import Tokens
from bot.kit.watch import Watch
from bot.kit.web import serving
from bot.pictures.studio import Studio
from bot.screens.second_taps import SECOND_TAP_S
from bot.screens.services import Process
from bot.telegram.pacing import SendingLimits
from bot.telegram.polling import ALONE_AFTER_S
from domain.crew import Peers
from domain.job_run import JobRun
from domain.plumbing.job_runs import job_runs
from domain.ports import Database
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings(Outside):
    """What tests and measurements put in the place of the real thing."""

    clock_news: ClockNews = field(default_factory=ClockNews)
    limits: SendingLimits = field(default_factory=SendingLimits)
    alone_after_s: float = ALONE_AFTER_S
    second_tap_s: float = SECOND_TAP_S
    lull: Lull = field(default_factory=lambda: Lull(time.monotonic))
    authorities: Path | None = None
    on_ready: Callable[[], None] = lambda: None


@asynccontextmanager
async def open_process(
    secret: bytes, database: Database, around: Surroundings, health_listen: str | None, peers: Peers
) -> AsyncIterator[Process]:
    """A process without a bot yet, with health and metrics where an address for them is given."""
    tokens = Tokens(secret)
    process = Process(
        database=database,
        tokens=tokens,
        pins=Pins(tokens.pin_pepper()),
        studio=Studio(),
        clock=around.clock,
        clock_news=around.clock_news,
        started_at=around.clock(),
        metrics=Metrics(lambda: max(1, len(peers.crew.mates))),
        watch=Watch(),
        lull=around.lull,
        peers=peers,
    )
    database.on_failure(process.watch.failed)
    process.watch.looks_at("clock", lambda: process.clock_news.trouble)
    async with AsyncExitStack() as stack:
        stack.callback(process.pins.close)
        stack.callback(process.studio.close)
        if health_listen is not None:
            await stack.enter_async_context(serving(health_app(process), health_listen))
        yield process


@asynccontextmanager
async def timetable(process: Process, bots: Sequence[Means]) -> AsyncIterator[None]:
    """Runs the jobs of the process and of the bots until the block ends."""
    recorder = Recorder(process.database, process.metrics, process.clock)
    process.watch.looks_at("jobs", lambda: recorder.trouble)

    async def past() -> Sequence[JobRun]:
        return [run for means in bots for run in await process.database.read(job_runs, means.bot_id)]

    with lines_of(None):
        scheduler = schedule.make_scheduler(bots, recorder, await past(), peers=process.peers)
        scheduler.start()
        try:
            async with AsyncExitStack() as stack:
                beating = partial(schedule.heartbeat, scheduler)
                await stack.enter_async_context(process.watch.keeps("timetable", beating))
                if process.peers.crew.me:
                    taking_turns = partial(schedule.take_turns, scheduler, process.peers, past)
                    await stack.enter_async_context(
                        process.watch.keeps("turns of the timetable", taking_turns)
                    )
                yield
        finally:
            scheduler.shutdown(wait=False)
            await recorder.flush()

"""The only timetable. APScheduler is the ticker: what is due is decided by rows in the database, so every job may run
late, twice, or in several processes.

A missed run is made up for once (``coalesce``, no misfire limit); what fell due while the process was down, at the
start. Every trigger is a cron trigger: its next time follows from the clock alone, so that ``heartbeat`` can tell
when the clock was set back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from enum import Enum
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.jobs.approvals import lapse_approvals
from bot.jobs.campaigns import send_campaigns, tell_of_campaigns
from bot.jobs.certificates import watch_certificates
from bot.jobs.clock import watch_clock
from bot.jobs.closing import end_shops, tell_customers
from bot.jobs.coming_back import bring_back
from bot.jobs.copies import copy_database
from bot.jobs.dead_letters import report_dead_letters
from bot.jobs.expiry import expire_balances
from bot.jobs.flags import look_for_flags
from bot.jobs.housekeeping import forget_what_is_old, keep_house
from bot.jobs.means import Means
from bot.jobs.reception import watch_reception
from bot.jobs.runs import Recorder
from bot.jobs.sending import send_messages
from bot.jobs.summaries import summarize
from bot.jobs.verify import verify
from bot.jobs.wiping import wipe
from bot.jobs.writable import prove_writable
from bot.kit.clock import Clock, system_clock
from domain.crew import Peers
from domain.ids import BotId
from domain.job_run import BACKUP, PROCESS, JobRun
from domain.quick import dataclass

Job = Callable[[Means], Awaitable[int]]
"""Returns how many things it did."""


class Of(Enum):
    """Whether a job belongs to the process or to each bot. One of the process runs once, with the means of its first
    bot, so that one bot tells the operators."""

    PROCESS = "process"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """``name`` is that of the job in the log, in the metrics and in the table of runs. Of several processes on one
    database only the eldest runs a job, unless it is to run ``in_each``. It does not run at all where it is not
    ``wanted``."""

    name: str
    of: Of
    trigger: CronTrigger
    job: Job
    in_each: bool = False
    wanted: Callable[[Means], bool] = lambda _means: True


class CatchingUp(CronTrigger):  # type: ignore[misc]  # it has no types
    """Passes over the times that were missed. APScheduler would list every one of them before it runs the job once:
    after a week without the bot 600,000 for the outbox, while nobody is answered."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        is_behind = previous_fire_time is not None and previous_fire_time < now
        found: datetime | None = super().get_next_fire_time(None if is_behind else previous_fire_time, now)
        return found


def at(**times: str) -> CronTrigger:
    """A trigger in UTC; for the fields see https://apscheduler.readthedocs.io/en/3.x/modules/triggers/cron.html."""
    return CatchingUp(timezone="UTC", **times)


TIMETABLE = (
    ScheduledJob("outbox", Of.BOT, at(second="*"), send_messages, in_each=True),
    ScheduledJob(
        "undo", Of.BOT, at(second="*"), lambda means: means.chat.replace_due(means.clock()), in_each=True
    ),
    ScheduledJob("campaigns", Of.BOT, at(second="*"), send_campaigns),
    ScheduledJob("campaigns_told", Of.BOT, at(second="*/2"), tell_of_campaigns),
    ScheduledJob("clock", Of.PROCESS, at(second="*/5"), watch_clock, in_each=True),
    ScheduledJob("expiry", Of.PROCESS, at(second="20"), lambda means: expire_balances(means.database)),
    ScheduledJob("approvals", Of.PROCESS, at(second="30"), lambda means: lapse_approvals(means.database)),
    ScheduledJob("summaries", Of.PROCESS, at(second="40"), lambda means: summarize(means.database)),
    ScheduledJob("database", Of.PROCESS, at(second="15"), prove_writable, in_each=True),
    ScheduledJob("reception", Of.BOT, at(second="50"), watch_reception),
    ScheduledJob("kept_aside", Of.BOT, at(minute="*/10"), report_dead_letters),
    ScheduledJob("housekeeping", Of.BOT, at(minute="7"), keep_house),
    ScheduledJob("watch", Of.PROCESS, at(minute="25"), lambda means: look_for_flags(means.database)),
    ScheduledJob("closing_told", Of.PROCESS, at(second="*/5"), lambda means: tell_customers(means.database)),
    ScheduledJob("closing", Of.PROCESS, at(minute="45"), lambda means: end_shops(means.database)),
    ScheduledJob("wiping", Of.PROCESS, at(second="10"), wipe),
    ScheduledJob("retention", Of.PROCESS, at(hour="2", minute="30"), forget_what_is_old),
    ScheduledJob("coming_back", Of.PROCESS, at(minute="35"), lambda means: bring_back(means.database)),
    ScheduledJob("certificates", Of.BOT, at(hour="8", minute="5"), watch_certificates),
    ScheduledJob("verify", Of.PROCESS, at(hour="3", minute="30"), verify),
    ScheduledJob(
        BACKUP,
        Of.PROCESS,
        at(hour="4", minute="10"),
        copy_database,
        wanted=lambda means: means.copies is not None,
    ),
)


def make_scheduler(
    bots: Sequence[Means],
    recorder: Recorder,
    past: Iterable[JobRun],
    timetable: Sequence[ScheduledJob] = TIMETABLE,
    peers: Peers = Peers(),  # noqa: B008
) -> AsyncIOScheduler:
    """Not started yet. What fell due since its last run in ``past`` is due at once."""
    scheduler = AsyncIOScheduler(
        timezone="UTC",
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    last = {run.key: run.last_started_at for run in past}
    for entry in timetable:
        for means in bots if entry.of is Of.BOT else bots[:1]:
            if not entry.wanted(means):
                continue
            key = (means.bot_id if entry.of is Of.BOT else PROCESS, entry.name)
            due = _due(entry.trigger, last[key]) if key in last else None
            when = {} if due is None else {"next_run_time": due}
            run = (*key, partial(entry.job, means))
            does = recorder.run if entry.in_each else partial(_if_it_leads, peers, recorder)
            scheduler.add_job(does, entry.trigger, run, name=entry.name, **when)
    return scheduler


def _leads(peers: Peers, bot_id: BotId) -> bool:
    return peers.leads(None if bot_id == PROCESS else bot_id)


async def _if_it_leads(
    peers: Peers, recorder: Recorder, bot_id: BotId, name: str, job: Callable[[], Awaitable[int]]
) -> None:
    if _leads(peers, bot_id):
        await recorder.run(bot_id, name, job)


async def take_turns(
    scheduler: AsyncIOScheduler,
    peers: Peers,
    past: Callable[[], Awaitable[Iterable[JobRun]]],
    clock: Clock = system_clock,
) -> None:
    """Runs for ever. A process that begins to lead makes up for what fell due while nobody led."""
    was_leading: dict[BotId, bool] = {}
    while True:
        await asyncio.sleep(1)
        jobs = scheduler.get_jobs()
        now_leading = {job.args[0]: _leads(peers, job.args[0]) for job in jobs}
        new = {bot_id for bot_id, leads in now_leading.items() if leads > was_leading.get(bot_id, True)}
        was_leading = now_leading
        if not new:
            continue
        last = {run.key: run.last_started_at for run in await past()}
        for job in jobs:
            key = (job.args[0], job.args[1])
            due = _due(job.trigger, last[key]) if key in last and key[0] in new else None
            if due is not None and due <= clock():
                job.modify(next_run_time=due)


async def heartbeat(scheduler: AsyncIOScheduler, clock: Clock = system_clock) -> None:
    """Once a second, for ever: setting the clock, forward or back, then neither stalls a job nor starts it all over.

    The scheduler sleeps by a clock that is never set, until times of the clock that is. When that is set forward, the
    scheduler would sleep on; when it is set back, it would wait for the times that it has written down.
    """
    while True:
        await asyncio.sleep(1)
        for job in scheduler.get_jobs():
            due = _due(job.trigger, clock())
            if due is not None and job.next_run_time > due:
                job.modify(next_run_time=due)
        scheduler.wakeup()


def _due(trigger: CronTrigger, after: datetime) -> datetime | None:
    """The first time after this moment."""
    found: datetime | None = trigger.get_next_fire_time(after, after)
    return found

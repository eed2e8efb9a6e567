"""The only timetable. APScheduler is the ticker: what is due is decided by rows in the database.

A missed run is made up for once (``coalesce``, no misfire limit), and a wake-up every second keeps a clock that was
set back from stalling the scheduler.
"""

import asyncio
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

Job = Callable[[], Awaitable[None]]
"""Asynchronous: APScheduler would run a plain function in a thread of its own."""

OUTBOX = IntervalTrigger(seconds=1)
HOUSEKEEPING = IntervalTrigger(hours=1)
VERIFY = CronTrigger(hour=3, minute=30, timezone="UTC")


def make_scheduler(*, outbox: Job, housekeeping: Job, verify: Job) -> AsyncIOScheduler:
    scheduler = AsyncIOScheduler(
        timezone="UTC",
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )

    def add(job: Job, trigger: BaseTrigger, name: str) -> None:
        scheduler.add_job(job, trigger, id=name, name=name)

    add(outbox, OUTBOX, "outbox")
    add(housekeeping, HOUSEKEEPING, "housekeeping")
    add(verify, VERIFY, "verify")
    return scheduler


async def heartbeat(scheduler: AsyncIOScheduler) -> None:
    """Once a second, for ever."""
    while True:
        await asyncio.sleep(1)
        scheduler.wakeup()

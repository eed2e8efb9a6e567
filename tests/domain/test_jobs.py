"""What is remembered of jobs, what operators see of it, and what is thrown away."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from domain.delivery import ChannelKind, Delivery, Refused
from domain.ids import BotId, UpdateId
from domain.job_run import PROCESS, JobOutcome, JobRun
from domain.plumbing.dead_letters import DeadLetters, reported, unreported
from domain.plumbing.inbox import UpdateFailure, UpdateRef, fail_update, finish_updates, receive_updates
from domain.plumbing.job_runs import job_runs, record_runs
from domain.plumbing.keep_house import KeepHouse, ThrownAway, keep_house
from domain.plumbing.outbox import Failed, LeaseDeliveries, delivery_failed, lease_deliveries
from domain.plumbing.see_status import see_status
from domain.update import ReceivedUpdate
from tests.support.clock import Clock
from tests.support.job_runs import job_run
from tests.support.shop import BOT, Town

ANOTHER_BOT = BotId(BOT + 1)


def records(
    town: Town,
    job: str = "verify",
    *,
    bot_id: BotId = BOT,
    runs: int = 1,
    count: int = 0,
    error: str | None = None,
) -> None:
    now, took = town.database.clock.now, timedelta(seconds=2)
    run = job_run(bot_id, job, now, runs=runs, count=count, error=error, took=took)
    town.database.write(record_runs, run)


def run_of(town: Town, job: str = "verify") -> JobRun:
    return next(run for run in town.database.read(job_runs, BOT) if run.job == job)


def receives(town: Town, *update_ids: int, bot_id: BotId = BOT) -> None:
    batch = [
        ReceivedUpdate(bot_id=bot_id, update_id=UpdateId(number), person_key=7, payload="{}")
        for number in update_ids
    ]
    town.database.write(receive_updates, batch)


def keeps_aside(town: Town, update_id: int, error: str = "ab12 KeyError", bot_id: BotId = BOT) -> None:
    receives(town, update_id, bot_id=bot_id)
    failure = UpdateFailure(bot_id=bot_id, update_id=UpdateId(update_id), error=error, for_good=True)
    town.database.write(fail_update, failure)


def test_last_run_of_a_job_is_remembered_as_it_was(town: Town, clock: Clock) -> None:
    records(town, count=3)
    assert run_of(town) == JobRun(
        bot_id=BOT,
        job="verify",
        last_started_at=clock.now - timedelta(seconds=2),
        last_finished_at=clock.now,
        duration_ms=2000,
        count=3,
        outcome=JobOutcome.OK,
        error=None,
        failures_in_a_row=0,
        total_runs=1,
    )


def test_failures_in_a_row_are_counted_until_the_job_succeeds(town: Town) -> None:
    seen = []
    for error in ("OSError", "KeyError", None, "KeyError"):
        records(town, error=error)
        run = run_of(town)
        seen.append((run.outcome.value, run.error, run.failures_in_a_row, run.total_runs))
    assert seen == [
        ("failed", "OSError", 1, 1),
        ("failed", "KeyError", 2, 2),
        ("ok", None, 0, 3),
        ("failed", "KeyError", 1, 4),
    ]


def test_runs_recorded_together_count_as_many(town: Town) -> None:
    records(town, runs=60, error="OSError")
    records(town, runs=60, error="OSError")
    assert (run_of(town).failures_in_a_row, run_of(town).total_runs) == (120, 120)


def test_each_job_has_its_own_row_and_they_come_by_name(town: Town) -> None:
    for job in ("verify", "outbox", "verify"):
        records(town, job)
    assert [(run.job, run.total_runs) for run in town.database.read(job_runs, BOT)] == [
        ("outbox", 1),
        ("verify", 2),
    ]


def test_each_bot_has_its_own_runs_beside_those_of_its_process(town: Town) -> None:
    records(town, "verify", bot_id=PROCESS)
    records(town, "outbox", error="OSError")
    records(town, "outbox", bot_id=ANOTHER_BOT)
    for bot_id, outcome in ((BOT, JobOutcome.FAILED), (ANOTHER_BOT, JobOutcome.OK)):
        found = town.database.read(job_runs, bot_id)
        assert [(run.bot_id, run.job) for run in found] == [(bot_id, "outbox"), (PROCESS, "verify")]
        assert [run.outcome for run in found] == [outcome, JobOutcome.OK]
        assert town.database.read(see_status, bot_id).jobs == found


def leases_one(town: Town) -> Sequence[Delivery]:
    command = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder="one", limit=1)
    return town.database.write(lease_deliveries, command)


def test_status_counts_what_waits_and_what_went_wrong_of_this_bot(town: Town) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    for _ in range(3):
        shop.stamps(anna, lea)
    [leased] = leases_one(town)
    town.database.write(delivery_failed, Failed(delivery=leased, outcome=Refused("oh")))
    receives(town, 1, 2, 3)
    town.database.write(finish_updates, [UpdateRef(bot_id=BOT, update_id=UpdateId(1))])
    keeps_aside(town, 4)
    keeps_aside(town, 5, bot_id=ANOTHER_BOT)
    receives(town, 6, bot_id=ANOTHER_BOT)
    records(town)
    found = town.database.read(see_status, BOT)
    assert (found.updates_waiting, found.dead_letters) == (2, 1)
    assert (found.messages_owed, found.messages_failed) == (2, 1)
    assert [run.job for run in found.jobs] == ["verify"]
    nothing = town.database.read(see_status, BotId(BOT + 2))
    assert (nothing.updates_waiting, nothing.dead_letters) == (0, 0)
    assert (nothing.messages_owed, nothing.messages_failed) == (0, 0)


def test_update_that_was_kept_aside_is_told_once(town: Town) -> None:
    keeps_aside(town, 2, "cd34 OSError")
    keeps_aside(town, 1)
    keeps_aside(town, 3, bot_id=ANOTHER_BOT)
    receives(town, 4)
    found = town.database.read(unreported, BOT).updates
    assert list(found) == [(UpdateId(1), "ab12 KeyError"), (UpdateId(2), "cd34 OSError")]
    town.database.write(reported, DeadLetters(bot_id=BOT, updates=found[:1]))
    assert [update_id for update_id, _ in town.database.read(unreported, BOT).updates] == [2]
    assert len(town.database.read(unreported, ANOTHER_BOT)) == 1
    assert town.database.read(see_status, BOT).dead_letters == 2


@pytest.mark.parametrize(("days", "thrown_away"), [(29, 0), (30, 0), (31, 1)])
def test_what_was_kept_aside_stays_for_a_month(town: Town, clock: Clock, days: int, thrown_away: int) -> None:
    keeps_aside(town, 1)
    clock.passes(days=days)
    house = KeepHouse(
        bot_id=BOT, update_retention=timedelta(days=2), dead_letter_retention=timedelta(days=30)
    )
    assert town.database.write(keep_house, house).updates == thrown_away
    assert town.database.read(see_status, BOT).dead_letters == 1 - thrown_away


def test_lease_that_has_ended_is_cleared_and_one_that_holds_is_not(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    house = KeepHouse(
        bot_id=BOT, update_retention=timedelta(days=2), dead_letter_retention=timedelta(days=30)
    )
    for _ in range(2):
        shop.stamps(anna, lea)
        leases_one(town)
        clock.passes(seconds=40)
    assert town.database.write(keep_house, house) == ThrownAway(updates=0, dialogues=0, leases=1)
    assert town.database.write(keep_house, house).leases == 0

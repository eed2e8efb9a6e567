"""The timetable in the running bot: its jobs run, are recorded, and reach the operators."""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.sandbox import Person, Sandbox
from domain.ids import UpdateId
from domain.job_run import BACKUP, PROCESS
from domain.plumbing.inbox import UpdateFailure, fail_update, receive_updates
from domain.plumbing.job_runs import record_runs
from domain.update import ReceivedUpdate
from storage.postgres.backup import ToolFailed
from tests.support.house import UNHURRIED, House, TestClock, house
from tests.support.job_runs import job_run

pytestmark = pytest.mark.all_jobs

OLIVIA = 7_200_000_001
COPIES = f"SELECT outcome, total_runs FROM job_runs WHERE job = '{BACKUP}'"


async def test_tick_of_the_outbox_is_recorded(home: House) -> None:
    tick = "SELECT job, outcome FROM job_runs WHERE job = 'outbox'"
    await home.until_rows(tick, [("outbox", "ok")])


async def test_jobs_missed_while_the_bot_was_down_run_when_it_starts(
    tmp_path: Path, clock: TestClock
) -> None:
    """The check of the night, the housekeeping, and the report of an update that was kept aside."""
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with Sandbox() as sandbox:
        olivia = sandbox.person("Olivia", user_id=OLIVIA)
        async with house(tmp_path / "a.db", around, sandbox) as first:
            await olivia.sends("/help")
            await olivia.sees("Your card")
            await keeps_aside(first)
            for job in ("kept_aside", "housekeeping", "verify"):
                await ran(first, job)
            await first.at_rest()
        clock.passes(days=3)
        async with house(tmp_path / "a.db", around, sandbox, operator_ids=(OLIVIA,)) as second:
            await olivia.sees("1 message to the bot could not be handled")
            missed = "job IN ('kept_aside', 'housekeeping', 'verify')"
            runs = f"SELECT job, outcome, total_runs FROM job_runs WHERE {missed} ORDER BY job"
            expected = [("housekeeping", "ok", 2), ("kept_aside", "ok", 2), ("verify", "ok", 2)]
            await second.until_rows(runs, expected)
            assert second.rows("SELECT count(*) FROM inbox WHERE done_at IS NOT NULL") == [(0,)]


async def test_copy_of_the_night_takes_the_place_of_last_weeks(tmp_path: Path, clock: TestClock) -> None:
    copies, around = tmp_path / "copies", Surroundings(clock=clock, limits=UNHURRIED)
    copies.mkdir()
    async with house(tmp_path / "a.db", around, backup_dir=copies) as first:
        await first.customer(await first.opens_shop(), "Anna")
        await ran(first, BACKUP)
    clock.passes(days=2)
    file = copies / f"copy-{clock().isoweekday()}.db"
    file.write_text("last week's")
    async with house(tmp_path / "a.db", around, backup_dir=copies) as second:
        await second.until_rows(COPIES, [("ok", 2)])
    assert list(copies.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT count(*) FROM cards").fetchall() == [(1,)]


async def test_copy_that_fails_reaches_the_operators_and_leaves_last_weeks(
    tmp_path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies, around = tmp_path / "copies", Surroundings(clock=clock, limits=UNHURRIED)
    copies.mkdir()

    def fills_up(_source: Path, target: Path) -> None:
        target.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with Sandbox() as sandbox:
        olivia = await operator_of_a_copied_bot(tmp_path / "a.db", around, sandbox)
        clock.passes(days=2)
        file = copies / f"copy-{clock().isoweekday()}.db"
        file.write_text("last week's")
        monkeypatch.setattr("storage.sqlite.database.write_copy", fills_up)
        async with house(
            tmp_path / "a.db", around, sandbox, operator_ids=(OLIVIA,), backup_dir=copies
        ) as second:
            await olivia.sees("The nightly copy of the database could not be made.\nNo space left on device.")
            await second.until_rows(COPIES, [("failed", 2)])
    assert (file.read_text(), list(copies.iterdir())) == ("last week's", [file])


async def test_operators_read_what_a_copy_lacks(
    tmp_path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "pg_dump is missing: install PostgreSQL's client (Debian: postgresql-client)."
    copies, around = tmp_path / "copies", Surroundings(clock=clock, limits=UNHURRIED)
    copies.mkdir()

    def fails(_source: Path, _target: Path) -> None:
        raise ToolFailed(missing)

    async with Sandbox() as sandbox:
        olivia = await operator_of_a_copied_bot(tmp_path / "a.db", around, sandbox)
        clock.passes(days=2)
        monkeypatch.setattr("storage.sqlite.database.write_copy", fails)
        async with house(tmp_path / "a.db", around, sandbox, operator_ids=(OLIVIA,), backup_dir=copies):
            await olivia.sees(
                f"The nightly copy of the database could not be made.\n{missing} The log says more."
            )


async def test_no_copy_is_made_where_no_folder_is_set(tmp_path: Path, clock: TestClock) -> None:
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with house(tmp_path / "a.db", around) as first:
        for job in ("verify", BACKUP):
            await ran(first, job)
    clock.passes(days=2)
    async with house(tmp_path / "a.db", around) as second:
        await second.until_rows("SELECT total_runs FROM job_runs WHERE job = 'verify'", [(2,)])
        assert second.rows(COPIES) == [("ok", 1)]


async def test_stranger_who_has_been_silent_for_a_month_is_forgotten(
    tmp_path: Path, clock: TestClock
) -> None:
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with Sandbox() as sandbox:
        strangers = [sandbox.person("Noa"), sandbox.person("Ben"), sandbox.person("Olivia", user_id=OLIVIA)]
        async with house(tmp_path / "a.db", around, sandbox) as first:
            await first.customer(await first.opens_shop(), "Anna")
            for person in strangers:
                await person.sends("/help")
                await person.sees("Your card")
            await ran(first, "housekeeping")
            clock.passes(days=20)
            await strangers[1].sends("/help")
            await strangers[1].sees("Your card", new=True)
            await first.at_rest()
        clock.passes(days=15)
        async with house(tmp_path / "a.db", around, sandbox, operator_ids=(OLIVIA,)) as second:
            known = [("Anna",), ("Ben",), ("Olivia",)]
            await second.until_rows("SELECT name FROM people ORDER BY name", known)
            await strangers[0].sends("/help")
            await strangers[0].sees("Your card", new=True)


async def operator_of_a_copied_bot(path: Path, around: Surroundings, sandbox: Sandbox) -> Person:
    """She has written to it, and its database was copied today."""
    olivia = sandbox.person("Olivia", user_id=OLIVIA)
    async with house(path, around, sandbox) as home:
        await olivia.sends("/help")
        await olivia.sees("Your card")
        await ran(home, BACKUP)
    return olivia


async def keeps_aside(home: House) -> None:
    bot_id, update_id = home.settings.bot_id, UpdateId(1)
    update = ReceivedUpdate(bot_id=bot_id, update_id=update_id, person_key=7, payload="{}")
    await home.store.write(receive_updates, [update])
    failure = UpdateFailure(bot_id=bot_id, update_id=update_id, error="0a1b2c3d KeyError", for_good=True)
    await home.store.write(fail_update, failure)


async def ran(home: House, job: str) -> None:
    bot_id = PROCESS if job in ("verify", BACKUP) else home.settings.bot_id
    await home.store.write(record_runs, job_run(bot_id, job, home.clock()))

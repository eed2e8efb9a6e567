"""The database: schema, invariants, copies."""

import asyncio
import os
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.app.database import existing_database, migrate_database, restore_database
from bot.cli.asking import write
from bot.cli.options import TermMalformed
from bot.cli.printing import json_option, show, show_line
from bot.cli.writing import WrittenCopy
from bot.jobs.violations import violations
from bot.kit.clock import system_clock
from bot.kit.key_file import WHAT_TO_DO
from bot.kit.settings import Settings, load_settings
from bot.kit.whole_files import in_place_of
from domain.job_run import BACKUP, PROCESS, JobOutcome, JobRun
from domain.plumbing.job_runs import record_runs
from domain.plumbing.outbox import drop_held, release_held
from domain.ports import DatabaseUnavailable


class Read(click.Path):
    """A file to read: whoever opens a pipe waits for who writes into it."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        file = Path(os.fsdecode(super().convert(value, param, ctx)))
        if file.exists() and not file.is_file():
            raise TermMalformed(f"{file} is no file: give one.")
        return file


@click.command()
@click.option("--distributed", is_flag=True, help="Distribute it over the machines of PostgreSQL with Citus.")
@click.option("--from", "source", type=Read(), help="Move the SQLite file at this path into PostgreSQL.")
@json_option
def migrate(*, distributed: bool, source: Path | None, as_json: bool) -> None:
    """Bring the database to the present schema; of SQLite's file a copy is taken first.

    With --from all that a SQLite file holds goes into the empty PostgreSQL database that DATABASE_URL names: all of
    it or nothing. The bot must not be running. The file stays as it was, and no bot starts on it any more; stempel
    restore takes it back into use.

    Nor may it be running for --distributed. What is distributed over several machines stays so: tables that an
    upgrade adds are distributed too.
    """
    if source is not None:
        click.echo(f"Looking through {source}, then moving it", err=True)
    done = migrate_database(load_settings(), distributed=distributed, source=source, told=_tell_rows)
    shown: dict[str, object] = {"migrated": True, "copy": str(done.copy) if done.copy else None}
    if done.rows_taken_in is not None:
        shown |= {"moved": str(source), "rows": done.rows_taken_in}
    show(
        shown | ({"distributed": list(done.distributed)} if distributed or done.distributed else {}),
        as_json=as_json,
    )


@click.command()
@json_option
def verify(*, as_json: bool) -> None:
    """Check the database itself and every invariant; exit status 1 and what breaks one.

    How far it is stands in the error output, a line for each 100,000 entries.
    """
    broken = asyncio.run(_verify(load_settings(), as_json=as_json))
    if broken:
        sys.exit(1)


@click.command()
@click.argument("path", type=WrittenCopy())
@json_option
def backup(path: Path, *, as_json: bool) -> None:
    """Copy the live database to PATH; an earlier copy there stays until this one is whole.

    A copy keeps whoever is erased later: throw copies away after 30 days, and say so to who asks. When one is
    restored, the erasures made since are made in it too.
    """
    with in_place_of(path) as part:
        asyncio.run(_backup(load_settings(), part))
    show({"backup": str(path), "size_bytes": path.stat().st_size}, as_json=as_json)


@click.command()
@click.argument("path", type=Read())
@click.option("--yes", "go_back", is_flag=True, help="Also when the copy is older than the database.")
@json_option
def restore(path: Path, *, go_back: bool, as_json: bool) -> None:
    """Put the copy at PATH in the place of the database; the bot must not be running.

    The copy must be whole, sound and of this bot; what it replaces is kept beside the database. Messages that it owes
    may have been sent since: what the replaced database knows of is not sent again, the rest is held back until
    `stempel outbox release` or `stempel outbox drop`. Whoever was erased since is erased in the copy too, as far as
    the replaced database can be read.

    With PostgreSQL the copy goes into an empty database, which DATABASE_URL names: all that it owes is held back.
    """
    settings = load_settings()
    restored = asyncio.run(restore_database(settings, path, go_back=go_back))
    facts = {
        "restored": str(path),
        "database": settings.database_name,
        "entries": restored.holds.entries,
        "newest_at": restored.holds.newest_at,
        "messages_sent_since": restored.outbox.sent_since,
        "messages_held": restored.outbox.held,
        "erased_again": restored.erased_again,
        "kept": str(restored.kept) if restored.kept else None,
        "key_fits": restored.key_fits,
    }
    show(facts, as_json=as_json)
    if restored.erased_again is None:
        click.echo(
            "Nothing was there that knows who was erased since the copy was made: erase them again with stempel"
            " privacy erase, from your own list.",
            err=True,
        )
    if restored.key_fits is False:
        click.echo(f"The copy was made with another key, and no bot starts on it: {WHAT_TO_DO}", err=True)
    if restored.key_fits is None:
        click.echo("The key is not here: put the secret.key that was kept with the copy beside it.", err=True)
    if held := restored.outbox.held:
        click.echo(
            f"{held} messages are held back: stempel outbox release sends them, drop does not.", err=True
        )


@click.command()
@json_option
def release(*, as_json: bool) -> None:
    """Send them: whoever has got one since the copy was made gets it again."""
    show({"released": write(release_held, None)}, as_json=as_json)


@click.command()
@json_option
def drop(*, as_json: bool) -> None:
    """Give them up: whoever has not got one never will."""
    show({"dropped": write(drop_held, None)}, as_json=as_json)


async def _verify(settings: Settings, *, as_json: bool) -> int:
    count = 0
    async with existing_database(settings) as store:
        async for violation in violations(store, told=_tell):
            count += 1
            show_line(violation, as_json=as_json)
    show({"violations": count}, as_json=as_json)
    return count


def _tell(cards: int, entries: int) -> None:
    click.echo(f"{entries:,} entries of {cards:,} cards looked at", err=True)


def _tell_rows(table: str, rows: int) -> None:
    click.echo(f"{rows:,} rows of {table} moved", err=True)


async def _backup(settings: Settings, path: Path) -> None:
    began, seconds = system_clock(), time.monotonic()
    async with existing_database(settings) as store:
        await store.backup(path)
        with suppress(DatabaseUnavailable):  # a copy is never needed more than while nothing can be written
            await store.write(record_runs, _run_of_backup(began, time.monotonic() - seconds))


def _run_of_backup(began: datetime, seconds: float) -> JobRun:
    """Recorded beside the runs of jobs, so that operators see in ``/status`` when the last copy was made."""
    return JobRun(
        bot_id=PROCESS,
        job=BACKUP,
        last_started_at=began,
        last_finished_at=system_clock(),
        duration_ms=round(seconds * 1000),
        count=1,
        outcome=JobOutcome.OK,
        error=None,
        failures_in_a_row=0,
        total_runs=1,
    )

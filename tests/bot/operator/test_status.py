"""``/status``: what operators see of the bot, and that nobody else learns that there is anything to see."""

import re
from datetime import timedelta
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import NoReturn

import pytest

from bot import __version__
from bot.app.process import Surroundings
from bot.jobs import schedule
from bot.sandbox import Message, Person, Sandbox
from domain.ids import UpdateId
from domain.job_run import PROCESS
from domain.plumbing.inbox import UpdateFailure, fail_update
from domain.plumbing.job_runs import record_runs
from domain.staff import Role
from tests.bot.operator.conftest import OLIVIA
from tests.support.house import UNHURRIED, House, Shop, TestClock, house, number_of
from tests.support.job_runs import job_run


@pytest.fixture
def jobs_that_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """None: no run but those that a test records."""
    monkeypatch.setattr(schedule, "make_scheduler", partial(schedule.make_scheduler, timetable=()))


async def sees_status(operator: Person) -> list[str]:
    await operator.sends("/status")
    message = await operator.sees("Stempel ", new=True)
    return message.text.splitlines()


async def test_status_needs_no_installed_package(
    home: House, olivia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/operating has the bot run from its folder."""

    def is_missing(name: str) -> NoReturn:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata.Distribution, "from_name", is_missing)
    assert (await sees_status(olivia))[0].startswith(f"Stempel {__version__} · ")
    assert home.sandbox.calls


async def runs(home: House, job: str, *, count: int = 0, error: str | None = None) -> None:
    bot_id = PROCESS if job in ("verify", "expiry") else home.settings.bot_id
    run = job_run(bot_id, job, home.clock(), count=count, error=error, took=timedelta(milliseconds=40))
    await home.store.write(record_runs, run)


async def test_operator_sees_how_the_bot_is_doing(home: House, olivia: Person, clock: TestClock) -> None:
    await runs(home, "verify")
    await runs(home, "housekeeping", count=12)
    clock.passes(hours=2, minutes=5)
    await runs(home, "expiry", count=3)
    lines = await sees_status(olivia)
    assert re.fullmatch(r"Stempel \d+\.\d+\.\d+ · at work for 2 h 5 min", lines[0])
    assert re.fullmatch(r"Database: \d+\.\d MB", lines[1])
    assert lines[2:5] == [
        "Inbox: 0 waiting, 0 kept aside",
        "Outbox: 0 to send, 0 given up",
        "Last check: 2 h 5 min ago, all in order",
    ]
    assert lines[6:] == [
        "Jobs",
        "expiry: 0 s ago, 3 done in 40 ms",
        "housekeeping: 2 h 5 min ago, 12 done in 40 ms",
        "verify: 2 h 5 min ago, 0 done in 40 ms",
    ]


async def test_what_went_wrong_stands_out(home: House, shop: Shop, olivia: Person) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    home.sandbox.faults.refuse("chat not found", method="editMessageMedia", chat_id=anna.id)
    await paul.sends(f"/stamp {number_of(anna)}")
    await home.until_rows("SELECT count(*) FROM deliveries WHERE failed_at IS NOT NULL", [(1,)])
    await home.at_rest()
    [[first]] = home.rows("SELECT min(update_id) FROM inbox")
    failure = UpdateFailure(
        bot_id=home.settings.bot_id, update_id=UpdateId(first), error="0a1b KeyError", for_good=True
    )
    await home.store.write(fail_update, failure)
    await runs(home, "verify", count=2)
    for _ in range(2):
        await runs(home, "expiry", error="KeyError")
    lines = await sees_status(olivia)
    assert "Inbox: 0 waiting, 1 kept aside" in lines
    assert "Outbox: 0 to send, 1 given up" in lines
    assert "🚨 Last check: 0 s ago, 2 violations" in lines
    assert "🚨 expiry: 0 s ago, failed 2 times in a row (KeyError)" in lines


async def test_operator_reads_it_in_their_own_language(home: House, otto: Person) -> None:
    assert "Ausgang: 0 zu senden, 0 aufgegeben" in await sees_status(otto)


@pytest.mark.parametrize("role", [None, *Role], ids=str)
async def test_nobody_else_can_tell_it_from_a_command_that_does_not_exist(
    role: Role | None, home: House, shop: Shop
) -> None:
    curious = await home.member(shop, "Sam", role) if role else await home.customer(shop, "Sam")
    answers = []
    for command in ("/nonsense", "/status", "/status now"):
        await curious.sends(command)
        answers.append((await curious.sees(is_text, new=True)).html)
    assert answers == ["This was not understood. /help says what can be done here."] * 3
    await home.at_rest()
    assert "status" not in [command.command for command in curious.commands()]


def is_text(message: Message) -> bool:
    return bool(message.text)


async def test_operators_have_it_in_their_menu_after_their_first_question(home: House, otto: Person) -> None:
    await sees_status(otto)
    await until_menu_has_status(home, otto, "Wie es dem Bot geht")


async def test_operators_who_are_known_have_it_in_their_menu_from_the_start(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        olivia = sandbox.person("Olivia", user_id=OLIVIA, language="fr")
        around = Surroundings(limits=UNHURRIED)
        async with house(tmp_path / "a.db", around, sandbox) as first:
            await olivia.sends("/help")
            await olivia.sees("carte")
            await first.at_rest()
        async with house(tmp_path / "a.db", around, sandbox, operator_ids=(OLIVIA,)) as second:
            await until_menu_has_status(second, olivia, "Comment va le bot")


async def test_operator_who_changes_the_language_keeps_it_in_the_menu(home: House, olivia: Person) -> None:
    await olivia.sends("/language")
    await olivia.taps("Deutsch")
    await until_menu_has_status(home, olivia, "Wie es dem Bot geht")


async def until_menu_has_status(home: House, person: Person, description: str) -> None:
    def shown() -> str | None:
        return {command.command: command.description for command in person.commands()}.get("status")

    await home.sandbox.until(lambda: shown() == description)

"""What ends unexpectedly in the running bot: it is said by the health check, started again, and nothing is lost."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

import aiohttp
import pytest

from bot.app import bot as bot_in_process
from bot.app import health
from bot.app.process import Surroundings
from bot.jobs import schedule
from bot.kit.logs import WhichBot
from bot.sandbox import Sandbox
from bot.telegram import polling
from domain.ids import BotId
from domain.plumbing import inbox, outbox
from domain.ports import DatabaseUnavailable, Tx
from domain.steps import Step, Trace, untraced
from tests.support.health import WELL, failing, health_of
from tests.support.house import UNHURRIED, House, house, number_of
from tests.support.patience import PATIENCE_S
from tests.support.ports import unused_port


@dataclass
class Patient:
    """A bot whose health is asked for."""

    home: House

    async def health(self) -> tuple[int, Any]:
        return await health_of(self.home)

    async def metrics(self) -> str:
        url = f"http://{self.home.settings.health_listen}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.text()


@asynccontextmanager
async def patient(
    path: Path, trace: Trace = untraced, sandbox: Sandbox | None = None
) -> AsyncIterator[Patient]:
    around = Surroundings(limits=UNHURRIED, trace=trace)
    async with house(path, around, sandbox, health_listen=f"127.0.0.1:{unused_port()}") as home:
        yield Patient(home)


class Breaks:
    """A use case that fails with what nobody foresaw, so many times."""

    def __init__(
        self, usecase: Callable[..., Any], times: int = 1, error: BaseException | None = None
    ) -> None:
        self._usecase = usecase
        self._error = error or KeyError("a row that nobody can read")
        self.times_left = times

    def __call__(self, *, tx: Tx, command: Any) -> Any:
        if self.times_left:
            self.times_left -= 1
            raise self._error
        return self._usecase(tx=tx, command=command)


def name_of(part: str, sick: Patient) -> str:
    return f"{part} of bot {sick.home.settings.bot_id}"


async def test_start_that_does_not_reach_telegram_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_in_process, "REACH_AGAIN_S", 0.01)
    async with Sandbox() as sandbox:
        sandbox.faults.server_error(method="getMe")
        async with patient(tmp_path / "a.db", sandbox=sandbox) as sick:
            assert await sick.health() == failing(name_of("start", sick))


async def test_dispatcher_that_fails_is_told_and_goes_on_and_the_message_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with patient(tmp_path / "a.db") as sick:
        home = sick.home
        shop = await home.opens_shop()
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
        await home.at_rest()
        assert await sick.health() == WELL
        broken = Breaks(outbox.lease_deliveries)
        monkeypatch.setattr(outbox, "lease_deliveries", broken)
        await sam.sends(f"/stamp {number_of(anna)}")
        await anna.sees("✅ +1 stamp")
        assert broken.times_left == 0
        assert await sick.health() == failing(name_of("telegram dispatcher", sick))
        assert "the outbox could not be looked through" in caplog.text


async def test_marking_that_ends_is_started_again_and_every_answer_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with patient(tmp_path / "a.db") as sick:
        broken = Breaks(inbox.finish_updates)
        monkeypatch.setattr(inbox, "finish_updates", broken)
        anna = sick.home.sandbox.person("Anna")
        await anna.sends("/help")
        await anna.sees("Your card")
        await sick.home.at_rest()
        assert broken.times_left == 0
        assert await sick.health() == failing(name_of("inbox", sick))


@pytest.mark.parametrize(
    "error",
    [
        KeyError("a row that nobody can read"),
        sqlite3.OperationalError("no such table: inbox"),
        sqlite3.DatabaseError("database disk image is malformed"),
        AssertionError("unreachable"),
    ],
    ids=repr,
)
async def test_polling_that_ends_is_started_again_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    async with patient(tmp_path / "a.db") as sick:
        broken = Breaks(inbox.receive_updates, error=error)
        monkeypatch.setattr(inbox, "receive_updates", broken)
        anna = sick.home.sandbox.person("Anna")
        await anna.sends("/help")
        await anna.sees("Your card")
        assert broken.times_left == 0
        assert await sick.health() == failing(name_of("polling", sick))


async def test_update_that_cannot_even_be_kept_aside_holds_up_nobody_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with patient(tmp_path / "a.db") as sick:
        monkeypatch.setattr(inbox, "fail_update", Breaks(inbox.fail_update, times=9))
        anna = sick.home.sandbox.person("Anna")
        sick.home.sandbox.faults.refuse("something is wrong with it", method="sendMessage")
        await anna.sends("/help")
        await anna.sees("Something went wrong on our side")
        await anna.sends("/help")
        await anna.sees("Your card")
        assert await sick.health() == failing(name_of("inbox", sick))


@pytest.mark.parametrize("part", ["profile", "menus"])
async def test_what_is_shown_at_the_start_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    shows: Any = getattr(bot_in_process, {"profile": "show_profile", "menus": "show_operator_menus"}[part])
    tries, is_shown = [], asyncio.Event()

    async def breaks_once(*given: Any) -> None:
        tries.append(part)
        if len(tries) == 1:
            raise KeyError("what nobody foresaw")
        await shows(*given)
        is_shown.set()

    monkeypatch.setattr(bot_in_process, shows.__name__, breaks_once)
    async with patient(tmp_path / "a.db") as sick:
        await asyncio.wait_for(is_shown.wait(), PATIENCE_S)
        assert f"{name_of(part, sick)} ended unexpectedly" in caplog.text


async def test_beat_of_the_timetable_that_ends_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats, beat, goes_on = [], schedule.heartbeat, asyncio.Event()

    async def breaks_once(*given: Any) -> None:
        beats.append(1)
        if len(beats) == 1:
            raise KeyError("what nobody foresaw")
        goes_on.set()
        await beat(*given)

    monkeypatch.setattr(schedule, "heartbeat", breaks_once)
    async with patient(tmp_path / "a.db") as sick:
        await asyncio.wait_for(goes_on.wait(), PATIENCE_S)
        assert await sick.health() == failing("timetable")


async def test_writer_that_breaks_down_is_told_and_the_update_is_handled_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed, receives = [], inbox.receive_updates

    def receives_and_arms(*, tx: Tx, command: Any) -> Any:
        """What else of the bot writes meanwhile, as after its start, is not what breaks."""
        armed.append(Step.COMMAND_RUN)
        return receives(tx=tx, command=command)

    def breaks_once(step: Step) -> None:
        if step in armed:
            armed.clear()
            monkeypatch.setattr(inbox, "receive_updates", receives)
            raise KeyError("what nobody foresaw")

    async with patient(tmp_path / "a.db", trace=breaks_once) as sick:
        monkeypatch.setattr(inbox, "receive_updates", receives_and_arms)
        anna = sick.home.sandbox.person("Anna")
        await anna.sends("/help")
        await anna.sees("Your card")
        await sick.home.at_rest()
        status, said = await sick.health()
        assert (status, "writer of the database" in said["failing"]) == (503, True)


async def test_silence_of_telegram_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with patient(tmp_path / "a.db") as sick:
        assert await sick.health() == WELL
        monkeypatch.setattr(polling, "SILENCE_MAX_S", -1)
        assert await sick.health() == failing(f"{name_of('polling', sick)}: Telegram does not answer")


async def test_database_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_gone(*, tx: Tx, query: BotId) -> Never:
        raise DatabaseUnavailable("the disk is gone")

    async with patient(tmp_path / "a.db") as sick:
        monkeypatch.setattr(health, "count_held", is_gone)
        assert await sick.health() == failing("database: the disk is gone")


async def test_end_of_the_program_is_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with patient(tmp_path / "a.db") as sick:
        anna = sick.home.sandbox.person("Anna")
        await anna.sends("/help")
        await anna.sees("Your card")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_what_a_bot_does_is_counted_as_its_own(tmp_path: Path) -> None:
    async with patient(tmp_path / "a.db") as sick:
        anna = sick.home.sandbox.person("Anna")
        await anna.sends("/help")
        await anna.sees("Your card")
        await sick.home.at_rest()
        bot_id = sick.home.settings.bot_id
        tick = "SELECT bot_id FROM job_runs WHERE job = 'outbox'"
        await sick.home.until_rows(tick, [(bot_id,)])
        said = await sick.metrics()
        assert f'stempel_steps_total{{bot="{bot_id}",step="answer_sent"}} 1.0' in said
        assert f'stempel_job_runs_total{{bot="{bot_id}",job="outbox",outcome="ok"}}' in said
        assert f'stempel_updates_replayed_total{{bot="{bot_id}"}} 0.0' in said


async def test_what_a_bot_logs_is_marked_as_its_own(tmp_path: Path) -> None:
    lines: list[tuple[str, object]] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append((record.getMessage(), getattr(record, "bot", None)))

    listener = Listener()
    listener.addFilter(WhichBot())
    logging.getLogger("bot").addHandler(listener)
    try:
        async with patient(tmp_path / "a.db") as sick:
            anna = sick.home.sandbox.person("Anna")
            sick.home.sandbox.faults.refuse("something is wrong with it", method="sendMessage")
            await anna.sends("/help")
            await anna.sees("Something went wrong on our side")
    finally:
        logging.getLogger("bot").removeHandler(listener)
    own = [bot for said, bot in lines if said.startswith("update ")]
    assert len(own) == 2
    assert set(own) == {sick.home.settings.bot_id}

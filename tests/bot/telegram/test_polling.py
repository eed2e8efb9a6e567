"""Telegram's moods while it is asked for updates: none of them ends the bot, and of two bots with one token the one
that came second takes nothing."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from bot.app.process import Surroundings
from bot.jobs.means import Means
from bot.jobs.reception import watch_reception
from bot.sandbox import Fault, FaultKind, Sandbox
from bot.telegram import polling, reception
from storage.sqlite import engine
from tests.support.health import WELL, failing, health_of, until_health
from tests.support.house import UNHURRIED, House, house
from tests.support.ports import unused_port

OLIVIA = 7_200_000_001
RECEIVED = "SELECT count(*) FROM inbox"
REFUSED = "Telegram refuses the token"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(polling, "SLOW_WAIT_S", 0.05)


ALONE_AFTER_S = 3.0
"""Longer than a busy machine keeps the other one from asking: here both are one process."""


@asynccontextmanager
async def bot_on(path: Path, sandbox: Sandbox, alone_after_s: float = 0.0) -> AsyncIterator[House]:
    around = Surroundings(limits=UNHURRIED)
    listen = f"127.0.0.1:{unused_port()}"
    options: dict[str, Any] = {"health_listen": listen, "operator_ids": (OLIVIA,)}
    async with house(path, around, sandbox, alone_after_s, **options) as home:
        yield home


async def until(home: House, check: Callable[[], object]) -> None:
    """Looks after every call to Telegram, too."""
    await home.sandbox.until(check)


async def is_served(home: House, name: str) -> None:
    person = home.sandbox.person(name)
    await person.sends("/help")
    await person.sees("Your card")


def unauthorized(status: int, method: str, count: int | None = 1) -> Fault:
    description = {401: "Unauthorized", 404: "Not Found"}[status]
    return Fault(
        kind=FaultKind.SERVER_ERROR, status=status, description=description, method=method, count=count
    )


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("status", [401, 404])
async def test_stray_refusal_of_the_token_ends_nothing(status: int, tmp_path: Path) -> None:
    async with Sandbox() as sandbox, bot_on(tmp_path / "a.db", sandbox) as home:
        for name in ("Anna", "Ben", "Carla"):
            stray = sandbox.faults.add(unauthorized(status, "getUpdates"))
            await is_served(home, name)
            await until(home, lambda stray=stray: stray.hits)  # type: ignore[misc]
        assert await health_of(home) == WELL


@pytest.mark.usefixtures("impatient")
async def test_token_that_is_refused_by_one_method_alone_is_no_refused_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "BELIEVED_AFTER_S", 0.0)
    async with Sandbox() as sandbox, bot_on(tmp_path / "a.db", sandbox) as home:
        refused = sandbox.faults.add(unauthorized(401, "getUpdates", count=3))
        await is_served(home, "Anna")
        await until(home, lambda: refused.hits == 3)
        assert await health_of(home) == WELL
        await is_served(home, "Ben")


@pytest.mark.usefixtures("impatient")
async def test_token_refused_for_a_minute_is_said_and_tried_on_and_operators_hear_when_it_works_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    all_means: list[Means],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Sandbox() as sandbox, bot_on(tmp_path / "a.db", sandbox) as home:
        olivia = sandbox.person("Olivia", user_id=OLIVIA)
        for method in ("getUpdates", "getMe", "sendMessage"):
            sandbox.faults.add(unauthorized(401, method, count=None))
        await olivia.sends("/help")
        await until(home, lambda: len(sandbox.calls_of("getMe")) > 2)
        assert await health_of(home) == WELL
        monkeypatch.setattr(reception, "BELIEVED_AFTER_S", 0.3)
        await until_health(home, failing(f"polling of bot {home.settings.bot_id}: {REFUSED}"))
        asked = len(sandbox.calls_of("getUpdates"))
        await until(home, lambda: len(sandbox.calls_of("getUpdates")) > asked + 2)
        assert caplog.text.count(REFUSED) == 1
        [means] = all_means
        assert await watch_reception(means) == 0
        sandbox.faults.clear()
        await until_health(home, WELL)
        assert await watch_reception(means) == 1
        assert await watch_reception(means) == 0
        await olivia.sees("Telegram refused the bot's token for 1 minute")


@pytest.mark.usefixtures("impatient")
async def test_what_cannot_be_kept_is_asked_for_again_and_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever reads the log sees that it is over."""
    caplog.set_level(logging.INFO, "bot.telegram.polling")
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
    async with Sandbox() as sandbox, bot_on(tmp_path / "a.db", sandbox) as home:
        await is_served(home, "Anna")
        with closing(sqlite3.connect(home.settings.database_path, isolation_level=None)) as somebody:
            somebody.execute("BEGIN IMMEDIATE")
            ben = sandbox.person("Ben")
            await ben.sends("/help")
            asked = len(sandbox.calls_of("getUpdates"))
            await until(home, lambda: len(sandbox.calls_of("getUpdates")) > asked + 2)
        await ben.sees("Your card")
        of_polling = [record for record in caplog.records if record.name == "bot.telegram.polling"]
        *_, failed, works = [record.getMessage() for record in of_polling]
        assert failed == "updates cannot be kept, trying again: database is locked"
        assert works.startswith("polling works again, after ")


@pytest.mark.usefixtures("impatient")
async def test_second_bot_with_a_token_takes_no_command_and_says_so_and_takes_over_when_it_is_alone(
    tmp_path: Path, all_means: list[Means], caplog: pytest.LogCaptureFixture
) -> None:
    async with Sandbox() as sandbox:
        olivia = sandbox.person("Olivia", user_id=OLIVIA)
        async with bot_on(tmp_path / "first.db", sandbox, alone_after_s=ALONE_AFTER_S) as first:
            await olivia.sends("/help")
            await olivia.sees("Your card")
            async with bot_on(tmp_path / "second.db", sandbox, alone_after_s=ALONE_AFTER_S) as second:
                name = f"polling of bot {second.settings.bot_id}"
                for number in range(11):
                    await is_served(first, f"Guest {number}")
                await until_health(second, failing(f"{name}: {polling.ANOTHER_COPY}"))
                assert await health_of(first) == WELL
                await is_served(first, "Zoé")
                assert second.rows(RECEIVED) == [(0,)]
                assert first.rows(RECEIVED) == [(13,)]
                assert caplog.text.count(polling.ANOTHER_COPY) == 1
                assert await watch_reception(all_means[1]) == 1
                await olivia.sees("Another program receives this bot's messages.")
        async with bot_on(tmp_path / "second.db", sandbox, alone_after_s=ALONE_AFTER_S) as second:
            await is_served(second, "Yann")


@pytest.mark.usefixtures("impatient")
async def test_second_bot_that_starts_in_a_rush_takes_nothing_of_it(tmp_path: Path) -> None:
    async with (
        Sandbox() as sandbox,
        bot_on(tmp_path / "first.db", sandbox, alone_after_s=ALONE_AFTER_S) as first,
    ):
        await is_served(first, "Anna")
        people = [sandbox.person(f"Guest {number}") for number in range(8)]

        async def keeps_asking(number: int) -> None:
            for _ in range(12):
                await people[number].sends("/help")
                await people[number].sees("Your card", new=True)

        rush = asyncio.gather(*(keeps_asking(number) for number in range(8)))
        async with bot_on(tmp_path / "second.db", sandbox, alone_after_s=ALONE_AFTER_S) as second:
            await rush
            assert second.rows(RECEIVED) == [(0,)]
        await first.at_rest()
        assert first.rows(RECEIVED) == [(1 + 8 * 12,)]


@pytest.mark.usefixtures("impatient")
async def test_bot_that_came_second_takes_over_what_waits_when_the_first_has_gone(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        async with bot_on(tmp_path / "first.db", sandbox, alone_after_s=ALONE_AFTER_S) as first:
            await is_served(first, "Anna")
            second = bot_on(tmp_path / "second.db", sandbox, alone_after_s=ALONE_AFTER_S)
            home = await second.__aenter__()
            await until(home, lambda: any(not call.ok for call in sandbox.calls_of("getUpdates")))
        try:
            await is_served(home, "Ben")
            assert await health_of(home) == WELL
        finally:
            await second.__aexit__(None, None, None)


@pytest.mark.parametrize("pending", [1, 3])
async def test_what_waited_for_the_start_is_answered_once_nobody_else_has_taken_it(
    pending: int, tmp_path: Path
) -> None:
    async with Sandbox() as sandbox:
        people = [sandbox.person(f"Guest {number}") for number in range(pending)]
        for person in people:
            await person.sends("/help")
        async with bot_on(tmp_path / "a.db", sandbox, alone_after_s=0.2):
            for person in people:
                await person.sees("Your card")
        assert len([call for call in sandbox.calls_of("getUpdates") if call.parameters["timeout"] == 0]) == 1


@pytest.mark.usefixtures("impatient")
async def test_bot_that_polls_takes_no_command_of_one_that_has_a_webhook(
    tmp_path: Path, all_means: list[Means], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "RETURNS_S", 5.0)
    port = unused_port()
    hook: dict[str, Any] = {
        "webhook_url": f"http://127.0.0.1:{port}/hook",
        "webhook_listen": f"127.0.0.1:{port}",
    }
    async with Sandbox() as sandbox:
        async with house(tmp_path / "first.db", None, sandbox, **hook) as first:
            await is_served(first, "Anna")
            async with bot_on(tmp_path / "second.db", sandbox) as second:
                await until(second, lambda: sandbox.world.updates.poller)
                await sandbox.person("Ben").sends("/help")
                await watch_reception(all_means[0])
                name = f"polling of bot {second.settings.bot_id}"
                await until_health(second, failing(f"{name}: {polling.ANOTHER_COPY}"))
                await is_served(first, "Carla")
                assert second.rows(RECEIVED) == [(0,)]
                assert first.rows(RECEIVED) == [(3,)]
        async with bot_on(tmp_path / "second.db", sandbox) as second:
            await is_served(second, "Dan")

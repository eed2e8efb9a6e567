"""Webhook mode does not stand on one call: the webhook is set however often it takes, and looked at from then on."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import TelegramError

from bot.app.process import Surroundings
from bot.jobs.means import Means
from bot.jobs.reception import watch_reception
from bot.sandbox import Fault, FaultKind, Sandbox
from bot.telegram import webhook
from storage.sqlite import engine
from tests.support.health import WELL, failing, health_of, until_health
from tests.support.house import UNHURRIED, House, house
from tests.support.ports import unused_port

OLIVIA = 7_200_000_001


@asynccontextmanager
async def hooked(path: Path, sandbox: Sandbox) -> AsyncIterator[House]:
    port = unused_port()
    async with house(
        path,
        Surroundings(limits=UNHURRIED),
        sandbox,
        webhook_url=f"http://127.0.0.1:{port}/hook",
        webhook_listen=f"127.0.0.1:{port}",
        health_listen=f"127.0.0.1:{unused_port()}",
        operator_ids=(OLIVIA,),
    ) as home:
        yield home


@pytest.fixture
async def home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, all_means: list[Means]
) -> AsyncIterator[House]:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
    async with (
        Sandbox(webhook_retry_seconds=0.05) as sandbox,
        hooked(tmp_path / "a.db", sandbox) as found,
    ):
        olivia = sandbox.person("Olivia", user_id=OLIVIA)
        await olivia.sends("/help")
        await olivia.sees("Your card")
        yield found


def ails(home: House, trouble: str) -> tuple[int, object]:
    return failing(f"webhook of bot {home.settings.bot_id}: {trouble}")


async def somebody_else(home: House, url: str | None) -> None:
    """Another copy of the bot sets its webhook, or deletes that which is there."""
    async with Bot(home.sandbox.token, base_url=f"{home.sandbox.url}/bot") as bot:
        await (bot.delete_webhook() if url is None else bot.set_webhook(url, secret_token="other"))


FAULTS = {
    "429": Fault(kind=FaultKind.FLOOD, method="setWebhook", count=None),
    "500": Fault(kind=FaultKind.SERVER_ERROR, status=500, method="setWebhook", count=None),
    "502": Fault(kind=FaultKind.SERVER_ERROR, html=True, method="setWebhook", count=None),
    "a reset": Fault(kind=FaultKind.RESET, method="setWebhook", count=None),
    "a cut": Fault(kind=FaultKind.CUT, method="setWebhook", count=None),
    "a stray 401": Fault(kind=FaultKind.SERVER_ERROR, status=401, method="setWebhook", count=None),
    "a host that is not found yet": Fault(
        kind=FaultKind.BAD_REQUEST,
        description="bad webhook: Failed to resolve host: Temporary failure in name resolution",
        method="setWebhook",
        count=None,
    ),
}


@pytest.mark.parametrize("what", FAULTS)
async def test_start_goes_on_until_the_webhook_is_set_and_the_health_check_says_until_when(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "FIRST_WAIT_S", 0.05)
    async with Sandbox() as sandbox:
        sandbox.faults.add(FAULTS[what])
        async with hooked(tmp_path / "a.db", sandbox) as home:
            await sandbox.until(lambda: len(sandbox.calls_of("setWebhook")) > 1)
            assert await health_of(home) == ails(home, "the webhook is not set yet")
            sandbox.faults.clear()
            anna = sandbox.person("Anna")
            await anna.sends("/help")
            await anna.sees("Your card")
            await until_health(home, WELL)


@pytest.mark.parametrize("by", [None, "http://127.0.0.1:9/other"])
async def test_webhook_that_another_copy_took_away_is_set_again_and_said(
    by: str | None, home: House, all_means: list[Means]
) -> None:
    [means] = all_means
    assert await watch_reception(means) == 0
    await somebody_else(home, by)
    anna = home.sandbox.person("Anna")
    await anna.sends("/help")
    assert await watch_reception(means) == 1
    await anna.sees("Your card")
    assert await health_of(home) == ails(home, "the webhook was deleted or replaced")
    [olivia] = [person for person in home.sandbox.people if person.id == OLIVIA]
    await olivia.sees("The bot's webhook was deleted or replaced. It is set again.")
    assert await watch_reception(means) == 0
    assert await health_of(home) == WELL


async def test_webhook_that_cannot_be_set_again_is_set_at_the_next_look(
    home: House, all_means: list[Means]
) -> None:
    [means] = all_means
    await somebody_else(home, None)
    home.sandbox.faults.server_error(method="setWebhook")
    with pytest.raises(TelegramError):
        await watch_reception(means)
    assert await health_of(home) == ails(home, "the webhook was deleted or replaced")
    assert await watch_reception(means) == 1
    assert await watch_reception(means) == 0
    assert await health_of(home) == WELL


async def test_what_telegram_cannot_deliver_is_said_with_what_telegram_says_of_it(
    home: House, all_means: list[Means]
) -> None:
    [means] = all_means
    anna = home.sandbox.person("Anna")
    with closing(sqlite3.connect(home.settings.database_path, isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        await anna.sends("/help")
        await home.sandbox.until(lambda: home.sandbox.world.webhook.last_error)
        assert await watch_reception(means) == 1
        name = f"webhook of bot {home.settings.bot_id}: Telegram cannot deliver to the webhook: "
        [found] = [each for each in (await health_of(home))[1]["failing"] if each.startswith(name)]
        assert found == f"{name}Wrong response from the webhook: 503 Service Unavailable"
    [olivia] = [person for person in home.sandbox.people if person.id == OLIVIA]
    told = await olivia.sees("Telegram cannot deliver 1 message to the bot.")
    assert "It says: Wrong response from the webhook: 503 Service Unavailable" in told.text
    await anna.sees("Your card")
    assert await watch_reception(means) == 0
    assert found not in (await health_of(home))[1].get("failing", [])


async def test_webhook_at_the_same_address_with_another_secret_is_set_again(
    home: House, all_means: list[Means]
) -> None:
    [means] = all_means
    await somebody_else(home, home.settings.webhook_url)
    anna = home.sandbox.person("Anna")
    await anna.sends("/help")
    await home.sandbox.until(lambda: home.sandbox.world.webhook.last_error)
    assert await watch_reception(means) == 1
    await anna.sees("Your card")
    assert await watch_reception(means) == 0
    assert await health_of(home) == WELL


async def test_one_look_that_telegram_does_not_answer_is_nobodys_concern_and_two_are(
    home: House, all_means: list[Means]
) -> None:
    [means] = all_means
    home.sandbox.faults.server_error(method="getWebhookInfo", count=2)
    for expected in (WELL, ails(home, "Telegram does not say how the webhook is")):
        with pytest.raises(TelegramError):
            await watch_reception(means)
        assert await health_of(home) == expected
    assert await watch_reception(means) == 0
    assert await health_of(home) == WELL

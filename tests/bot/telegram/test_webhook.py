"""Updates by webhook: only from Telegram, and Telegram may forget them only when they are kept."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from bot.app.process import Surroundings
from bot.sandbox import Person
from bot.telegram.webhook import HEADER
from storage.sqlite import engine
from tests.support.house import UNHURRIED, House, TestClock, house

SECRET_TOKEN = "s3cret_-"
KEPT = "SELECT count(*) FROM inbox"


@dataclass(frozen=True)
class Hook:
    home: House
    port: int

    async def gets(self, body: str, secret: str | None = SECRET_TOKEN) -> int:
        """Posts the body to where Telegram would, and returns the status."""
        headers = {} if secret is None else {HEADER: secret}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{self.port}/hook", data=body, headers=headers) as response,
        ):
            return response.status


@pytest.fixture
async def hook(tmp_path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hook]:
    """The bot with a webhook; it waits for nobody who has locked the database."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
    port = unused_port()
    async with house(
        tmp_path / "stempel.db",
        Surroundings(clock=clock, limits=UNHURRIED),
        webhook_url=f"http://127.0.0.1:{port}/hook",
        webhook_listen=f"127.0.0.1:{port}",
        webhook_secret=SECRET_TOKEN,
    ) as home:
        yield Hook(home, port)


def help_wanted(person: Person, update_id: int = 1) -> str:
    sender: dict[str, Any] = {"id": person.id, "first_name": person.name}
    message = {
        "message_id": 1,
        "date": 1_781_514_000,
        "chat": sender | {"type": "private"},
        "from": sender | {"is_bot": False},
        "text": "/help",
        "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
    }
    return json.dumps({"update_id": update_id, "message": message})


async def test_what_telegram_posts_is_answered(hook: Hook) -> None:
    anna = hook.home.sandbox.person("Anna")
    await anna.sends("/help")
    await anna.sees("Your card")
    await hook.home.at_rest()


@pytest.mark.parametrize(
    "secret", [None, "", "wrong", SECRET_TOKEN[:-1], f"{SECRET_TOKEN}x", SECRET_TOKEN.upper(), "é"]
)
async def test_who_does_not_know_the_secret_is_turned_away(hook: Hook, secret: str | None) -> None:
    anna = hook.home.sandbox.person("Anna")
    assert await hook.gets(help_wanted(anna), secret) == 403
    assert hook.home.rows(KEPT) == [(0,)]


async def test_secret_that_is_no_text_is_turned_away(hook: Hook) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hook.port)
    head = f"POST /hook HTTP/1.1\r\nHost: hook\r\nContent-Length: 2\r\n{HEADER}: ".encode()
    writer.write(head + b"\xff\xfe\r\n\r\n{}")
    assert (await reader.readline()).startswith(b"HTTP/1.1 403 ")
    writer.close()
    await writer.wait_closed()


NO_UPDATES = [
    "",
    "x",
    "[]",
    "null",
    "1",
    '"text"',
    "{}",
    '{"update_id": "x"}',
    '{"update_id": 1, "message": "x"}',
    '{"update_id": 1, "message": {}}',
]


@pytest.mark.parametrize("body", NO_UPDATES)
async def test_what_is_no_update_is_refused(hook: Hook, body: str) -> None:
    assert await hook.gets(body) == 400
    assert hook.home.rows(KEPT) == [(0,)]


async def test_update_is_kept_before_it_is_confirmed_and_counts_once(hook: Hook) -> None:
    anna = hook.home.sandbox.person("Anna")
    await anna.sends("/help")
    await anna.sees("Your card")
    body = help_wanted(anna)
    for _ in range(3):
        assert await hook.gets(body) == 200
        assert hook.home.rows("SELECT count(*) FROM inbox WHERE update_id = 1") == [(1,)]
    await hook.home.at_rest()
    assert len([message for message in anna.messages if message.text.startswith("Your card")]) == 2


async def test_update_that_cannot_be_kept_is_not_confirmed(hook: Hook) -> None:
    body = help_wanted(hook.home.sandbox.person("Anna"))
    path = hook.home.settings.database_path
    with closing(sqlite3.connect(path, isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        assert await hook.gets(body) == 503
    assert await hook.gets(body) == 200
    assert hook.home.rows(KEPT) == [(1,)]

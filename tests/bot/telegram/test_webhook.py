"""Updates by webhook: only from Telegram, and Telegram may forget them only when they are kept."""

import asyncio
import hmac
import json
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app.process import Surroundings
from bot.sandbox import Person
from bot.telegram.webhook import HEADER
from storage.sqlite import engine
from tests.support.house import SECRET, UNHURRIED, House, TestClock, house
from tests.support.ports import unused_port

SECRET_TOKEN = "s3cret_-"
KEPT = "SELECT count(*) FROM inbox"


@dataclass(frozen=True)
class Hook:
    home: House
    port: int

    async def gets(self, body: Any, secret: str | None = SECRET_TOKEN, **others: str) -> int:
        """Posts the body to where Telegram would, with ``others`` among its headers, and returns the status."""
        headers = others if secret is None else others | {HEADER: secret}
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


def help_wanted(person: Person, update_id: Any = 1, **others: Any) -> str:
    """A message as Telegram writes it; ``others`` replace its fields."""
    sender: dict[str, Any] = {"id": person.id, "first_name": person.name}
    message = {
        "message_id": 1,
        "date": 1_781_514_000,
        "chat": sender | {"type": "private"},
        "from": sender | {"is_bot": False},
        "text": "/help",
        "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
    }
    return json.dumps({"update_id": update_id, "message": message | others})


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


async def test_secret_key_out_of_a_backup_gives_nobody_the_voice_of_telegram(tmp_path: Path) -> None:
    """Whoever has it could say anything in anybody's name, an owner's say. The bot's id is known to all."""
    port = unused_port()
    async with house(
        tmp_path / "stempel.db",
        Surroundings(limits=UNHURRIED),
        webhook_url=f"http://127.0.0.1:{port}/hook",
        webhook_listen=f"127.0.0.1:{port}",
    ) as home:
        anna, bot_id = home.sandbox.person("Anna"), home.settings.bot_id
        await anna.sends("/help")
        await anna.sees("Your card")
        hook = Hook(home, port)
        for purpose in ("webhook", f"webhook:{bot_id}", f"webhook:{home.settings.bot_username}"):
            made = (
                urlsafe_b64encode(hmac.digest(SECRET, purpose.encode(), "sha256")[:16]).decode().rstrip("=")
            )
            assert await hook.gets(help_wanted(anna, 7), made) == 403


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


def nested(depth: int) -> str:
    return '{"update_id": 7, "message": ' + '{"quote":' * depth + "1" + "}" * depth + "}"


@pytest.mark.parametrize("depth", [500, 1_000, 100_000])
async def test_what_is_nested_as_no_telegram_nests_is_refused(hook: Hook, depth: int) -> None:
    assert await hook.gets(nested(depth)) == 400
    await is_none_the_worse(hook)


@pytest.mark.parametrize("number", [2**63, 2**63 - 1, 10**30, 0, -7, True, 7.0, 7.5, "7", None])
async def test_number_that_no_telegram_gives_an_update_is_refused(hook: Hook, number: Any) -> None:
    assert await hook.gets(help_wanted(hook.home.sandbox.person("Anna"), number)) == 400
    await is_none_the_worse(hook)


CALENDARLESS = [10**12, 2**63, 10**30, -1, 1.5, "yesterday"]


@pytest.mark.parametrize("date", CALENDARLESS)
async def test_date_that_is_in_no_calendar_is_refused(hook: Hook, date: Any) -> None:
    anna = hook.home.sandbox.person("Anna")
    assert await hook.gets(help_wanted(anna, date=date)) == 400
    press = {
        "id": "1",
        "from": {"id": anna.id},
        "message": json.loads(help_wanted(anna, date=date))["message"],
    }
    assert await hook.gets(json.dumps({"update_id": 1, "callback_query": press})) == 400
    await is_none_the_worse(hook)


@pytest.mark.parametrize("number", [2**63, -(2**64), "7", True])
async def test_person_whom_no_telegram_has_is_refused(hook: Hook, number: Any) -> None:
    anna = hook.home.sandbox.person("Anna")
    assert await hook.gets(help_wanted(anna, **{"from": {"id": number, "first_name": "A"}})) == 400
    await is_none_the_worse(hook)


STRANGE_BYTES = {
    "no UTF-8": (b'{"update_id": 7, "poll": {"question": "\xff\xfe"}}', {}),
    "half a character": (b'{"update_id": 7, "message": {"text": "\\ud800"}}', {}),
    "no such charset": (b"x", {"Content-Type": "application/json; charset=nobody-knows"}),
    "a charset that fits nothing": (b"\xff", {"Content-Type": "application/json; charset=utf-16"}),
    "not packed as it says": (b"{}", {"Content-Encoding": "gzip"}),
    "a megabyte of words": (b'{"update_id": 7, "poll": {"question": "' + 2**20 * b"x" + b'"}}', {}),
    "a megabyte of nothing": (2**20 * b" " + b"{}", {}),
}


@pytest.mark.parametrize("what", STRANGE_BYTES)
async def test_bytes_that_no_telegram_sends_are_refused(hook: Hook, what: str) -> None:
    body, headers = STRANGE_BYTES[what]
    assert await hook.gets(BytesIO(body), **headers) == 400
    await is_none_the_worse(hook)


async def test_body_of_unknown_size_ends_where_it_is_too_large(hook: Hook) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield 2**16 * b" "

    assert await hook.gets(endless()) == 400
    await is_none_the_worse(hook)


async def test_what_is_refused_is_said_without_a_word_of_it(
    hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    anna = hook.home.sandbox.person("Anna")
    assert await hook.gets(help_wanted(anna, -1, text="my PIN is 2580")) == 400
    assert await hook.gets('{"update_id": 1, "message": "my PIN is 2580"}') == 400
    said = [record for record in caplog.records if "no update" in record.getMessage()]
    assert len(said) == 2
    assert "2580" not in caplog.text


async def is_none_the_worse(hook: Hook) -> None:
    """Nothing was kept, and somebody else is served."""
    assert hook.home.rows(KEPT) == [(0,)]
    ben = hook.home.sandbox.person("Ben")
    await ben.sends("/help")
    await ben.sees("Your card")
    await hook.home.at_rest()
    assert hook.home.rows("SELECT count(*) FROM inbox WHERE failed_at IS NOT NULL") == [(0,)]


POLL = {"id": "5", "question": "Tea or coffee?", "options": [], "total_voter_count": 0, "is_closed": False}
"""As Telegram wrote polls before version 9.6 of its Bot API, and python-telegram-bot cannot read them any more."""


async def test_update_that_nobody_here_can_read_is_taken_and_kept_aside_and_the_rest_goes_on(
    hook: Hook,
) -> None:
    anna, ben = hook.home.sandbox.person("Anna"), hook.home.sandbox.person("Ben")
    asked = help_wanted(anna, 7, text=None, entities=None, poll=POLL)
    assert await hook.gets(asked) == 200
    assert await hook.gets(json.dumps({"update_id": 8, "poll": POLL})) == 200
    assert await hook.gets(asked) == 200
    await ben.sends("/help")
    await ben.sees("Your card")
    await hook.home.at_rest()
    aside = "SELECT update_id, payload FROM inbox WHERE failed_at IS NOT NULL ORDER BY update_id"
    assert hook.home.rows(aside) == [(7, asked), (8, json.dumps({"update_id": 8, "poll": POLL}))]


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

"""Delivery to a webhook: in order, with the secret, again until the bot says yes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox import Person, Sandbox
from tests.bot.sandbox.api import Api
from tests.support.patience import PATIENCE_S


class Receiver:
    """A bot's webhook that refuses the first `refusals` deliveries."""

    def __init__(self) -> None:
        self.refusals = 0
        self.received: asyncio.Queue[tuple[str | None, dict[str, Any]]] = asyncio.Queue()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.received.put_nowait((secret, await request.json()))
        self.refusals -= 1
        return web.Response(status=500 if self.refusals >= 0 else 200)

    async def next_text(self) -> str:
        _, update = await asyncio.wait_for(self.received.get(), PATIENCE_S)
        text: str = update["message"]["text"]
        return text


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    server = TestServer(app)
    await server.start_server()
    receiver.url = str(server.make_url("/hook"))
    yield receiver
    await server.close()


async def test_updates_are_posted_in_order_with_the_secret(
    api: Api, anna: Person, receiver: Receiver, sandbox: Sandbox
) -> None:
    await anna.sends("before")
    await api.ok("setWebhook", url=receiver.url, secret_token="s3cret_-")
    await anna.sends("after")
    secret, update = await asyncio.wait_for(receiver.received.get(), PATIENCE_S)
    assert (secret, update["message"]["text"]) == ("s3cret_-", "before")
    assert await receiver.next_text() == "after"
    await sandbox.until_confirmed()


async def test_refused_update_is_posted_again_before_the_next(
    api: Api, anna: Person, receiver: Receiver, sandbox: Sandbox
) -> None:
    receiver.refusals = 2
    await anna.sends("one")
    await anna.sends("two")
    await api.ok("setWebhook", url=receiver.url)
    assert [await receiver.next_text() for _ in range(4)] == ["one", "one", "one", "two"]
    info = await api.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    await sandbox.until_confirmed()
    assert (await api.ok("getWebhookInfo"))["pending_update_count"] == 0


async def test_unreachable_webhook_is_reported(api: Api, anna: Person, sandbox: Sandbox) -> None:
    await anna.sends("one")
    await api.ok("setWebhook", url="http://127.0.0.1:9/")
    await sandbox.until(lambda: sandbox.world.webhook.last_error)
    info = await api.ok("getWebhookInfo")
    assert info["pending_update_count"] == 1
    assert "Cannot connect" in info["last_error_message"]


async def test_pending_updates_can_be_dropped(api: Api, anna: Person) -> None:
    await anna.sends("one")
    await api.ok("deleteWebhook", drop_pending_updates=True)
    assert await api.ok("getUpdates") == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"url": "https://example.com/"},
            "bad webhook: the sandbox delivers to http(s) addresses on loopback only",
        ),
        ({"url": "ftp://127.0.0.1/"}, "bad webhook: the sandbox delivers"),
        (
            {"url": "http://127.0.0.1/", "secret_token": "no blanks"},
            "secret token must be 1-256 of the characters",
        ),
        (
            {"url": "http://127.0.0.1/", "secret_token": "x" * 257},
            "secret token must be 1-256 of the characters",
        ),
        ({"url": "http://127.0.0.1/", "max_connections": 101}, "max_connections must be from 1 to 100"),
    ],
)
async def test_wrong_webhook_is_refused(settings: dict[str, Any], expected: str, api: Api) -> None:
    assert (await api.refused("setWebhook", **settings)).startswith(f"400 Bad Request: {expected}")
    assert (await api.ok("getWebhookInfo"))["url"] == ""


async def test_empty_address_removes_the_webhook(api: Api, receiver: Receiver) -> None:
    await api.ok("setWebhook", url=receiver.url)
    await api.ok("setWebhook", url="")
    assert await api.ok("getUpdates") == []

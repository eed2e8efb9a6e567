"""A stand-in for Telegram that answers at once: it hands out a fixed pile of text messages and counts the answers."""

import asyncio
import json
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

BATCH = 100
BOT = {"id": 110201543, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
PHOTO = {"file_id": "photo", "file_unique_id": "photo", "width": 960, "height": 1280}


class Stub:
    """``done`` is set when as many answers were given as messages were handed out, both of those who are
    ``answered``, by default everybody. Message ids go up.

    The time begins with the last of the ``uncounted`` answers; where there are none, when the first messages are
    handed out for the last time: a start asks twice (decision 20).
    """

    def __init__(
        self, texts: Sequence[tuple[int, str]], answered: Collection[int] | None = None, uncounted: int = 0
    ) -> None:
        self._updates = [update(number, user, text) for number, (user, text) in enumerate(texts, start=1)]
        self._people = {user for user, _ in texts} if answered is None else set(answered)
        self.wanted = sum(user in self._people for user, _ in texts)
        self.answers = 0
        self._uncounted = uncounted
        self._sent = len(texts)
        self.begun = 0.0
        self.ended = 0.0
        self.begins = asyncio.Event()
        self.done = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def answers_per_second(self) -> float:
        return (self.answers - self._uncounted) / (self.ended - self.begun)

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        given = await given_in(request)
        if method == "getUpdates":
            return await self._get_updates(int(str(given.get("offset", 0))))
        if method == "getMe":
            return _ok(BOT)
        if method == "getWebhookInfo":
            return _ok({"url": "", "has_custom_certificate": False, "pending_update_count": 0})
        if method not in ("sendMessage", "sendPhoto"):
            return _ok(True)
        chat_id = int(str(given["chat_id"]))
        if chat_id in self._people:
            self._count()
        self._sent += 1
        chat = {"id": chat_id, "type": "private"}
        said = {"text": "ok"} if method == "sendMessage" else {"photo": [PHOTO]}
        return _ok({"message_id": self._sent, "date": int(time.time()), "chat": chat, "from": BOT} | said)

    async def _get_updates(self, offset: int) -> web.Response:
        pending = self._updates[max(0, offset - 1) :][:BATCH]
        if not pending:
            await asyncio.sleep(0.2)
        elif offset <= 1 and not self._uncounted:
            self._begin()
        return _ok(pending)

    def _begin(self) -> None:
        self.begun = time.perf_counter()
        self.begins.set()

    def _count(self) -> None:
        self.answers += 1
        if self.answers == self._uncounted:
            self._begin()
        if self.answers == self.wanted:
            self.ended = time.perf_counter()
            self.done.set()


def update(number: int, user: int, text: str) -> dict[str, object]:
    person = {"id": user, "first_name": "Staff", "is_bot": False, "language_code": "en"}
    message: dict[str, object] = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": user, "type": "private", "first_name": "Staff"},
        "from": person,
        "text": text,
    }
    if text.startswith("/"):
        length = len(text.partition(" ")[0])
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return {"update_id": number, "message": message}


def _ok(result: object) -> web.Response:
    return web.Response(text=json.dumps({"ok": True, "result": result}), content_type="application/json")


async def given_in(request: web.Request) -> Mapping[str, Any]:
    """What a method is called with: JSON, or a form where there is a file."""
    is_json = request.content_type == "application/json"
    given: Mapping[str, Any] = msgspec.json.decode(await request.read()) if is_json else await request.post()
    return given

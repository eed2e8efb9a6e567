"""The page of the sandbox and what it reads: state, live changes, pictures."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from aiohttp import web

from bot.sandbox.changes import Change
from bot.sandbox.page_guard import HEADERS, MAIL_POLICY, data_url, json_answer
from bot.sandbox.page_view import change_view, state_view
from bot.sandbox.stage import Stage, thumbnail

PAGE = Path(__file__).with_name("page")
_KEEP_ALIVE_SECONDS = 15


class Page:
    def __init__(self, stage: Stage, languages: tuple[str, ...]) -> None:
        self._stage = stage
        self._languages = languages

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [
            web.get("/", self._index),
            web.static("/page", PAGE),
            web.get("/sandbox/state", self._state),
            web.get("/sandbox/events", self._events),
            web.get("/sandbox/files/{file_id}", self._file),
            web.get("/sandbox/posters/{number:\\d+}", self._poster),
            web.get("/sandbox/scannable", self._scannable),
            web.get("/sandbox/mails/{number:\\d+}", self._mail),
        ]

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _state(self, _: web.Request) -> web.Response:
        return json_answer(state_view(self._stage, self._languages))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: what changed, in its newest state."""
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        with self._stage.world.changes.stream() as changes:
            await response.write(b"retry: 1000\nevent: ready\ndata: {}\n\n")
            with suppress(ConnectionError):
                await self._write_changes(response, changes)
        return response

    async def _write_changes(
        self, response: web.StreamResponse, changes: "asyncio.Queue[Change | None]"
    ) -> None:
        while True:
            try:
                async with asyncio.timeout(_KEEP_ALIVE_SECONDS):
                    change = await changes.get()
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if change is None:
                return
            if view := change_view(self._stage, change):
                await response.write(b"data: " + msgspec.json.encode(view) + b"\n\n")

    async def _file(self, request: web.Request) -> web.Response:
        file = self._stage.world.files.by_id(request.match_info["file_id"])
        if file is None:
            raise web.HTTPNotFound
        if file.path.endswith(".jpg") and file.path.startswith("photos/"):
            return web.Response(body=file.data, content_type="image/jpeg")
        disposition = {"Content-Disposition": "attachment"}
        return web.Response(body=file.data, content_type="application/octet-stream", headers=disposition)

    async def _poster(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        if number >= len(self._stage.posters):
            raise web.HTTPNotFound
        picture = thumbnail(self._stage.posters[number].picture, 1200)
        return web.Response(body=picture, content_type="image/jpeg")

    async def _mail(self, request: web.Request) -> web.Response:
        mail = self._stage.post.numbered(int(request.match_info["number"]))
        if mail is None:
            raise web.HTTPNotFound
        policy = {"Content-Security-Policy": MAIL_POLICY}
        return web.Response(text=mail.html, content_type="text/html", headers=policy)

    async def _scannable(self, request: web.Request) -> web.Response:
        """What this person's camera can see now."""
        person = self._stage.people.get(int(request.query.get("person", "0")))
        if person is None:
            raise web.HTTPNotFound
        return json_answer(
            [
                {
                    "id": source.id,
                    "label": source.label,
                    "picture": data_url(thumbnail(source.picture), "jpeg"),
                }
                for source in self._stage.scan_sources(person)
            ]
        )

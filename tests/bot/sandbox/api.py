"""A bare Bot API client for the tests: plain HTTP, nothing forgiven."""

import json
from io import BytesIO
from typing import Any

import aiohttp
import qrcode
from PIL import Image

from bot.sandbox import Sandbox


class Api:
    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.http = http

    def url(self, method: str) -> str:
        return f"{self.sandbox.url}/bot{self.sandbox.token}/{method}"

    async def call(self, method: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
        """Status and body; the parameters go as a JSON object."""
        async with self.http.post(self.url(method), json=parameters) as answer:
            return answer.status, await answer.json()

    async def ok(self, method: str, **parameters: Any) -> Any:
        """The result of a call that must succeed."""
        status, body = await self.call(method, **parameters)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refused(self, method: str, **parameters: Any) -> str:
        """Code and description of a call that must fail, such as `400 Bad Request: chat not found`."""
        status, body = await self.call(method, **parameters)
        assert body["ok"] is False, body
        assert status == body["error_code"]
        return f"{status} {body['description']}"

    async def upload(
        self, method: str, files: dict[str, tuple[str, bytes]], **parameters: Any
    ) -> dict[str, Any]:
        """The whole answer to a multipart/form-data call; `files` maps part names to file names and data."""
        form = aiohttp.FormData()
        for name, value in parameters.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, (file_name, data) in files.items():
            form.add_field(name, BytesIO(data), filename=file_name)
        async with self.http.post(self.url(method), data=form) as answer:
            body: dict[str, Any] = await answer.json()
            return body


def png(width: int = 60, height: int = 40) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "orange").save(out, format="PNG")
    return out.getvalue()


def qr_png(text: str) -> bytes:
    out = BytesIO()
    qrcode.make(text).save(out, format="PNG")
    return out.getvalue()


def keyboard(**button: Any) -> dict[str, Any]:
    """An inline keyboard with one button."""
    return {"inline_keyboard": [[{"text": "Tap", **button}]]}
